"""What the recurrent layers share: arguments, masks, initial states, the order of time, products outside of the loop.

The loops themselves, forward and back through time, stand in `simple_rnn` (begin there), `lstm` and `gru`. Names: N
samples, T time steps, D features, H units, which are the size of the state.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab import activations, constraints, engine, initializers, regularizers
from nnlab._numbers import check_flag, check_number
from nnlab.layers.base import Layer, Shape, check_count

Array = NDArray[Any]


def chosen(mask: Array | None, t: int, new: Array, old: Array) -> Array:
    """Return the new rows, (N, H), but the old ones where step t is padding.

    Parameters
    ----------
    mask : ndarray of bool of shape (T, N) or None
    t : int
    new, old : ndarray of shape (N, H)

    Returns
    -------
    ndarray of shape (N, H)
    """
    return new if mask is None else np.where(mask[t][:, None], new, old)


def kept(mask: Array | None, t: int, rows: Array) -> Array:
    """Return the rows, (N, H), but 0 where step t is padding.

    Parameters
    ----------
    mask : ndarray of bool of shape (T, N) or None
    t : int
    rows : ndarray of shape (N, H)

    Returns
    -------
    ndarray of shape (N, H)
    """
    return chosen(mask, t, rows, np.zeros_like(rows))


class Recurrent(Layer):
    """Base of the recurrent layers; see `SimpleRNN`, `LSTM` and `GRU` for the arguments.

    Attributes
    ----------
    gates : int
        Blocks of H columns in the kernels.
    state_count : int
        States that are carried from step to step; the first is the output.
    """

    gates = state_count = 1
    takes_mask = True
    recurrent_activation = activations.sigmoid

    def __init__(
        self,
        units: int,
        activation: str | activations.Activation | None,
        use_bias: bool,
        *,
        kernel_initializer: str | initializers.Initializer,
        recurrent_initializer: str | initializers.Initializer,
        bias_initializer: str | initializers.Initializer,
        kernel_regularizer: str | regularizers.Regularizer | None,
        recurrent_regularizer: str | regularizers.Regularizer | None,
        bias_regularizer: str | regularizers.Regularizer | None,
        activity_regularizer: str | regularizers.Regularizer | None,
        kernel_constraint: str | constraints.Constraint | None,
        recurrent_constraint: str | constraints.Constraint | None,
        bias_constraint: str | constraints.Constraint | None,
        dropout: float,
        return_sequences: bool,
        return_state: bool,
        go_backwards: bool,
        zero_output_for_mask: bool,
        name: str | None,
        input_shape: Shape | None,
    ) -> None:
        super().__init__(name, input_shape)
        self.units = check_count("units", units)
        self.activation = activations.get(activation)
        self.use_bias = check_flag("use_bias", use_bias)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.recurrent_initializer = initializers.get(recurrent_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.recurrent_regularizer = regularizers.get(recurrent_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.activity_regularizer = regularizers.get(activity_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.recurrent_constraint = constraints.get(recurrent_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.dropout = check_number("dropout", dropout, at_least=0, below=1)
        self.return_sequences = check_flag("return_sequences", return_sequences)
        self.return_state = check_flag("return_state", return_state)
        self.go_backwards = check_flag("go_backwards", go_backwards)
        self.zero_output_for_mask = check_flag("zero_output_for_mask", zero_output_for_mask)
        self.keeps_mask = self.return_sequences
        self.parameter_names = ("kernel", "recurrent_kernel", "bias")[: 3 if self.use_bias else 2]
        for parameter in self.parameter_names:
            self._attach(parameter, parameter.removesuffix("_kernel"))
        self.bias: Array | None = None

    def build(self, input_shape: Any, rng: np.random.Generator) -> None:
        """Draw the kernel, (D, gates H), the recurrent kernel, (H, gates H), and the bias."""
        features = _sequence_shape(input_shape)[1]
        self.kernel = self.kernel_initializer((features, self.gates * self.units), rng)
        self.recurrent_kernel = self.recurrent_initializer((self.units, self.gates * self.units), rng)
        if self.use_bias:
            self.bias = self.first_bias(rng)

    def first_bias(self, rng: np.random.Generator) -> Array:
        """Draw the bias.

        Parameters
        ----------
        rng : numpy.random.Generator

        Returns
        -------
        ndarray of shape (gates H,)
        """
        return self.bias_initializer((self.gates * self.units,), rng)

    def output_shape(self, input_shape: Any) -> Any:
        """``(units,)``, or ``(time, units)`` with return_sequences; with return_state a list, the states behind."""
        shape = _sequence_shape(input_shape)
        self._check_sequence(shape)
        if isinstance(input_shape, list):
            self._check_states(input_shape[1:])
        state = (self.units,)
        output = (shape[0], self.units) if self.return_sequences else state
        return [output, *[state] * self.state_count] if self.return_state else output

    def _check_sequence(self, shape: Shape) -> None:
        if len(shape) != 2:
            hint = "go through layers.Reshape to sequences, with time first"
            if len(shape) == 1:
                hint = (
                    "one number a step is x[:, :, None]; whole numbers that stand for words or letters go through "
                    "layers.Embedding first"
                )
            elif len(shape) == 3 and shape[-1] == 1:
                hint = f"layers.Reshape({shape[:2]}) makes each row of an image a time step"
            raise ValueError(f"{self.describe()} expected sequences of shape (time, features), got {shape}: {hint}.")
        if 0 in shape:
            raise ValueError(
                f"{self.describe()} expected sequences of at least one time step and one feature, got {shape}: leave "
                f"empty sequences out, or pad them with a step that a mask calls padding."
            )
        if self.built and shape[1] != self.kernel.shape[0]:
            raise ValueError(
                f"{self.describe()} expected sequences with {self.kernel.shape[0]} features a time step, got "
                f"{shape[1]}."
            )

    def _check_states(self, shapes: list[Shape]) -> None:
        if len(shapes) != self.state_count or any(shape != (self.units,) for shape in shapes):
            names = "[h, c]" if self.state_count == 2 else "h"
            raise ValueError(
                f"{self.describe()} expected initial_state={names}, of shape ({self.units},) a sample, got "
                f"{', '.join(map(str, shapes))}."
            )

    def output_mask(self, mask: Any) -> Any:
        """Return the mask of the inputs with return_sequences; a list of masks with return_state: states have none."""
        mask = mask[0] if isinstance(mask, list) else mask
        mask = mask if self.return_sequences else None
        return [mask, *[None] * self.state_count] if self.return_state else mask

    def forward(self, x: Any, training: bool = False, rng: np.random.Generator | None = None, mask: Any = None) -> Any:
        """Return the last output, (N, H), or all, (N, T, H); with return_state a list: that, and the last states."""
        x, *states = x if isinstance(x, list | tuple) else (x,)
        mask = self._mask(mask, x)
        dropped = self._dropped(x, rng) if training and self.dropout > 0 else None
        xs = self._in_time(x if dropped is None else x * dropped[:, None])  # (T, N, D)
        with_states = bool(states)
        if with_states and any(len(state) != len(x) for state in states):
            raise ValueError(
                f"{self.describe()} expected initial states of {len(x)} samples, as many as sequences, got "
                f"{', '.join(str(len(state)) for state in states)}."
            )
        if not with_states:
            states = [np.zeros((len(x), self.units), x.dtype) for _ in range(self.state_count)]
        # One product for all steps: 5 times faster than one for each.
        u = (xs.reshape(-1, xs.shape[2]) @ self.kernel).reshape(*xs.shape[:2], -1)  # (T, N, gates H)
        sequences, memory = self.steps(u, states, mask)
        shown = self._shown(mask)
        if training:
            self.xs, self.mask, self.shown, self.dropped = xs, mask, shown, dropped
            self.sequences, self.memory, self.with_states = sequences, memory, with_states
        output = self._output(sequences[0], shown)
        return [output, *(states[-1] for states in sequences)] if self.return_state else output

    def steps(self, u: Array, states: list[Array], mask: Array | None) -> tuple[list[Array], Any]:
        """Run through time.

        Parameters
        ----------
        u : ndarray of shape (T, N, gates H)
            What the inputs contribute; used up.
        states : list of ndarray of shape (N, H)
            Before the first step.
        mask : ndarray of bool of shape (T, N) or None

        Returns
        -------
        sequences : list of ndarray of shape (T + 1, N, H)
            The states before the first step and after each.
        memory : object
            What `steps_back` needs besides.
        """
        raise NotImplementedError(f"{type(self).__name__} has to define steps(u, states, mask)")

    def steps_back(self, dhs: Array | None, dstates: list[Array]) -> tuple[Array, list[Array]]:
        """Run back through time, and keep the gradients of recurrent kernel and bias.

        Parameters
        ----------
        dhs : ndarray of shape (T, N, H) or None
            Gradient with respect to the output of each step, if it was returned.
        dstates : list of ndarray of shape (N, H)
            The same for the last states, in addition.

        Returns
        -------
        du : ndarray of shape (T, N, gates H)
        dstates : list of ndarray of shape (N, H)
            With respect to the states before the first step.
        """
        raise NotImplementedError(f"{type(self).__name__} has to define steps_back(dhs, dstates)")

    def backward(self, da: Any) -> Any:
        """Return dx, (N, T, D), and keep the gradients of the parameters; a list with those of initial states."""
        du, dstates = self._back_to_products(da)
        dxs = (du.reshape(-1, du.shape[2]) @ self.kernel.T).reshape(self.xs.shape)
        dx = self._in_samples(dxs)
        if self.dropped is not None:
            dx = dx * self.dropped[:, None]
        return [dx, *dstates] if self.with_states else dx

    def backward_to_parameters(self, da: Any) -> None:
        """Keep the gradients of the parameters; see `Layer.backward_to_parameters`."""
        self._back_to_products(da)

    def _back_to_products(self, da: Any) -> tuple[Array, list[Array]]:
        """Go back to ``x @ kernel``."""
        da, *dstates = da if isinstance(da, list | tuple) else (da,)
        last = self.sequences[0][-1]
        dstates = [np.zeros_like(last) if d is None else d for d in dstates or [None] * self.state_count]
        dhs = None
        if da is not None and self.return_sequences:
            dhs = np.ascontiguousarray(da.swapaxes(0, 1))  # returned sequences are in the order of the loop
            if self.shown is not None:
                dhs = dhs * self.shown[:, :, None]
        elif da is not None:
            dstates[0] = dstates[0] + (da if self.shown is None else da * self.shown[-1][:, None])
        du, dstates = self.steps_back(dhs, dstates)
        self.dkernel = self.xs.reshape(-1, self.xs.shape[2]).T @ du.reshape(-1, du.shape[2])
        return du, dstates

    def _mask(self, mask: Any, x: Array) -> Array | None:
        """Return the mask in the loop's order, (T, N); None if nothing is padding."""
        mask = mask[0] if isinstance(mask, list) else mask
        if mask is None:
            return None
        mask = np.asarray(mask, bool)
        if mask.shape != x.shape[:2]:
            raise ValueError(
                f"{self.describe()} expected a mask with one value for each sample and time step, {x.shape[:2]}, got "
                f"{mask.shape}."
            )
        return None if mask.all() else self._in_time(mask)

    def _in_time(self, array: Array) -> Array:
        """Put time first, in the order of the loop: (N, T, ...) becomes (T, N, ...)."""
        array = array.swapaxes(0, 1)
        return np.ascontiguousarray(array[::-1] if self.go_backwards else array)

    def _in_samples(self, array: Array) -> Array:
        """Undo `_in_time`."""
        return np.ascontiguousarray((array[::-1] if self.go_backwards else array).swapaxes(0, 1))

    def _shown(self, mask: Array | None) -> Array | None:
        """Where the output is the state, (T, N), and not 0; None: everywhere."""
        if mask is None:
            return None
        if self.zero_output_for_mask and self.return_sequences:
            return mask
        begun = np.logical_or.accumulate(mask, axis=0)
        return None if begun[0].all() else begun

    def _output(self, hs: Array, shown: Array | None) -> Array:
        if self.return_sequences:
            return np.ascontiguousarray((hs[1:] if shown is None else hs[1:] * shown[:, :, None]).swapaxes(0, 1))
        return hs[-1] if shown is None else hs[-1] * shown[-1][:, None]

    def _dropped(self, x: Array, rng: np.random.Generator | None) -> Array:
        """Factors of the features, (N, D): 0, or what makes up for those that are off."""
        keep = (rng or np.random.default_rng()).random((len(x), x.shape[2])) >= self.dropout
        return keep * x.dtype.type(1 / (1 - self.dropout))

    def compiled(self) -> ModuleType | None:
        """Return the compiled time loops; None where the formulas have to do, as with other activations.

        Returns
        -------
        module or None
        """
        usual = self.activation == activations.tanh and self.recurrent_activation == activations.sigmoid
        return engine.compiled("recurrent") if usual else None

    def describe(self) -> str:
        """Text such as "LSTM(64)"."""
        return f"{type(self).__name__}({self.units})"


def _sequence_shape(input_shape: Any) -> Shape:
    shape: Shape = input_shape[0] if isinstance(input_shape, list) else input_shape
    return shape
