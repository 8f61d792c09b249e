"""Check backward passes: compare what they say with differences of the loss, and say in words what is wrong.

What is compared, and how, stands here; the words in `nnlab._verdicts`.
"""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nnlab import _verdicts, assembly, engine, evaluation
from nnlab._verdicts import Compared
from nnlab.engine.threads import single_blas_thread
from nnlab.layers.base import Layer
from nnlab.samples import Samples
from nnlab.training import Formulas

if TYPE_CHECKING:
    from nnlab.model import Model

Array = NDArray[Any]

ENTRIES = 200  # of a parameter array at most; a random choice of larger ones
STEP = 6e-6  # near the cube root of the precision of float64: rounding and curvature err alike
COMPLEX_STEP = 1e-30
TOLERANCE = 1e-6


@dataclass(frozen=True)
class GradientCheck:
    """What `gradcheck` found; printed, it is its text.

    Attributes
    ----------
    ok : bool
        Whether all gradients agree.
    worst : str
        The parameter whose gradient is farthest off, such as "dense_1.kernel[3, 2]".
    text : str
    compared : list of Compared
        For each parameter array its name, what backward says, what the differences say, and more.
    """

    ok: bool
    worst: str
    text: str
    compared: list[Compared]

    def __repr__(self) -> str:
        return self.text


def gradcheck(model: Model, x: Any, y: Any, *, sample_weight: Any = None) -> GradientCheck:
    """Compare the gradient that backward computes with differences of the loss, parameter by parameter.

    It works on a copy of the model in float64; the model stays as it is. Dropout and the like draw the same numbers
    each time.

    Parameters
    ----------
    model : Model
        Compiled.
    x : array_like of shape (N, ...)
        A few samples: each number compared costs two forward passes.
    y : array_like of shape (N,) or (N, K)
    sample_weight : array_like of shape (N,), optional

    Returns
    -------
    GradientCheck

    Raises
    ------
    TypeError
        If it is no model.
    RuntimeError
        If the model is not compiled.
    ValueError
        If the data do not fit, or the model has no parameter that is trained.

    Notes
    -----
    Central differences, ``(L(w + h) - L(w - h)) / 2h``; and, where all layers can compute with complex numbers, the
    complex step ``Im L(w + ih) / h``, which loses no digits. Of arrays with more than 200 entries a random choice is
    compared. Where the loss has a kink within h (a ReLU at 0) there is no derivative, and the entry does not count.

    References
    ----------
    Squire & Trapp (1998), SIAM Review 40(1), 110-112: the complex step.

    Examples
    --------
    >>> import nnlab
    >>> model = nnlab.Sequential([nnlab.Input((3,)), nnlab.layers.Dense(2, "tanh"), nnlab.layers.Dense(1)], seed=0)
    >>> model.compile("sgd", "mse")
    >>> gradcheck(model, np.ones((4, 3)), np.zeros(4)).ok
    True
    """
    if not hasattr(model, "_check_compiled"):
        raise TypeError(f"gradcheck needs a compiled model, got {model!r:.100}")
    model._check_compiled("gradcheck")
    model._samples(x, y, sample_weight)  # builds it, and checks the data
    twin = _in_float64(model)
    batch = twin._samples(x, y, sample_weight)
    if twin.parameters.size == 0:
        raise ValueError("gradcheck: the model has no parameter that is trained")
    with np.errstate(all="ignore"), engine.formulas_only(True), single_blas_thread():
        rng = np.random.default_rng(0)
        state = rng.bit_generator.state

        def loss() -> Any:
            rng.bit_generator.state = state
            return _loss(twin, batch, rng)

        twin.rng = rng
        analytic, misfits = _backward(twin, batch)
        compared = _differences(twin, loss, analytic, misfits)
        _use_complex_steps(twin, loss, compared)
    return _report(compared, batch.rows)


def _in_float64(model: Model) -> Model:
    kept, model.callbacks, model.history = (model.callbacks, model.history), [], None
    try:
        twin = copy.deepcopy(model)
    finally:
        model.callbacks, model.history = kept
    twin.dtype = np.dtype("float64")
    for layer in _all_layers(twin):
        for name in (*layer.parameter_names, *layer.state_names):
            setattr(layer, name, np.array(getattr(layer, name), np.float64))
    return twin


def _all_layers(model: Model) -> list[Layer]:
    return [layer for layer in model.chain if layer.built]


def _loss(model: Model, batch: Samples, rng: np.random.Generator) -> Any:
    """Return the loss of a training step, which may be a complex number."""
    done = model.graph.forward(batch.xs, training=True, rng=rng)
    total: Any = 0.0
    for objective, one in zip(model.objectives, evaluation.compare(model, done, batch), strict=True):
        values = one.loss.per_sample(one.y, one.p)
        factors = one._factors
        total = total + objective.weight * (values if factors is None else values * factors).sum() / one.rows
    return total + model.graph.activity_penalty(done) + assembly.penalty(model.chain)


def _backward(model: Model, batch: Samples) -> tuple[dict[str, Array], dict[str, Array]]:
    """Gradients by name; and those that have not the shape of their parameter."""
    trainer = Formulas(model, [[] for _ in model.objectives], batch.rows)
    misfits: dict[str, Array] = {}
    collect = trainer.gradients.collect

    def tolerant(layer: Layer) -> None:
        for name in layer.parameter_names:
            got, expected = np.asarray(getattr(layer, f"d{name}")), np.shape(getattr(layer, name))
            if got.shape != expected:
                misfits[f"{layer.name}.{name}"] = got
                setattr(layer, f"d{name}", np.full(expected, np.nan))
        collect(layer)

    trainer.gradients.collect = tolerant  # type: ignore[method-assign]
    trainer.differentiate(batch, np.zeros(evaluation.width(model)))
    named = zip(_names(model), trainer.views, strict=True)
    return {name: view.copy() for name, view in named}, misfits


def _names(model: Model) -> list[str]:
    return [f"{layer.name}.{name}" for layer in model.chain if layer.trainable for name in layer.parameter_names]


def _differences(
    model: Model, loss: Callable[[], Any], analytic: dict[str, Array], misfits: dict[str, Array]
) -> list[Compared]:
    """Compare all parameter arrays with central differences."""
    parameters, start, here = model.parameters, 0, float(loss())
    chance = np.random.default_rng(0)
    found = []
    for name, gradient in analytic.items():
        size = gradient.size
        entries = np.arange(size) if size <= ENTRIES else np.sort(chance.choice(size, ENTRIES, replace=False))
        slopes = np.array([_central(parameters, start + k, loss, here) for k in entries])
        found.append(Compared(name, gradient, entries, slopes, np.isnan(slopes), start, misfits.get(name)))
        start += size
    return found


def _central(w: Array, k: int, loss: Callable[[], Any], here: float) -> float:
    """Slope of the loss along one parameter; NaN at a kink."""
    before = w[k]
    size = max(1.0, abs(before))
    # A kink that is only near lies outside of a smaller step.
    for h in (STEP * size, STEP * size / 30):
        w[k] = before + h
        above = float(loss())
        w[k] = before - h
        below = float(loss())
        w[k] = before
        right, left = (above - here) / h, (here - below) / h
        # Of a smooth loss they differ by h times the curvature, and by rounding.
        scale = max(abs(right), abs(left), 1e-3)
        if abs(right - left) <= 1e-2 * scale + 1e-14 * max(1.0, abs(here)) / h:
            return (above - below) / (2 * h)
    return float("nan")


def _use_complex_steps(model: Model, loss: Callable[[], Any], compared: list[Compared]) -> None:
    """Replace slopes by more exact ones, where all layers can compute with complex numbers."""
    real = model.parameters
    w = real.astype(np.complex128)
    places = [(layer, name) for layer in model.chain if layer.trainable for name in layer.parameter_names]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # an imaginary part that is thrown away
            for (layer, name), view in zip(places, assembly.views(model.chain, w), strict=True):
                setattr(layer, name, view)
            for one in compared:
                for i, k in enumerate(one.entries):
                    before = w[one.start + k]
                    w[one.start + k] = before + 1j * COMPLEX_STEP
                    slope = np.imag(loss()) / COMPLEX_STEP
                    w[one.start + k] = before
                    # Functions such as |x| take complex numbers, and mean something else by them.
                    if abs(slope - one.slopes[i]) <= 1e-5 * abs(slope) + 1e-9:
                        one.slopes[i] = slope
                        one.exact += 1
    except Exception:  # (whatever a layer says to complex numbers: the differences remain)
        pass
    finally:
        for (layer, name), view in zip(places, assembly.views(model.chain, real), strict=True):
            setattr(layer, name, view)


def _report(compared: list[Compared], rows: int) -> GradientCheck:
    ok = all(one.off() <= TOLERANCE for one in compared)
    worst = max(compared, key=lambda one: one.off())
    return GradientCheck(ok, worst.worst_name(), _verdicts.tell(compared, rows, TOLERANCE), compared)
