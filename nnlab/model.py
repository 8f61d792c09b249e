"""Models: layers joined, trained, evaluated and asked. Names, arguments and defaults are those of Keras 3.

How a training step goes, stands in `nnlab.training`; what a layer computes, in `nnlab.layers.core`; how layers are put
together, in `nnlab.assembly`.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab import assembly, evaluation, layers, losses, lowering, optimizers, samples, training
from nnlab import metrics as metrics_module
from nnlab.callbacks import Callback, EpochLines, History, Logs, ProgressBar, format_logs
from nnlab.layers.base import Layer, Shape, Symbol, check_count, set_weights
from nnlab.samples import Samples

Array = NDArray[Any]


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
        inputs: Symbol,
        outputs: Symbol,
        *,
        name: str | None = None,
        seed: int | None = None,
        dtype: str = "float32",
    ) -> None:
        self._set_up(name, seed, dtype)
        self.layers: list[Layer] = assembly.path(inputs, outputs)
        self._build(self.layers[1:], inputs.shape)
        assembly.name_layers(self.layers)

    def _set_up(self, name: str | None, seed: int | None, dtype: str) -> None:
        if dtype not in ("float32", "float64"):
            raise ValueError(f"dtype is 'float32' or 'float64', got {dtype!r}")
        if seed is not None and (not isinstance(seed, int | np.integer) or seed < 0):
            raise ValueError(f"seed is a whole number from 0 up, or None for another one each time; got {seed!r}")
        self.name = name or type(self).__name__.lower()
        self.dtype = np.dtype(dtype)
        # Two streams, so that training draws the same numbers however the first weights were made.
        first, second = np.random.SeedSequence(seed).spawn(2)
        self._build_rng, self.rng = np.random.default_rng(first), np.random.default_rng(second)
        self.chain: list[Layer] = []
        self.built = False
        self.history: History | None = None
        self.stop_training = False
        self._parameters: Array | None = None
        self.metrics: list[tuple[str, metrics_module.Metric | None]] = []
        self._compiled = self._in_training = False

    def _build(self, chain: list[Layer], input_shape: Shape) -> None:
        shapes = assembly.build(chain, input_shape, self._build_rng, self.dtype)
        self.chain, self.input_shape, self._shapes = chain, input_shape, shapes
        self.output_shape = shapes[-1]
        self.built = True

    @property
    def parameters(self) -> Array:
        """All parameters as one vector, (P,); layer by layer, and changed in place by the optimizer."""
        home = self._parameters
        if home is None or any(getattr(w, "base", None) is not home for layer in self.chain for w in layer.weights):
            # Not gathered yet; or a layer also serves another model, or its weights were replaced.
            home = self._parameters = assembly.gather(self.chain, self.dtype)
        return home

    def compile(
        self,
        optimizer: str | optimizers.Optimizer | None = None,
        loss: str | losses.Loss | None = None,
        *,
        metrics: Iterable[str | metrics_module.Metric | metrics_module.NamedMetric] | None = None,
        run_eagerly: bool = False,
    ) -> None:
        """Choose how to train.

        Parameters
        ----------
        optimizer : str or Optimizer
        loss : str or Loss
        metrics : list of str or callable, optional
            A function gets targets and outputs, and returns one number a sample, or their mean.
        run_eagerly : bool
            Whether to train through the NumPy formulas, step by step, instead of the compiled runner.

        Raises
        ------
        ValueError
            For an unknown name, or if optimizer or loss is missing.
        TypeError
            For something that is none of these.
        """
        if optimizer is None or loss is None:
            raise ValueError("compile needs an optimizer and a loss, such as optimizer='adam', loss='mse'")
        if isinstance(metrics, str):
            raise ValueError(f"metrics is a list: write metrics=[{metrics!r}]")
        chosen = [metrics_module.get(metric) for metric in metrics or []]
        self.optimizer, self.loss = optimizers.get(optimizer), losses.get(loss)
        self.metrics = [
            (name if (k := [n for n, _ in chosen[:at]].count(name)) == 0 else f"{name}_{k}", function)
            for at, (name, function) in enumerate(chosen)
        ]
        self.run_eagerly = run_eagerly
        self._compiled = True

    @property
    def fused_loss(self) -> losses.Loss | None:
        """The loss on the values before the last activation, where the two have a stable common form."""
        last = self.chain[-1]
        # Exact types: a learner's own layer, activation or loss may compute something else than what it derives from.
        link = vars(type(self.loss)).get("link")
        if type(last) in (layers.Dense, layers.Activation) and last.activation == link:  # type: ignore[attr-defined]
            return self.loss if self.loss.from_logits else self.loss.on_logits()
        return None

    def why_formulas(self) -> str:
        """Say why the model trains through the NumPy formulas; an empty text: it trains in the compiled runner.

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
        return lowering.why_not(self.chain, self._shapes, self.optimizer, self.loss, functions)

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
            Number of the first epoch, to go on where another ``fit`` has ended.
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
        functions = self._metric_functions(data.y)
        if isinstance(callbacks, Callback):
            callbacks = [callbacks]
        shown = _shown(verbose)
        if self._in_training:
            raise RuntimeError("this model is being trained already, in another thread: stop that first")
        history = self.history = History()
        self._in_training = True
        try:
            history.diverged = training.train(
                self,
                data,
                functions,
                batch_size=batch_size,
                initial_epoch=initial_epoch,
                epochs=epochs,
                shuffle=bool(shuffle),
                callbacks=[history, *shown, *(callbacks or [])],
                validation=validation,
                stop=stop or threading.Event(),
            )
        finally:
            self._in_training = False
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
        data = self._samples(x, y, sample_weight)
        means = evaluation.measure(self, data, self._metric_functions(data.y))
        assert means is not None
        if verbose == 2:
            print(format_logs(means))
        if return_dict:
            return means
        values = list(means.values())
        return values if len(values) > 1 else values[0]

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
            for start in range(0, len(x), evaluation.CHUNK):
                a = x[start : start + evaluation.CHUNK]
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
        return assembly.count(self.chain)

    def summary(self) -> None:
        """Print the layers, their output shapes and parameters, and how the model trains."""
        self._check_built("summary")
        shapes = [self.input_shape] * (len(self.layers) - len(self.chain)) + self._shapes
        print(f'Model "{self.name}"', *assembly.table(self.layers, shapes), sep="\n")
        size = self.count_params()
        print(f"{size:,} parameters, {size * self.dtype.itemsize / 1024:,.1f} KB in {self.dtype}")
        if self._compiled:
            why = self.why_formulas()
            print(f"trains through the NumPy formulas: {why}" if why else "trains in the compiled runner")

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

    def _inputs(self, x: Any) -> Array:
        """Return samples as an array of the model's dtype, of the shape it expects."""
        batch = samples.as_batch(x, self.dtype)
        if batch.ndim == 1 and (not self.built or self.input_shape == (1,)):
            batch = batch[:, None]  # N numbers are N samples of one feature
        if not self.built:
            self._build_late(batch.shape[1:])
        samples.check_samples(self.name, batch.shape, self.input_shape)
        return batch

    def _build_late(self, shape: Shape) -> None:
        raise AssertionError(f"a {type(self).__name__} is built when it is made, not for samples of shape {shape}")

    def _samples(
        self, x: Any, y: Any, sample_weight: Any = None, class_weight: Mapping[int, float] | None = None
    ) -> Samples:
        samples.check_pairs(x, y)
        # Another kind of array (read-only, by columns) would compile the runner anew.
        x = np.require(self._inputs(x), requirements=["C", "A", "W"])
        samples.check_finite("the inputs", x)
        targets = np.ascontiguousarray(self.loss.targets(y, (len(x), *self.output_shape)), dtype=self.dtype)
        samples.check_finite("the targets", targets)
        return Samples(x, targets, samples.sample_weights(sample_weight, class_weight, targets, self.dtype))

    def _validation(self, data: Samples, split: float, other: Any) -> tuple[Samples, Samples | None]:
        """Training data, and validation data from one of the two sources."""
        if other is None:
            kept = samples.kept_rows(len(data.x), split)
            return data.rows(slice(kept)), data.rows(slice(kept, None)) if kept < len(data.x) else None
        if not isinstance(other, tuple | list) or len(other) not in (2, 3):
            raise ValueError("validation_data is a tuple (x, y), or (x, y, sample_weight)")
        try:
            return data, self._samples(*other)
        except ValueError as error:
            raise ValueError(f"validation_data: {error}") from None

    def _metric_functions(self, targets: Array) -> list[metrics_module.Metric]:
        columns = targets.shape[-1], self.output_shape[-1]
        return [metrics_module.decide(function, *columns) for _, function in self.metrics]


def _check_first_epoch(initial_epoch: Any, epochs: int) -> None:
    if not isinstance(initial_epoch, int | np.integer) or not 0 <= initial_epoch <= epochs:
        raise ValueError(
            f"initial_epoch is the number of the first epoch, from 0 to epochs={epochs}, which is the number at which "
            f"to end and not how many more; got {initial_epoch!r}"
        )


def _shown(verbose: Any) -> list[Callback]:
    """Callbacks that show the training."""
    makers: dict[Any, list[type[Callback]]] = {0: [], 1: [ProgressBar], 2: [EpochLines], "auto": [ProgressBar]}
    if verbose not in makers:
        raise ValueError(f"verbose is 0 (nothing), 1 or 'auto' (a bar) or 2 (a line an epoch), got {verbose!r}")
    return [make() for make in makers[verbose]]
