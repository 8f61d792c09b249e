"""Chapter 07's class, as learners may write it: what `check` says to classes, not to functions made for tests."""

import itertools
import re

import numpy as np
import pytest

from nnlab import autodiff
from nnlab.course import check
from nnlab.course.chapter_07_value import Value
from nnlab.course.diagnosis import diagnose
from nnlab.course.exercise import find


class Begun:
    def __init__(self, data, parents=(), slopes=()):
        self.data, self.grad = data, 0.0
        self.parents, self.slopes = parents, slopes

    def __add__(self, other): ...

    def __mul__(self, other): ...


class Added(Begun):
    def __add__(self, other):
        return Added(self.data + other.data, (self, other), (1, 1))


class Done(Added):
    def __mul__(self, other):
        return Done(self.data * other.data, (self, other), (other.data, self.data))


def mistake(number, answer):
    return diagnose(find(number), answer).mistake


def test_a_class_passes_whatever_its_class_is_called():
    assert check("7.1", Done).passed


def test_a_class_with_empty_methods_is_not_attempted():
    assert diagnose(find("7.1"), Begun).status == "untouched"


def test_half_a_class_is_told_what_is_missing():
    reply = diagnose(find("7.1"), Added)
    assert (reply.status, reply.mistake) == ("failed", "nothing")
    assert "a * b" in reply.text


@pytest.mark.parametrize("answer", [3.0, "Value", Done(1.0), lambda _data: 1])
def test_what_is_no_class_is_told_so(answer):
    reply = diagnose(find("7.1"), answer)
    assert reply.status == "failed"
    assert "class itself" in reply.text


def test_what_learners_write_draws_the_messages():
    class PlainNumber(Done):
        def __mul__(self, other):
            return self.data * other.data

    class NoParents(Done):
        def __mul__(self, other):
            return Done(self.data * other.data, (), (other.data, self.data))

    class InPlace(Done):
        def __add__(self, other):
            self.data += other.data
            return Done(self.data, (self, other), (1, 1))

    assert mistake("7.1", PlainNumber) == "plain number"
    assert mistake("7.1", NoParents) == "parents"
    assert mistake("7.1", InPlace) == "changes input"


def test_bends_want_tuples():
    class Right(Done):
        def tanh(self):
            a = np.tanh(self.data)
            return Done(a, (self,), (1 - a**2,))

        def relu(self):
            return Done(np.maximum(self.data, 0), (self,), (1.0 if self.data > 0 else 0.0,))

    class NoComma(Right):
        def tanh(self):
            a = np.tanh(self.data)
            return Done(a, (self), (1 - a**2,))

    assert check("7.2", Right).passed
    assert mistake("7.2", NoComma) == "parents"


def test_an_order_may_be_found_in_several_ways():
    class Recursive(Value):
        def order(self):
            listed = []
            for parent in self.parents:
                listed += [node for node in parent.order() if node not in listed]
            return [*listed, self]

    class Forgetful(Value):
        def order(self):
            return [*(node for parent in self.parents for node in parent.order()), self]

    class OfASet(Value):
        def order(self):
            return {self}

    assert check("7.3", Recursive).passed
    assert mistake("7.3", Forgetful) == "listed again and again"
    assert "set forgets the order" in diagnose(find("7.3"), OfASet).text


def test_an_order_that_is_right_on_chains_alone_is_found_out():
    class ByNumber(Value):
        def order(self):
            return sorted(Value.order(self), key=lambda node: float(node.data))

    assert mistake("7.3", ByNumber) == "last test"


def test_a_backward_pass_that_overwrites_is_named():
    class Overwriting(Value):
        def backward(self):
            self.grad = 1.0
            for node in reversed(self.order()):
                for parent, slope in zip(node.parents, node.slopes, strict=True):
                    parent.grad = slope * node.grad

    class NeverZero(Value):
        def zero_grad(self):
            self.grad = 0.0

    assert check("7.4", Value).passed
    assert mistake("7.4", Overwriting) == "overwritten"
    assert mistake("7.4", NeverZero) == "zero_grad does nothing"


def test_the_solution_of_each_step_holds_the_steps_before():
    texts = [find(f"7.{k}").solution() for k in (1, 2, 3, 4)]
    methods = [re.findall(r"^    def (\w+)", text, re.MULTILINE) for text in texts]
    assert all(set(one) < set(other) for one, other in itertools.pairwise(methods))
    heads = [line for text in texts for line in text.splitlines() if "def " in line]
    assert not any("->" in head or ": " in head for head in heads)
    assert len(texts[-1].splitlines()) < 60


def test_the_class_agrees_with_the_package():
    def formula(kind):
        a, b, c = kind(0.5), kind(-1.5), kind(2.0)
        d = (a * b + c).tanh() * a + b.relu() * c
        (d * d + a).backward()
        return [a.grad, b.grad, c.grad]

    np.testing.assert_allclose(formula(Value), formula(autodiff.Value), rtol=1e-12)


@pytest.mark.parametrize("sizes", [(4, 2, 3), (1, 1, 1)])
def test_a_layer_backward_agrees_with_the_graph(sizes):
    n, d, h = sizes
    rng = np.random.default_rng(0)
    X, W, b = (autodiff.Tensor(rng.normal(size=size)) for size in ((n, d), (d, h), (h,)))
    dZ = rng.normal(size=(n, h))
    (X @ W + b).backward(dZ)
    for mine, theirs in zip(find("7.5").reference(X.data, W.data, dZ), (X, W, b), strict=True):
        np.testing.assert_allclose(mine, theirs.grad)


def test_the_complex_step_agrees_with_a_pass_back():
    theta = np.array([0.3, -0.8])
    found = find("7.6").reference(theta, lambda t: np.tanh(t[0] * t[1]) + t[0] ** 2)
    slope = 1 - np.tanh(theta[0] * theta[1]) ** 2
    np.testing.assert_allclose(found, [slope * theta[1] + 2 * theta[0], slope * theta[0]], rtol=1e-14)


def test_right_numbers_that_are_complex_are_told_so():
    def complex_step(theta, loss):
        nudges = 1e-30j * np.eye(len(theta))
        return np.array([(loss(theta + nudge) - loss(theta)) / 1e-30j for nudge in nudges])

    assert "they are complex" in repr(check("7.6", complex_step))
