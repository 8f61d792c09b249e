"""Gated recurrent unit: one state, two gates; as good as `lstm` on much, with three quarters of its weights.

Time stands first in all arrays, as in `simple_rnn`; read that before.
"""

from __future__ import annotations

from functools import partial
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab import activations, constraints, initializers, regularizers
from nnlab._numbers import check_flag
from nnlab.activations import Activation, sigmoid, tanh
from nnlab.layers.base import Shape
from nnlab.layers.recurrent import Recurrent, chosen, kept

Array = NDArray[Any]


def gru_forward(
    u: Array,
    h: Array,
    recurrent_kernel: Array,
    bias: Array | None,
    mask: Array | None = None,
    activation: Activation = tanh,
    recurrent_activation: Activation = sigmoid,
    reset_after: bool = True,
) -> tuple[Array, tuple[Array, Array]]:
    """All steps of a gated recurrent unit: ``h_t = z h_(t-1) + (1 - z) g``.

    Parameters
    ----------
    u : ndarray of shape (T, N, 3 H)
        What the inputs contribute to each step, ``x @ kernel``; side by side, in Keras's order, z, r and g.
    h : ndarray of shape (N, H)
        The state before the first step.
    recurrent_kernel : ndarray of shape (H, 3 H)
    bias : ndarray of shape (2, 3 H) or None
        One row for what comes from the inputs, one for what comes from the state; (3 H,) without `reset_after`.
    mask : ndarray of bool of shape (T, N), optional
        False where a step is padding: there the state stays as it was.
    activation : Activation
        Of the candidate g.
    recurrent_activation : Activation
        Of the gates: z keeps the old state, r lets it into the candidate.
    reset_after : bool
        Where r multiplies: ``g = tanh(u_g + r (h @ V + b))``; or before the product, ``g = tanh(u_g + (r h) @ V)``, as
        in the first paper. V is the last third of the recurrent kernel.

    Returns
    -------
    hs : ndarray of shape (T + 1, N, H)
        The state before the first step and after each.
    memory : tuple of ndarray of shape (T, N, 3 H) and (T, N, H)
        The values before the activations, and what r multiplied.

    References
    ----------
    Cho et al. (2014), EMNLP, 1724-1734, arXiv:1406.1078. Reset after the product: the first version of that paper's
    arXiv text, and cuDNN.

    Examples
    --------
    With both gates half open, and a candidate of 0, half of the state is forgotten:

    >>> hs, _ = gru_forward(np.zeros((2, 1, 3)), np.ones((1, 1)), np.zeros((1, 3)), None)
    >>> hs.ravel()
    array([1.  , 0.5 , 0.25])
    """
    units = h.shape[1]
    outer, inner = _biases(bias, u.shape[2], reset_after)
    two, hs, zs, multiplied = 2 * units, [h], [], []
    for t in range(len(u)):
        before = hs[-1]
        both = u[t, :, :two] + before @ recurrent_kernel[:, :two] + outer[:two] + inner[:two]
        z, r = np.split(recurrent_activation(both), 2, axis=1)
        q = before @ recurrent_kernel[:, two:] + inner[two:] if reset_after else before
        last = u[t, :, two:] + outer[two:] + (r * q if reset_after else (r * q) @ recurrent_kernel[:, two:])
        zs.append(np.concatenate([both, last], axis=1))
        multiplied.append(q)
        hs.append(chosen(mask, t, z * before + (1 - z) * activation(last), before))
    return np.stack(hs), (np.stack(zs), np.stack(multiplied))


def _biases(bias: Array | None, width: int, reset_after: bool) -> tuple[Array, Array]:
    """Bias of what comes from the inputs, and of what comes from the state."""
    if bias is not None and reset_after:
        return bias[0], bias[1]
    nothing = np.zeros(width, np.float32)
    return (nothing if bias is None else bias), nothing


def gru_backward(
    dhs: Array | None,
    dh: Array,
    hs: Array,
    memory: tuple[Array, Array],
    recurrent_kernel: Array,
    mask: Array | None = None,
    activation: Activation = tanh,
    recurrent_activation: Activation = sigmoid,
    reset_after: bool = True,
) -> tuple[Array, Array, Array, Array]:
    """Backpropagation through time: all steps of `gru_forward`, last first.

    Parameters
    ----------
    dhs : ndarray of shape (T, N, H) or None
        Gradient of the loss with respect to the states after each step, where the loss sees them all.
    dh : ndarray of shape (N, H)
        The same for the last state, in addition.
    hs, memory
        What the forward pass returned.
    recurrent_kernel : ndarray of shape (H, 3 H)
    mask : ndarray of bool of shape (T, N), optional
    activation, recurrent_activation : Activation
    reset_after : bool

    Returns
    -------
    du : ndarray of shape (T, N, 3 H)
    drecurrent_kernel : ndarray of shape (H, 3 H)
        Summed over the steps: they all share this kernel.
    dbias : ndarray of shape (2, 3 H), or (3 H,) without `reset_after`
    dh : ndarray of shape (N, H)
        Gradient with respect to the state before the first step.
    """
    zs, multiplied = memory
    units = dh.shape[1]
    two = 2 * units
    dz, dq = np.empty_like(zs), np.empty_like(multiplied)  # dq: with respect to what r multiplied, before that product
    drecurrent_kernel = np.zeros_like(recurrent_kernel)
    for t in reversed(range(len(zs))):
        if dhs is not None:
            dh = dh + dhs[t]
        both, last, q = zs[t, :, :two], zs[t, :, two:], multiplied[t]
        gates, candidate = recurrent_activation(both), activation(last)
        z, r = np.split(gates, 2, axis=1)
        dlast = activation.backward(last, candidate, dh * (1 - z))
        if reset_after:
            dreset = dlast
        else:
            dreset = dlast @ recurrent_kernel[:, two:].T  # with respect to r h
            drecurrent_kernel[:, two:] += (r * q).T @ kept(mask, t, dlast)
        dgates = np.concatenate([dh * (hs[t] - candidate), dreset * q], axis=1)
        dboth = recurrent_activation.backward(both, gates, dgates)
        dz[t] = kept(mask, t, np.concatenate([dboth, dlast], axis=1))
        dq[t] = kept(mask, t, dreset * r)
        through = dq[t] @ recurrent_kernel[:, two:].T if reset_after else dq[t]
        before = dh * z + dz[t, :, :two] @ recurrent_kernel[:, :two].T + through
        dh = chosen(mask, t, before, dh)
    drecurrent_kernel[:, :two] = np.tensordot(hs[:-1], dz[:, :, :two], ([0, 1], [0, 1]))
    dbias = dz.sum(axis=(0, 1))
    if reset_after:
        drecurrent_kernel[:, two:] = np.tensordot(hs[:-1], dq, ([0, 1], [0, 1]))
        dbias = np.stack([dbias, np.concatenate([dbias[:two], dq.sum(axis=(0, 1))])])
    return dz, drecurrent_kernel, dbias, dh


class GRU(Recurrent):
    """Gated recurrent unit: a recurrent layer with one state and two gates.

    Parameters
    ----------
    units : int
        Size of the state, H.
    activation : str, Activation or None
        Of the candidate; None means linear.
    recurrent_activation : str, Activation or None
        Of the gates.
    use_bias : bool
    kernel_initializer, recurrent_initializer, bias_initializer : str or Initializer
    kernel_regularizer, recurrent_regularizer, bias_regularizer : str, Regularizer or None
        Penalties added to the loss while training.
    activity_regularizer : str, Regularizer or None
        Penalty on the outputs.
    kernel_constraint, recurrent_constraint, bias_constraint : str, Constraint or None
        What the weights are brought back to after each step of training.
    dropout : float
        Share of the features of x, from 0 to below 1, that is switched off while training, the same at all time steps.
    return_sequences : bool
        Whether to return the output of each time step, (T, H), or the last only, (H,).
    return_state : bool
        Whether to return the last state too.
    go_backwards : bool
        Whether to begin at the last time step; sequences are then returned in that order.
    reset_after : bool
        Where the reset gate multiplies; see `gru_forward`.
    zero_output_for_mask : bool
        Whether returned sequences are 0 where a step is padding, or repeat the output before.
    name : str, optional
    input_shape : tuple of int, optional
        (time, features), for the first layer of a `Sequential`.

    Notes
    -----
    The formulas stand in `gru_forward`. Kernel (D, 3 H) and recurrent kernel (H, 3 H) hold z, r and the candidate side
    by side; the bias has a row for each of the two, (2, 3 H), or is (3 H,) without `reset_after`: all as in Keras.

    Called as ``layer(x, initial_state=h)`` it begins with what is given, and gradients flow there; else with zeros.

    At a step that the mask calls padding the state stays, and the output before is repeated; before the first step that
    is none, the output is 0. The returned mask is that of the inputs, with ``go_backwards`` too: all as in Keras.
    The formulas compute with other activations, without
    `reset_after`, and where there is no Numba; else the compiled time loops.

    References
    ----------
    Cho et al. (2014), EMNLP, 1724-1734, arXiv:1406.1078.

    Examples
    --------
    >>> GRU(16, return_sequences=True).output_shape((28, 5))
    (28, 16)
    """

    gates = 3

    def __init__(
        self,
        units: int,
        activation: str | activations.Activation | None = "tanh",
        recurrent_activation: str | activations.Activation | None = "sigmoid",
        use_bias: bool = True,
        *,
        kernel_initializer: str | initializers.Initializer = "glorot_uniform",
        recurrent_initializer: str | initializers.Initializer = "orthogonal",
        bias_initializer: str | initializers.Initializer = "zeros",
        kernel_regularizer: str | regularizers.Regularizer | None = None,
        recurrent_regularizer: str | regularizers.Regularizer | None = None,
        bias_regularizer: str | regularizers.Regularizer | None = None,
        activity_regularizer: str | regularizers.Regularizer | None = None,
        kernel_constraint: str | constraints.Constraint | None = None,
        recurrent_constraint: str | constraints.Constraint | None = None,
        bias_constraint: str | constraints.Constraint | None = None,
        dropout: float = 0.0,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        reset_after: bool = True,
        zero_output_for_mask: bool = False,
        name: str | None = None,
        input_shape: Shape | None = None,
    ) -> None:
        super().__init__(
            units=units,
            activation=activation,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer,
            bias_regularizer=bias_regularizer,
            activity_regularizer=activity_regularizer,
            kernel_constraint=kernel_constraint,
            recurrent_constraint=recurrent_constraint,
            bias_constraint=bias_constraint,
            dropout=dropout,
            return_sequences=return_sequences,
            return_state=return_state,
            go_backwards=go_backwards,
            zero_output_for_mask=zero_output_for_mask,
            name=name,
            input_shape=input_shape,
        )
        self.recurrent_activation = activations.get(recurrent_activation)
        self.reset_after = check_flag("reset_after", reset_after)

    def compiled(self) -> ModuleType | None:
        """Return the compiled loops, which have the reset after the product only."""
        return super().compiled() if self.reset_after else None

    def first_bias(self, rng: np.random.Generator) -> Array:
        """Draw the bias, (2, 3 H) or (3 H,)."""
        shape: Shape = (2, 3 * self.units) if self.reset_after else (3 * self.units,)
        return self.bias_initializer(shape, rng)

    def choices(self) -> dict[str, Any]:
        """Return what the formulas have to be told besides."""
        return {
            "activation": self.activation,
            "recurrent_activation": self.recurrent_activation,
            "reset_after": self.reset_after,
        }

    def steps(self, u: Array, states: list[Array], mask: Array | None) -> tuple[list[Array], Any]:
        """Run through time; see `Recurrent.steps`."""
        fast = self.compiled()
        run: Any = fast.gru_forward if fast else partial(gru_forward, **self.choices())
        hs, memory = run(u, *states, self.recurrent_kernel, self.bias, mask)
        return [hs], (fast, memory)

    def steps_back(self, dhs: Array | None, dstates: list[Array]) -> tuple[Array, list[Array]]:
        """Run back through time; see `Recurrent.steps_back`."""
        fast, memory = self.memory
        run: Any = fast.gru_backward if fast else partial(gru_backward, **self.choices())
        found = run(dhs, *dstates, *self.sequences, memory, self.recurrent_kernel, self.mask)
        du, self.drecurrent_kernel, self.dbias, dh = found
        return du, [dh]
