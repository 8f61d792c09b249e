"""The computational graph: numbers that remember how they were made, and so find their gradients.

`Value` is one number, in the manner of micrograd: begin with `nnlab.autodiff.value`. `Tensor` is the same for
arrays. `Steps` goes through a graph node by node, `mermaid` writes it for Markdown, `nnlab.plots.graph` draws it.
"""

from __future__ import annotations

from nnlab.autodiff.describe import mermaid
from nnlab.autodiff.graph import forward_order, no_grad
from nnlab.autodiff.steps import Moment, Step, Steps
from nnlab.autodiff.tensor import Tensor
from nnlab.autodiff.value import Value

__all__ = [  # noqa: RUF022 (in reading order)
    "Value",
    "Tensor",
    "no_grad",
    "forward_order",
    "Steps",
    "Step",
    "Moment",
    "mermaid",
]
