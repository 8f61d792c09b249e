"""Layers at the entry of a network for sequences: `Embedding` makes vectors of tokens, `Masking` marks padding."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab import constraints, engine, initializers, regularizers
from nnlab._numbers import check_flag, check_number
from nnlab.layers.base import Layer, Shape, check_count

Array = NDArray[Any]


def embedding_forward(tokens: Array, embeddings: Array) -> Array:
    """Look up a vector for each token: ``y_nt = embeddings[tokens_nt]``.

    Parameters
    ----------
    tokens : ndarray of int of shape (N, T)
        From 0 to V - 1.
    embeddings : ndarray of shape (V, D)

    Returns
    -------
    ndarray of shape (N, T, D)

    References
    ----------
    Bengio, Ducharme, Vincent & Jauvin (2003), JMLR 3, 1137-1155.

    Examples
    --------
    >>> embedding_forward(np.array([[2, 0]]), np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]))
    array([[[5., 6.],
            [1., 2.]]])
    """
    return embeddings.take(tokens, axis=0)  # two to four times as fast as embeddings[tokens]


def embedding_backward(tokens: Array, dy: Array, size: int) -> Array:
    """Gradient of the table: each row is the sum of the gradients of the places where its token stands.

    Parameters
    ----------
    tokens : ndarray of int of shape (N, T)
    dy : ndarray of shape (N, T, D)
    size : int
        Rows of the table, V.

    Returns
    -------
    ndarray of shape (V, D)
        0 for tokens that do not occur.

    Notes
    -----
    A lookup is the product of a one-hot row with the table, ``y = onehot @ embeddings``. So this is the gradient of a
    dense kernel, ``onehot.T @ dy``, without the multiplications by 0.

    Examples
    --------
    >>> embedding_backward(np.array([[1, 1]]), np.array([[[1.0, 2.0], [3.0, 4.0]]]), 3)
    array([[0., 0.],
           [4., 6.],
           [0., 0.]])
    """
    dembeddings = np.zeros((size, dy.shape[-1]), dy.dtype)
    np.add.at(dembeddings, tokens, dy)  # not dembeddings[tokens] += dy, which would keep one of the repeated tokens
    return dembeddings


class Embedding(Layer):
    """A table with one vector for each token, which is trained like a kernel.

    Parameters
    ----------
    input_dim : int
        V, the number of tokens: the largest plus 1.
    output_dim : int
        D, the length of a vector.
    embeddings_initializer : str or Initializer
    embeddings_regularizer : str, Regularizer or None
    embeddings_constraint : str, Constraint or None
    mask_zero : bool
        Whether the token 0 is padding, to be left out by the layers that follow.
    name : str, optional
    input_shape : tuple of int, optional

    Examples
    --------
    >>> layer = Embedding(10, 4)
    >>> layer(np.array([[3, 1, 3]])).shape
    (1, 3, 4)
    >>> layer(np.array([[3, 10, 3]]))
    Traceback (most recent call last):
        ...
    ValueError: Embedding(10, 4) takes tokens from 0 to 9: sample 0 has 10 at place 1. input_dim is the largest token
    plus 1, here at least 11.
    """

    parameter_names = ("embeddings",)

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        *,
        embeddings_initializer: str | initializers.Initializer = "uniform",
        embeddings_regularizer: str | regularizers.Regularizer | None = None,
        embeddings_constraint: str | constraints.Constraint | None = None,
        mask_zero: bool = False,
        name: str | None = None,
        input_shape: Shape | None = None,
    ) -> None:
        super().__init__(name, input_shape)
        self.input_dim = check_count("input_dim", input_dim)
        self.output_dim = check_count("output_dim", output_dim)
        self.embeddings_initializer = initializers.get(embeddings_initializer)
        self.embeddings_regularizer = regularizers.get(embeddings_regularizer)
        self.embeddings_constraint = constraints.get(embeddings_constraint)
        self.mask_zero = check_flag("mask_zero", mask_zero)
        self._attach("embeddings", "embeddings")

    def build(self, input_shape: Shape, rng: np.random.Generator) -> None:  # noqa: ARG002
        """Draw the table, (V, D)."""
        self.embeddings = self.embeddings_initializer((self.input_dim, self.output_dim), rng)

    def output_shape(self, input_shape: Shape) -> Shape:
        """``(T, D)``, or ``(D,)`` where a sample is one token; an error for other samples."""
        if not isinstance(input_shape, tuple) or len(input_shape) > 1:
            raise ValueError(
                f"{self.describe()} expected each sample to be a row of tokens, (T,), got shape {input_shape}. From "
                f"one-hot vectors make tokens by np.argmax(x, axis=-1)."
            )
        return (*input_shape, self.output_dim)

    def forward(self, x: Array, training: bool = False, rng: np.random.Generator | None = None) -> Array:  # noqa: ARG002
        """Return the vectors, (N, T, D); an error names the first token that the table does not have."""
        with np.errstate(invalid="ignore"):  # NaN becomes some whole number, which it does not equal
            tokens = x.astype(np.int64)
        bad = (tokens < 0) | (tokens >= self.input_dim) | (tokens != x)
        if bad.any():
            raise ValueError(self._explain(x, np.argwhere(bad)[0].tolist()))
        self.tokens = tokens  # after training, too: output_mask needs them
        return embedding_forward(tokens, self.embeddings)

    def _explain(self, x: Array, place: list[int]) -> str:
        value = x[tuple(place)].item()
        at = f" at place {place[1]}" if len(place) > 1 else ""
        text = f"{self.describe()} takes tokens from 0 to {self.input_dim - 1}: sample {place[0]} has {value:.15g}{at}."
        if value >= self.input_dim and np.isfinite(value):
            return f"{text} input_dim is the largest token plus 1, here at least {int(x[x == x].max()) + 1}."
        return f"{text} Tokens are whole numbers: the places of words or characters in a vocabulary."

    def backward(self, da: Array) -> None:
        """Keep dembeddings; tokens have no gradient."""
        fast = engine.compiled("embedding")
        backward = fast.embedding_backward if fast else embedding_backward
        self.dembeddings = backward(self.tokens, da, self.input_dim)

    def output_mask(self, mask: Any) -> Array | None:  # noqa: ARG002
        """With `mask_zero`, False where the last forward pass saw the token 0."""
        return self.tokens != 0 if self.mask_zero else None

    def describe(self) -> str:
        """Text such as "Embedding(1000, 64)"."""
        return f"Embedding({self.input_dim}, {self.output_dim})"


class Masking(Layer):
    """Marks the steps of a sequence whose features all equal ``mask_value`` as padding, and sets them to 0.

    Parameters
    ----------
    mask_value : float
    name : str, optional
    input_shape : tuple of int, optional

    Examples
    --------
    >>> layer = Masking()
    >>> x = layer(np.array([[[1.0, 0.0], [0.0, 0.0]]]))
    >>> layer.output_mask(None)
    array([[ True, False]])
    """

    def __init__(self, mask_value: float = 0.0, *, name: str | None = None, input_shape: Shape | None = None) -> None:
        super().__init__(name, input_shape)
        self.mask_value = check_number("mask_value", mask_value)

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the input; an error if it is not a sequence of vectors."""
        if not isinstance(input_shape, tuple) or len(input_shape) < 2:
            raise ValueError(f"Masking expected each sample to be a sequence of vectors, (T, D), got {input_shape}")
        return input_shape

    def forward(self, x: Array, training: bool = False, rng: np.random.Generator | None = None) -> Array:  # noqa: ARG002
        """Return x with padding set to 0."""
        self.keep = (x != self.mask_value).any(axis=-1, keepdims=True)
        return x * self.keep

    def backward(self, da: Array) -> Array:
        """Return da with padding set to 0."""
        return da * self.keep

    def output_mask(self, mask: Any) -> Array:  # noqa: ARG002
        """Return the mask that the last forward pass found, (N, T)."""
        return self.keep[..., 0]
