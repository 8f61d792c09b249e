"""Chapter 7's graph, step by step: forward to the loss, then backward to all gradients. Drawn by `_graph_figure`."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np
from matplotlib.artist import Artist

from nnlab.autodiff import Moment, Steps, Value
from nnlab.autodiff.describe import number, symbol
from nnlab.explorers import controls
from nnlab.explorers.chapter_07._expressions import EXPRESSIONS, WORDS, Expression
from nnlab.explorers.chapter_07._graph_figure import SIZE, Edge, GraphFigure, Scene
from nnlab.explorers.core import Arrays, Explorer, Task, Values, explorer
from nnlab.language import N_, _
from nnlab.plots.style import Picture

UNKNOWN = "·"
LAST = max(len(Steps(each.build(1.0, 1.0))) for each in EXPRESSIONS.values())
LINE = 104  # characters of a sentence that fit


@explorer(chapter="07")
def graph_scrubber(graph: str = "a square", step: int = 0, w: float = 2.0, x: float = -3.0) -> GraphScrubber:
    """Go through a computational graph step by step, forward and then backward.

    Parameters
    ----------
    graph : {"a square", "a neuron", "used twice", "two units"}
        What is computed.
    step : int
        How many steps have been made, from 0 to as many as the graph has.
    w, x : float
        Two of the given numbers, from -3 to 3. In the network, w is the first unit's weight.

    Returns
    -------
    GraphScrubber
        A widget; as the last line of a cell it shows itself.

    Raises
    ------
    ValueError
        If a control does not offer the value.
    """
    return GraphScrubber(graph=graph, step=step, w=w, x=x)


class GraphScrubber(Explorer):
    """The widget that `graph_scrubber` returns."""

    name = "graph_scrubber"
    size = SIZE
    rows = (("graph",), ("w", "x"), ("step",))
    presets = {
        N_("forward is done"): {"graph": "a square", "step": 3, "w": 2.0, "x": -3.0},
        N_("all gradients"): {"graph": "a square", "step": 7, "w": 2.0, "x": -3.0},
        N_("a fork"): {"graph": "used twice", "step": 6, "w": 2.0, "x": -3.0},
        N_("saturated"): {"graph": "a neuron", "step": 11, "w": -3.0, "x": 3.0},
        N_("two units"): {"graph": "two units", "step": LAST, "w": 1.0, "x": 1.0},
    }

    def make_controls(self) -> dict[str, Any]:
        """Make the controls."""
        made = {
            "graph": controls.choice(_("graph"), "a square", tuple(EXPRESSIONS)),
            "step": controls.time(_("step"), 0, LAST, 1500),
            "w": controls.slider(_("w (or w₁)"), 2.0, -3.0, 3.0, 0.1, ".1f"),
            "x": controls.slider(_("x"), -3.0, -3.0, 3.0, 0.1, ".1f"),
        }
        made["graph"].observe(lambda _change: self._offer_steps(), names="value")
        return made

    def _offer_steps(self, last: int = 0) -> None:
        """Let the slider end where the graph ends."""
        time = self.controls["step"]
        last = last or len(Steps(EXPRESSIONS[self.controls["graph"].value].build(1.0, 1.0)))
        time.slider.max = time.play.max = last

    def _checked(self, values: dict[str, Any]) -> dict[str, Any]:
        chosen = values.get("graph", self.controls["graph"].value)
        if isinstance(chosen, str) and chosen in EXPRESSIONS:  # another graph may have more steps
            self._offer_steps(len(Steps(EXPRESSIONS[chosen].build(1.0, 1.0))))
        try:
            return super()._checked(values)
        except Exception:
            self._offer_steps()
            raise

    def compute(self, values: Values, task: Task) -> Arrays:
        """Build the graph, and go through it."""
        root = EXPRESSIONS[values.graph].build(values.w, values.x)
        steps = Steps(root)
        moment = steps.at(min(values.step, len(steps)))
        return {
            "data": np.array([moment.data.get(node, np.nan) for node in steps.nodes]),
            "gradient": np.array([moment.grad.get(node, np.nan) for node in steps.nodes]),
            "_labels": [node.label for node in steps.nodes],
            "_moment": moment,
            "_root": root,
            "_steps": steps,
        }

    def draw(self, figure: Picture) -> list[Artist]:
        """Draw the legend; all else moves."""
        self._picture = GraphFigure(figure)
        return self._picture.moving

    def update(self, values: Values, arrays: Arrays) -> None:
        """Draw what is known by now."""
        self._picture.update(scene(EXPRESSIONS[values.graph], arrays["_steps"], arrays["_moment"]))

    def status(self, values: Values, arrays: Arrays) -> str:
        """Say where we are."""
        steps, at = arrays["_steps"], arrays["_moment"].number
        forward = sum(step.phase == "forward" for step in steps)
        if at <= forward:
            words = _("Forward, step {at} of {forward}. Gray on a line: the slope, as soon as it is known.")
        else:
            words = _("Backward, step {at} of {last}. Orange on a line: what flowed back along it, slope × gradient.")
        return words.format(at=at, forward=forward, last=len(steps))

    def describe(self, values: Values, arrays: Arrays) -> str:
        """Say what is computed, and what is known by now."""
        words = _(
            "The computational graph of {what}, {formula}, with w = {w} and x = {x}, after {step} of {last} steps."
        )
        moment, steps = arrays["_moment"], arrays["_steps"]
        first = words.format(
            what=_(WORDS[values.graph]), formula=EXPRESSIONS[values.graph].formula, w=number(values.w),
            x=number(values.x), step=moment.number, last=len(steps),
        )  # fmt: skip
        known = [f"{node.label} {number(grad, 2)}" for node, grad in moment.grad.items()]
        second = (
            _("Gradients so far: {listed}.").format(listed=", ".join(known))
            if known
            else _("No gradient is known yet.")
        )
        return " ".join([first, second])


def scene(expression: Expression, steps: Steps, moment: Moment) -> Scene:
    """Write down what a moment shows.

    Parameters
    ----------
    expression : Expression
    steps : Steps
    moment : Moment

    Returns
    -------
    Scene
    """
    step = moment.step
    nodes = steps.nodes
    gone = {steps[k].node for k in range(moment.number) if steps[k].phase == "backward"}
    edges = [
        _edge(node, k, moment, node in gone, (step.phase if step and step.node is node else ""))
        for node in nodes
        for k in range(len(node.parents))
    ]
    lines = [line for text in moment.sentences for line in textwrap.wrap(text, LINE)]
    return Scene(
        expression.formula,
        expression.places,
        {node.label: symbol(node.op) if node.op else "" for node in nodes},
        {node.label: number(moment.data[node]) if node in moment.data else UNKNOWN for node in nodes},
        {node.label: number(moment.grad[node]) if node in moment.grad else UNKNOWN for node in nodes},
        edges,
        tuple(lines),
        active=step.node.label if step else "",
        backward=bool(step and step.phase != "forward"),
    )


def _edge(node: Value, k: int, moment: Moment, gone: bool, phase: str) -> Edge:
    """Say what stands on the line from a node's k-th parent."""
    parent, slope = node.parents[k], node.slopes[k]
    if gone:
        flowed = number(slope * moment.grad[node], 2)
        return Edge(parent.label, node.label, flowed, "backward" if phase == "backward" else "passed")
    known = node in moment.data
    return Edge(
        parent.label, node.label, number(slope, 2) if known else "", "forward" if phase == "forward" else "slope"
    )
