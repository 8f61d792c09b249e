"""What plots ask of their input, with errors in the reader's words. Nothing is drawn here."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, ValuesView
from functools import wraps
from itertools import islice
from typing import Any, ParamSpec, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnlab._numbers import as_numbers, check_flag, check_number, is_whole

_MOST = 10**8  # numbers: the images of MNIST twice
_MOST_CLASSES = 1_000

P = ParamSpec("P")
R = TypeVar("R")


def checked(function: Callable[P, R]) -> Callable[P, R]:
    """Look, before a plot draws, whether its arguments are what their annotations say."""
    kinds = {name: str(kind) for name, kind in function.__annotations__.items() if name != "return"}
    parameters = inspect.signature(function)

    @wraps(function)
    def plot(*args: P.args, **options: P.kwargs) -> R:
        try:
            given = parameters.bind(*args, **options)
        except TypeError as error:
            raise TypeError(f"plots.{function.__name__}: {error}") from None
        for name, value in given.arguments.items():
            kind = kinds.get(name, "")
            _check(f"plots.{function.__name__}: {name}", kind, value)
            if kind.startswith("Mapping[str"):  # such as {0.1: losses, 0.01: losses}, of a loop over rates
                given.arguments[name] = {str(key): item for key, item in value.items()}
        try:
            return function(*given.args, **given.kwargs)
        except (LookupError, AttributeError, ArithmeticError) as error:  # arguments that do not fit one another
            name = f"plots.{function.__name__}"
            words = f"{name} cannot draw this ({type(error).__name__}: {error}): help({name}) says what it takes."
            raise ValueError(words) from error

    return plot


def _check(what: str, kind: str, value: Any) -> None:
    """Check one argument; of a kind that is not known here nothing is asked."""
    plain = kind.removesuffix(" | None")
    if value is None and plain != kind:
        return
    if plain == "ArrayLike":
        if as_numbers(what, value).size > _MOST:
            raise ValueError(f"{what} has more numbers than can be drawn: give a part of them")
    elif plain.startswith("Mapping[") or plain == "Named":
        if not isinstance(value, Mapping):
            raise TypeError(f"{what} has to be a dict, from names to what is drawn; got {value!r:.80}")
        inner = "ArrayLike" if plain == "Named" else plain[plain.index(", ") + 2 : -1]
        for key, item in value.items():
            _check(f"{what}[{key!r}]", inner, item)
    elif plain.startswith(("Sequence[", "Collection[", "list[")):
        if isinstance(value, str) and plain in ("Sequence[str]", "Sequence[object]"):
            return  # its letters are texts: "0123456789" names ten digits
        if not isinstance(value, list | tuple | range | np.ndarray | ValuesView) or getattr(value, "ndim", 1) == 0:
            raise TypeError(f"{what} has to be a list; got {value!r:.80}")
        if len(value) > _MOST:
            raise ValueError(f"{what} has more entries than can be drawn: give a part of them")
        for item in value if plain.endswith("[str]") else []:
            _check(f"an entry of {what}", "str", item)
        for item in value if plain.endswith("[ArrayLike]") else []:
            _check(f"an entry of {what}", "ArrayLike", item)
    elif plain == "str" and not isinstance(value, str):
        raise TypeError(f"{what} has to be a text; got {value!r:.80}")
    elif plain in ("float", "int"):
        check_number(what, value)
        if plain == "int" and not is_whole(value):
            raise ValueError(f"{what} has to be a whole number; got {value!r}")
    elif plain == "tuple[float, float]":
        if not isinstance(value, tuple | list | np.ndarray) or np.shape(value)[:1] != (2,):
            raise TypeError(f"{what} has to be a pair of numbers; got {value!r:.80}")
        for one in value:
            check_number(what, one)
    elif plain == "bool":
        check_flag(what, value)


def as_images(images: ArrayLike, what: str) -> NDArray[np.float64]:
    """Turn one image or many, flat or not, into shape (N, height, width) with values from 0 to 1."""
    x = np.asarray(images)
    if not (np.issubdtype(x.dtype, np.number) or x.dtype == np.bool_):
        raise TypeError(f"plots.{what} expected images as arrays of numbers, got values of type {x.dtype}.")
    if x.size == 0:
        raise ValueError(f"plots.{what} expected at least one image, got an empty array of shape {x.shape}.")
    if x.ndim == 4 and x.shape[-1] == 1:
        x = x[..., 0]  # (N, height, width, 1): one channel
    flat = x.ndim == 1 or (x.ndim == 2 and x.shape[1] > 100)
    if flat:
        side = round(float(x.shape[-1]) ** 0.5)
        if side * side != x.shape[-1]:
            raise ValueError(
                f"plots.{what} got rows of {x.shape[-1]} pixels, which is no square image: "
                "reshape them first, e.g. images.reshape(-1, 28, 28)."
            )
        x = x.reshape(-1, side, side)
    if x.ndim == 2:
        x = x[None]
    if x.ndim != 3:
        raise ValueError(
            f"plots.{what} expected images of shape (N, height, width) or (N, 784), got an array of shape {x.shape}."
        )
    white = 255.0 if x.dtype == np.uint8 or np.nanmax(x) > 1 else 1.0
    return x.astype(np.float64) / white


def as_classes(y: ArrayLike, what: str, name: str) -> NDArray[np.intp]:
    """Turn class numbers, or one row of probabilities a sample, into class numbers of shape (N,)."""
    a = np.asarray(y)
    if a.ndim == 2 and a.shape[1] > 1:
        return np.asarray(np.argmax(as_probabilities(a, what, name), axis=1), dtype=np.intp)
    a = a.reshape(-1)
    if a.size == 0:
        raise ValueError(f"plots.{what}: {name} is empty; it needs one class number for each sample.")
    if not np.issubdtype(a.dtype, np.number) or np.any(a != np.floor(a)) or np.any(a < 0):
        raise ValueError(
            f"plots.{what}: {name} must hold class numbers 0, 1, 2, …, or one row of "
            f"probabilities for each sample; it begins with {a[0]!r}."
        )
    numbers: NDArray[np.intp] = a.astype(np.intp)
    return numbers


def as_probabilities(p: ArrayLike, what: str, name: str = "p") -> NDArray[np.float64]:
    """Check rows of probabilities, shape (N, K)."""
    a = np.asarray(p, dtype=np.float64)
    if a.ndim != 2:
        raise ValueError(
            f"plots.{what}: {name} must have one row of probabilities for each sample, got shape {a.shape}."
        )
    if not np.all(np.isfinite(a)):
        raise ValueError(f"plots.{what}: {name} holds NaN or infinity; did the training diverge?")
    if a.min() < -1e-6 or np.any(np.abs(a.sum(axis=1) - 1) > 1e-3):
        worst = a.sum(axis=1)[np.argmax(np.abs(a.sum(axis=1) - 1))]
        raise ValueError(
            f"plots.{what}: each row of {name} must hold shares that sum to 1, but one sums to {worst:.3g}. "
            'Are these scores before the softmax? Give the last layer activation="softmax".'
        )
    return a


def same_length(what: str, **arrays: NDArray[Any]) -> None:
    """All arrays must describe the same samples."""
    sizes = {name: len(array) for name, array in arrays.items()}
    if len(set(sizes.values())) > 1:
        listed = " and ".join(f"{name} has {size:,}" for name, size in sizes.items())
        raise ValueError(f"plots.{what}: every array must have one entry for each sample, but {listed}.")


def class_names(labels: Any, classes: int, what: str) -> list[str]:
    """Names of the classes: the given ones, or their numbers."""
    if classes > _MOST_CLASSES:
        raise ValueError(f"plots.{what}: a class has the number {classes - 1:,}; so many classes cannot be drawn.")
    if labels is None:
        return [str(k) for k in range(classes)]
    names = [str(name) for name in islice(labels, classes)]
    if len(names) < classes:
        raise ValueError(f"plots.{what}: {classes} classes need {classes} labels, got {len(names)}.")
    return names


def at_least(share: float, step: int = 5) -> str:
    """Describe a share in words that another processor's last bit does not change: "at least 90 %"."""
    floor = min(100 - step, int(np.floor(100 * share + 1e-6)) // step * step)
    return f"at least {floor} %" if floor else f"under {step} %"
