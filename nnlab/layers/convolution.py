"""Convolution: a small kernel slides over an image or a series, and computes the same affine map at each stop.

Names: x input, z pre-activation, a activation, dz the gradient of the loss with respect to z; N samples in a batch,
H rows, W columns, T time steps, C channels, F filters. Channels stand last. A series is an image of one row, so that
`Conv1D` and `Conv2D` share the formulas. Where the kernel stops: `nnlab.layers.windows`. Compiled twins of the
formulas: `nnlab.engine.convolution`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab import activations, constraints, engine, initializers, regularizers
from nnlab._numbers import check_flag
from nnlab.layers.base import Layer, Shape, check_count
from nnlab.layers.windows import Windows, check_axes, check_fit, check_padding, check_size, windows_on

Array = NDArray[Any]


def convolution_forward(x: Array, kernel: Array, bias: Array | None, windows: Windows) -> Array:
    """Slide a kernel over images: ``z[n, h, w] = bias + sum over taps i, j of (x[n, h + i, w + j] @ kernel[i, j])``.

    Parameters
    ----------
    x : ndarray of shape (N, H, W, C)
    kernel : ndarray of shape (kernel H, kernel W, C, F)
    bias : ndarray of shape (F,) or None
    windows : Windows
        Padding, strides and dilation; the formula above is for strides and dilation of 1, without padding.

    Returns
    -------
    ndarray of shape (N, stops down, stops across, F)

    Notes
    -----
    The kernel is not flipped, unlike in a convolution of mathematics: this is a cross-correlation, as in all
    frameworks. It is a sum of matrix products, one a tap.

    References
    ----------
    LeCun, Bottou, Bengio & Haffner (1998), Proc. IEEE 86(11), 2278-2324.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([1.0, 2.0, 4.0, 8.0]).reshape(1, 1, 4, 1)
    >>> difference = np.array([-1.0, 1.0]).reshape(1, 2, 1, 1)
    >>> convolution_forward(x, difference, None, windows_on((1, 4), (1, 2), (1, 1), "valid")).ravel()
    array([1., 2., 4.])
    """
    padded = windows.pad(x)
    z = sum(padded[seen] @ kernel[i, j] for i, j, seen in windows.taps())  # (N, stops down, stops across, F)
    return np.asarray(z if bias is None else z + bias)


def convolution_backward(x: Array, kernel: Array, dz: Array, windows: Windows) -> tuple[Array, Array, Array]:
    """Gradients of `convolution_forward`.

    Parameters
    ----------
    x : ndarray of shape (N, H, W, C)
        Layer input saved by the forward pass.
    kernel : ndarray of shape (kernel H, kernel W, C, F)
    dz : ndarray of shape (N, stops down, stops across, F)
        Gradient of the scalar loss with respect to ``z``.
    windows : Windows

    Returns
    -------
    dx : ndarray of shape (N, H, W, C)
    dkernel : ndarray of shape (kernel H, kernel W, C, F)
    dbias : ndarray of shape (F,)
        Summed, not averaged, over the batch: the loss carries the 1/N.

    Notes
    -----
    Each tap (i, j) is a dense layer on the pixels that it sees, one for each stop, and goes back as one. With these
    pixels as rows, ``rows = padded[seen].reshape(-1, C)`` and ``slopes = dz.reshape(-1, F)``:
    ``dkernel[i, j] = rows.T @ slopes``, (C, F), and ``slopes @ kernel[i, j].T`` is added where the tap looked. A pixel
    gets a share from each tap that saw it; what falls on the padding is dropped.

    References
    ----------
    LeCun et al. (1989), Neural Computation 1(4), 541-551: one kernel at all places, so that its gradients add up.
    """
    padded = windows.pad(x)
    dpadded, dkernel = np.zeros_like(padded, dtype=dz.dtype), np.empty_like(kernel, dtype=dz.dtype)
    for i, j, seen in windows.taps():
        dkernel[i, j] = np.tensordot(padded[seen], dz, axes=([0, 1, 2], [0, 1, 2]))  # (C, F)
        dpadded[seen] += dz @ kernel[i, j].T
    return np.ascontiguousarray(windows.unpad(dpadded)), dkernel, dz.sum(axis=(0, 1, 2))


class _Convolution(Layer):
    """What `Conv1D` and `Conv2D` have in common; their own part is how many axes the kernel slides along."""

    axes: int
    paddings: tuple[str, ...]

    def __init__(
        self,
        filters: int,
        kernel_size: int | tuple[int, ...],
        strides: int | tuple[int, ...] = 1,
        padding: str = "valid",
        *,
        dilation_rate: int | tuple[int, ...] = 1,
        activation: str | activations.Activation | None = None,
        use_bias: bool = True,
        kernel_initializer: str | initializers.Initializer = "glorot_uniform",
        bias_initializer: str | initializers.Initializer = "zeros",
        kernel_regularizer: str | regularizers.Regularizer | None = None,
        bias_regularizer: str | regularizers.Regularizer | None = None,
        activity_regularizer: str | regularizers.Regularizer | None = None,
        kernel_constraint: str | constraints.Constraint | None = None,
        bias_constraint: str | constraints.Constraint | None = None,
        name: str | None = None,
        input_shape: Shape | None = None,
    ) -> None:
        super().__init__(name, input_shape)
        self.filters = check_count("filters", filters)
        self.kernel_size = check_size("kernel_size", kernel_size, self.axes)
        self.strides = check_size("strides", strides, self.axes)
        self.padding = check_padding(padding, self.paddings)
        self.dilation_rate = check_size("dilation_rate", dilation_rate, self.axes)
        self.activation = activations.get(activation)
        self.use_bias = check_flag("use_bias", use_bias)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.activity_regularizer = regularizers.get(activity_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.parameter_names = ("kernel", "bias") if self.use_bias else ("kernel",)
        for name in self.parameter_names:
            self._attach(name, name)
        self.bias: Array | None = None

    def build(self, input_shape: Shape, rng: np.random.Generator) -> None:
        """Draw the kernel, (*kernel_size, C, F), and the bias, (F,)."""
        self.kernel = self.kernel_initializer((*self.kernel_size, input_shape[-1], self.filters), rng)
        if self.use_bias:
            self.bias = self.bias_initializer((self.filters,), rng)

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the stops of the kernel along each axis, and ``filters``; an error if a sample does not fit."""
        check_axes(self.describe(), input_shape, self.axes)
        if self.built and input_shape[-1] != self.kernel.shape[-2]:
            raise ValueError(
                f"{self.describe()} expected inputs with {self.kernel.shape[-2]} channels, got {input_shape[-1]}."
            )
        windows = self.windows(input_shape)
        check_fit(self.describe(), "kernel", windows, self.axes)
        return (*(windows.rows.stops, windows.columns.stops)[-self.axes :], self.filters)

    def windows(self, sample: Shape) -> Windows:
        """Say where the kernel stops.

        Parameters
        ----------
        sample : tuple of int

        Returns
        -------
        Windows
        """
        image = (1, *sample[:-1])[-2:]  # a series is an image of one row
        return windows_on(image, self.kernel_size, self.strides, self.padding, self.dilation_rate)

    def forward(self, x: Array, training: bool = False, rng: np.random.Generator | None = None) -> Array:  # noqa: ARG002
        """Return ``f(convolution + bias)``."""
        images, kernel, windows = self._images(x), self._image_kernel(), self.windows(x.shape[1:])
        fast = engine.compiled("convolution")
        if fast is None:
            z = convolution_forward(images, kernel, self.bias, windows)
        else:
            z = fast.convolution_forward(images, kernel, self.bias, windows, relu=self._is_relu())
        z = z.reshape(len(x), *z.shape[1:] if self.axes == 2 else z.shape[2:])
        # The compiled pass returns relu(z) and never stores z; a takes its place in self.z. That gives the same
        # gradient, since a > 0 exactly where z > 0, but self.z is then no pre-activation.
        a = z if fast is not None and self._is_relu() else self.activation(z)
        if training:
            self.x, self.z, self.a = x, z, a
        return a

    def backward(self, da: Array) -> Array:
        """Return dx, and keep dkernel and dbias."""
        return self._backward(da, inputs=True)

    def backward_to_parameters(self, da: Array) -> None:
        """Keep dkernel and dbias."""
        self._backward(da, inputs=False)

    def _backward(self, da: Array, inputs: bool) -> Any:
        images, kernel, windows = self._images(self.x), self._image_kernel(), self.windows(self.x.shape[1:])
        fast = engine.compiled("convolution")
        dx: Array | None
        if fast is not None and self._is_relu():
            dx, dkernel, self.dbias = fast.convolution_backward(
                images, kernel, self._images(da), windows, a=self._images(self.a), inputs=inputs
            )
        else:
            dz = self._images(self.activation.backward(self.z, self.a, da))
            if fast is None:
                dx, dkernel, self.dbias = convolution_backward(images, kernel, dz, windows)
            else:
                dx, dkernel, self.dbias = fast.convolution_backward(images, kernel, dz, windows, inputs=inputs)
        self.dkernel = dkernel.reshape(self.kernel.shape)
        return None if dx is None else dx.reshape(self.x.shape)

    def _is_relu(self) -> bool:
        return self.activation is activations.relu

    def _images(self, x: Array) -> Array:
        return x if self.axes == 2 else x[:, None]

    def _image_kernel(self) -> Array:
        return self.kernel if self.axes == 2 else self.kernel[None]

    def describe(self) -> str:
        """Text such as "Conv2D(32, kernel_size=(3, 3))"."""
        return f"{type(self).__name__}({self.filters}, kernel_size={self.kernel_size})"


class Conv2D(_Convolution):
    """Slides a kernel over images: each filter is a pattern that is looked for at all places.

    Parameters
    ----------
    filters : int
        Number of patterns, F: channels of the output.
    kernel_size : int or tuple of int
        Rows and columns of the kernel.
    strides : int or tuple of int
        How far the kernel moves from stop to stop.
    padding : {"valid", "same"}
        "valid" stays within the image; "same" puts zeros around it, so that with strides of 1 the output has its size.
    dilation_rate : int or tuple of int
        How far the taps of the kernel are apart.
    activation : str, Activation or None
        None means linear.
    use_bias : bool
    kernel_initializer, bias_initializer : str or Initializer
    kernel_regularizer, bias_regularizer, activity_regularizer : str, Regularizer or None
        Penalties added to the loss while training, on parameters and on outputs.
    kernel_constraint, bias_constraint : str, Constraint or None
        What the parameters are brought back to after each step.
    name : str, optional
    input_shape : tuple of int, optional
        Shape of one sample, (H, W, C), for the first layer of a `Sequential`.

    References
    ----------
    LeCun, Bottou, Bengio & Haffner (1998), Proc. IEEE 86(11), 2278-2324.

    Examples
    --------
    >>> Conv2D(32, (3, 3), activation="relu").output_shape((28, 28, 1))
    (26, 26, 32)
    """

    axes, paddings = 2, ("valid", "same")


class Conv1D(_Convolution):
    """Slides a kernel over series: each filter is a pattern that is looked for at all times.

    Parameters
    ----------
    filters : int
        Number of patterns, F: channels of the output.
    kernel_size : int or tuple of int
        Time steps of the kernel.
    strides : int or tuple of int
        How far the kernel moves from stop to stop.
    padding : {"valid", "same", "causal"}
        "valid" stays within the series; "same" puts zeros around it, so that with strides of 1 the output has its
        length; "causal" puts them before its beginning, so that no output sees what comes later.
    dilation_rate : int or tuple of int
        How far the taps of the kernel are apart.
    activation : str, Activation or None
        None means linear.
    use_bias : bool
    kernel_initializer, bias_initializer : str or Initializer
    kernel_regularizer, bias_regularizer, activity_regularizer : str, Regularizer or None
        Penalties added to the loss while training, on parameters and on outputs.
    kernel_constraint, bias_constraint : str, Constraint or None
        What the parameters are brought back to after each step.
    name : str, optional
    input_shape : tuple of int, optional
        Shape of one sample, (T, C), for the first layer of a `Sequential`.

    References
    ----------
    Causal and dilated: van den Oord et al. (2016), WaveNet, arXiv:1609.03499.

    Examples
    --------
    >>> Conv1D(8, 3, padding="causal").output_shape((100, 1))
    (100, 8)
    """

    axes, paddings = 1, ("valid", "same", "causal")
