"""Value: gradients of random expressions, the order of the graph, and what it asks of its input."""

import cmath
import gc
import math
import operator
import threading
import weakref

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from nnlab.autodiff import Tensor, Value, forward_order, no_grad

SMALL = st.floats(-2, 2).map(lambda x: round(x, 3))
BINARY = {"+": operator.add, "-": operator.sub, "*": operator.mul}
SMOOTH = {
    "exp": cmath.exp,
    "tanh": cmath.tanh,
    "sigmoid": lambda z: 1 / (1 + cmath.exp(-z)),
}
LEAVES = st.sampled_from(["x", "y", "z"]) | SMALL
EXPRESSIONS = st.recursive(
    LEAVES,
    lambda inner: (
        st.tuples(st.sampled_from(list(BINARY)), inner, inner)
        | st.tuples(st.sampled_from(list(SMOOTH)), inner)
        | st.tuples(st.just("square"), inner)
        | st.tuples(st.just("quotient"), inner, inner)
        | st.tuples(st.just("log"), inner)
    ),
    max_leaves=12,
)


def evaluate(tree, given, functions):
    """Compute an expression with whatever numbers `given` holds: Values, or plain complex numbers."""
    if isinstance(tree, float):
        return tree
    if isinstance(tree, str):
        return given[tree]
    op, *parts = tree
    parts = [evaluate(part, given, functions) for part in parts]
    if op in BINARY:
        return BINARY[op](*parts)
    if op == "square":
        return parts[0] ** 2
    if op == "quotient":
        return parts[0] / (parts[1] * parts[1] + 1)
    return functions(op, parts[0] * parts[0] + 0.5 if op == "log" else parts[0])


def by_value(op, z):
    return getattr(z if isinstance(z, Value) else Value(z), op)()


def by_complex(op, z):
    return cmath.log(z) if op == "log" else SMOOTH[op](z)


@given(EXPRESSIONS, st.tuples(SMALL, SMALL, SMALL))
@settings(max_examples=150, deadline=None)
def test_gradients_of_random_expressions_agree_with_complex_steps_and_finite_differences(tree, point):
    values = {name: Value(x) for name, x in zip("xyz", point, strict=True)}
    try:
        result = evaluate(tree, values, by_value)
    except OverflowError:
        assume(False)
    assume(isinstance(result, Value) and abs(result.data) < 1e3)
    result.backward()
    for name in values:
        plain = dict(zip("xyz", point, strict=True))
        step = evaluate(tree, plain | {name: complex(plain[name], 1e-30)}, by_complex)
        slope = step.imag / 1e-30 if isinstance(step, complex) else 0.0
        assert values[name].grad == pytest.approx(slope, rel=1e-9, abs=1e-9)
        h = 6e-6
        up, down = (complex(evaluate(tree, plain | {name: plain[name] + s}, by_complex)).real for s in (h, -h))
        assume(abs(slope) < 1e3)
        assert (up - down) / (2 * h) == pytest.approx(slope, rel=1e-3, abs=1e-4)


@pytest.mark.parametrize(
    ("name", "function", "point"),
    [
        ("log", math.log, 0.7),
        ("exp", math.exp, -1.3),
        ("relu", lambda x: max(x, 0), 0.4),
        ("relu", lambda x: max(x, 0), -0.4),
        ("abs", abs, -0.4),
        ("sigmoid", lambda x: 1 / (1 + math.exp(-x)), -1.5),
        ("__neg__", lambda x: -x, 2.0),
    ],
)
def test_each_function_against_finite_differences(name, function, point):
    x = Value(point)
    y = getattr(x, name)()
    y.backward()
    assert y.data == pytest.approx(function(point), rel=1e-15)
    assert x.grad == pytest.approx((function(point + 6e-6) - function(point - 6e-6)) / 1.2e-5, rel=1e-8)


def test_reflected_operators_and_powers():
    for f, slope in [
        (lambda x: 5 - x, -1),
        (lambda x: 6 / x, -6 / 4),
        (lambda x: 2 + x, 1),
        (lambda x: 3 * x, 3),
        (lambda x: 3**x, 9 * math.log(3)),
        (lambda x: x**-2, -0.25),
        (lambda x: x**0.5, 0.5 / 2**0.5),
        (lambda x: np.float64(3) * x, 3),
        (lambda x: x * np.float32(3), 3),
        (lambda x: abs(-x), 1),
        (lambda x: sum([x, x, x]), 3),
    ]:
        x = Value(2)
        f(x).backward()
        assert x.grad == pytest.approx(slope, rel=1e-14)


def test_the_example_of_micrograd():
    a, b = Value(-4.0), Value(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    g.backward()
    assert f"{g.data:.4f} {a.grad:.4f} {b.grad:.4f}" == "24.7041 138.8338 645.5773"


def test_slopes_at_corners():
    for function, slope in [(Value.relu, 0), (Value.abs, 0), (lambda x: x.maximum(0), 0.5), (lambda x: x**2, 0)]:
        x = Value(0.0)
        function(x).backward()
        assert x.grad == slope
    a, b = Value(1.0), Value(1.0)
    a.maximum(b).backward()
    assert (a.grad, b.grad) == (0.5, 0.5)
    for n, slope in [(0, 0), (1, 1), (2, 0), (0.5, math.inf)]:
        assert (Value(0.0) ** n).slopes == (slope,)
    assert (Value(1e-200) ** -1).slopes == (-math.inf,)


def test_nan_is_not_hidden():
    nan = Value(math.nan)
    for result in (nan.relu(), nan.abs(), nan.maximum(0), Value(0).maximum(nan), nan.sigmoid(), nan.log(), nan * 0):
        assert math.isnan(result.data)


def test_given_numbers_accumulate_and_those_between_begin_anew():
    x = Value(3.0)
    y = x * x
    z = y * 2
    z.backward()
    z.backward()
    assert (x.grad, y.grad, z.grad) == (24.0, 2.0, 1.0)
    z.zero_grad()
    assert (x.grad, y.grad, z.grad) == (0.0, 0.0, 0.0)
    (x * 5).backward()
    (x * 7).backward()
    assert x.grad == 12.0
    x.backward()
    assert x.grad == 13.0


def test_order_puts_parents_first_and_each_node_once():
    a = Value(1.0)
    b = a + a
    c = b * a
    root = (c + b) * c
    order = forward_order(root)
    assert order[-1] is root
    assert len(order) == len(set(order)) == 5
    assert all(order.index(p) < order.index(node) for node in order for p in node.parents)


def test_many_ways_through_a_small_graph_cost_no_more_than_its_size():
    x = y = Value(1.0)
    for _ in range(300):  # 2**300 ways from end to start
        y = (y + y) * 0.5
    y.backward()
    assert x.grad == 1.0


@pytest.mark.parametrize("kind", [Value, Tensor])
def test_a_chain_of_100_000_nodes_works_and_is_freed(kind):
    class Watched(kind):
        __slots__ = ("__weakref__",)

    x = y = Watched(1.0)
    for _ in range(100_000):
        y = -y
    y.backward()
    assert x.grad == 1.0
    alive = weakref.ref(x)
    gc.disable()
    try:
        del x, y
        assert alive() is None  # nothing in a graph points in circles: no garbage collector is needed
    finally:
        gc.enable()


def test_no_grad_keeps_no_graph_in_its_own_thread_only():
    x = Value(2.0)
    inside, go_on, others = threading.Event(), threading.Event(), []

    def other():
        inside.wait(10)
        others.append((x * x).parents)
        go_on.set()

    thread = threading.Thread(target=other)
    thread.start()
    with no_grad():
        y = x * x
        inside.set()
        go_on.wait(10)
        with no_grad():
            pass
        assert (x * x).parents == ()
    thread.join()
    assert others == [(x, x)]
    assert (y.data, y.op, y.parents) == (4.0, "*", ())
    with pytest.raises(RuntimeError, match=r"computed by '\*' under no_grad"):
        y.backward()
    with pytest.raises(KeyError), no_grad():
        raise KeyError
    (y * x).backward()  # beyond, it counts as given
    assert (x.grad, y.grad) == (4.0, 2.0)


@pytest.mark.parametrize(
    ("action", "error", "words"),
    [
        (lambda: Value("3"), TypeError, "one real number; got '3'"),
        (lambda: Value(True), TypeError, "one real number"),
        (lambda: Value(1j), TypeError, "one real number"),
        (lambda: Value(None), TypeError, "one real number; got None"),
        (lambda: Value([1.0]), TypeError, r"a list: for arrays there is nnlab.autodiff.Tensor"),
        (lambda: Value(np.ones(3)), TypeError, "Tensor"),
        (lambda: Value(Value(1.0)), TypeError, "use it as it is"),
        (lambda: Value(1.0) + "a", TypeError, "got 'a'"),
        (lambda: Value(1.0) * np.ones(3), TypeError, "ndarray"),
        (lambda: np.ones(3) * Value(1.0), TypeError, "ndarray"),
        (lambda: np.ones((3, 3)) @ Value(1.0), TypeError, "unsupported operand"),
        (lambda: np.exp(Value(1.0)), TypeError, "Value"),
        (lambda: math.exp(Value(1.0)), TypeError, "Value"),
        (lambda: Value(1.0) + Tensor(1.0), TypeError, "Tensor"),
        (lambda: Value(-1.0).log(), ValueError, r"log is defined above 0 only, got log\(-1\)"),
        (lambda: Value(0.0).log(), ValueError, r"log\(0\)"),
        (lambda: Value(1.0) / 0, ZeroDivisionError, "1 / 0"),
        (lambda: 1 / Value(0.0), ZeroDivisionError, "divided by zero"),
        (lambda: Value(0.0) ** -1, ZeroDivisionError, r"0 \*\* -1"),
        (lambda: Value(-8.0) ** 0.5, ValueError, "whole exponent"),
        (lambda: Value(2.0) ** Value(3.0), TypeError, r"\(b \* a.log\(\)\).exp\(\)"),
        (lambda: (-2) ** Value(3.0), ValueError, "above 0, got -2"),
        (lambda: Value(710.0).exp(), OverflowError, r"exp\(710\) is larger than any float"),
        (lambda: Value(1e200) ** 2, OverflowError, "larger than any float"),
    ],
)
def test_bad_input_is_refused_in_words(action, error, words):
    with pytest.raises(error, match=words):
        action()


def test_it_looks_like_micrograd():
    assert repr(Value(2.0, label="a") * 3) == "Value(data=6.0, grad=0.0)"
