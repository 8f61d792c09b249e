"""What numbers and arrays with gradients share: the order of a graph's nodes, and how to keep no graph.

A node knows its ``parents``, the nodes it was computed from, and ``op``, by what. Nodes are `nnlab.autodiff.Value` and
`nnlab.autodiff.Tensor`. How they compute is in their files.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from nnlab.autodiff.tensor import Tensor
    from nnlab.autodiff.value import Value

N = TypeVar("N", "Value", "Tensor")

_recording: ContextVar[bool] = ContextVar("nnlab.autodiff.recording", default=True)


def forward_order(root: N) -> list[N]:
    """List the nodes that `root` was made from, and last `root` itself: no node comes before its parents.

    Parameters
    ----------
    root : Value or Tensor

    Returns
    -------
    list of Value or of Tensor
        Each node once. From end to start it is the order of the backward pass.

    Raises
    ------
    TypeError
        If `root` is no node of a graph.

    Notes
    -----
    Depth first, with a list that holds the way back in place of recursion: Python would give up on a chain of about a
    thousand nodes.

    Examples
    --------
    >>> from nnlab.autodiff import Value
    >>> a, b = Value(2.0, label="a"), Value(3.0, label="b")
    >>> [node.label or node.op for node in forward_order(a * b + a)]
    ['a', 'b', '*', '+']
    """
    if not hasattr(root, "parents"):
        raise TypeError(f"expected the result of a computation, a Value or a Tensor; got a {type(root).__name__}.")
    order: list[N] = []
    reached = {id(root)}  # by identity: == between Tensors compares their numbers
    path = [(root, iter(root.parents))]  # from the root to where we are, each with the parents still to be visited
    while path:
        node, parents = path[-1]
        for parent in parents:
            if id(parent) not in reached:
                reached.add(id(parent))
                path.append((parent, iter(parent.parents)))
                break
        else:  # all of its parents are listed
            order.append(node)
            path.pop()
    return order


def backward_order(root: N) -> list[N]:
    """List the nodes as the backward pass goes through them: `root` first, each node before its parents.

    Parameters
    ----------
    root : Value or Tensor

    Returns
    -------
    list of Value or of Tensor

    Raises
    ------
    RuntimeError
        If `root` was computed under `no_grad`.
    """
    if root.op and not root.parents:
        raise RuntimeError(
            f"backward() finds no way back: this {type(root).__name__} was computed by '{root.op}' under no_grad(), "
            "which keeps no graph. Compute it again outside of the with block."
        )
    return forward_order(root)[::-1]


def check_label(label: Any) -> str:
    """Check the name of a node.

    Parameters
    ----------
    label : str

    Returns
    -------
    str

    Raises
    ------
    TypeError
        If it is no text.
    """
    if isinstance(label, str):
        return label
    raise TypeError(f"a label is a text such as 'x', got a {type(label).__name__}.")


@contextmanager
def no_grad() -> Iterator[None]:
    """Compute without keeping the graph, for as long as the ``with`` block runs, in this thread only.

    Saves memory where no gradient is wanted: when predicting, or when parameters are updated.

    Examples
    --------
    >>> from nnlab.autodiff import Value
    >>> x = Value(3.0)
    >>> with no_grad():
    ...     y = x * x
    >>> y.data, y.parents
    (9.0, ())
    """
    token = _recording.set(False)
    try:
        yield
    finally:
        _recording.reset(token)


def recording() -> bool:
    """Tell whether operations keep the graph.

    Returns
    -------
    bool
        False inside of `no_grad`.
    """
    return _recording.get()
