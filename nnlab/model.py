"""Models: layers joined, trained, evaluated and asked. Names, arguments and defaults are those of Keras 3.

How a training step goes, stands in `nnlab.training`; what a layer computes, in `nnlab.layers.core`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab import losses, lowering, metrics, optimizers, training
from nnlab.callbacks import Callback, EpochLines, History, Logs, ProgressBar, format_logs
from nnlab.layers.base import Input, InputLayer, Layer, Shape, Symbol, check_count, set_weights

__all__ = ["Input", "Model", "Sequential"]

Array = NDArray[Any]

# Rows that `predict` and `evaluate` carry through the layers at a time: more would only leave the cache.
CHUNK = 1024


class Model:
    """A chain of layers from an input to an output, made with the functional API.

    Parameters
    ----------
    inputs, outputs : Symbol
        What `Input` and the last layer returned.
    name : str, optional
    seed : int, optional
        Seeds the first weights, the order of samples and dropout: the same seed gives the same bits.
    dtype : {"float32", "float64"}

    Examples
    --------
    >>> import nnlab
    >>> x = nnlab.Input(shape=(784,))
    >>> h = nnlab.layers.Dense(256, activation="relu")(x)
    >>> p = nnlab.layers.Dense(10, activation="softmax")(h)
    >>> nnlab.Model(inputs=x, outputs=p).count_params()
    203530
    """

    def __init__(
        self,
        inputs: Symbol,
        outputs: Symbol,
        name: str | None = None,
        seed: int | None = None,
        dtype: str = "float32",
    ) -> None:
        self._set_up(name, seed, dtype)
        path = _path(inputs, outputs)
        self.layers: list[Layer] = path
        self._build(path[1:], inputs.shape)

    def _set_up(self, name: str | None, seed: int | None, dtype: str) -> None:
        if np.dtype(dtype) not in (np.float32, np.float64):
            raise ValueError(f"dtype is 'float32' or 'float64', got {dtype!r}")
        self.name = name or type(self).__name__.lower()
        self.dtype = np.dtype(dtype)
        # Two streams, so that training draws the same numbers however the first weights were made.
        first, second = np.random.SeedSequence(seed).spawn(2)
        self._build_rng, self.rng = np.random.default_rng(first), np.random.default_rng(second)
        self.chain: list[Layer] = []
        self.built = False
        self.history: History | None = None
        self._compiled = False

    def _build(self, chain: list[Layer], input_shape: Shape) -> None:
        shapes = [input_shape]
        for layer in chain:
            shapes.append(layer.output_shape(shapes[-1]))
            layer.build_once(shapes[-2], self._build_rng)
        self.chain, self.input_shape, self._shapes = chain, input_shape, shapes[1:]
        self.output_shape = shapes[-1]
        _name_layers(self.layers)
        self._parameters = self._gather()
        self.built = True

    def _gather(self) -> Array:
        """Put all parameters into one vector; the layers keep views of it."""
        weights = [w for layer in self.chain for w in layer.weights]
        vector = np.zeros(sum(w.size for w in weights), self.dtype)
        start = 0
        for layer in self.chain:
            for name in layer.parameter_names:
                w = getattr(layer, name)
                view = vector[start : start + w.size].reshape(w.shape)
                view[...] = w
                setattr(layer, name, view)
                start += w.size
        return vector

    @property
    def parameters(self) -> Array:
        """All parameters as one vector, (P,); layer by layer, and changed in place by the optimizer."""
        if any(w.base is not self._parameters for layer in self.chain for w in layer.weights):
            self._parameters = self._gather()  # a layer also serves another model, or its weights were replaced
        return self._parameters

    def compile(
        self,
        optimizer: str | optimizers.Optimizer = "rmsprop",
        loss: str | losses.Loss | None = None,
        metrics: Iterable[str | metrics.Metric] | None = None,
        run_eagerly: bool = False,
    ) -> None:
        """Choose how to train.

        Parameters
        ----------
        optimizer : str or Optimizer
        loss : str or Loss
        metrics : list of str or callable, optional
        run_eagerly : bool
            Whether to train through the NumPy formulas, step by step, instead of the compiled runner.

        Raises
        ------
        ValueError
            For an unknown name, or no loss.
        """
        if loss is None:
            raise ValueError("compile needs a loss, such as loss='mse'")
        if isinstance(metrics, str):
            raise ValueError(f"metrics is a list: write metrics=[{metrics!r}]")
        self.optimizer = optimizers.get(optimizer)
        self.loss = losses.get(loss)
        self._metrics = [_get_metric(metric) for metric in metrics or []]
        self.run_eagerly = run_eagerly
        self._compiled = True

    @property
    def fused_loss(self) -> losses.Loss | None:
        """The loss on the values before the last activation, where the two have a stable common form."""
        activation = getattr(self.chain[-1], "activation", None)
        fits = activation is not None and activation.name == self.loss.link
        if fits and hasattr(self.chain[-1], "backward_from_z") and not getattr(self.loss, "from_logits", False):
            return self.loss.on_logits()
        return None

    def loss_and_outputs(self, a: Array) -> tuple[losses.Loss, Array]:
        """Say on which outputs of a training step the loss is computed.

        Parameters
        ----------
        a : ndarray of shape (N, K)
            What the last layer returned.

        Returns
        -------
        loss : Loss
        outputs : ndarray of shape (N, K)
            a itself, or the values before the last activation.
        """
        fused = self.fused_loss
        return (self.loss, a) if fused is None else (fused, self.chain[-1].z)  # type: ignore[attr-defined]

    def why_formulas(self) -> str:
        """Say why the model trains through the NumPy formulas; an empty text: it trains in the compiled runner.

        Returns
        -------
        str
        """
        if self.run_eagerly:
            return "run_eagerly=True"
        return lowering.why_not(self.chain, self.optimizer, self.loss, [f for _, f in self._metrics])

    def fit(
        self,
        x: Any,
        y: Any,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: str | int = "auto",
        callbacks: list[Callback] | None = None,
        validation_data: tuple[Any, Any] | None = None,
        shuffle: bool = True,
        stop: threading.Event | None = None,
    ) -> History:
        """Train.

        Interrupt stops it after the step under way; the model then is as that step left it.

        Parameters
        ----------
        x : array_like of shape (N, ...)
        y : array_like of shape (N,) or (N, K)
        batch_size : int, optional
            Samples a step; 32 if not given.
        epochs : int
            Passes over the data.
        verbose : {"auto", 0, 1, 2}
            0 shows nothing, 1 ("auto") a bar that disappears at the end, 2 prints a line an epoch.
        callbacks : list of Callback, optional
        validation_data : tuple of array_like, optional
            x and y to be evaluated after each epoch.
        shuffle : bool
            Whether to draw a new order of the samples for each epoch.
        stop : threading.Event, optional
            Set it from another thread to end the training after the step under way.

        Returns
        -------
        History
            Its ``history`` holds the mean loss and metrics of each completed epoch.

        Raises
        ------
        RuntimeError
            If the model was not compiled.
        ValueError
            If data or settings do not fit.
        """
        self._check_compiled("fit")
        x, targets = self._data(x, y)
        functions = self._metric_functions(targets)
        batch_size = check_count("batch_size", 32 if batch_size is None else batch_size)
        epochs = check_count("epochs", epochs)
        validation = None if validation_data is None else self._data(*validation_data)
        history = self.history = History()
        shown: dict[str | int, list[Callback]] = {0: [], 2: [EpochLines()]}
        training.train(
            self,
            x,
            targets,
            functions,
            batch_size=batch_size,
            epochs=epochs,
            shuffle=shuffle,
            callbacks=[history, *shown.get(verbose, [ProgressBar()]), *(callbacks or [])],
            validation=validation,
            stop=stop or threading.Event(),
        )
        return history

    def evaluate(self, x: Any, y: Any, verbose: str | int = "auto") -> float | list[float]:
        """Measure the loss and the metrics.

        Parameters
        ----------
        x : array_like of shape (N, ...)
        y : array_like of shape (N,) or (N, K)
        verbose : {"auto", 0, 1, 2}
            2 prints the numbers.

        Returns
        -------
        float or list of float
            The loss; with metrics, a list of the loss and each of them.

        Raises
        ------
        RuntimeError
            If the model was not compiled.
        ValueError
            If the data do not fit.
        """
        self._check_compiled("evaluate")
        x, targets = self._data(x, y)
        means = self.measure(x, targets, self._metric_functions(targets))
        if verbose == 2:
            print(format_logs(means))
        values = list(means.values())
        return values if len(values) > 1 else values[0]

    def measure(self, x: Array, y: Array, functions: list[metrics.Metric]) -> Logs:
        """Mean loss and metrics of checked data; `evaluate` is the public way.

        Parameters
        ----------
        x : ndarray of shape (N, ...)
        y : ndarray of shape (N, K)
        functions : list of callable

        Returns
        -------
        dict of str to float
        """
        totals = np.zeros(2 + len(functions))
        fused = self.fused_loss
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            for start in range(0, len(x), CHUNK):
                a, target = x[start : start + CHUNK], y[start : start + CHUNK]
                for layer in self.chain[:-1]:
                    a = layer.forward(a)
                last = self.chain[-1]
                if fused is None:
                    a = last.forward(a)
                    totals[0] += self.loss.per_sample(target, a).sum()
                else:
                    z = last.before_activation(a)  # type: ignore[attr-defined]
                    totals[0] += fused.per_sample(target, z).sum()
                    a = last.activation(z)  # type: ignore[attr-defined]
                for k, function in enumerate(functions):
                    totals[1 + k] += function(target, a).sum()
        totals[-1] = len(x)
        return self.named_means(totals)

    def named_means(self, totals: Array) -> Logs:
        """Divide sums by the number of samples.

        Parameters
        ----------
        totals : ndarray
            Sum of losses, of each metric, and the number of samples.

        Returns
        -------
        dict of str to float
        """
        means = totals[:-1] / max(1.0, totals[-1])
        return dict(zip(["loss", *(name for name, _ in self._metrics)], means.tolist(), strict=True))

    def predict(self, x: Any, batch_size: int | None = None, verbose: str | int = "auto") -> Array:  # noqa: ARG002
        """Compute the outputs.

        Parameters
        ----------
        x : array_like of shape (N, ...)
        batch_size, verbose
            Accepted because Keras has them; nothing depends on them here.

        Returns
        -------
        ndarray of shape (N, K)

        Raises
        ------
        ValueError
            If the data do not fit.
        """
        x = self._inputs(x)
        outputs = []
        with np.errstate(over="ignore", invalid="ignore"):
            for start in range(0, len(x), CHUNK):
                a = x[start : start + CHUNK]
                for layer in self.chain:
                    a = layer.forward(a)
                outputs.append(a)
        return np.concatenate(outputs)

    def __call__(self, x: Any) -> Array:
        """Predict."""
        return self.predict(x)

    def get_weights(self) -> list[Array]:
        """Return copies of all parameters, layer by layer.

        Returns
        -------
        list of ndarray
        """
        self._check_built("get_weights")
        return [w for layer in self.chain for w in layer.get_weights()]

    def set_weights(self, weights: list[Any]) -> None:
        """Set all parameters, as `get_weights` returns them.

        Parameters
        ----------
        weights : list of array_like

        Raises
        ------
        ValueError
            If the number of arrays or a shape does not fit; then nothing is changed.
        """
        self._check_built("set_weights")
        set_weights([w for layer in self.chain for w in layer.weights], weights, f"model {self.name!r}")

    def count_params(self) -> int:
        """Return the number of parameters.

        Returns
        -------
        int
        """
        self._check_built("count_params")
        return int(self.parameters.size)

    def summary(self) -> None:
        """Print the layers, their output shapes and parameters, and how the model trains."""
        self._check_built("summary")
        shapes = [self.input_shape] * (len(self.layers) - len(self.chain)) + self._shapes
        rows = [("layer", "output shape", "parameters")]
        for layer, shape in zip(self.layers, shapes, strict=True):
            size = sum(w.size for w in layer.weights)
            rows.append((f"{layer.name} ({type(layer).__name__})", str((None, *shape)), f"{size:,}"))
        widths = [max(len(row[k]) for row in rows) for k in range(3)]
        lines = [f"{a:<{widths[0]}}  {b:<{widths[1]}}  {c:>{widths[2]}}" for a, b, c in rows]
        rule = "-" * len(lines[0])
        print(f'Model "{self.name}"', lines[0], rule, *lines[1:], rule, sep="\n")
        print(f"{self.count_params():,} parameters, {self.parameters.nbytes / 1024:,.1f} KB in {self.dtype}")
        if self._compiled:
            why = self.why_formulas()
            print(f"trains through the NumPy formulas: {why}" if why else "trains in the compiled runner")

    def _check_compiled(self, action: str) -> None:
        if not self._compiled:
            raise RuntimeError(
                f"compile the model before {action}: model.compile(optimizer='adam', loss=..., metrics=['accuracy'])"
            )

    def _check_built(self, action: str) -> None:
        if not self.built:
            raise RuntimeError(
                f"{action}: the model does not know the shape of its inputs yet. Put layers.Input(shape=...) "
                f"first, or give the first layer input_shape=..., or train it first."
            )

    def _inputs(self, x: Any) -> Array:
        try:
            batch: Array = np.asarray(x, dtype=self.dtype)
        except (TypeError, ValueError) as error:
            raise ValueError(f"the inputs have to be an array of numbers, all rows alike: {error}") from None
        if batch.ndim == 0 or len(batch) == 0:
            raise ValueError(f"the inputs are empty: expected one row a sample, got shape {batch.shape}")
        if batch.ndim == 1 and (not self.built or self.input_shape == (1,)):
            batch = batch[:, None]  # N numbers are N samples of one feature
        if not self.built:
            self._build_late(batch.shape[1:])
        if batch.shape[1:] != self.input_shape:
            raise ValueError(self._input_hint(batch))
        return batch

    def _build_late(self, shape: Shape) -> None:
        raise AssertionError(f"only a Sequential can be built late, for samples of shape {shape}")

    def _input_hint(self, x: Array) -> str:
        hint = ""
        if x.shape == self.input_shape:
            hint = " This is a single sample: put it into a batch with x[None]."
        elif int(np.prod(x.shape[1:])) == int(np.prod(self.input_shape)):
            hint = f" Flatten each sample first: x.reshape(len(x), {', '.join(map(str, self.input_shape))})."
        batch = str(("N", *self.input_shape)).replace("'", "")
        return f"{self.name} expected inputs of shape {batch}, N samples; got shape {x.shape}.{hint}"

    def _data(self, x: Any, y: Any) -> tuple[Array, Array]:
        x = self._inputs(x)
        if len(np.shape(y)) == 0 or len(y) != len(x):
            raise ValueError(f"each sample needs a target: got {len(x)} samples and targets of shape {np.shape(y)}")
        outputs = np.empty((len(x), *self.output_shape), self.dtype)
        return x, np.ascontiguousarray(self.loss.targets(y, outputs))

    def _metric_functions(self, targets: Array) -> list[metrics.Metric]:
        decided = metrics.accuracy_for(targets.shape[-1], self.output_shape[-1])
        return [function or decided for _, function in self._metrics]


class Sequential(Model):
    """Layers one after the other.

    Parameters
    ----------
    layers : list of Layer, optional
        An `Input` may stand first; or the first layer has an ``input_shape``; or the first batch tells.
    name : str, optional
    seed : int, optional
        Seeds the first weights, the order of samples and dropout: the same seed gives the same bits.
    dtype : {"float32", "float64"}

    Examples
    --------
    >>> from nnlab.layers import Dense
    >>> model = Sequential([Dense(128, activation="relu", input_shape=(784,)), Dense(10, activation="softmax")])
    >>> model.count_params()
    101770
    """

    def __init__(
        self,
        layers: Iterable[Layer | Symbol] | None = None,
        name: str | None = None,
        seed: int | None = None,
        dtype: str = "float32",
    ) -> None:
        self._set_up(name, seed, dtype)
        self.layers = []
        self._declared_shape: Shape | None = None
        for layer in layers or []:
            self._append(layer)
        self._build_if_known()

    def add(self, layer: Layer | Symbol) -> None:
        """Put a layer at the end.

        Parameters
        ----------
        layer : Layer or Symbol

        Raises
        ------
        TypeError
            If it is not a layer.
        """
        self._append(layer)
        self._build_if_known()

    def _append(self, layer: Any) -> None:
        if isinstance(layer, Symbol) and isinstance(layer.layer, InputLayer):
            layer = layer.layer
        if not isinstance(layer, Layer):
            raise TypeError(f"a Sequential is made of layers such as layers.Dense(10), got {layer!r}")
        if layer in self.layers:
            raise ValueError(f"{layer.describe()} stands in the model already: a layer has its place once")
        if layer.input_shape is not None and not self.layers and self._declared_shape is None:
            self._declared_shape = layer.input_shape
        elif isinstance(layer, InputLayer):
            raise ValueError("an Input stands at the beginning of a Sequential, and only there")
        if not isinstance(layer, InputLayer):
            self.layers.append(layer)

    def _build_if_known(self) -> None:
        if self._declared_shape is not None and self.layers:
            self._build(list(self.layers), self._declared_shape)

    def _build_late(self, shape: Shape) -> None:
        if not self.layers:
            raise RuntimeError("the model has no layers yet: add some with model.add(layers.Dense(...))")
        self._build(list(self.layers), shape)


def _path(inputs: Any, outputs: Any) -> list[Layer]:
    """Layers from inputs to outputs, the input layer first."""
    for what, symbol in (("inputs", inputs), ("outputs", outputs)):
        if not isinstance(symbol, Symbol):
            raise TypeError(f"{what} is what Input or a layer returned, as in h = layers.Dense(10)(x); got {symbol!r}")
    path, symbol = [outputs.layer], outputs
    while symbol is not inputs:
        symbol = symbol.parent
        if symbol is None:
            raise ValueError("the outputs do not depend on these inputs: pass the Input that the layers were called on")
        path.append(symbol.layer)
    if len(path) != len({id(layer) for layer in path}):
        raise ValueError("a layer stands twice between inputs and outputs: make a new one for each place")
    if not isinstance(inputs.layer, InputLayer):
        path[-1] = InputLayer(inputs.shape)
    if len(path) == 1:
        raise ValueError("there is no layer between inputs and outputs")
    return path[::-1]


def _name_layers(all_layers: list[Layer]) -> None:
    """Give numbers to the layers that have no name: dense, dense_1, ..."""
    taken = {layer.name for layer in all_layers if layer.name}
    for layer in all_layers:
        if layer.name is None:
            base = "input" if isinstance(layer, InputLayer) else type(layer).__name__.lower()
            candidates = (base if k == 0 else f"{base}_{k}" for k in range(len(all_layers) + 1))
            layer.name = next(name for name in candidates if name not in taken)
            taken.add(layer.name)


_get_metric = metrics.get  # inside `compile` the argument hides the module
