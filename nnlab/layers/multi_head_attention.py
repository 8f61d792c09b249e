"""`MultiHeadAttention`: attention by several heads, with the dense maps around them.

What a head computes, and how its gradients come about, stands in `nnlab.layers.attention`; the dense maps are those
of `nnlab.layers.core`.
"""

from __future__ import annotations

import math
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab import constraints, initializers, regularizers
from nnlab._numbers import check_flag, check_number
from nnlab.layers.attention import attention_backward, attention_forward
from nnlab.layers.base import Layer, Shape, check_count
from nnlab.layers.core import dense_backward, dense_forward

Array = NDArray[Any]

_PARTS = ("query", "key", "value", "output")


class MultiHeadAttention(Layer):
    """Attention by several heads, each with its own dense maps to queries, keys and values.

    Called as ``layer(query, value)`` or ``layer(query, value, key)``, on arrays of shape (N, T, D); for self-attention
    as ``layer(x, x)``. The last dense map brings the heads together, to the width of the query.

    Parameters
    ----------
    num_heads : int
    key_dim : int
        Length of the queries and keys of one head, K.
    value_dim : int, optional
        Length of the values of one head; `key_dim` if None.
    dropout : float
        Share of the weights that is switched off while training, from 0 to below 1.
    use_bias : bool
    kernel_initializer, bias_initializer : str or Initializer
    kernel_regularizer, bias_regularizer : str, Regularizer or None
    kernel_constraint, bias_constraint : str, Constraint or None
    name : str, optional
    input_shape : tuple of int, optional

    Notes
    -----
    The parameters have Keras's shapes: kernels (D, heads, K) of query, key and value, with biases (heads, K); kernel
    (heads, V, D) of the output, with bias (D,).

    Options of a call: ``use_causal_mask=True`` lets no place look at later ones; ``attention_mask``, an array of bool
    of shape (T, S), (N, T, S) or (N, heads, T, S), is False where a place is not to be looked at;
    ``return_attention_scores=True`` returns the weights, (N, heads, T, S), beside the output.

    No place looks at padding, and padding looks nowhere. What may look nowhere has the weights 0, so that the output
    there is the last bias alone. Keras does so when it is asked for the scores, or has a dropout; its fused form
    returns a mean of all values there instead. Such places are padding, and left out by what follows.

    References
    ----------
    Vaswani et al. (2017), NeurIPS 30, arXiv:1706.03762.

    Examples
    --------
    >>> layer, x = MultiHeadAttention(num_heads=2, key_dim=3), np.ones((1, 4, 5))
    >>> layer(x, x).shape
    (1, 4, 5)
    >>> output, scores = layer(x, x, use_causal_mask=True, return_attention_scores=True)
    >>> scores[0, 0].round(2)  # the keys are all alike
    array([[1.  , 0.  , 0.  , 0.  ],
           [0.5 , 0.5 , 0.  , 0.  ],
           [0.33, 0.33, 0.33, 0.  ],
           [0.25, 0.25, 0.25, 0.25]])
    """

    takes_mask = True
    output_kernel: Array
    output_bias: Array | None = None
    shape_options = ("return_attention_scores",)  # the options that output_shape needs to know

    def __init__(
        self,
        num_heads: int,
        key_dim: int,
        value_dim: int | None = None,
        dropout: float = 0.0,
        use_bias: bool = True,
        *,
        kernel_initializer: str | initializers.Initializer = "glorot_uniform",
        bias_initializer: str | initializers.Initializer = "zeros",
        kernel_regularizer: str | regularizers.Regularizer | None = None,
        bias_regularizer: str | regularizers.Regularizer | None = None,
        kernel_constraint: str | constraints.Constraint | None = None,
        bias_constraint: str | constraints.Constraint | None = None,
        name: str | None = None,
        input_shape: Shape | None = None,
    ) -> None:
        super().__init__(name, input_shape)
        self.num_heads = check_count("num_heads", num_heads)
        self.key_dim = check_count("key_dim", key_dim)
        self.value_dim = self.key_dim if value_dim is None else check_count("value_dim", value_dim)
        self.dropout = check_number("dropout", dropout, at_least=0, below=1)
        self.use_bias = check_flag("use_bias", use_bias)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        kinds = ("kernel", "bias") if self.use_bias else ("kernel",)
        self.parameter_names = tuple(f"{part}_{kind}" for part in _PARTS for kind in kinds)
        for parameter in self.parameter_names:
            self._attach(parameter, parameter.split("_")[1])

    def __call__(self, x: Any, *more: Any, **options: Any) -> Any:
        """Join the layer to a graph, or apply it to numbers; value and key may be named, in any order."""
        named = [options.pop(name, None) for name in ("value", "key")]
        return super().__call__(x, *more, *[one for one in named if one is not None], **options)

    def build(self, input_shape: Any, rng: np.random.Generator) -> None:
        """Draw four kernels, each as the matrix that it stands for, and their biases."""
        query, value, key = self._shapes(input_shape)
        heads, width = self.num_heads, query[-1]
        for part, before, after in (
            ("query", (query[-1],), (heads, self.key_dim)),
            ("key", (key[-1],), (heads, self.key_dim)),
            ("value", (value[-1],), (heads, self.value_dim)),
            ("output", (heads, self.value_dim), (width,)),
        ):
            kernel = self.kernel_initializer((math.prod(before), math.prod(after)), rng)
            setattr(self, f"{part}_kernel", kernel.reshape(*before, *after))
            if self.use_bias:
                setattr(self, f"{part}_bias", self.bias_initializer(after, rng))

    def _shapes(self, input_shape: Any) -> tuple[Shape, Shape, Shape]:
        """Shapes of query, value and key; an error if they do not fit together, or to the kernels."""
        if not isinstance(input_shape, list) or len(input_shape) not in (2, 3):
            raise ValueError(
                f"{self.describe()} is called as layer(query, value) or layer(query, value, key), for self-attention "
                f"as layer(x, x); got {len(input_shape) if isinstance(input_shape, list) else 1} inputs"
            )
        query, value, key = (*input_shape, input_shape[1])[:3]
        for what, shape in (("query", query), ("value", value), ("key", key)):
            if len(shape) != 2:
                raise ValueError(f"{self.describe()} expected each {what} to be a sequence, (T, D), got shape {shape}")
            if self.built and (kernel := getattr(self, f"{what}_kernel")).shape[0] != shape[1]:
                raise ValueError(f"{self.describe()} expected {what} vectors of length {len(kernel)}, got {shape[1]}")
        if value[0] != key[0]:
            raise ValueError(f"{self.describe()} needs a key for each value, got {key[0]} keys and {value[0]} values")
        return query, value, key

    def output_shape(self, input_shape: Any, return_attention_scores: bool = False) -> Any:
        """Return the shape of the query; with the scores, a list of it and (heads, T, S)."""
        query, value, _key = self._shapes(input_shape)
        return [query, (self.num_heads, query[0], value[0])] if return_attention_scores else query

    def _heads(self, x: Array, part: str) -> Array:
        """Apply a dense map, and part the heads: (N, heads, T, K)."""
        kernel = getattr(self, f"{part}_kernel")
        bias = getattr(self, f"{part}_bias").reshape(-1) if self.use_bias else None
        z = dense_forward(x, kernel.reshape(len(kernel), -1), bias)  # (N, T, heads K)
        return z.reshape(*x.shape[:2], *kernel.shape[1:]).swapaxes(1, 2)

    def _heads_backward(self, x: Array, part: str, dz: Array) -> Array:
        """Bring the heads together again, and go back through the dense map."""
        kernel = getattr(self, f"{part}_kernel")
        dz = dz.swapaxes(1, 2).reshape(*x.shape[:2], math.prod(kernel.shape[1:]))
        dx, dkernel, dbias = dense_backward(x, kernel.reshape(len(kernel), -1), dz)
        setattr(self, f"d{part}_kernel", dkernel.reshape(kernel.shape))
        setattr(self, f"d{part}_bias", dbias.reshape(kernel.shape[1:]))
        return dx

    def forward(
        self,
        x: Any,
        training: bool = False,
        rng: np.random.Generator | None = None,
        mask: Any = None,
        *,
        attention_mask: Any = None,
        use_causal_mask: bool = False,
        return_attention_scores: bool = False,
    ) -> Any:
        """Return the output, (N, T, D), or a list of it and the weights."""
        query, value, key = (*x, x[1])[:3]
        q, k, v = self._heads(query, "query"), self._heads(key, "key"), self._heads(value, "value")
        shape = (*q.shape[:3], k.shape[2])  # (N, heads, T, S)
        allowed, factor = self._allowed(shape, mask, attention_mask, use_causal_mask), None
        if training and self.dropout:
            keep = (rng or np.random.default_rng()).random(shape) >= self.dropout
            factor = keep * q.dtype.type(1 / (1 - self.dropout))
        mixed, weights = attention_forward(q, k, v, allowed, factor)
        joined = mixed.swapaxes(1, 2).reshape(*query.shape[:2], self.num_heads * self.value_dim)  # (N, T, heads V)
        output = dense_forward(joined, _matrix(self.output_kernel), self.output_bias)
        if training:
            self.x, self.heads, self.joined, self.scores, self.factor = x, (q, k, v), joined, weights, factor
        return [output, weights] if return_attention_scores else output

    def backward(self, da: Any) -> list[Array]:
        """Return the gradients of query and value, and of the key if there is one; keep those of the parameters."""
        doutput, dscores = da if isinstance(da, list) else (da, None)
        query, value, key = (*self.x, self.x[1])[:3]
        djoined, dkernel, self.doutput_bias = dense_backward(self.joined, _matrix(self.output_kernel), doutput)
        self.doutput_kernel = dkernel.reshape(self.output_kernel.shape)
        dmixed = djoined.reshape(*query.shape[:2], self.num_heads, self.value_dim).swapaxes(1, 2)
        dq, dk, dv = attention_backward(*self.heads, self.scores, dmixed, dscores, self.factor)
        dquery, dkey = self._heads_backward(query, "query", dq), self._heads_backward(key, "key", dk)
        dvalue = self._heads_backward(value, "value", dv)
        return [dquery, dvalue, dkey] if len(self.x) == 3 else [dquery, dvalue + dkey]

    def output_mask(self, mask: Any) -> Array | None:
        """Return the mask of the query."""
        return mask[0]

    def describe(self) -> str:
        """Text such as "MultiHeadAttention(4, 16)"."""
        return f"MultiHeadAttention({self.num_heads}, {self.key_dim})"

    def _allowed(self, scores: Shape, masks: Any, attention_mask: Any, causal: bool) -> Array | None:
        """Say which place may look at which: a mask that can be repeated to (N, heads, T, S); None if all may."""
        n, _heads, t, s = scores
        parts: list[Array] = []
        for number, mask in enumerate(masks or []):
            if mask is not None:  # of the query, then of the value, and of the key
                parts.append(mask[:, None, :, None] if number == 0 else mask[:, None, None, :])
        if causal:
            parts.append(np.tri(t, s, dtype=bool))
        if attention_mask is not None:
            given = np.asarray(attention_mask).astype(bool)
            if given.shape not in ((t, s), (n, t, s), scores):
                raise ValueError(
                    f"{self.describe()} expected an attention_mask of shape {(t, s)}, {(n, t, s)} or {scores}, got "
                    f"{given.shape}"
                )
            parts.append(given[:, None] if given.ndim == 3 else given)
        return reduce(np.logical_and, parts) if parts else None


def _matrix(kernel: Array) -> Array:
    """Take the heads and the values of the last kernel for one axis."""
    return kernel.reshape(-1, kernel.shape[-1])
