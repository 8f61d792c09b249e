"""Models: layers joined, trained, evaluated and asked. Names, arguments and defaults are those of Keras 3.

How a training step goes, stands in `nnlab.training`; what a layer computes, in `nnlab.layers.core`; how arrays travel
through the layers, in `nnlab.graph`.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab import assembly, engine, evaluation, layers, losses, lowering, optimizers, samples, training
from nnlab import metrics as metrics_module
from nnlab._names import call_hint
from nnlab._numbers import check_flag, check_number, check_seed, is_one_of, is_whole
from nnlab.callbacks import Callback, EpochLines, History, Logs, ProgressBar, format_logs
from nnlab.engine.threads import single_blas_thread
from nnlab.evaluation import Metrics
from nnlab.graph import Graph
from nnlab.layers.base import Layer, Shape, Symbol, check_count, one_or_all, set_weights
from nnlab.objective import Objective
from nnlab.samples import Samples

Array = NDArray[Any]


class Model:
    """A graph of layers from inputs to outputs, made with the functional API.

    Parameters
    ----------
    inputs, outputs : Symbol or list of Symbol
        What `Input` and the last layers returned.
    name : str, optional
    seed : int, optional
        Seeds the first weights, the order of samples and dropout: the same seed gives the same bits.
    dtype : {"float32", "float64"}

    Raises
    ------
    TypeError, ValueError
        If there is no path from inputs to outputs, or a setting does not fit.

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
        inputs: Symbol | Sequence[Symbol],
        outputs: Symbol | Sequence[Symbol],
        *,
        name: str | None = None,
        seed: int | None = None,
        dtype: str = "float32",
    ) -> None:
        self._set_up(name, seed, dtype)
        begin, end = (
            [of] if isinstance(of, Symbol) or not isinstance(of, Sequence) else of for of in (inputs, outputs)
        )
        self._build(Graph(begin, end))
        self.layers: list[Layer] = [*self.graph.input_layers, *self.graph.layers]
        assembly.name_layers(self.layers)

    def _set_up(self, name: str | None, seed: int | None, dtype: str) -> None:
        if not isinstance(dtype, str | np.dtype) or dtype not in ("float32", "float64"):
            raise ValueError(f"dtype is 'float32' or 'float64', got {dtype!r}")
        if name is not None and not isinstance(name, str):
            raise TypeError(f"name is a text, or None; got {name!r}")
        self.name = name or type(self).__name__.lower()
        self.dtype = np.dtype(dtype)
        # Two streams, so that training draws the same numbers however the first weights were made.
        first, second = np.random.SeedSequence(check_seed(seed)).spawn(2)
        self._build_rng, self.rng = np.random.default_rng(first), np.random.default_rng(second)
        self.chain: list[Layer] = []
        self.built = False
        self.history: History | None = None
        self.stop_training = self.run_eagerly = False
        self._parameters: Array | None = None
        self.objectives: list[Objective] = []
        self.fused: dict[int, losses.Loss] = {}
        self._compiled = self._in_training = False
        # To go on with a training that was broken off: see nnlab.callbacks.ModelCheckpoint.
        self.epochs_done = 0
        self.callbacks: list[Callback] = []
        self.kept_states: list[tuple[str, dict[str, Any]]] = []

    def _build(self, graph: Graph) -> None:
        graph.build(self._build_rng, self.dtype)
        self.graph, self.chain = graph, graph.layers
        self.makers = {slot: graph.maker(slot) for slot in graph.outputs}
        self.input_shape: Any = one_or_all(graph.shapes[: len(graph.input_layers)])
        self.output_shape: Any = one_or_all([graph.shapes[slot] for slot in graph.outputs])
        self.built = True
        if self._compiled:
            self.fused = self._fuse()

    @property
    def input_names(self) -> list[str]:
        """Names of the inputs: under these, several can be given in a dict."""
        return [str(layer.name) for layer in self.graph.input_layers]

    @property
    def output_names(self) -> list[str]:
        """Names of the outputs: of the layers that make them."""
        steps = {slot: step for step in self.graph.steps for slot in step.targets}
        return [str(steps[slot].layer.name) if slot in steps else f"input_{slot}" for slot in self.graph.outputs]

    @property
    def parameters(self) -> Array:
        """All parameters that are trained as one vector, (P,); layer by layer, changed in place by the optimizer."""
        if not assembly.gathered(self.chain, self._parameters):
            # Not gathered yet; or a layer also serves another model, was frozen, or its weights were replaced.
            self._parameters = assembly.gather(self.chain, self.dtype)
        assert self._parameters is not None
        return self._parameters

    def compile(
        self,
        optimizer: str | optimizers.Optimizer | None = None,
        loss: Any = None,
        *,
        loss_weights: Any = None,
        metrics: Any = None,
        run_eagerly: bool = False,
    ) -> None:
        """Choose how to train.

        Parameters
        ----------
        optimizer : str or Optimizer
        loss : str or Loss; list or dict of them
            For several outputs a list, or a dict by the names of the layers that make them; one alone counts for each.
        loss_weights : list or dict of float, optional
            For several outputs, what each loss is multiplied by.
        metrics : list of str or callable, optional
            A function gets targets and outputs, and returns one number a sample, or their mean. For several outputs a
            list of such lists, or a dict.
        run_eagerly : bool
            Whether to compute by the NumPy formulas alone, without compiled code.

        Raises
        ------
        ValueError
            For an unknown name, or if optimizer or loss is missing.
        TypeError
            For something that is none of these. After any error the model is compiled as it was.
        """
        if optimizer is None or loss is None:
            raise ValueError("compile needs an optimizer and a loss, such as optimizer='adam', loss='mse'")
        eagerly = check_flag("run_eagerly", run_eagerly)
        names = self.output_names if self.built else ["output"]  # a Sequential may wait for its data
        chosen = [losses.get(one) for one in _each("losses", names, loss)]
        weights = _each("loss_weights", names, 1.0 if loss_weights is None else loss_weights)
        each = _each_metrics(names, metrics)
        self.optimizer = optimizers.get(optimizer)
        self.objectives = [
            Objective(one, check_number("loss_weights", weight), _named(some))
            for one, weight, some in zip(chosen, weights, each, strict=True)
        ]
        self.run_eagerly = eagerly
        self._compiled = True
        if self.built:
            self.fused = self._fuse()

    @property
    def loss(self) -> losses.Loss:
        """The loss; that of the first output if there are several."""
        return self.objectives[0].loss

    @property
    def metrics(self) -> list[tuple[str, metrics_module.Metric | None]]:
        """Names and functions of the metrics of all outputs."""
        several = len(self.objectives) > 1
        prefixes = [f"{name}_" if several else "" for name in (self.output_names if several else [""])]
        return [
            (f"{prefix}{name}", function)
            for prefix, objective in zip(prefixes, self.objectives, strict=True)
            for name, function in objective.metrics
        ]

    @property
    def log_names(self) -> list[str]:
        """Names of what training and evaluation tell: the loss, those of the outputs if there are several, metrics."""
        each = [f"{name}_loss" for name in self.output_names] if len(self.objectives) > 1 else []
        return ["loss", *each, *(name for name, _ in self.metrics)]

    def _fuse(self) -> dict[int, losses.Loss]:
        """Find losses that have a stable common form with the last activation, on the values before it; by the step."""
        read = [*(slot for step in self.graph.steps for slot in step.sources), *self.graph.outputs]
        fused = {}
        for slot, objective in zip(self.graph.outputs, self.objectives, strict=True):
            step, loss = self.makers[slot], objective.loss
            if step is None or read.count(slot) > 1:
                continue
            last = self.graph.steps[step].layer
            # Exact types: a learner's own layer, activation or loss may compute something else than its base.
            link = vars(type(loss)).get("link")
            plain = type(last) in (layers.Dense, layers.Activation) and last.activity_regularizer is None
            if plain and last.activation == link:  # type: ignore[attr-defined]
                fused[step] = loss if loss.from_logits else loss.on_logits()
        return fused

    def why_formulas(self) -> str:
        """Say why the model trains layer by layer; an empty text: it trains in the compiled runner.

        Layer by layer, convolution, pooling, recurrent layers and others call compiled kernels of their own; with
        ``run_eagerly=True`` all is computed by the NumPy formulas.

        Returns
        -------
        str

        Raises
        ------
        RuntimeError
            If the model is not compiled, or does not know its inputs yet.
        """
        self._check_compiled("why_formulas")
        self._check_built("why_formulas")
        if self.run_eagerly:
            return "run_eagerly=True"
        functions = [function for _, function in self.metrics]
        return lowering.why_not(self.graph, self.optimizer, self.loss, functions)

    def fit(
        self,
        x: Any,
        y: Any,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: str | int = "auto",
        callbacks: Callback | list[Callback] | None = None,
        validation_split: float = 0.0,
        validation_data: tuple[Any, ...] | None = None,
        shuffle: bool = True,
        class_weight: Mapping[int, float] | None = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        *,
        stop: threading.Event | None = None,
    ) -> History:
        """Train.

        Interrupt stops it within a moment; the model then is as its last completed step left it. A loss that is not
        finite stops it too, before the weights are changed by it.

        Parameters
        ----------
        x : array_like of shape (N, ...)
            For a model with several inputs a list of arrays, or a dict by `input_names`; so for y and `output_names`.
        y : array_like of shape (N,) or (N, K)
        batch_size : int, optional
            Samples a step; 32 if not given. More than there are: each step takes all.
        epochs : int
            Passes over the data; with `initial_epoch`, the number at which to end.
        verbose : {"auto", 0, 1, 2}
            0 shows nothing, 1 ("auto") a bar that disappears at the end, 2 prints a line an epoch.
        callbacks : Callback or list of Callback, optional
        validation_split : float
            Share of the data, from its end, that is kept out of the training and evaluated after each epoch.
        validation_data : tuple of array_like, optional
            x and y, and perhaps their weights, to be evaluated after each epoch, instead.
        shuffle : bool
            Whether to draw a new order of the samples for each epoch.
        class_weight : dict of int to float, optional
            How much the samples of each class count in the loss; 1 for those that are not in it. Validation data are
            not weighted by it, as in Keras.
        sample_weight : array_like of shape (N,), optional
            How much each sample counts in the loss, instead. The loss of a batch is the weighted sum divided by the
            number of samples, as in Keras. Metrics are not weighted.
        initial_epoch : int
            Number of the first epoch, to go on where another ``fit`` has ended: after ``model.epochs_done`` epochs.
        stop : threading.Event, optional
            Set it from another thread to end the training after its last completed step.

        Returns
        -------
        History
            Its ``history`` holds the mean loss and metrics of each completed epoch; ``diverged`` says at which step
            the loss was no longer finite.

        Raises
        ------
        RuntimeError
            If the model was not compiled, or is being trained already.
        ValueError
            If data or settings do not fit.
        KeyboardInterrupt
            After Interrupt.
        """
        self._check_compiled("fit")
        batch_size = check_count("batch_size", 32 if batch_size is None else batch_size)
        epochs = check_count("epochs", epochs)
        _check_first_epoch(initial_epoch, epochs)
        if not isinstance(shuffle, bool | np.bool):
            raise ValueError(f"shuffle is True or False, got {shuffle!r}")
        data = self._samples(x, y, sample_weight, class_weight)
        data, validation = self._validation(data, validation_split, validation_data)
        if class_weight is not None and validation_data is None and validation is not None:
            validation = validation._replace(weights=None)
        functions = self._metric_functions(data.ys)
        given = _callbacks(callbacks)
        shown = _shown(verbose)
        if stop is not None and not hasattr(stop, "is_set"):
            raise TypeError(f"stop is a threading.Event, or None; got {stop!r}")
        if self._in_training:
            raise RuntimeError("this model is being trained already, in another thread: stop that first")
        history = self.history = History()
        callbacks = sorted([*given, history, *shown], key=lambda callback: callback.comes_last)
        self._in_training, self.callbacks = True, callbacks
        try:
            history.diverged = training.train(
                self,
                data,
                functions,
                batch_size=batch_size,
                initial_epoch=initial_epoch,
                epochs=epochs,
                shuffle=bool(shuffle),
                callbacks=callbacks,
                validation=validation,
                stop=stop or threading.Event(),
            )
        finally:
            self._in_training, self.callbacks = False, []
            history.__dict__.pop("model", None)  # no cycle: the model is freed as soon as nobody needs it
        if history.diverged and shown:
            print(
                f"Training stopped at step {history.diverged}: the loss is {history.history['loss'][-1]}. The steps "
                f"were too long: try a learning rate smaller than {self.optimizer.learning_rate:g}, or scale the data. "
                f"The weights are those before this step."
            )
        return history

    def evaluate(
        self,
        x: Any,
        y: Any,
        batch_size: int | None = None,  # noqa: ARG002
        verbose: str | int = "auto",
        sample_weight: Any = None,
        *,
        return_dict: bool = False,
    ) -> float | list[float] | Logs:
        """Measure the loss, with what the regularizers add, and the metrics.

        Parameters
        ----------
        x : array_like of shape (N, ...)
        y : array_like of shape (N,) or (N, K)
        batch_size
            Accepted because Keras has it; nothing depends on it here.
        verbose : {"auto", 0, 1, 2}
            2 prints the numbers; the others print nothing.
        sample_weight : array_like of shape (N,), optional
            As for ``fit``.
        return_dict : bool
            Whether to return the numbers by name.

        Returns
        -------
        float, list of float or dict of str to float
            The loss; with metrics, a list of the loss and each of them.

        Raises
        ------
        RuntimeError
            If the model was not compiled.
        ValueError
            If the data do not fit.
        """
        self._check_compiled("evaluate")
        _shown(verbose)
        return_dict = check_flag("return_dict", return_dict)
        data = self._samples(x, y, sample_weight)
        with engine.formulas_only(self.run_eagerly), single_blas_thread():
            means = evaluation.measure(self, data, self._metric_functions(data.ys))
        assert means is not None
        if verbose == 2:
            print(format_logs(means))
        if return_dict:
            return means
        values = list(means.values())
        return values if len(values) > 1 else values[0]

    def predict(self, x: Any, batch_size: int | None = None, verbose: str | int = "auto") -> Any:  # noqa: ARG002
        """Compute the outputs.

        Parameters
        ----------
        x : array_like of shape (N, ...)
            For a model with several inputs a list of arrays, or a dict by `input_names`.
        batch_size, verbose
            Accepted because Keras has them; nothing depends on them here.

        Returns
        -------
        ndarray of shape (N, K)
            A list of them for a model with several outputs.

        Raises
        ------
        ValueError
            If the data do not fit.

        Notes
        -----
        The same samples get the same bits each time. Among other samples a sample's last digits may differ, because
        products of other sizes are added up in another order.
        """
        xs = self._inputs(x)
        parts = []
        with (
            np.errstate(over="ignore", invalid="ignore"),
            engine.formulas_only(self.run_eagerly),
            single_blas_thread(),
        ):
            for chunk in evaluation.chunks(self, len(xs[0])):
                done = self.graph.forward([array[chunk] for array in xs])
                parts.append([done.values[slot] for slot in self.graph.outputs])
        outputs = parts[0] if len(parts) == 1 else [np.concatenate(of) for of in zip(*parts, strict=True)]
        return one_or_all(outputs)

    def __call__(self, x: Any) -> Any:
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
        """Return the number of parameters, trained and not.

        Returns
        -------
        int
        """
        self._check_built("count_params")
        return assembly.count(self.chain)

    def summary(self) -> None:
        """Print the layers, their output shapes and parameters, and how the model trains."""
        self._check_built("summary")
        shapes = [*self.graph.shapes[: len(self.graph.input_layers)], *self._output_shapes()]
        sources = None if self.graph.is_chain else self._called_on()
        shown = self.layers if len(self.layers) > len(self.chain) else self.chain
        print(f'Model "{self.name}"', *assembly.table(shown, shapes[-len(shown) :], sources), sep="\n")
        size = self.count_params()
        print(f"{size:,} parameters, {size * self.dtype.itemsize / 1024:,.1f} KB in {self.dtype}")
        if self._compiled:
            why = self.why_formulas()
            how = "through the NumPy formulas" if self.run_eagerly else "layer by layer"
            print(f"trains {how}: {why}" if why else "trains in the compiled runner")

    def save(self, filepath: str | os.PathLike[str], overwrite: bool = True) -> None:
        """Write the model to a file, from which `nnlab.load_model` makes it again.

        Parameters
        ----------
        filepath : str or path
            Ends in ``.nnlab``.
        overwrite : bool
            Whether a file that is there may be replaced.

        Raises
        ------
        RuntimeError
            If the model does not know the shape of its inputs yet.
        TypeError, ValueError
            If the file's name does not end so, or something in the model cannot be written down; the message says
            how to mend that.
        OSError
            If the file cannot be written. After any error, what was there before is untouched.
        """
        from nnlab import saving

        saving.save_model(self, filepath, overwrite)

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

    def _output_shapes(self) -> list[Any]:
        """Shape of what each layer returns when it is first called."""
        shapes: dict[int, Any] = {}
        for step in self.graph.steps:
            shapes.setdefault(id(step.layer), one_or_all([self.graph.shapes[slot] for slot in step.targets]))
        return list(shapes.values())

    def _called_on(self) -> list[str]:
        """Names of the layers that each layer is called on."""
        makers = dict(enumerate(self.input_names))
        called: dict[int, list[str]] = {}
        for step in self.graph.steps:
            sources = ", ".join(makers[slot] for slot in step.sources)
            called.setdefault(id(step.layer), []).append(sources)
            makers |= dict.fromkeys(step.targets, str(step.layer.name))
        return [""] * len(self.graph.input_layers) + ["; ".join(sources) for sources in called.values()]

    def _inputs(self, x: Any) -> tuple[Array, ...]:
        """Return samples as arrays of the model's dtype, of the shapes it expects."""
        if not self.built:
            batch = samples.as_batch(x, self.dtype)
            self._build_late(batch.shape[1:] or (1,))
        shapes = self.graph.shapes[: len(self.graph.input_layers)]
        arrays = []
        for given, shape in zip(samples.for_each("inputs", self.input_names, x), shapes, strict=True):
            batch = samples.as_batch(given, self.dtype)
            if batch.ndim == 1 and shape == (1,):
                batch = batch[:, None]  # N numbers are N samples of one feature
            samples.check_samples(self.name, batch.shape, shape)
            arrays.append(batch)
        if len({len(batch) for batch in arrays}) > 1:
            lengths = ", ".join(f"{name}: {len(a)}" for name, a in zip(self.input_names, arrays, strict=True))
            raise ValueError(f"all inputs need the same number of samples; got {lengths}")
        return tuple(arrays)

    def _build_late(self, shape: Shape) -> None:
        raise AssertionError(f"a {type(self).__name__} is built when it is made, not for samples of shape {shape}")

    def _samples(
        self, x: Any, y: Any, sample_weight: Any = None, class_weight: Mapping[int, float] | None = None
    ) -> Samples:
        if not self.built or len(self.graph.input_layers) == 1 == len(self.graph.outputs):
            samples.check_pairs(x, y)
        # Another kind of array (read-only, by columns) would compile the runner anew.
        xs = tuple(np.require(array, requirements=["C", "A", "W"]) for array in self._inputs(x))
        rows, ys = len(xs[0]), []
        for array in xs:
            samples.check_finite("the inputs", array)
        given = samples.for_each("outputs", self.output_names, y)
        for slot, objective, of in zip(self.graph.outputs, self.objectives, given, strict=True):
            if len(given) > 1:
                samples.check_pairs(xs[0], of)
            targets = objective.loss.targets(of, (rows, *self.graph.shapes[slot]))
            ys.append(np.ascontiguousarray(targets, dtype=self.dtype))
            samples.check_finite("the targets", ys[-1])
        if class_weight is not None and len(ys) > 1:
            raise ValueError("class_weight is for models with one output: give sample_weight instead")
        return Samples(xs, tuple(ys), samples.sample_weights(sample_weight, class_weight, ys[0], self.dtype))

    def _validation(self, data: Samples, split: float, other: Any) -> tuple[Samples, Samples | None]:
        """Training data, and validation data from one of the two sources."""
        if other is None:
            kept = samples.kept_rows(data.rows, split)
            return data.take(slice(kept)), data.take(slice(kept, None)) if kept < data.rows else None
        if not isinstance(other, tuple | list) or len(other) not in (2, 3):
            raise ValueError("validation_data is a tuple (x, y), or (x, y, sample_weight)")
        try:
            return data, self._samples(*other)
        except ValueError as error:
            raise ValueError(f"validation_data: {error}") from None

    def _metric_functions(self, targets: tuple[Array, ...]) -> Metrics:
        functions = []
        for slot, y, objective in zip(self.graph.outputs, targets, self.objectives, strict=True):
            columns = y.shape[-1], self.graph.shapes[slot][-1]
            functions.append([metrics_module.decide(function, *columns) for _, function in objective.metrics])
        return functions


def _each(what: str, names: list[str], given: Any) -> list[Any]:
    """Give each output its own, or all the same."""
    if isinstance(given, list | tuple) and len(given) == len(names):
        return list(given)
    return samples.for_each(what, names, given) if isinstance(given, list | tuple | Mapping) else [given] * len(names)


def _each_metrics(names: list[str], given: Any) -> list[Any]:
    """Give each output its list of metrics."""
    if isinstance(given, str):
        raise ValueError(f"metrics is a list: write metrics=[{given!r}]")
    if given is not None and not isinstance(given, list | tuple | Mapping):
        raise TypeError(f"metrics is a list such as ['accuracy'], or None; got {given!r}{call_hint(given)}")
    if len(names) == 1 and not isinstance(given, Mapping):
        return [given or []]
    if isinstance(given, Mapping):
        given = {**{name: [] for name in names}, **given}
    some = samples.for_each("metrics", names, [[]] * len(names) if given is None else given)
    return [[one] if isinstance(one, str) or callable(one) else one or [] for one in some]


def _named(chosen: Iterable[Any]) -> list[tuple[str, metrics_module.Metric | None]]:
    """Look metrics up, and number those of the same name."""
    found = [metrics_module.get(metric) for metric in chosen]
    return [
        (name if (k := [n for n, _ in found[:at]].count(name)) == 0 else f"{name}_{k}", function)
        for at, (name, function) in enumerate(found)
    ]


def _check_first_epoch(initial_epoch: Any, epochs: int) -> None:
    if not is_whole(initial_epoch) or not 0 <= initial_epoch <= epochs:
        raise ValueError(
            f"initial_epoch is the number of the first epoch, from 0 to epochs={epochs}, which is the number at which "
            f"to end and not how many more; got {initial_epoch!r}"
        )


def _callbacks(given: Any) -> list[Callback]:
    callbacks = [given] if isinstance(given, Callback) else [] if given is None else given
    if isinstance(callbacks, list | tuple) and all(isinstance(callback, Callback) for callback in callbacks):
        return list(callbacks)
    raise TypeError(f"callbacks is a Callback, such as callbacks.EarlyStopping(), or a list of them; got {given!r}")


def _shown(verbose: Any) -> list[Callback]:
    """Callbacks that show the training."""
    makers: dict[Any, list[type[Callback]]] = {0: [], 1: [ProgressBar], 2: [EpochLines], "auto": [ProgressBar]}
    if not is_one_of(verbose, makers):
        raise ValueError(f"verbose is 0 (nothing), 1 or 'auto' (a bar) or 2 (a line an epoch), got {verbose!r}")
    return [make() for make in makers[verbose]]
