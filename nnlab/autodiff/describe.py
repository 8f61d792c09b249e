"""A graph in words: names for its nodes, the formulas of its operations, and Mermaid text for Markdown.

The same as a picture is `nnlab.plots.graph`.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

from nnlab.autodiff.graph import forward_order
from nnlab.autodiff.tensor import Tensor
from nnlab.autodiff.value import Value

_FORMULAS = {
    "+": "{} + {}",
    "-": "{} − {}",
    "*": "{} × {}",
    "/": "{} / {}",
    "@": "{} @ {}",
    "neg": "−{}",
    "abs": "|{}|",
    "[]": "{}[…]",
    "maximum": "max({}, {})",
}


def number(value: float, digits: int = 3) -> str:
    """Write a number with few digits, briefly.

    Parameters
    ----------
    value : float
    digits : int
        How many count.

    Returns
    -------
    str

    Examples
    --------
    >>> [number(v) for v in (2.0, -0.70711, 12345.0, 1.5e-7)]
    ['2', '−0.707', '1.23e4', '1.5e−7']
    """
    if not math.isfinite(value):
        text = "NaN" if math.isnan(value) else f"{value:g}".replace("inf", "∞")
    elif value == 0 or 0.01 <= abs(value) < 9999.5:
        text = f"{value:.0f}" if abs(value) >= 10**digits - 0.5 else f"{value:.{digits}g}"
    else:
        factor, exponent = f"{value:.{digits - 1}e}".split("e")
        text = f"{factor.rstrip('0').rstrip('.') if '.' in factor else factor}e{int(exponent)}"
    return "0" if text == "-0" else text.replace("-", "−")


def names(nodes: Sequence[Any]) -> dict[Any, str]:
    """Name each node: by its label, a given number by itself, and what was computed v1, v2, and so on.

    Parameters
    ----------
    nodes : sequence of Value or Tensor
        In the order of the forward pass.

    Returns
    -------
    dict of node to str

    Examples
    --------
    >>> x = Value(3.0, label="x")
    >>> list(names(forward_order(2 * x + 1)).values())
    ['2', 'x', 'v1', '1', 'v2']
    """
    labels = {node.label for node in nodes}
    free = (name for k in itertools.count(1) if (name := f"v{k}") not in labels)
    return {node: node.label or (next(free) if node.op else head(node)) for node in nodes}


def formula(op: str, inputs: Sequence[str]) -> str:
    """Write an operation with its inputs.

    Parameters
    ----------
    op : str
    inputs : sequence of str

    Returns
    -------
    str

    Examples
    --------
    >>> formula("*", ["2", "−3"]), formula("**2", ["x"]), formula("tanh", ["z"])
    ('2 × (−3)', 'x**2', 'tanh(z)')
    """
    first, *others = [bracketed(text) for text in inputs]
    if op.startswith("**"):
        return f"{first}{op}"
    if op.endswith("**"):
        return f"{op}{first}"
    if others and op != "maximum":
        return _FORMULAS[op].format(inputs[0], *others)
    if op == "neg":
        return _FORMULAS[op].format(first)
    return _FORMULAS.get(op, op + "({})").format(*inputs)


def bracketed(text: str) -> str:
    """Put a negative number in brackets, as behind an operator.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
    """
    return f"({text})" if text.startswith("−") else text


def mermaid(root: Value | Tensor) -> str:
    """Write the graph as a Mermaid flowchart, which JupyterLab and GitHub draw in Markdown.

    Parameters
    ----------
    root : Value or Tensor
        The result; drawn with everything that it was made from.

    Returns
    -------
    str
        To be put between a line of three backticks with the word ``mermaid``, and another line of three.

    Examples
    --------
    >>> a = Value(2.0, label="a")
    >>> print(mermaid(a * 3))
    flowchart LR
        n0["a<br/>data 2<br/>grad 0"]
        n1["3<br/>grad 0"]
        n2(["#215;<br/>data 6<br/>grad 0"])
        n0 --> n2
        n1 --> n2
    """
    nodes: list[Any] = forward_order(check_node(root, "mermaid"))
    place = {node: k for k, node in enumerate(nodes)}
    boxes = []
    for k, node in enumerate(nodes):
        text = "<br/>".join(_escape(line) for line in (head(node), *_numbers(node)))
        boxes.append(f'    n{k}(["{text}"])' if node.op else f'    n{k}["{text}"]')
    arrows = [f"    n{place[parent]} --> n{place[node]}" for node in nodes for parent in node.parents]
    return "\n".join(["flowchart LR", *boxes, *arrows])


def symbol(op: str) -> str:
    """Write an operation as its sign.

    Parameters
    ----------
    op : str

    Returns
    -------
    str

    Examples
    --------
    >>> symbol("*"), symbol("tanh"), symbol("**2")
    ('×', 'tanh', 'x²')
    """
    signs = {
        "*": "×",
        "-": "−",
        "neg": "−x",
        "abs": "|x|",
        "maximum": "max",
        "transpose": "ᵀ",
        "**2": "x²",
        "**3": "x³",
    }
    if op.startswith("**"):
        return signs.get(op, f"x**{op[2:]}".replace("-", "−"))
    return signs.get(op, f"{op}x" if op.endswith("**") else op)


def head(node: Any) -> str:
    """Write what stands at the head of a node's box: its label, its operation, or a given number itself.

    Parameters
    ----------
    node : Value or Tensor

    Returns
    -------
    str
    """
    if node.label or node.op:
        return "  ".join(filter(None, (node.label, symbol(node.op))))
    return number(node.data) if isinstance(node, Value) or node.size == 1 else "array"


def _numbers(node: Any) -> list[str]:
    """Write what stands below the head."""
    if isinstance(node, Tensor):
        return [str(node.shape)]
    data = [f"data {number(node.data)}"] if node.label or node.op else []  # else the head says it
    return [*data, f"grad {number(node.grad)}"]


def _escape(text: str) -> str:
    """Write what Mermaid or HTML could misread as character codes."""
    return "".join(c if c.isalnum() or c in " .," else f"#{ord(c)};" for c in text)


def check_node(root: Any, what: str) -> Value | Tensor:
    """Check that a graph was passed.

    Parameters
    ----------
    root : Value or Tensor
    what : str
        Who asks, for the message.

    Returns
    -------
    Value or Tensor

    Raises
    ------
    TypeError
        If it is anything else.
    """
    if isinstance(root, Value | Tensor):
        return root
    raise TypeError(f"{what} expected the result of a computation, a Value or a Tensor; got a {type(root).__name__}.")
