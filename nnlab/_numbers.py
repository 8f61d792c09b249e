"""Check numbers, flags and arrays that a learner passes, and say what is allowed when one does not fit."""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

LARGEST = 10**9  # numbers of one array: 8 GB, and some optimizers keep three more of its size


def check_number(
    name: str, value: Any, *, at_least: float | None = None, above: float | None = None, below: float = math.inf
) -> float:
    """Check a finite number.

    Parameters
    ----------
    name : str
        Name of the argument, for the message.
    value : float
    at_least, above, below : float, optional
        Limits; `at_least` may be reached, the other two may not.

    Returns
    -------
    float

    Raises
    ------
    TypeError
        If it is not a number.
    ValueError
        If it is outside of the limits, infinite or NaN.

    Examples
    --------
    >>> check_number("momentum", 1, at_least=0, below=1)
    Traceback (most recent call last):
        ...
    ValueError: momentum has to be from 0 to below 1, got 1
    """
    allowed = _describe(at_least, above, below)
    if not is_real(value):
        raise TypeError(f"{name} is a number ({allowed}), got {value!r}")
    low = -math.inf if at_least is None else at_least
    try:
        number = float(value)
    except OverflowError:  # a whole number of more than 308 digits
        number = math.inf
    if not (math.isfinite(number) and low <= value < below and (above is None or value > above)):
        got = "a number too large for a float" if number == math.inf and isinstance(value, int) else repr(value)
        raise ValueError(f"{name} has to be {allowed}, got {got}")
    return number


def _describe(at_least: float | None, above: float | None, below: float) -> str:
    if at_least is not None and below < math.inf:
        return f"from {at_least:g} to below {below:g}"
    limits = [f"at least {at_least:g}"] if at_least is not None else []
    limits += [f"above {above:g}"] if above is not None else []
    limits += [f"below {below:g}"] if below < math.inf else ["finite"]
    return " and ".join(limits)


def is_real(value: Any) -> TypeGuard[float]:
    """Say whether an argument is one real number, of Python or NumPy; True and False are none.

    Parameters
    ----------
    value : object

    Returns
    -------
    bool
    """
    return isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)


def is_whole(value: Any) -> TypeGuard[int]:
    """Say whether an argument is one whole number, of Python or NumPy; 2.0 and True are none.

    Parameters
    ----------
    value : object

    Returns
    -------
    bool

    Examples
    --------
    >>> is_whole(2), is_whole(np.int8(2)), is_whole(2.0), is_whole(True)
    (True, True, False, False)
    """
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def check_seed(seed: Any) -> int | None:
    """Check the seed of a random number generator.

    Parameters
    ----------
    seed : int or None

    Returns
    -------
    int or None

    Raises
    ------
    ValueError
        If it is neither a whole number from 0 up nor None.

    Examples
    --------
    >>> check_seed(42)
    42
    """
    if seed is None:
        return None
    if is_whole(seed) and seed >= 0:
        return int(seed)
    raise ValueError(f"seed is a whole number from 0 up, or None for other numbers each time; got {seed!r}")


def check_flag(name: str, value: Any) -> bool:
    """Check an argument that is True or False.

    Parameters
    ----------
    name : str
        Name of the argument, for the message.
    value : bool

    Returns
    -------
    bool

    Raises
    ------
    TypeError
        If it is anything else: the text "False" would count as true.

    Examples
    --------
    >>> check_flag("nesterov", "no")
    Traceback (most recent call last):
        ...
    TypeError: nesterov is True or False, got 'no'
    """
    if isinstance(value, bool | np.bool):
        return bool(value)
    raise TypeError(f"{name} is True or False, got {value!r}")


def check_verbose(value: Any) -> int:
    """Check how much a callback says.

    Parameters
    ----------
    value : {0, 1, 2}

    Returns
    -------
    int

    Raises
    ------
    ValueError
        If it is anything else.
    """
    if is_one_of(value, (0, 1, 2)):
        return int(value)
    raise ValueError(f"verbose is 0 (nothing), 1 or 2 (a line), got {value!r}")


def is_one_of(value: Any, allowed: Collection[Any]) -> bool:
    """Say whether an argument is one of a few texts, whole numbers or None; an array or a list never is.

    Parameters
    ----------
    value : object
    allowed : collection of str, int or None

    Returns
    -------
    bool

    Examples
    --------
    >>> is_one_of("valid", ("valid", "same")), is_one_of(np.array(["valid", "same"]), ("valid", "same"))
    (True, False)
    """
    return (value is None or isinstance(value, str | int | np.integer)) and value in allowed


def as_numbers(what: str, values: Any) -> NDArray[Any]:
    """Return real numbers as an array.

    Parameters
    ----------
    what : str
        What they are, in the plural, for the message.
    values : array_like

    Returns
    -------
    ndarray
        Of the dtype that they have.

    Raises
    ------
    ValueError
        If they are no real numbers, the rows differ in length, or some are masked.

    Examples
    --------
    >>> as_numbers("the targets", [[1, 2], [3]])  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    ValueError: the targets have to be an array of numbers, all rows alike: ...
    """
    try:
        array = np.asarray(values)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise ValueError(f"{what} have to be an array of numbers, all rows alike: {error}") from None
    if array.dtype.kind not in "biuf":
        raise ValueError(f"{what} have to be an array of real numbers, got {_kind(array)}")
    refuse_masked(what, values)
    return array


def refuse_masked(what: str, values: Any) -> None:
    """Refuse a masked array with gaps: as a plain array it would count the numbers under its mask.

    Parameters
    ----------
    what : str
        What it is, in the plural, for the message.
    values : object

    Raises
    ------
    ValueError
    """
    if isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values):
        raise ValueError(f"{what} are masked in places: leave these out or fill them, for instance with .filled(0.0)")


def _kind(array: NDArray[Any]) -> str:
    """Say briefly what an array without numbers holds."""
    if array.ndim == 0:
        return f"{array.item()!r:.80}"
    return {"O": "an array of objects", "U": "texts", "S": "bytes", "c": "complex numbers"}.get(
        array.dtype.kind, f"an array of {array.dtype}"
    )
