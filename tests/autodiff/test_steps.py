"""Steps and Mermaid: what is known at each moment, and the words for it."""

import itertools
import math
import random

import pytest

from nnlab.autodiff import Steps, Tensor, Value, mermaid, no_grad
from nnlab.autodiff.describe import formula, names, number
from nnlab.language import set_language


def neuron():
    x, w, b = Value(2.0, "x"), Value(-0.5, "w"), Value(0.25, "b")
    z = x * w + b
    z.label = "z"
    return z.tanh() * z + 2 * x


def test_steps_go_through_every_operation_forward_and_backward():
    root = neuron()
    steps = Steps(root)
    operations = [node for node in steps.nodes if node.op]
    assert [step.phase for step in steps] == ["forward"] * 6 + ["start"] + ["backward"] * 6
    assert [step.node for step in steps][:6] == operations
    assert [step.node for step in steps][7:] == operations[::-1]
    for step in steps:
        assert step.inputs == tuple(parent.data for parent in step.node.parents)
        assert step.slopes == step.node.slopes
        if step.phase == "backward":
            assert step.added == tuple(slope * step.gradient for slope in step.slopes)


def test_the_last_moment_is_what_backward_computes_to_the_bit_and_the_graph_is_left_alone():
    root = neuron()
    steps = Steps(root)
    assert all(node.grad == 0 for node in steps.nodes)
    root.backward()
    end = steps.at(len(steps))
    assert end.grad == {node: node.grad for node in steps.nodes}
    assert end.data == {node: node.data for node in steps.nodes}


def test_any_moment_can_be_asked_for_in_any_order():
    root = neuron()
    steps = Steps(root)
    one_by_one = [steps.at(k) for k in range(len(steps) + 1)]
    ks = list(range(len(steps) + 1)) * 3
    random.Random(0).shuffle(ks)
    assert all(steps.at(k) == one_by_one[k] for k in ks)
    given = {node: node.data for node in steps.nodes if not node.op}
    assert one_by_one[0].data == given
    assert one_by_one[0].grad == {}
    assert one_by_one[7].grad == {root: 1.0}
    for k, (before, after) in enumerate(itertools.pairwise(one_by_one)):
        step = steps[k]
        new = {node for node in after.data if node not in before.data}
        assert new == ({step.node} if step.phase == "forward" else set())
        for parent, total in zip(step.node.parents, step.totals, strict=False):
            assert after.grad[parent] == total or step.node.parents.count(parent) > 1


def test_a_number_used_twice_gets_both_shares():
    x = Value(3.0, "x")
    steps = Steps(x * x)
    assert steps[-1].added == (3.0, 3.0)
    assert steps[-1].totals == (3.0, 6.0)
    assert steps.at(3).grad[x] == 6.0


def test_a_long_chain_can_be_stepped_through():
    y = Value(1.0)
    for _ in range(20_000):
        y = -y
    steps = Steps(y)
    assert len(steps) == 40_001
    assert steps.at(30_000).number == 30_000


def test_words_are_translated_when_they_are_asked_for():
    steps = Steps(neuron())
    plain = [steps.at(k).sentences for k in range(len(steps) + 1)]
    try:
        set_language("pseudo")
        other = [steps.at(k).sentences for k in range(len(steps) + 1)]
    finally:
        set_language("en")
    assert all(text.startswith("⟦") for sentences in other for text in sentences)
    assert plain[2] == ("Forward: z = v1 + b = −1 + 0.25 = −0.75.",)
    assert plain[8][0].startswith("Backward through v5 = v3 + v4")
    assert Steps(Value(1.0) * 2).at(0).sentences == ("Given: the numbers at the start of the graph.",)


@pytest.mark.parametrize("root", [Tensor(1.0), 3.0, None])
def test_steps_need_values(root):
    with pytest.raises(TypeError, match="Steps expected the result of a computation with Values"):
        Steps(root)


def test_steps_refuse_what_is_not_there():
    with pytest.raises(IndexError, match="steps 0 to 3, got 4"):
        Steps(Value(1.0) * 2).at(4)
    with pytest.raises(IndexError, match="got -1"):
        Steps(Value(1.0) * 2).at(-1)
    with no_grad():
        y = Value(1.0) * 2
    with pytest.raises(RuntimeError, match="no_grad"):
        Steps(y)


def test_names_do_not_collide_with_labels():
    a = Value(1.0, "v1")
    nodes = [a, a * 2, (a * 2) + 1]
    assert list(names(nodes).values()) == ["v1", "v2", "v3"]


def test_numbers_and_formulas():
    assert [number(x) for x in (0.0, -0.0, math.nan, math.inf, -math.inf, 999.6, 1234, 0.005, -1e-9)] == [
        "0", "0", "NaN", "∞", "−∞", "1000", "1234", "5e−3", "−1e−9",
    ]  # fmt: skip
    assert number(0.12345, digits=2) == "0.12"
    assert number(1.2e-7, digits=1) == "1e−7"
    assert formula("-", ["−1", "−2"]) == "−1 − (−2)"
    assert formula("neg", ["−1"]) == "−(−1)"
    assert formula("2**", ["x"]) == "2**x"
    assert formula("maximum", ["a", "−2"]) == "max(a, −2)"


def test_mermaid_escapes_labels_and_knows_tensors():
    text = mermaid(Value(1.0, label='a"]<b>#;') * Value(2.0, "b"))
    assert 'n0["a#34;#93;#60;b#62;#35;#59;<br/>data 1<br/>grad 0"]' in text
    assert text.count("-->") == 2
    assert "#40;2, 3#41;" in mermaid(Tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]).exp())
    with pytest.raises(TypeError, match="a Value or a Tensor; got a int"):
        mermaid(3)
