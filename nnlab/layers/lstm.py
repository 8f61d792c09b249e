"""Long short-term memory: a second state, kept by a gate and changed by addition: gradients pass it for many steps.

Time stands first in all arrays, as in `simple_rnn`; read that before.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab import activations, constraints, initializers, regularizers
from nnlab._numbers import check_flag
from nnlab.activations import Activation, sigmoid, tanh
from nnlab.layers.base import Shape
from nnlab.layers.recurrent import Recurrent, chosen, kept

Array = NDArray[Any]


def lstm_forward(
    u: Array,
    h: Array,
    c: Array,
    recurrent_kernel: Array,
    bias: Array | None,
    mask: Array | None = None,
    activation: Activation = tanh,
    recurrent_activation: Activation = sigmoid,
) -> tuple[Array, Array, Array]:
    """All steps of a long short-term memory: ``c_t = f c_(t-1) + i g`` and ``h_t = o tanh(c_t)``.

    Parameters
    ----------
    u : ndarray of shape (T, N, 4 H)
        What the inputs contribute to each step, ``x @ kernel``; the gates side by side in Keras's order i, f, g, o.
    h, c : ndarray of shape (N, H)
        Output and cell state before the first step.
    recurrent_kernel : ndarray of shape (H, 4 H)
    bias : ndarray of shape (4 H,) or None
    mask : ndarray of bool of shape (T, N), optional
        False where a step is padding: there both states stay as they were.
    activation : Activation
        Of the candidate g and of the cell state.
    recurrent_activation : Activation
        Of the gates: i lets the candidate in, f keeps the old cell state, o lets the new one out.

    Returns
    -------
    hs, cs : ndarray of shape (T + 1, N, H)
        The states before the first step and after each.
    memory : ndarray of shape (T, N, 4 H)
        The values before the activations, for the way back.

    Notes
    -----
    ``z = u_t + h_(t-1) @ recurrent_kernel + bias`` is cut into four; ``i, f, o = sigmoid(z_i), sigmoid(z_f),
    sigmoid(z_o)`` and ``g = tanh(z_g)``.

    References
    ----------
    Hochreiter & Schmidhuber (1997), Neural Computation 9(8), 1735-1780. The forget gate f: Gers, Schmidhuber & Cummins
    (2000), Neural Computation 12(10), 2451-2471.

    Examples
    --------
    With all gates half open, and a candidate of 0, half of the cell state is forgotten:

    >>> _, cs, _ = lstm_forward(np.zeros((2, 1, 4)), np.zeros((1, 1)), np.ones((1, 1)), np.zeros((1, 4)), None)
    >>> cs.ravel()
    array([1.  , 0.5 , 0.25])
    """
    hs, cs, zs = [h], [c], []
    for t in range(len(u)):
        z = u[t] + hs[-1] @ recurrent_kernel + (0 if bias is None else bias)  # (N, 4 H)
        i, f, g, o = _gates(z, activation, recurrent_activation)
        c = f * cs[-1] + i * g
        zs.append(z)
        hs.append(chosen(mask, t, o * activation(c), hs[-1]))
        cs.append(chosen(mask, t, c, cs[-1]))
    return np.stack(hs), np.stack(cs), np.stack(zs)


def _gates(z: Array, activation: Activation, recurrent_activation: Activation) -> list[Array]:
    functions = (recurrent_activation, recurrent_activation, activation, recurrent_activation)
    return [function(part) for function, part in zip(functions, np.split(z, 4, axis=1), strict=True)]


def lstm_backward(
    dhs: Array | None,
    dh: Array,
    dc: Array,
    hs: Array,
    cs: Array,
    memory: Array,
    recurrent_kernel: Array,
    mask: Array | None = None,
    activation: Activation = tanh,
    recurrent_activation: Activation = sigmoid,
) -> tuple[Array, Array, Array, Array, Array]:
    """Backpropagation through time: all steps of `lstm_forward`, last first.

    Parameters
    ----------
    dhs : ndarray of shape (T, N, H) or None
        Gradient of the loss with respect to the outputs after each step, where the loss sees them all.
    dh, dc : ndarray of shape (N, H)
        The same for the last states, in addition.
    hs, cs, memory : ndarray
        What the forward pass returned.
    recurrent_kernel : ndarray of shape (H, 4 H)
    mask : ndarray of bool of shape (T, N), optional
    activation, recurrent_activation : Activation

    Returns
    -------
    du : ndarray of shape (T, N, 4 H)
    drecurrent_kernel : ndarray of shape (H, 4 H)
        Summed over the steps: they all share this kernel.
    dbias : ndarray of shape (4 H,)
    dh, dc : ndarray of shape (N, H)
        Gradients with respect to the states before the first step.

    Notes
    -----
    ``hs[0]`` and ``cs[0]`` are the states before the first step, so that step t made ``hs[t + 1]`` from ``hs[t]``. With
    dh and dc, what arrives from the loss and from the steps after, the chain rule gives at each step::

        dcell = dc + dh o tanh'(c_t)                        # c_t also passes through h_t = o tanh(c_t)
        di, df, dg, do = dcell g, dcell c_(t-1), dcell i, dh tanh(c_t)
        dz = [di, df, dg, do], each times the slope of its activation at z
        dh_(t-1) = dz @ recurrent_kernel.T,    dc_(t-1) = dcell f

    On the direct way from cell state to cell state the only factor is f: near 1, the gradient stays. A second way leads
    through h_(t-1) and the gates. At a padded step dz is 0, and dh and dc pass unchanged.
    """
    units = dh.shape[1]
    dz = np.empty_like(memory)
    for t in reversed(range(len(memory))):
        if dhs is not None:
            dh = dh + dhs[t]
        i, f, g, o = _gates(memory[t], activation, recurrent_activation)
        a = activation(cs[t + 1])
        dcell = dc + activation.backward(cs[t + 1], a, dh * o)
        of_gates = (dcell * g, dcell * cs[t], dcell * i, dh * a)  # with respect to i, f, g, o
        functions = (recurrent_activation, recurrent_activation, activation, recurrent_activation)
        for k, (function, gate, dgate) in enumerate(zip(functions, (i, f, g, o), of_gates, strict=True)):
            part = slice(k * units, (k + 1) * units)
            dz[t, :, part] = kept(mask, t, function.backward(memory[t, :, part], gate, dgate))
        dh = chosen(mask, t, dz[t] @ recurrent_kernel.T, dh)
        dc = chosen(mask, t, dcell * f, dc)
    drecurrent_kernel = np.tensordot(hs[:-1], dz, ([0, 1], [0, 1]))  # sum over t and n of h_(t-1) dz_t
    return dz, drecurrent_kernel, dz.sum(axis=(0, 1)), dh, dc


class LSTM(Recurrent):
    """Long short-term memory: a recurrent layer with an output h and a cell state c, and three gates.

    Parameters
    ----------
    units : int
        Size of the state, H.
    activation : str, Activation or None
        Of the candidate and of the cell state; None means linear.
    recurrent_activation : str, Activation or None
        Of the gates.
    use_bias : bool
    kernel_initializer, recurrent_initializer, bias_initializer : str or Initializer
    unit_forget_bias : bool
        Whether the forget gates' bias begins at 1.
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
        Whether to return the last states, h and c, too.
    go_backwards : bool
        Whether to begin at the last time step; sequences are then returned in that order.
    zero_output_for_mask : bool
        Whether returned sequences are 0 where a step is padding, or repeat the output before.
    name : str, optional
    input_shape : tuple of int, optional
        (time, features), for the first layer of a `Sequential`.

    Notes
    -----
    The formulas stand in `lstm_forward`. Kernel (D, 4 H), recurrent kernel (H, 4 H) and bias (4 H,) hold the gates in
    the order i, f, g, o, as in Keras.

    Called as ``layer(x, initial_state=[h, c])`` it begins with these, and gradients flow to them; else with zeros.

    At a step that the mask calls padding the state stays, and the output before is repeated; before the first step that
    is none, the output is 0. The returned mask is that of the inputs, with ``go_backwards`` too: all as in Keras.
    With tanh and sigmoid, and with Numba, the compiled time loops run; in all other cases the formulas above.

    References
    ----------
    Hochreiter & Schmidhuber (1997), Neural Computation 9(8), 1735-1780. ``unit_forget_bias``: Jozefowicz, Zaremba &
    Sutskever (2015), ICML, PMLR 37, 2342-2350.

    Examples
    --------
    >>> LSTM(64).output_shape((28, 28))
    (64,)
    >>> LSTM(64, return_sequences=True, return_state=True).output_shape((28, 28))
    [(28, 64), (64,), (64,)]
    """

    gates, state_count = 4, 2

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
        unit_forget_bias: bool = True,
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
        self.recurrent_activation = activations.get(recurrent_activation)
        self.unit_forget_bias = check_flag("unit_forget_bias", unit_forget_bias)

    def first_bias(self, rng: np.random.Generator) -> Array:
        """Draw the bias, (4 H,); with ``unit_forget_bias`` the forget gates' is 1: 0.73 is kept at first."""
        bias = self.bias_initializer((4 * self.units,), rng)
        if self.unit_forget_bias:
            bias[self.units : 2 * self.units] = 1
        return bias

    def choices(self) -> dict[str, Any]:
        """Return what the formulas have to be told besides."""
        return {"activation": self.activation, "recurrent_activation": self.recurrent_activation}

    def steps(self, u: Array, states: list[Array], mask: Array | None) -> tuple[list[Array], Any]:
        """Run through time; see `Recurrent.steps`."""
        fast = self.compiled()
        run: Any = fast.lstm_forward if fast else partial(lstm_forward, **self.choices())
        hs, cs, memory = run(u, *states, self.recurrent_kernel, self.bias, mask)
        return [hs, cs], (fast, memory)

    def steps_back(self, dhs: Array | None, dstates: list[Array]) -> tuple[Array, list[Array]]:
        """Run back through time; see `Recurrent.steps_back`."""
        fast, memory = self.memory
        run: Any = fast.lstm_backward if fast else partial(lstm_backward, **self.choices())
        found = run(dhs, *dstates, *self.sequences, memory, self.recurrent_kernel, self.mask)
        du, self.drecurrent_kernel, self.dbias, dh, dc = found
        return du, [dh, dc]
