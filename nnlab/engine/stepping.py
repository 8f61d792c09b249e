"""One compiled step of an optimizer, for networks that train outside of the runner; the formulas: `nnlab.optimizers`.

NumPy goes through the parameters some ten times for a step of Adam, and makes an array each time. This goes once.
"""

import numpy as np

from nnlab.engine import updates
from nnlab.engine._jit import kernel


@kernel
def step(code, settings, taken, gradient, slots, parameters):
    """Change parameters and slots in place, as the optimizer with this code does in its step number `taken`.

    Parameters
    ----------
    code : int
        See `nnlab.engine.codes`.
    settings : ndarray of float
        As `nnlab.lowering.optimizer_settings` returns them.
    taken : int
        Steps taken, with this one.
    gradient : ndarray of shape (P,)
        Clipped already; not changed.
    slots : ndarray of shape (n_slots, P)
    parameters : ndarray of shape (P,)
    """
    updates.update(code, settings, taken, gradient, slots, parameters)


def compile_for(dtype):
    """Compile for one dtype, or load it from the cache.

    Parameters
    ----------
    dtype : numpy.dtype
    """
    empty = np.zeros(0, dtype)
    step(0, np.zeros(5), 1, empty, np.zeros((3, 0), dtype), empty)
