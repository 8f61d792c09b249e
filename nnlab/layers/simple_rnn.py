"""The simplest recurrent layer: what a unit puts out is fed back to all units at the next step.

Arrays have their time first here, (T, N, ...), so that a step is one block of memory; `recurrent` brings the samples
of a batch, (N, T, D), into this order. Next: `lstm` and `gru`, whose gates keep a gradient alive over many steps.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab import activations, constraints, initializers, regularizers
from nnlab.activations import Activation, tanh
from nnlab.layers.base import Shape
from nnlab.layers.recurrent import Recurrent, chosen, kept

Array = NDArray[Any]


def simple_rnn_forward(
    u: Array,
    h: Array,
    recurrent_kernel: Array,
    bias: Array | None,
    mask: Array | None = None,
    activation: Activation = tanh,
) -> tuple[Array, Array]:
    """All steps of a simple recurrent layer: ``h_t = f(u_t + h_(t-1) @ recurrent_kernel + bias)``.

    Parameters
    ----------
    u : ndarray of shape (T, N, H)
        What the inputs contribute to each step, ``x @ kernel``.
    h : ndarray of shape (N, H)
        The state before the first step.
    recurrent_kernel : ndarray of shape (H, H)
    bias : ndarray of shape (H,) or None
    mask : ndarray of bool of shape (T, N), optional
        False where a step is padding: there the state stays as it was.
    activation : Activation
        f.

    Returns
    -------
    hs : ndarray of shape (T + 1, N, H)
        The state before the first step and after each.
    memory : ndarray of shape (T, N, H)
        The values before the activation, for the way back.

    References
    ----------
    Elman (1990), Cognitive Science 14, 179-211.

    Examples
    --------
    >>> hs, _ = simple_rnn_forward(np.array([[[0.0]], [[1.0]]]), np.zeros((1, 1)), np.array([[0.5]]), None)
    >>> hs.ravel().round(4)
    array([0.    , 0.    , 0.7616])
    """
    hs, zs = [h], []
    for t in range(len(u)):
        z = u[t] + hs[-1] @ recurrent_kernel + (0 if bias is None else bias)  # (N, H)
        zs.append(z)
        hs.append(chosen(mask, t, activation(z), hs[-1]))
    return np.stack(hs), np.stack(zs)


def simple_rnn_backward(
    dhs: Array | None,
    dh: Array,
    hs: Array,
    memory: Array,
    recurrent_kernel: Array,
    mask: Array | None = None,
    activation: Activation = tanh,
) -> tuple[Array, Array, Array, Array]:
    """Backpropagation through time: all steps of `simple_rnn_forward`, last first.

    Parameters
    ----------
    dhs : ndarray of shape (T, N, H) or None
        Gradient of the loss with respect to the states after each step, where the loss sees them all.
    dh : ndarray of shape (N, H)
        The same for the last state, in addition.
    hs, memory : ndarray
        What the forward pass returned.
    recurrent_kernel : ndarray of shape (H, H)
    mask : ndarray of bool of shape (T, N), optional
    activation : Activation

    Returns
    -------
    du : ndarray of shape (T, N, H)
    drecurrent_kernel : ndarray of shape (H, H)
        Summed over the steps: they all share this kernel.
    dbias : ndarray of shape (H,)
    dh : ndarray of shape (N, H)
        Gradient with respect to the state before the first step.

    Notes
    -----
    Each step multiplies the gradient by ``f'(z_t)`` and by the recurrent kernel: over many steps it vanishes, or
    explodes.

    References
    ----------
    Werbos (1990), Proceedings of the IEEE 78(10), 1550-1560. Bengio, Simard & Frasconi (1994), IEEE Transactions on
    Neural Networks 5(2), 157-166.
    """
    dz = np.empty_like(memory)
    for t in reversed(range(len(memory))):
        if dhs is not None:
            dh = dh + dhs[t]
        dz[t] = kept(mask, t, activation.backward(memory[t], hs[t + 1], dh))
        dh = chosen(mask, t, dz[t] @ recurrent_kernel.T, dh)
    drecurrent_kernel = np.tensordot(hs[:-1], dz, ([0, 1], [0, 1]))  # sum over t and n of h_(t-1) dz_t
    return dz, drecurrent_kernel, dz.sum(axis=(0, 1)), dh


class SimpleRNN(Recurrent):
    """Recurrent layer with one state: ``h_t = f(x_t @ kernel + h_(t-1) @ recurrent_kernel + bias)``.

    Parameters
    ----------
    units : int
        Size of the state, H.
    activation : str, Activation or None
        f; None means linear, as everywhere.
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
    zero_output_for_mask : bool
        Whether returned sequences are 0 where a step is padding, or repeat the output before.
    name : str, optional
    input_shape : tuple of int, optional
        (time, features), for the first layer of a `Sequential`.

    Notes
    -----
    Called as ``layer(x, initial_state=h)`` it begins with what is given, and gradients flow there; else with zeros.

    At a step that the mask calls padding the state stays, and the output before is repeated; before the first step that
    is none, the output is 0. The returned mask is that of the inputs, with ``go_backwards`` too: all as in Keras.
    The formulas compute with other activations, and where
    there is no Numba; else the compiled time loops.

    References
    ----------
    Elman (1990), Cognitive Science 14, 179-211.

    Examples
    --------
    >>> SimpleRNN(8).output_shape((28, 5))
    (8,)
    >>> SimpleRNN(8, return_sequences=True).output_shape((28, 5))
    (28, 8)
    """

    def __init__(
        self,
        units: int,
        activation: str | activations.Activation | None = "tanh",
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

    def choices(self) -> dict[str, Any]:
        """Return what the formulas have to be told besides."""
        return {"activation": self.activation}

    def steps(self, u: Array, states: list[Array], mask: Array | None) -> tuple[list[Array], Any]:
        """Run through time; see `Recurrent.steps`."""
        fast = self.compiled()
        run: Any = fast.simple_rnn_forward if fast else partial(simple_rnn_forward, **self.choices())
        hs, memory = run(u, *states, self.recurrent_kernel, self.bias, mask)
        return [hs], (fast, memory)

    def steps_back(self, dhs: Array | None, dstates: list[Array]) -> tuple[Array, list[Array]]:
        """Run back through time; see `Recurrent.steps_back`."""
        fast, memory = self.memory
        run: Any = fast.simple_rnn_backward if fast else partial(simple_rnn_backward, **self.choices())
        found = run(dhs, *dstates, *self.sequences, memory, self.recurrent_kernel, self.mask)
        du, self.drecurrent_kernel, self.dbias, dh = found
        return du, [dh]
