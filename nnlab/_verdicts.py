"""What the difference between two gradients looks like, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass
class Compared:
    """The gradient of one parameter array, said by backward and by differences of the loss.

    Attributes
    ----------
    name : str
        Such as "dense_1.kernel".
    gradient : ndarray
        What backward says, in the shape of the parameter.
    entries : ndarray of int
        Which of its numbers were compared.
    slopes : ndarray of float
        What differences say; NaN where there is a kink.
    kinks : ndarray of bool
    start : int
        Where the array begins in the vector of parameters.
    misfit : ndarray or None
        What backward says, if that has another shape.
    exact : int
        How many slopes come from a complex step.
    """

    name: str
    gradient: Array
    entries: NDArray[np.int64]
    slopes: Array
    kinks: NDArray[np.bool_]
    start: int
    misfit: Array | None = None
    exact: int = 0

    def said(self) -> Array:
        """Return what backward says of the entries that were compared."""
        return self.gradient.reshape(-1)[self.entries]

    def offs(self) -> Array:
        """Return the errors, as shares of the largest slope of the array (or of 0.001, if all are smaller)."""
        if self.misfit is not None:
            return np.full(len(self.entries), np.inf)
        known = self.slopes[~self.kinks]
        scale = max(np.abs(known).max(initial=0.0), np.abs(self.said()).max(initial=0.0) * 0.01, 1e-3)
        errors = np.abs(self.said() - self.slopes) / scale
        errors[np.isnan(errors)] = np.inf
        errors[self.kinks] = 0.0
        return np.asarray(errors)

    def off(self) -> float:
        """Return the largest error."""
        return float(self.offs().max(initial=0.0))

    def worst_name(self) -> str:
        """Name the entry with the largest error."""
        if self.misfit is not None:
            return self.name
        at = np.unravel_index(self.entries[self.offs().argmax()], self.gradient.shape)
        return f"{self.name}[{', '.join(str(int(i)) for i in at)}]" if at else self.name


def tell(compared: list[Compared], rows: int, tolerance: float) -> str:
    """Write the report.

    Parameters
    ----------
    compared : list of Compared
    rows : int
        Samples in the batch.
    tolerance : float

    Returns
    -------
    str
    """
    width = max(len(one.name) for one in compared)
    wrong = [one for one in compared if one.off() > tolerance]
    lines = ["gradcheck: all gradients agree" if not wrong else f"gradcheck: {len(wrong)} of {len(compared)} are wrong"]
    for one in compared:
        lines.append(f"  {one.name:<{width}}  {_line(one, tolerance)}")
    if wrong:
        worst = max(wrong, key=lambda one: one.off())
        lines.append(_worst(worst, rows))
    return "\n".join(lines)


def _line(one: Compared, tolerance: float) -> str:
    size, chosen = one.gradient.size, len(one.entries)
    count = f"{chosen} of {size} entries" if chosen < size else f"{size} entr{'y' if size == 1 else 'ies'}"
    kinks = f", {one.kinks.sum()} at a kink not counted" if one.kinks.any() else ""
    state = "ok" if one.off() <= tolerance else "WRONG"
    by = "complex step" if one.exact == chosen - one.kinks.sum() > 0 else "central differences"
    if one.misfit is not None:
        return f"{state}: its gradient has shape {one.misfit.shape}, and the parameter {one.gradient.shape}"
    return f"{state}: {count}{kinks}, error {one.off():.1e} ({by})"


def _worst(one: Compared, rows: int) -> str:
    reason = explain(one, rows)
    if one.misfit is not None:
        return f"{one.name}: {reason}"
    k = int(one.offs().argmax())
    return f"{one.worst_name()}: backward says {one.said()[k]:.6g}, differences say {one.slopes[k]:.6g}: {reason}"


def explain(one: Compared, rows: int) -> str:
    """Recognize a usual mistake.

    Parameters
    ----------
    one : Compared
    rows : int
        Samples in the batch.

    Returns
    -------
    str
    """
    known = ~one.kinks
    slopes, said = one.slopes[known], one.said()[known]
    if one.misfit is not None:
        return _misshaped(one, slopes)
    if not np.isfinite(said).all():
        return "backward says what is no finite number"
    if len(slopes) == 0:
        return "no entry could be compared"
    if _same(said, np.zeros_like(slopes)):
        return "backward leaves the gradient at 0"
    is_square = one.gradient.ndim == 2 and one.gradient.shape[0] == one.gradient.shape[1] > 1
    if is_square and _same(one.gradient.T.reshape(-1)[one.entries][known], slopes):
        return "the gradient is transposed: look at the order of the factors, x.T @ dz"
    factor = float(said @ slopes / (slopes @ slopes)) if slopes.any() else float("nan")
    if np.isfinite(factor) and _same(said, factor * slopes):
        return _factor(factor, rows)
    if one.gradient.ndim == 1 and np.ptp(said) == 0 and len(said) > 1:
        return "backward says the same for all entries: was the sum taken over all axes, not only over the batch?"
    if _same(np.abs(said), np.abs(slopes)):
        return "some signs are wrong"
    right = np.isclose(said, slopes, rtol=1e-5, atol=1e-8)
    if right.any():
        return f"{int((~right).sum())} of {len(right)} entries are wrong, the others right: is one case forgotten?"
    return "no usual mistake: compare the formula term by term"


def _factor(factor: float, rows: int) -> str:
    usual = {
        -1.0: "the sign is wrong",
        2.0: "a factor of 2: is a square differentiated, or something added twice?",
        0.5: "a factor of 1/2: is the 2 of a square's derivative missing?",
        float(rows): f"a factor of {rows}, the number of samples: is a 1/N missing?",
        1.0 / rows: f"a factor of 1/{rows}: divided by the number of samples once more?",
        -2.0: "a factor of -2: the sign, and a factor of 2",
    }
    for value, words in usual.items():
        if abs(factor - value) < 1e-4 * abs(value):
            return words
    return f"a factor of {factor:.4g} in all entries"


def _misshaped(one: Compared, slopes: Array) -> str:
    got, shape = np.asarray(one.misfit), one.gradient.shape
    start = f"its gradient has shape {got.shape}, and the parameter {shape}"
    if got.shape == shape[::-1]:
        return f"{start}: it is transposed"
    if got.ndim == len(shape) + 1 and got.shape[1:] == shape:
        summed = got.sum(axis=0).reshape(-1)[one.entries][~one.kinks]
        right = ", which would be right" if _same(summed, slopes) else ""
        return f"{start}: it is not summed over the batch (axis 0{right})"
    if got.size == 1:
        return f"{start}: it is summed over all axes; sum over the batch alone, with axis=0"
    return f"{start}: a gradient has the shape of its parameter"


def _same(a: Array, b: Array) -> bool:
    scale = max(np.abs(b).max(initial=0.0), 1e-8)
    return bool((np.abs(a - b) <= 1e-4 * scale).all())
