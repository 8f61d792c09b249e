"""Objects as text: a layer, a loss, an activation is its class and its constructor's arguments.

An object keeps its arguments in attributes of the same names, so that one of a learner's own needs no code for this.
A description can only name classes that nnlab itself holds, or what its reader passes as `custom_objects`: no name is
imported. `nnlab.saving` describes whole models with this.
"""

from __future__ import annotations

import hashlib
import inspect
import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab import _archive, activations, constraints, initializers, layers, losses, metrics, optimizers, regularizers

Array = NDArray[Any]

_MODULES = (
    activations, constraints, initializers, layers, losses, metrics, optimizers, optimizers.schedules, regularizers,
)  # fmt: skip
_CLASSES: dict[str, type] = {
    f"{module.__name__.removeprefix('nnlab.')}.{name}": thing
    for module in _MODULES
    for name, thing in vars(module).items()
    if isinstance(thing, type) and thing.__module__.startswith(module.__name__) and not name.startswith("_")
}
_CONSTANTS: dict[str, Any] = {f"activations.{name}": f for name, f in activations._KNOWN.items()} | {
    f"metrics.{f.__name__}": f for f in metrics._KNOWN.values() if f is not None
}

_REPEATED = 250_000_000  # bytes: an array stands in the file once, and each object that holds it gets one of its own


class Writer:
    """Describes objects, and collects the arrays and the learner's own things that it meets."""

    def __init__(self) -> None:
        self.arrays: dict[str, Array] = {}
        self.own: dict[str, Any] = {}
        self._repeated = 0

    def checked(self, thing: Any) -> Any:
        """Describe a thing, and try whether the description makes such a thing again.

        Parameters
        ----------
        thing : object

        Returns
        -------
        object
            For JSON.

        Raises
        ------
        ValueError
            If not; the message says how to mend the class.
        """
        described, name = self.describe(thing, "the model"), _name(thing)
        rule = f"{name}.__init__ has to take each argument by its name, and keep it unchanged in self.<name>."
        try:
            again = Writer().describe(Reader(self.arrays, self.own).make(described), "")
        except Exception as error:
            raise ValueError(f"{name} cannot be made again from its attributes ({error}): {rule}") from error
        if again != described:
            raise ValueError(f"{name} made again from its attributes differs from the one there is: {rule}")
        return described

    def describe(self, value: Any, owner: str) -> Any:
        """Describe a value: a number, a text, a list, an array, an object.

        Parameters
        ----------
        value : object
        owner : str
            What it belongs to, for messages.

        Returns
        -------
        object
            For JSON.

        Raises
        ------
        ValueError
            If it cannot be described.
        """
        if isinstance(value, np.generic):
            value = value.item()
        if isinstance(value, float) and not math.isfinite(value):
            return {"float": str(value)}  # JSON has no inf
        if value is None or isinstance(value, bool | int | float | str):
            return value
        if isinstance(value, list):
            return [self.describe(item, owner) for item in value]
        if isinstance(value, tuple):
            return {"tuple": [self.describe(item, owner) for item in value]}
        if isinstance(value, np.ndarray):
            name = f"arguments/{hashlib.sha256(_archive.npy(value)).hexdigest()[:16]}"
            self._repeated = _with_repeated(self._repeated, value, name in self.arrays)
            self.arrays[name] = value
            return {"array": name}
        return self._object(value, owner)

    def _object(self, value: Any, owner: str) -> dict[str, Any]:
        for name, constant in _CONSTANTS.items():
            if type(constant) is type(value) and constant == value:
                return {"constant": name}
        kind = type(value)
        if kind is activations.Activation or hasattr(value, "__name__"):
            return {"own": self._own(_name(value), value)}
        if any("__new__" in vars(base) for base in kind.__mro__[:-1]):  # a set, a path: not made by an __init__
            raise ValueError(
                f"{owner} holds a {kind.__name__}, which cannot be saved: numbers, texts, lists, tuples and arrays can"
            )
        arguments = {name: self.describe(_argument(value, name), kind.__name__) for name in _argument_names(kind)}
        for name, known in _CLASSES.items():
            if known is kind:
                return {"class": name, "arguments": arguments}
        return {"own class": self._own(kind.__name__, kind), "arguments": arguments}

    def _own(self, name: str, thing: Any) -> str:
        if name == "<lambda>":
            raise ValueError("a lambda has no name to find it by when the model is loaded: write a function with def")
        if self.own.setdefault(name, thing) is not thing:
            raise ValueError(f"two different things in this model are called {name!r}: give one another name")
        return name


class Reader:
    """Makes objects from their descriptions.

    Parameters
    ----------
    arrays : dict of str to ndarray
    custom_objects : dict of str to object
        The learner's own things.
    """

    def __init__(self, arrays: Mapping[str, Array], custom_objects: Mapping[str, Any]) -> None:
        self.arrays, self.custom_objects = arrays, custom_objects
        self._given: set[str] = set()
        self._repeated = 0

    def make(self, described: Any) -> Any:
        """Make what `Writer.describe` described.

        Parameters
        ----------
        described : object
            From JSON.

        Returns
        -------
        object

        Raises
        ------
        Exception
            Of any kind, if a class does not take the arguments; a ValueError for a name that is not known.
        """
        match described:
            case None | bool() | int() | float() | str():
                return described
            case list(items):
                return [self.make(item) for item in items]
            case {"tuple": list(items)}:
                return tuple(self.make(item) for item in items)
            case {"float": str(text)}:
                return float(text)
            case {"array": str(name)}:
                self._repeated = _with_repeated(self._repeated, self.arrays[name], name in self._given)
                self._given.add(name)
                return self.arrays[name].copy()
            case {"constant": str(name)} if name in _CONSTANTS:
                return _CONSTANTS[name]
            case {"class": str(name), "arguments": dict(arguments)} if name in _CLASSES:
                return _CLASSES[name](**{key: self.make(value) for key, value in arguments.items()})
            case {"own": str(name)}:
                return self._own(name)
            case {"own class": str(name), "arguments": dict(arguments)}:
                kind = self._own(name)
                if not isinstance(kind, type):
                    raise ValueError(f"custom_objects[{name!r}] has to be the class itself, got {kind!r}")
                return kind(**{key: self.make(value) for key, value in arguments.items()})
        raise ValueError(f"it names {json.dumps(described):.100}, which this nnlab does not have")

    def _own(self, name: str) -> Any:
        if name not in self.custom_objects:
            raise ValueError(
                f"it uses {name!r}, which is no part of nnlab: define it as before, and pass "
                f"custom_objects={{{name!r}: {name if name.isidentifier() else '...'}}} to load_model"
            )
        return self.custom_objects[name]


def _with_repeated(before: int, array: Array, again: bool) -> int:
    """Add up what equal arrays take: a small file could otherwise ask for any amount of memory."""
    total = before + array.nbytes * again
    if total > _REPEATED:
        raise ValueError(f"equal arrays stand in so many objects that they take over {_REPEATED / 1e6:.0f} MB")
    return total


def _name(thing: Any) -> str:
    if type(thing) is activations.Activation:
        return thing.name
    return getattr(thing, "__name__", type(thing).__name__)


def _argument_names(kind: type) -> list[str]:
    """Names of a constructor's arguments; where it passes ``**options`` on, also those of the class behind it."""
    found: list[str] = []
    for initializer in (vars(base)["__init__"] for base in kind.__mro__[:-1] if "__init__" in vars(base)):
        parameters = list(inspect.signature(initializer).parameters.values())[1:]
        kinds = {parameter.kind for parameter in parameters}
        if kinds & {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.POSITIONAL_ONLY}:
            raise ValueError(f"{kind.__name__} cannot be saved: all arguments of its __init__ need names")
        found += [p.name for p in parameters if p.kind is not p.VAR_KEYWORD and p.name not in found]
        if inspect.Parameter.VAR_KEYWORD not in kinds:
            break
    return found


def _argument(thing: Any, name: str) -> Any:
    if not hasattr(thing, name):
        kind = type(thing).__name__
        raise ValueError(
            f"{kind} cannot be saved, because it does not keep its argument {name!r}: put self.{name} = {name} into "
            f"{kind}.__init__"
        )
    if name == "learning_rate" and getattr(thing, "schedule", None) is not None:
        return thing.schedule  # an optimizer's attribute is its present value
    return getattr(thing, name)
