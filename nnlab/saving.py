"""Model files: `save_model` writes a model to one file, whole or not at all; `load_model` makes it again.

Trained on, a loaded model gives the same bits as the original would: the file also holds what the optimizer remembers
and the state of the random numbers. How objects become text: `nnlab._describe`; how a file is built and checked:
`nnlab._archive`.
"""

from __future__ import annotations

import difflib
import errno
import math
import os
from collections.abc import Iterator, Mapping
from types import UnionType
from typing import Any

import numpy as np
from numpy.typing import NDArray

import nnlab
from nnlab import _archive, layers, optimizers
from nnlab._describe import Reader, Writer
from nnlab._files import check_path, write_atomically
from nnlab.initializers import Initializer
from nnlab.layers.base import Layer, Shape, check_shape
from nnlab.model import Model
from nnlab.sequential import Sequential

Array = NDArray[Any]

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}  # a full disk, or a user's limit
_MOST = 5_000  # layers, and calls of them: to put them together, each is compared with the others


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
    path = check_path("filepath", filepath)
    if path.suffix != ".nnlab":
        name = f"{path.stem or 'model'}.nnlab"
        raise ValueError(f"the name of a model file ends in .nnlab: write {name!r}, got {str(filepath)!r}")
    if not path.absolute().parent.is_dir():
        raise FileNotFoundError(f"there is no folder {path.absolute().parent}: make it first, or save elsewhere")
    if path.exists() and not overwrite:
        raise FileExistsError(f"{path.absolute()} is there already: choose another name, or allow overwrite=True")
    try:
        write_atomically(path, _archive.pack(*_describe(model)))
    except OSError as error:
        remedy = "free some space, or save elsewhere" if error.errno in _FULL else "save elsewhere"
        words = f"{error.strerror}; what was there before is untouched: {remedy}"
        raise OSError(error.errno, words, str(path)) from None


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
    TypeError
        If `filepath` is no name of a file.
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
    path = check_path("filepath", filepath)
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
        reason = str(error)
        if not isinstance(error, ValueError):
            reason = f"its content does not hold together ({type(error).__name__}: {error}). Save the model again."
        raise ValueError(f"{path} cannot be loaded: {reason:.2000}") from error


def _describe(model: Model) -> tuple[dict[str, Any], dict[str, Array]]:
    """Everything about a model, for JSON; and its arrays."""
    if type(model) not in (Sequential, Model):
        raise TypeError(
            f"save writes a Sequential or a Model, and {type(model).__name__} is a class of your own, which may do "
            f"anything: save its weights alone, with np.savez('weights.npz', *model.get_weights())"
        )
    model._check_built("save")
    writer = Writer()
    graph = model.graph
    described = {
        "nnlab": nnlab.__version__,
        "class": type(model).__name__,
        "name": model.name,
        "dtype": str(model.dtype),
        "inputs": [
            {"shape": shape, "name": layer.name} for layer, shape in zip(graph.input_layers, graph.shapes, strict=False)
        ],
        "layers": [
            {"name": layer.name, "object": writer.checked(layer), "trainable": bool(layer.trainable)}
            for layer in graph.layers
        ],
        "calls": [
            [graph.layers.index(step.layer), list(step.sources), writer.describe(list(step.options.items()), "a call")]
            for step in graph.steps
        ],
        "outputs": list(graph.outputs),
        "training": _describe_training(model, writer) if model._compiled else None,
        "random": {"weights": _state(model._build_rng), "training": _state(model.rng)},
    }
    _check_size(described)
    for k, layer in enumerate(graph.layers):
        for name in (*layer.parameter_names, *layer.state_names):
            writer.arrays[f"layers/{k}/{name}"] = getattr(layer, name)
    return described, writer.arrays


def _describe_training(model: Model, writer: Writer) -> dict[str, Any]:
    optimizer = model.optimizer
    if optimizer.slots is not None:
        writer.arrays["optimizer/slots"] = _fitting(optimizer.slots, optimizer, model)
    return {
        "optimizer": writer.checked(optimizer),
        "iterations": int(optimizer.iterations),
        "objectives": [
            {
                "loss": writer.checked(objective.loss),
                "weight": float(objective.weight),
                "metrics": [[name, writer.checked(function)] for name, function in objective.metrics],
            }
            for objective in model.objectives
        ],
        "run_eagerly": bool(model.run_eagerly),
        "epochs_done": int(model.epochs_done),
        "callbacks": [
            [
                type(callback).__name__,
                writer.describe([[n, getattr(callback, n)] for n in callback.state_names], "a callback"),
            ]
            for callback in model.callbacks
            if callback.state_names
        ],
    }


def _check_size(described: Any) -> None:
    """Refuse what would take minutes to put together."""
    counts = {name: len(described[name]) for name in ("inputs", "layers", "calls", "outputs")}
    counts["arrays that calls read"] = sum(len(sources) for _, sources, _ in described["calls"])
    for what, count in counts.items():
        if count > _MOST:
            raise ValueError(f"the model has {count:,} {what}, and a file holds at most {_MOST:,}")


def _make(described: Any, reader: Reader, compile: bool) -> Model:
    _check_size(described)
    inputs = [
        layers.Input(check_shape("input_shape", entry["shape"]), name=_expect(entry["name"], str | None))
        for entry in described["inputs"]
    ]
    chain = [_layer(entry, reader) for entry in described["layers"]]
    weights: dict[str, dict[str, Array]] = {}  # by the number of the layer
    for name, w in reader.arrays.items():
        match name.split("/", 2):
            case ["layers", layers_number, its_name]:
                weights.setdefault(layers_number, {})[its_name] = w
    symbols = list(inputs)
    for number, sources, options in described["calls"]:
        layer = chain[_index(number, len(chain))]
        called_on = [symbols[_index(slot, len(symbols))] for slot in sources]
        if not layer.built:
            _build(layer, [symbol.shape for symbol in called_on], weights.get(str(number), {}))
        made = layer(*called_on, **dict(reader.make(options)))
        symbols += made if isinstance(made, list) else [made]
    outputs = [symbols[_index(slot, len(symbols))] for slot in described["outputs"]]
    model = _join(described, inputs, chain, outputs)
    if compile and described["training"] is not None:
        _restore_training(model, described["training"], reader)
    for rng, name in ((model._build_rng, "weights"), (model.rng, "training")):
        rng.bit_generator.state = described["random"][name]
    return model


def _layer(entry: Any, reader: Reader) -> Layer:
    layer: Layer = _expect(reader.make(entry["object"]), Layer)
    layer.name, layer.trainable = _expect(entry["name"], str), _expect(entry["trainable"], bool)
    return layer


def _index(number: Any, size: int) -> int:
    if not 0 <= _expect(number, int) < size:
        raise ValueError(f"a layer is asked for array {number}, and only {size} are there")
    return int(number)


def _join(described: Any, inputs: list[Any], chain: list[Layer], outputs: list[Any]) -> Model:
    name, dtype = _expect(described["name"], str), described["dtype"]
    if described["class"] == "Sequential":
        one_after_the_other = [[k, [k], []] for k in range(len(chain))]
        if described["calls"] != one_after_the_other or described["outputs"] != [len(chain)] or len(inputs) != 1:
            raise ValueError("it holds a Sequential whose layers are not called one after the other")
        model = Sequential(inputs, name=name, dtype=dtype)
        model.layers = chain[:-1]  # added one by one, each would make the graph of all before it anew
        model.add(chain[-1])
        return model
    if described["class"] != "Model":
        raise ValueError(f"it holds a {described['class']!r:.100}, which is neither a Sequential nor a Model")
    return Model(inputs, outputs, name=name, dtype=dtype)


class _Room(Initializer):
    """Stands in for a layer's initializers: nothing is drawn, and a file that declares huge layers gets no memory."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size

    def draw(self, shape: Shape, rng: np.random.Generator) -> Array:  # noqa: ARG002
        if math.prod(shape) > self.size:
            raise ValueError(f"a layer needs weights of shape {shape}, and the file has {self.size} numbers for it")
        return np.zeros(shape)


def _build(layer: Layer, shapes: list[Shape], weights: dict[str, Array]) -> None:
    """Build a layer with these weights."""
    shape = shapes[0] if len(shapes) == 1 else shapes
    layer.output_shape(shape)
    initializers = [
        (one, name, value) for one in _with_inner(layer) for name, value in vars(one).items()
        if isinstance(value, Initializer)
    ]  # fmt: skip
    room = _Room(sum(w.size for w in weights.values()))
    for one, name, _ in initializers:
        vars(one)[name] = room
    layer.build_once(shape, np.random.default_rng(0))
    for one, name, value in initializers:
        vars(one)[name] = value
    expected = {name: getattr(layer, name).shape for name in (*layer.parameter_names, *layer.state_names)}
    got = {name: w.shape for name, w in weights.items()}
    if got != expected:
        raise ValueError(f"layer {layer.name!r} has weights of shapes {expected}, and the file has {got}")
    for name, w in weights.items():
        setattr(layer, name, w)


def _with_inner(layer: Layer) -> Iterator[Layer]:
    """Yield a layer, and those that it is wrapped around."""
    yield layer
    for inner in getattr(layer, "inner", {}).values():
        yield from _with_inner(inner)


def _restore_training(model: Model, described: Any, reader: Reader) -> None:
    eagerly = _expect(described["run_eagerly"], bool)
    objectives = described["objectives"]
    chosen = [reader.make(entry["loss"]) for entry in objectives]
    weights = [entry["weight"] for entry in objectives]
    model.compile(
        reader.make(described["optimizer"]),
        chosen,
        loss_weights=weights,
        run_eagerly=eagerly,
    )
    for objective, entry in zip(model.objectives, objectives, strict=True):
        objective.metrics = [(_expect(name, str), reader.make(function)) for name, function in entry["metrics"]]
        if not all(function is None or callable(function) for _, function in objective.metrics):
            raise ValueError("it has a metric that is not a function")
    steps = _count(described["iterations"], "steps")
    model.epochs_done = _count(described.get("epochs_done", 0), "epochs")
    model.kept_states = [
        (_expect(kind, str), dict(reader.make(state))) for kind, state in described.get("callbacks", [])
    ]
    model.optimizer.iterations, slots = steps, reader.arrays.get("optimizer/slots")
    model.optimizer.slots = None if slots is None else _fitting(slots, model.optimizer, model)


def _fitting(slots: Array, optimizer: optimizers.Optimizer, model: Model) -> Array:
    expected = (optimizer.n_slots, model.parameters.size)
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


def _count(value: Any, what: str) -> int:
    if not 0 <= _expect(value, int) < 2**62:
        raise ValueError(f"{value} is no number of {what}")
    return int(value)


def _expect(value: Any, kind: type | UnionType) -> Any:
    if not isinstance(value, kind):
        raise ValueError(f"it has {value!r:.100} in a place where that makes no sense")
    return value
