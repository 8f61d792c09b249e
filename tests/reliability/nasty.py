"""Values that do not belong where they are put, and other spellings of values that do."""

import collections
import fractions
import pathlib

import numpy as np


class Holder:
    """Something with numbers in it that is no array, as tables of other packages are."""

    def __init__(self, values):
        self.values = values

    def __array__(self, dtype=None, copy=None):
        return np.array(self.values, dtype)

    def __len__(self):
        return len(self.values)


class Unreadable:
    """It can be put nowhere: every question is answered by an error."""

    def __array__(self, dtype=None, copy=None):
        raise ValueError("this array cannot be read")

    def __repr__(self):
        return "<unreadable>"


#: Each makes its value anew, so that a call that changes it changes nothing for the next.
NASTY = {
    "None": lambda: None,
    "a text": lambda: "nonsense",
    "an empty text": lambda: "",
    "a text with braces": lambda: "{0} {name} %s \\ <b>",
    "a text with a NUL": lambda: "a\0b",
    "bytes": lambda: b"nonsense",
    "a path": lambda: pathlib.PurePath("folder/name"),
    "Ellipsis": lambda: ...,
    "True": lambda: True,
    "-1": lambda: -1,
    "0": lambda: 0,
    "1": lambda: 1,
    "3": lambda: 3,
    "10**12": lambda: 10**12,
    "2**63": lambda: 2**63,
    "2**70": lambda: 2**70,
    "10**400": lambda: 10**400,
    "0.5": lambda: 0.5,
    "-2.5": lambda: -2.5,
    "nan": lambda: float("nan"),
    "inf": lambda: float("inf"),
    "-inf": lambda: float("-inf"),
    "1e308": lambda: 1e308,
    "1e-320": lambda: 1e-320,
    "1e100 of NumPy": lambda: np.float64(1e100),
    "an int8": lambda: np.int8(100),
    "a complex": lambda: 1 + 2j,
    "a fraction": lambda: fractions.Fraction(1, 3),
    "a class": lambda: dict,
    "a function": lambda: lambda *args, **options: None,
    "an object": lambda: object(),
    "an iterator": lambda: iter([1.0, 2.0]),
    "a range": lambda: range(3),
    "a set": lambda: {1, 2},
    "a dict": lambda: {"a": 1.0},
    "a dict of lists": lambda: {"a": [1.0, 2.0], 3: "x"},
    "an empty dict": lambda: {},
    "an empty list": lambda: [],
    "a list": lambda: [1.0, 2.0],
    "a list of texts": lambda: ["a", "b"],
    "a ragged list": lambda: [[1.0, 2.0], [3.0]],
    "a list of None": lambda: [None],
    "a tuple of -1": lambda: (-1, -1),
    "a tuple of 10**12": lambda: (10**12, 10**12),
    "a list in itself": lambda: _nested(),
    "a deep list": lambda: _deep(),
    "a deque": lambda: collections.deque([1.0, 2.0]),
    "no axes": lambda: np.array(2.0),
    "shape (0,)": lambda: np.zeros(0),
    "shape (0, 3)": lambda: np.zeros((0, 3)),
    "shape (4, 0)": lambda: np.zeros((4, 0)),
    "shape (7,)": lambda: np.linspace(0.0, 1.0, 7),
    "shape (4, 3)": lambda: np.arange(12.0).reshape(4, 3),
    "shape (1, 1, 1, 1, 1)": lambda: np.ones((1, 1, 1, 1, 1)),
    "all NaN": lambda: np.full((4, 3), np.nan),
    "with inf": lambda: np.array([1.0, np.inf, -np.inf, 0.0]),
    "huge numbers": lambda: np.full((4, 3), 1e308),
    "complex numbers": lambda: np.full((4, 3), 1 + 2j),
    "an array of objects": lambda: np.array([None, "a", 1.0, {}], dtype=object),
    "an array of texts": lambda: np.array(["a", "b", "c"]),
    "an array of dates": lambda: np.array(["2020-01-01", "2020-01-02"], dtype="datetime64[D]"),
    "a structured array": lambda: np.zeros(4, dtype=[("a", "f8"), ("b", "i4")]),
    "a masked array": lambda: np.ma.masked_array(np.arange(4.0), mask=[0, 1, 0, 1]),
    "booleans": lambda: np.array([True, False, True]),
    "huge whole numbers": lambda: np.array([2**63 - 1, -(2**63), 0]),
    "unsigned": lambda: np.array([0, 2**64 - 1], dtype=np.uint64),
    "endless zeros": lambda: np.broadcast_to(0.0, (3 * 10**8,)),
    "endless rows": lambda: np.broadcast_to(np.zeros(3), (10**8, 3)),
    "numbers in a holder": lambda: Holder([1.0, 2.0]),
    "unreadable": Unreadable,
}

#: With these a computation may overflow.
EXTREME = {
    *("10**12", "2**63", "2**70", "10**400", "nan", "inf", "-inf", "1e308", "1e-320", "1e100 of NumPy"),
    *("a tuple of 10**12", "all NaN", "with inf", "huge numbers", "huge whole numbers", "unsigned"),
}


def _nested():
    inside = []
    inside.append(inside)
    return inside


def _deep():
    deep = 1.0
    for _ in range(100):
        deep = [deep]
    return deep


def respelled(value):
    """The same value in other words.

    Parameters
    ----------
    value : object

    Returns
    -------
    dict of str to callable
        Each makes it; the results of a call have to be the same with each, or an error in words.
    """
    if isinstance(value, bool) or value is None:
        return {}
    if isinstance(value, int):
        kinds = (np.int8, np.uint8, np.int64, np.uint64)
        return {
            f"the {kind.__name__} {value}": lambda kind=kind: kind(value)
            for kind in kinds
            if np.iinfo(kind).min <= value <= np.iinfo(kind).max
        } | {f"the 0-d {value}": lambda: np.array(value)}
    if isinstance(value, float):
        kinds = (np.float16, np.float32, np.float64, np.longdouble)
        same = {
            f"the {kind.__name__} {value}": lambda kind=kind: kind(value)
            for kind in kinds
            if float(kind(value)) == value
        }
        same[f"the 0-d {value}"] = lambda: np.array(value)
        return same | ({f"the int {int(value)}": lambda: int(value)} if value.is_integer() else {})
    if isinstance(value, np.ndarray) and value.dtype.kind in "iuf":
        return _arrays(value)
    if isinstance(value, list) and value and all(isinstance(v, int | float) and not isinstance(v, bool) for v in value):
        same = {"a tuple": lambda: tuple(value), "an array": lambda: np.array(value)}
        return same | {"a deque of the same": lambda: collections.deque(value)}
    return {}


def _arrays(value):
    same = {
        "lists": value.tolist,
        "tuples": lambda: _tuples(value.tolist()),
        "read-only": lambda: _read_only(value),
        "by columns": lambda: np.asfortranarray(value),
        "every other": lambda: np.repeat(value, 2, axis=-1)[..., ::2] if value.ndim else value,
        "backwards": lambda: value[..., ::-1].copy()[..., ::-1] if value.ndim else value,
        "big-endian": lambda: value.astype(value.dtype.newbyteorder(">")),
        "an array of number objects": lambda: value.astype(object),
        "nothing masked": lambda: np.ma.masked_array(value),
        "the same in a holder": lambda: Holder(value.tolist()),
        "a memoryview": lambda: memoryview(np.ascontiguousarray(value)),
    }
    for kind in ("float16", "float32", "float64", "longdouble", "int8", "uint8", "int64", "uint64", "bool"):
        with np.errstate(all="ignore"):
            other = value.astype(kind)
        if np.array_equal(other.astype(value.dtype), value) and kind != value.dtype.name:
            same[f"as {kind}"] = lambda kind=kind: value.astype(kind)
    return same


def _tuples(items):
    return tuple(map(_tuples, items)) if isinstance(items, list) else items


def _read_only(value):
    value = value.copy()
    value.setflags(write=False)
    return value
