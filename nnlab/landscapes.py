"""The loss around a point: `landscape` computes it on a grid in a plane through the space of all parameters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab import assembly, engine, evaluation, training
from nnlab._numbers import as_numbers, check_number, check_seed
from nnlab.engine import sharing
from nnlab.engine.threads import single_blas_thread
from nnlab.layers.base import check_count
from nnlab.model import Model
from nnlab.samples import Samples
from nnlab.sweeping.chunks import own_buffers

Array = NDArray[Any]
FloatArray = NDArray[np.float64]

# Parameter vectors that one compiled call evaluates: some milliseconds.
TOGETHER = 256
MOST = 2001  # points along one direction: four million losses


class Landscape:
    """A surface of losses: ``loss[i, j]`` is that at ``center + a[i] directions[0] + b[j] directions[1]``.

    Attributes
    ----------
    loss : ndarray of shape (R, R)
        NaN and infinities stay.
    a, b : ndarray of shape (R,)
        The coordinates of the rows and of the columns.
    center : ndarray of shape (P,)
    directions : ndarray of shape (2, P)
    """

    def __init__(self, loss: FloatArray, a: FloatArray, b: FloatArray, center: Array, directions: Array) -> None:
        self.loss, self.a, self.b, self.center, self.directions = loss, a, b, center, directions

    def project(self, parameters: Any) -> FloatArray:
        """Return the coordinates of the points of the plane that are nearest to parameter vectors.

        Parameters
        ----------
        parameters : array_like of shape (P,) or (T, P)
            Such as a path of ``model.parameters.copy()``, one an epoch.

        Returns
        -------
        ndarray of shape (2,) or (T, 2)

        Raises
        ------
        ValueError
            If they have another length.
        """
        given = as_numbers("parameters", parameters).astype(np.float64)
        if given.ndim not in (1, 2) or given.shape[-1] != self.center.size:
            raise ValueError(
                f"parameters are vectors of {self.center.size} numbers, such as model.parameters.copy(); got shape "
                f"{given.shape}"
            )
        away = (given - self.center).T
        with single_blas_thread():
            found: FloatArray = np.linalg.lstsq(self.directions.T, away, rcond=None)[0].T.astype(np.float64)
        return found

    def __repr__(self) -> str:
        finite = self.loss[np.isfinite(self.loss)]
        losses = f"losses from {finite.min():.4g} to {finite.max():.4g}" if finite.size else "no finite loss"
        return f"<Landscape of {len(self.a)} x {len(self.b)} points, {losses}>"


def landscape(
    model: Model,
    data: tuple[Any, Any],
    *,
    span: float | None = None,
    resolution: int = 101,
    seed: int = 0,
    through: Sequence[Any] | None = None,
    path: Any = None,
) -> Landscape:
    """Compute the loss around the present parameters of a model, which is not changed.

    Parameters
    ----------
    model : Model
        Compiled.
    data : tuple of array_like
        ``(x, y)``.
    span : float, optional
        How far the grid goes from the center, in lengths of the directions: 1 if not given, and 1.5 with `through`
        or `path`, whose points lie within 1.
    resolution : int
        Points along each of the two directions.
    seed : int
        Of the two random directions.
    through : sequence of two models or parameter vectors, optional
        The plane through the present parameters, at (0, 0), and these two points, at (1, 0) and (0, 1), instead.
    path : array_like of shape (T, P), optional
        Parameter vectors, one an epoch; the two directions in which they differ most from the present parameters (their
        principal components) instead.

    Returns
    -------
    Landscape

    Raises
    ------
    RuntimeError
        If the model is not compiled.
    TypeError, ValueError
        If something does not fit.

    Notes
    -----
    A random direction is scaled to the weights, filter by filter: the weights that lead to one unit get the norm
    that they have in the model, so that surfaces of different networks can be compared. Biases do not move.

    References
    ----------
    Li, Xu, Taylor, Studer & Goldstein (2018), Visualizing the Loss Landscape of Neural Nets, NeurIPS 31.

    Examples
    --------
    >>> from nnlab import Sequential, layers
    >>> model = Sequential([layers.Dense(1, input_shape=(2,))], seed=0)
    >>> model.compile("sgd", "mse")
    >>> surface = landscape(model, ([[0, 1], [1, 0]], [0, 1]), resolution=11)
    >>> surface.loss.shape
    (11, 11)
    >>> bool(np.isclose(surface.loss[5, 5], model.evaluate([[0, 1], [1, 0]], [0, 1])))
    True
    """
    if not isinstance(model, Model):
        raise TypeError(f"landscape needs a compiled model, got {model!r:.100}")
    model._check_compiled("landscape")
    if not isinstance(data, tuple | list) or len(data) != 2:
        raise TypeError("data is a tuple (x, y)")
    if through is not None and path is not None:
        raise ValueError("give through or path, not both: each says where the plane lies")
    if (resolution := check_count("resolution", resolution)) > MOST:
        raise ValueError(f"resolution is the number of points in each direction, {MOST} at most; got {resolution}")
    planned = through is not None or path is not None
    reach = check_number("span", (1.5 if planned else 1.0) if span is None else span, above=0)
    samples = model._samples(*data)
    center = model.parameters.copy()
    steps = np.linspace(-reach, reach, resolution)
    points = np.stack(np.meshgrid(steps, steps, indexing="ij"), axis=-1).reshape(-1, 2)
    with single_blas_thread():
        if through is not None:
            directions = _through(center, through)
        elif path is not None:
            directions = _along(center, path)
        else:
            directions = _random(model, center, seed)
        losses = losses_at(model, samples, center, points, directions)
    return Landscape(losses.reshape(resolution, resolution), steps, steps.copy(), center, directions)


def losses_at(model: Model, samples: Samples, center: Array, points: FloatArray, directions: FloatArray) -> FloatArray:
    """Compute the loss at points of a plane.

    Parameters
    ----------
    model : Model
    samples : Samples
    center : ndarray of shape (P,)
    points : ndarray of shape (C, 2)
    directions : ndarray of shape (2, P)

    Returns
    -------
    ndarray of shape (C,)
    """
    losses = np.full(len(points), np.nan)
    if model.why_formulas():
        _by_formulas(model, samples, center, points, directions, losses)
        return losses
    from nnlab.engine import runner, sweeping

    sweeping.compile_for(model.dtype)
    rows = samples.rows
    trainer = training.Compiled(model, [[]], min(rows, 1024))
    # Dropout is for training only: what stays is multiplied by 1 and kept.
    network = trainer.network._replace(constants=_without_dropout(trainer.network))
    x, y, weights = samples.xs[0], samples.ys[0], np.ones(0, model.dtype)
    data = runner.Samples(x.reshape(rows, -1), y, weights, np.arange(rows)[None])
    size = max(1, min(TOGETHER, len(points) // (2 * sharing.PIECES)))

    def compute(k: int) -> None:
        part = slice(k * size, (k + 1) * size)
        vectors = (center + points[part] @ directions).astype(model.dtype)
        own = own_buffers(trainer.work)
        own.keep[:] = 1
        totals = np.zeros((len(vectors), 2))
        mine = network._replace(gradient=np.zeros_like(center))
        sweeping.evaluate_many(mine, own, data, vectors, totals)
        losses[part] = totals[:, 0] / rows

    sharing.share(compute, -(-len(points) // size))
    return losses


def _without_dropout(network: Any) -> FloatArray:
    from nnlab.engine import codes

    return np.where(network.stages[:, codes.ACTIVATION] == codes.DROPOUT, 0.0, network.constants)


def _by_formulas(
    model: Model, samples: Samples, center: Array, points: FloatArray, directions: FloatArray, losses: FloatArray
) -> None:
    parameters = model.parameters
    functions: list[Any] = [[] for _ in model.objectives]
    kept = [objective.metrics for objective in model.objectives]
    try:
        for objective in model.objectives:
            objective.metrics = []
        with engine.formulas_only(model.run_eagerly):
            for k, point in enumerate(points):
                parameters[:] = center + point @ directions
                measured = evaluation.measure(model, samples, functions)
                losses[k] = np.nan if measured is None else measured["loss"]
    finally:
        parameters[:] = center
        for objective, metrics in zip(model.objectives, kept, strict=True):
            objective.metrics = metrics


def _random(model: Model, center: Array, seed: int) -> FloatArray:
    """Two random directions, filter by filter as long as the weights (Li et al. 2018)."""
    if check_seed(seed) is None:
        raise ValueError("seed is a whole number from 0 up: a picture must come out the same each time")
    drawn = np.random.default_rng(seed).normal(size=(2, center.size))
    for direction in drawn:
        for d, w in zip(assembly.views(model.chain, direction), assembly.views(model.chain, center), strict=True):
            if w.ndim < 2:
                d[...] = 0
                continue
            axes = tuple(range(w.ndim - 1))  # all that leads to a unit
            d *= np.linalg.norm(w.reshape(-1, w.shape[-1]), axis=0) / np.sqrt((d**2).sum(axis=axes))
    return drawn


def _through(center: Array, others: Sequence[Any]) -> FloatArray:
    if not isinstance(others, list | tuple) or len(others) != 2:
        raise ValueError("through takes two models or parameter vectors: with the present one they are three points")
    directions = np.stack([_vector(one, center.size) - center for one in others]).astype(np.float64)
    if np.linalg.matrix_rank(directions) < 2:
        raise ValueError("the three points lie on a line: there is no plane through them alone")
    return directions


def _vector(given: Any, size: int) -> Array:
    found = given.parameters if isinstance(given, Model) else given
    try:
        vector = as_numbers("parameters", found).astype(np.float64)
    except ValueError:
        raise TypeError(f"a point is a model or a vector of parameters, got {given!r:.100}") from None
    if vector.shape != (size,):
        raise ValueError(f"a point has {size} parameters, as this model has; got shape {vector.shape}")
    return vector


def _along(center: Array, path: Any) -> FloatArray:
    """Find the two principal components of a path around its end, each as long as the path reaches along it."""
    given = as_numbers("the numbers of path", path).astype(np.float64)
    if given.ndim != 2 or given.shape[1] != center.size or len(given) < 2:
        raise ValueError(
            f"path holds at least two parameter vectors of {center.size} numbers, one a row; got shape {given.shape}"
        )
    away = given - center
    _, sizes, components = np.linalg.svd(away, full_matrices=False)
    if len(sizes) < 2 or sizes[1] <= 1e-9 * sizes[0]:
        raise ValueError("the path goes along a line: it takes two directions to draw a surface")
    reach = np.abs(away @ components[:2].T).max(axis=0)
    return components[:2] * reach[:, None]
