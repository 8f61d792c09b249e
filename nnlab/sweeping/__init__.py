"""Thousands of small networks, trained over a grid of settings: `sweep`.

What a cell of the grid means: `sources`; which cells are trained together: `plans`; how: `chunks`, in compiled code by
`nnlab.engine.sweeping`; where: `running`.
"""

from nnlab.sweeping.results import Sweep
from nnlab.sweeping.running import sweep

__all__ = ["Sweep", "sweep"]
