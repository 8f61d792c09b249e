"""Model files: `save_model` writes a model to one file, whole or not at all; `load_model` makes it again.

Trained on, a loaded model gives the same bits as the original would: the file also holds what the optimizer remembers
and the state of the random numbers. How objects become text: `nnlab._describe`; how a file is built and checked:
`nnlab._archive`.
"""

from __future__ import annotations

import difflib
import math
import os
from collections.abc import Mapping
from pathlib import Path
from types import UnionType
from typing import Any

import numpy as np
from numpy.typing import NDArray

import nnlab
from nnlab import _archive, assembly, layers, optimizers
from nnlab._describe import Reader, Writer
from nnlab._files import write_atomically
from nnlab.initializers import Initializer
from nnlab.layers.base import Layer, Shape, check_shape
from nnlab.model import Model
from nnlab.sequential import Sequential

Array = NDArray[Any]


def save_model(model: Model, filepath: str | os.PathLike[str], overwrite: bool = True) -> None:
    """Write a model to a file; see `nnlab.Model.save`.

    Parameters
    ----------
    model : Model
    filepath : str or path
        Ends in ``.nnlab``.
    overwrite : bool
        Whether a file that is there may be replaced.

    Raises
    ------
    TypeError, ValueError, RuntimeError
        If something in the model cannot be written down, or it is not built yet; nothing is written then.
    OSError
        If the file cannot be written; what was there before is untouched.
    """
    path = Path(filepath)
    if path.suffix != ".nnlab":
        name = f"{path.stem or 'model'}.nnlab"
        raise ValueError(f"the name of a model file ends in .nnlab: write {name!r}, got {str(filepath)!r}")
    if not path.absolute().parent.is_dir():
        raise FileNotFoundError(f"there is no folder {path.absolute().parent}: make it first, or save elsewhere")
    if path.exists() and not overwrite:
        raise FileExistsError(f"{path.absolute()} is there already: choose another name, or allow overwrite=True")
    write_atomically(path, _archive.pack(*_describe(model)))


def load_model(
    filepath: str | os.PathLike[str], custom_objects: Mapping[str, Any] | None = None, compile: bool = True
) -> Model:
    """Make the model that a file holds, as `nnlab.Model.save` wrote it.

    Parameters
    ----------
    filepath : str or path
    custom_objects : dict of str to object, optional
        What you defined yourself, by name, as in ``{"Scale": Scale}``: classes of layers or losses, metrics,
        activations.
    compile : bool
        Whether to restore the optimizer, the loss and the metrics as well.

    Returns
    -------
    Model
        A `Sequential` if it was one.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is no model file, is damaged, or names something that is not in `custom_objects`.

    Examples
    --------
    >>> import tempfile
    >>> model = nnlab.Sequential([nnlab.Input((784,)), layers.Dense(10)])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     model.save(f"{folder}/digits.nnlab")
    ...     load_model(f"{folder}/digits.nnlab").count_params()
    7850
    """
    path = Path(filepath)
    if path.is_dir():
        raise ValueError(f"{path} is a folder: this is no nnlab model")
    try:
        data = _archive.read(path)
    except FileNotFoundError:
        there = [other.name for other in path.absolute().parent.glob("*.nnlab")]
        near = difflib.get_close_matches(path.name, there, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise FileNotFoundError(f"there is no file {path.absolute()}{hint}") from None
    try:
        described, arrays = _archive.unpack(data)
        return _make(described, Reader(arrays, custom_objects or {}), compile)
    except Exception as error:  # whatever a strange file leads to, the reader gets one kind of error
        reason = error if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"
        raise ValueError(f"{path} cannot be loaded: {reason}") from error


def _describe(model: Model) -> tuple[dict[str, Any], dict[str, Array]]:
    """Everything about a model, for JSON; and its arrays."""
    if type(model) not in (Sequential, Model):
        raise TypeError(
            f"save writes a Sequential or a Model, and {type(model).__name__} is a class of your own, which may do "
            f"anything: save its weights alone, with np.savez('weights.npz', *model.get_weights())"
        )
    model._check_built("save")
    writer = Writer()
    described = {
        "nnlab": nnlab.__version__,
        "class": type(model).__name__,
        "name": model.name,
        "dtype": str(model.dtype),
        "input": {"shape": model.input_shape, "name": model.layers[0].name if type(model) is Model else None},
        "layers": [{"name": layer.name, "object": writer.checked(layer)} for layer in model.chain],
        "training": _describe_training(model, writer) if model._compiled else None,
        "random": {"weights": _state(model._build_rng), "training": _state(model.rng)},
    }
    places = [f"layers/{k}/{name}" for k, layer in enumerate(model.chain) for name in layer.parameter_names]
    writer.arrays |= zip(places, assembly.views(model.chain, model.parameters), strict=True)
    return described, writer.arrays


def _describe_training(model: Model, writer: Writer) -> dict[str, Any]:
    optimizer = model.optimizer
    if optimizer.slots is not None:
        writer.arrays["optimizer/slots"] = _fitting(optimizer.slots, optimizer, model)
    return {
        "optimizer": writer.checked(optimizer),
        "iterations": int(optimizer.iterations),
        "loss": writer.checked(model.loss),
        "metrics": [[name, writer.checked(function)] for name, function in model.metrics],
        "run_eagerly": bool(model.run_eagerly),
    }


def _make(described: Any, reader: Reader, compile: bool) -> Model:
    shape = check_shape("input_shape", described["input"]["shape"])
    chain = []
    for k, entry in enumerate(described["layers"]):
        layer = _expect(reader.make(entry["object"]), Layer)
        layer.name = _expect(entry["name"], str)
        start = f"layers/{k}/"
        weights = {name.removeprefix(start): w for name, w in reader.arrays.items() if name.startswith(start)}
        shape = _build(layer, shape, weights)
        chain.append(layer)
    model = _join(described, chain)
    if compile and described["training"] is not None:
        _restore_training(model, described["training"], reader)
    for rng, name in ((model._build_rng, "weights"), (model.rng, "training")):
        rng.bit_generator.state = described["random"][name]
    return model


def _join(described: Any, chain: list[Layer]) -> Model:
    name, dtype = _expect(described["name"], str), described["dtype"]
    symbol = inputs = layers.Input(described["input"]["shape"], name=_expect(described["input"]["name"], str | None))
    if described["class"] == "Sequential":
        return Sequential([inputs, *chain], name=name, dtype=dtype)
    if described["class"] != "Model":
        raise ValueError(f"it holds a {described['class']!r:.100}, which is neither a Sequential nor a Model")
    for layer in chain:
        symbol = layer(symbol)
    return Model(inputs, symbol, name=name, dtype=dtype)


class _Room(Initializer):
    """Stands in for a layer's initializers: nothing is drawn, and a file that declares huge layers gets no memory."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size

    def draw(self, shape: Shape, rng: np.random.Generator) -> Array:  # noqa: ARG002
        if math.prod(shape) > self.size:
            raise ValueError(f"a layer needs weights of shape {shape}, and the file has {self.size} numbers for it")
        return np.zeros(shape)


def _build(layer: Layer, shape: Shape, weights: dict[str, Array]) -> Shape:
    """Build a layer with these weights; return the shape of its output."""
    output_shape = layer.output_shape(shape)
    initializers = {name: value for name, value in vars(layer).items() if isinstance(value, Initializer)}
    vars(layer).update(dict.fromkeys(initializers, _Room(sum(w.size for w in weights.values()))))
    layer.build_once(shape, np.random.default_rng(0))
    vars(layer).update(initializers)
    expected = dict(zip(layer.parameter_names, layer.parameter_shapes, strict=True))
    got = {name: w.shape for name, w in weights.items()}
    if got != expected:
        raise ValueError(f"layer {layer.name!r} has weights of shapes {expected}, and the file has {got}")
    for name, w in weights.items():
        setattr(layer, name, w)
    return output_shape


def _restore_training(model: Model, described: Any, reader: Reader) -> None:
    eagerly = _expect(described["run_eagerly"], bool)
    model.compile(reader.make(described["optimizer"]), reader.make(described["loss"]), run_eagerly=eagerly)
    model.metrics = [(_expect(name, str), reader.make(function)) for name, function in described["metrics"]]
    if not all(function is None or callable(function) for _, function in model.metrics):
        raise ValueError("it has a metric that is not a function")
    steps = _expect(described["iterations"], int)
    if not 0 <= steps < 2**62:
        raise ValueError(f"{steps} is no number of steps")
    model.optimizer.iterations, slots = steps, reader.arrays.get("optimizer/slots")
    model.optimizer.slots = None if slots is None else _fitting(slots, model.optimizer, model)


def _fitting(slots: Array, optimizer: optimizers.Optimizer, model: Model) -> Array:
    expected = (optimizer.n_slots, model.count_params())
    if slots.shape != expected or slots.dtype != model.dtype:
        raise ValueError(
            f"the optimizer remembers numbers of shape {slots.shape} in {slots.dtype}, and the model needs {expected} "
            f"in {model.dtype}: compile a model anew when its layers change"
        )
    return slots


def _state(rng: np.random.Generator) -> Any:
    state = rng.bit_generator.state
    if state["bit_generator"] != "PCG64":
        raise ValueError(f"save needs a model.rng made with np.random.default_rng, got {state['bit_generator']}")
    return state


def _expect(value: Any, kind: type | UnionType) -> Any:
    if not isinstance(value, kind):
        raise ValueError(f"it has {value!r:.100} in a place where that makes no sense")
    return value
