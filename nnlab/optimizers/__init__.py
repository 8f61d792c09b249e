"""Optimizers: how a gradient becomes a change of the parameters. Names, arguments and defaults are those of Keras 3.

All parameters of a model are one vector, so an update is a few lines on vectors: read `sgd` first, then `adam`; `base`
holds what they share, `schedules` the learning rates that change with the steps. The compiled twins of `step` stand in
`nnlab.engine.updates`.
"""

from __future__ import annotations

from collections.abc import Callable

from nnlab._names import call_hint, look_up
from nnlab.optimizers import schedules
from nnlab.optimizers.adagrad import Adagrad
from nnlab.optimizers.adam import Adam, AdamW
from nnlab.optimizers.base import Optimizer
from nnlab.optimizers.rmsprop import RMSprop
from nnlab.optimizers.sgd import SGD

__all__ = ["SGD", "Adagrad", "Adam", "AdamW", "Optimizer", "RMSprop", "get", "schedules"]

_KNOWN: dict[str, Callable[[], Optimizer]] = {
    "sgd": SGD,
    "rmsprop": RMSprop,
    "adagrad": Adagrad,
    "adam": Adam,
    "adamw": AdamW,
}


def get(optimizer: str | Optimizer) -> Optimizer:
    """Return the optimizer that an argument of ``compile`` means.

    Parameters
    ----------
    optimizer : str or Optimizer

    Returns
    -------
    Optimizer

    Raises
    ------
    ValueError
        For an unknown name.
    TypeError
        For anything that is not an optimizer.
    """
    if isinstance(optimizer, str):
        return look_up("optimizer", optimizer, _KNOWN)()
    if isinstance(optimizer, Optimizer):
        return optimizer
    raise TypeError(f"an optimizer is a name such as 'adam' or an Optimizer, got {optimizer!r}{call_hint(optimizer)}")
