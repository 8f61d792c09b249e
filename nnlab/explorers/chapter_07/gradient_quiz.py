"""Chapter 7's quiz: fill in the gradients of a small graph, and hear what went wrong. Drawn by `_graph_figure`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from matplotlib.artist import Artist

from nnlab.autodiff import Steps, Value
from nnlab.autodiff.describe import number, symbol
from nnlab.explorers import controls
from nnlab.explorers.chapter_07._expressions import QUIZ, Expression
from nnlab.explorers.chapter_07._graph_figure import SIZE, Edge, GraphFigure, Scene
from nnlab.explorers.core import Arrays, Explorer, Task, Values, explorer
from nnlab.language import N_, _
from nnlab.plots.style import Picture

ROUNDS = 12
NUMBERS = (2, -1, 3, -2, 1, -3)  # none is 0


@explorer(chapter="07")
def gradient_quiz(graph: str = "a square", round: int = 1, answers: str = "") -> GradientQuiz:
    """Fill in the gradients of a small graph, from the result backward.

    Parameters
    ----------
    graph : {"a square", "used twice", "a ReLU unit"}
        What is computed.
    round : int
        Which numbers are given, from 1 to 12.
    answers : str
        The gradients in the order in which they are asked for, with spaces between.

    Returns
    -------
    GradientQuiz
        A widget; as the last line of a cell it shows itself.

    Raises
    ------
    ValueError
        If a control does not offer the value.
    """
    return GradientQuiz(graph=graph, round=round, answers=answers)


def given_numbers(expression: Expression, turn: int) -> tuple[float, float]:
    """Choose w and x of a round: whole numbers for which some gradient flows.

    Parameters
    ----------
    expression : Expression
    turn : int
        From 1.

    Returns
    -------
    w, x : float
    """
    pairs = [(float(w), float(x)) for k in range(6) for w, x in zip(NUMBERS, (*NUMBERS[k:], *NUMBERS[:k]), strict=True)]
    fit = [pair for pair in pairs if pair[0] != pair[1] and _flows(expression, pair)]
    return fit[np.random.default_rng(7).permutation(len(fit))[turn - 1]]


def _flows(expression: Expression, pair: tuple[float, float]) -> bool:
    return all(_gradients(Steps(expression.build(*pair))).values())


def _gradients(steps: Steps) -> dict[Value, float]:
    return steps.at(len(steps)).grad


def numbers(text: str) -> list[float | None]:
    """Read the answers; None for what is no number.

    Parameters
    ----------
    text : str

    Returns
    -------
    list of float or None

    Examples
    --------
    >>> numbers("1 −4, 2.5 x")
    [1.0, -4.0, 2.5, None]
    """
    read: list[float | None] = []
    for word in text.replace("−", "-").replace(",", " ").replace(";", " ").split():
        try:
            value = float(word)
        except ValueError:
            value = math.nan
        read.append(value if math.isfinite(value) else None)
    return read


class GradientQuiz(Explorer):
    """The widget that `gradient_quiz` returns."""

    name = "gradient_quiz"
    size = SIZE
    rows = (("graph", "round"), ("answers",))
    presets = {
        N_("begin anew"): {"answers": ""},
        N_("a fork, half done"): {"graph": "used twice", "round": 1, "answers": "6"},
        N_("the usual mistake"): {"graph": "used twice", "round": 1, "answers": "6 6"},
    }

    def make_controls(self) -> dict[str, Any]:
        """Make the controls."""
        return {
            "graph": controls.choice(_("graph"), "a square", tuple(QUIZ)),
            "round": controls.count(_("round"), 1, 1, ROUNDS),
            "answers": controls.text(_("your gradients"), ""),
        }

    def compute(self, values: Values, task: Task) -> Arrays:
        """Compute what is right, and read what was answered."""
        expression = QUIZ[values.graph]
        steps = Steps(expression.build(*given_numbers(expression, values.round)))
        grad = _gradients(steps)
        asked = steps.nodes[-2::-1]
        read = numbers(values.answers)[: len(asked)]
        right = [
            given is not None and math.isclose(given, grad[node]) for node, given in zip(asked, read, strict=False)
        ]
        return {
            "right": np.array(right, dtype=bool), "count": np.array(len(asked)),
            "_steps": steps, "_grad": grad, "_asked": asked, "_read": read,
        }  # fmt: skip

    def draw(self, figure: Picture) -> list[Artist]:
        """Draw the legend; all else moves."""
        self._picture = GraphFigure(figure)
        return self._picture.moving

    def update(self, values: Values, arrays: Arrays) -> None:
        """Draw all numbers, the answers, and question marks for what is still asked."""
        steps, asked, read = arrays["_steps"], arrays["_asked"], arrays["_read"]
        gradients, marks = {steps.nodes[-1].label: "1"}, {}
        for k, node in enumerate(asked):
            gradients[node.label] = _("{k}: ?").format(k=k + 1)
            if k < len(read):
                gradients[node.label] = "?" if read[k] is None else number(read[k])
                marks[node.label] = "right" if arrays["right"][k] else "wrong"
        focus = self._focus(arrays)
        if focus is not None and focus.label not in marks:
            marks[focus.label] = "asked"
        edges = [
            Edge(parent.label, node.label, number(slope, 2), "forward" if parent is focus else "slope")
            for node in steps.nodes
            for parent, slope in zip(node.parents, node.slopes, strict=True)
        ]
        self._picture.update(
            Scene(
                QUIZ[values.graph].formula, QUIZ[values.graph].places,
                {node.label: _sign(node) for node in steps.nodes},
                {node.label: number(node.data) for node in steps.nodes},
                gradients, edges, self._task(arrays), marks=marks,
            )
        )  # fmt: skip

    def _focus(self, arrays: Arrays) -> Value | None:
        """Find what to work at: the first wrong answer, or the first that is missing."""
        right = list(arrays["right"])
        first = right.index(False) if False in right else len(right)
        return arrays["_asked"][first] if first < len(arrays["_asked"]) else None

    def _task(self, arrays: Arrays) -> tuple[str, ...]:
        node = self._focus(arrays)
        if node is None:
            return ()
        uses = [child.label for child in arrays["_steps"].nodes if node in child.parents]
        words = _("Asked is the gradient of {name}. It goes into: {uses}. On each line stands its slope.")
        return (words.format(name=node.label, uses=", ".join(uses)),)

    def status(self, values: Values, arrays: Arrays) -> str:
        """Count what is right."""
        right, count = int(arrays["right"].sum()), int(arrays["count"])
        if right == count:
            return _("All {count} gradients are right. The next round has other numbers.").format(count=count)
        words = _(
            "Type them in the order of the boxes' numbers, with spaces between, then Enter. Right: {right} of {count}."
        )
        return words.format(right=right, count=count)

    def warn(self, values: Values, arrays: Arrays) -> str:
        """Name the likely reason of the first wrong answer."""
        for node, given, right in zip(arrays["_asked"], arrays["_read"], arrays["right"], strict=False):
            if not right:
                return reason(node, given, arrays["_steps"].nodes, arrays["_grad"])
        return ""

    def describe(self, values: Values, arrays: Arrays) -> str:
        """Say what is asked and how it stands."""
        words = _("A quiz on the graph of {formula}: {numbers}. Asked for, in this order: the gradients of {asked}.")
        nodes = arrays["_steps"].nodes
        first = words.format(
            formula=QUIZ[values.graph].formula,
            numbers=", ".join(f"{node.label} = {number(node.data)}" for node in nodes),
            asked=", ".join(node.label for node in arrays["_asked"]),
        )
        second = _("Answered: {answered}; right: {right}.")
        return " ".join([first, second.format(answered=len(arrays["_read"]), right=int(arrays["right"].sum()))])


def _sign(node: Value) -> str:
    return symbol(node.op) if node.op else ""


def reason(node: Value, given: float | None, nodes: list[Value], grad: dict[Value, float]) -> str:
    """Say what is likely to have gone wrong with a gradient.

    Parameters
    ----------
    node : Value
    given : float or None
        The answer; None if it was no number.
    nodes : list of Value
        All of the graph.
    grad : dict of Value to float
        The right gradients.

    Returns
    -------
    str
    """
    name = node.label
    if given is None:
        return _("The answer for {name} is not a number. Write such as 2 or -0.5, with spaces between.").format(
            name=name
        )
    uses = [
        (child, slope)
        for child in nodes
        for parent, slope in zip(child.parents, child.slopes, strict=True)
        if parent is node
    ]
    right, shares = grad[node], [slope * grad[child] for child, slope in uses]
    into = ", ".join(child.label for child, _slope in uses)
    several = len(uses) > 1
    others = sum(p.data * grad[c] for c, _s in uses if c.op == "*" for p in c.parents if p is node)
    reasons = (
        (several and any(_is(given, share) for share in shares),
         _("{name} goes into several: {into}. What comes back along each line is added; yours has only one of them.")),
        (_is(given, sum(slope for _child, slope in uses)),
         _("For {name} you give the slope alone. Multiply it by the gradient of what {name} goes into: {into}.")),
        (_is(given, sum(grad[child] for child, _slope in uses)),
         _("For {name} you hand on the gradient of {into} as it is. Multiply it by the slope on the line.")),
        (_is(given, -right), _("The size of {name}'s gradient is right, its sign is not.")),
        (others and _is(given, others),
         _("In a product the slope is the other factor. For {name} you took {name}'s own number.")),
        (_is(given, node.data), _("That is the number of {name}. Asked is its gradient: how fast L changes with it.")),
        (_is(given, right / 2) and any(child.op == "**2" for child, _slope in uses),
         _("Half of what it should be: the slope of a square is 2 times the number.")),
    )  # fmt: skip
    for holds, words in reasons:
        if holds:
            return words.format(name=name, into=into)
    words = _("The gradient of {name} is not {given}. For each line out of {name}: slope times gradient at its end.")
    return words.format(name=name, given=number(given))


def _is(given: float, value: float) -> bool:
    return math.isclose(given, value, abs_tol=1e-9)
