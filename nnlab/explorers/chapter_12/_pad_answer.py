"""What stands in the drawing pad's page, and what a model must take and answer there.

No widgets, no drawing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab.language import _


def page_words() -> dict[str, str]:
    """Say what stands in the page, in the learner's language.

    Returns
    -------
    dict of str to str
    """
    return {
        "title": _("Draw a digit"),
        "invite": _("draw here"),
        "role": _("drawing pad"),
        "keys": _(
            "Draw a digit. Arrow keys move the pen, with Shift in small steps; Space puts the pen down or lifts it; "
            "Delete clears the pad."
        ),
        "short": _("or with keys: arrows move, Space puts the pen down, Delete clears"),
        "clear": _("Clear"),
        "sees": _("The network sees"),
        "seen": _("The drawing as 28 by 28 pixels"),
        "scaled": _("28 × 28 pixels, scaled and centered like the digits it was trained on"),
        "says": _("It says"),
        "hidden": _("Hidden units"),
        "hiddenNote": _("a square a unit; the darker, the stronger it reacts"),
        "parts": _("What each says for the answer"),
        "partsNote": _("activation × weight; orange speaks for it, blue against it"),
        "over": _("over 99 %"),
        "under": _("under 1 %"),
    }


def input_shape(model: Any) -> tuple[int, ...]:
    """Shape of one sample that `model` takes; (784,) where it does not tell.

    Parameters
    ----------
    model : object

    Returns
    -------
    tuple of int

    Raises
    ------
    TypeError
        If `model` has no ``predict``.
    ValueError
        If a sample is not 784 numbers.
    """
    if not callable(getattr(model, "predict", None)):
        words = _("digit_pad expected a model with a method predict, got {kind}.")
        raise TypeError(words.format(kind=type(model).__name__))
    shape = getattr(model, "input_shape", None)
    if shape is None:
        return (784,)
    sizes = tuple(int(size) for size in tuple(shape)[1:]) if shape[0] is None else tuple(int(size) for size in shape)
    if int(np.prod(sizes)) != 784:
        words = _(
            "digit_pad needs a model that takes images of 28 × 28 = 784 pixels, but this one takes inputs of shape "
            "{shape}."
        )
        raise ValueError(words.format(shape=sizes))
    return sizes


def as_answer(answer: Any) -> NDArray[np.float64]:
    """Check that the model has answered with ten probabilities.

    Parameters
    ----------
    answer : array_like

    Returns
    -------
    ndarray of shape (10,)

    Raises
    ------
    ValueError
        If it has not.
    """
    p = np.asarray(answer, dtype=np.float64)
    if p.size != 10:
        words = _("The model must answer with 10 numbers, one for each digit, but gave shape {shape}.")
        raise ValueError(words.format(shape=p.shape))
    p = p.reshape(10)
    if not np.all(np.isfinite(p)):
        raise ValueError(_("The model answers with NaN: has its training diverged?"))
    if p.min() < -1e-6 or abs(p.sum() - 1) > 1e-3:
        raise ValueError(_('The model\'s answers are no probabilities: give its last layer activation="softmax".'))
    return p


def percent(share: float) -> str:
    """Say a probability in words that are read aloud.

    Parameters
    ----------
    share : float

    Returns
    -------
    str
    """
    if 0.995 <= share < 1 - 1e-6:
        return _("over 99 percent")
    whole = round(100 * float(share))
    return _("{whole} percent").format(whole=whole) if whole else _("under 1 percent")
