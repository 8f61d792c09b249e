"""The drawing of a graph: nothing clipped or overlapping, lines that pass boxes by, and clear refusals."""

import itertools
import operator
import random

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from nnlab import plots
from nnlab.autodiff import Steps, Tensor, Value
from nnlab.plots import _layers


def network(units, seed=0):
    rng = np.random.default_rng(seed)
    x = [Value(0.5, "x1"), Value(-1.2, "x2")]
    out = 0.0
    for j in range(units):
        z = x[0] * Value(rng.normal(), f"w{j}") + x[1] * Value(rng.normal(), f"u{j}") + Value(rng.normal(), f"b{j}")
        out = z.tanh() * Value(rng.normal(), f"v{j}") + out
    loss = (out - 1) ** 2
    loss.label = "loss"
    loss.backward()
    return loss


OPERATIONS = [operator.add, operator.mul, lambda a, b: a.tanh() - b, lambda a, b: a.sigmoid() * 1e-7 + b]


def random_graph(seed, operations):
    rng = random.Random(seed)
    nodes = [Value(1.5, "a"), Value(-0.25, "b"), Value(1234.5, "some_name")]
    loose = list(nodes)
    for _ in range(operations):
        a, b = loose.pop(0), rng.choice(nodes)
        c = rng.choice(OPERATIONS)(a, b)
        nodes.append(c)
        loose.append(c)
    root = loose.pop()
    while loose:
        root = root + loose.pop()
    root.backward()
    return root


def all_pictures():
    x, w = Value(2.0, "x"), Value(-3.0, "w")
    yield plots.graph(x)
    yield plots.graph(x * w)
    yield plots.graph(x * x + 2 * x - x / 4 + x**3)
    yield plots.graph(network(1))
    yield plots.graph(network(2))
    steps = Steps((x * w + 10).tanh())
    for k in range(len(steps) + 1):
        yield plots.graph(steps.nodes[-1], steps.at(k))
    t = Tensor(np.ones((32, 2)), "X") @ Tensor(np.ones((2, 16)), "W") + Tensor(np.zeros(16), "b")
    yield plots.graph(t.relu().mean())
    for seed in range(6):
        yield plots.graph(random_graph(seed, 3))


@pytest.fixture(scope="module")
def pictures():
    return list(all_pictures())


def test_no_text_is_clipped_small_or_overlaps_another(pictures):
    for picture in pictures:
        renderer = FigureCanvasAgg(picture).get_renderer()
        picture.draw(renderer)
        texts = [text for text in picture.findobj(Text) if text.get_text() and text.get_visible()]
        boxes = [text.get_window_extent(renderer) for text in texts]
        width, height = picture.size()
        for text, box in zip(texts, boxes, strict=True):
            assert text.get_fontsize() >= 10
            assert box.x0 >= 0
            assert box.x1 <= width
            assert box.y0 >= 0
            assert box.y1 <= height
        for a, b in itertools.combinations(boxes, 2):
            across = min(a.x1, b.x1) - max(a.x0, b.x0)
            down = min(a.y1, b.y1) - max(a.y0, b.y0)
            assert across <= 0 or down <= 4  # rows of one box may touch by their line height


def test_size_and_alternative_text(pictures):
    for picture in pictures:
        assert picture.size()[0] <= 840
        assert picture.alt.startswith("A computational graph of ")
        assert picture.alt.endswith(".")
    assert plots.graph(network(2)).alt.endswith("Computed: 6 ×, 6 +, 2 tanh, 1 −, 1 x².")
    assert "Given: X, W, b." in next(p.alt for p in pictures if "arrays" in p.alt)


def test_moments_keep_the_size_and_tell_the_step():
    x = Value(3.0, "x")
    y = x * x + x
    steps = Steps(y)
    drawn = [plots.graph(y, steps.at(k)) for k in range(len(steps) + 1)]
    assert len({picture.size() for picture in drawn}) == 1
    assert "Forward: v1 = x × x = 3 × 3 = 9." in drawn[1].alt
    assert {"×3 ×3", "The gradient of x gets 3 × 1 = 3, and is now 7."} <= {
        t.get_text() for t in drawn[-1].findobj(Text)
    }
    assert not any("gets" in t.get_text() for t in drawn[1].findobj(Text))


@pytest.mark.parametrize("seed", range(30))
def test_boxes_do_not_overlap_and_lines_pass_them_by(seed):
    rng = random.Random(seed)
    n = rng.randint(3, 30)
    parents = [[] if k < 3 else [rng.randrange(max(0, k - 8), k) for _ in range(rng.randint(1, 2))] for k in range(n)]
    used = {p for own in parents for p in own}
    parents.append([k for k in range(n) if k not in used])
    layers = _layers.arrange(
        parents, [(60.0, rng.choice([40.0, 62.0])) for _ in parents], [False] * (n + 1), (20, 80), 800
    )
    for (ax, ay, aw, ah), (bx, by, bw, bh) in itertools.combinations(layers.boxes, 2):
        assert ax + aw <= bx or bx + bw <= ax or ay + ah <= by or by + bh <= ay
    for line in layers.lines:
        for (x0, y0), (x1, y1) in itertools.pairwise(line.points):
            assert x0 <= x1
            for x, y, w, h in layers.boxes:  # where a line passes a column it is level, and outside of its boxes
                if x0 == x and x1 == x + w:
                    assert y0 == y1
                    assert not y < y0 < y + h
    assert min(y for _, y, _, _ in layers.boxes) >= -1e-9


def test_crossings_that_can_be_undone_are_undone():
    # two separate chains, named crosswise: in the order of naming their lines would cross
    parents = [[], [], [1], [0], [3], [2], [4, 5]]
    layers = _layers.arrange(parents, [(60.0, 40.0)] * 7, [False] * 7, (20, 80), 800)
    top = [y for _, y, _, _ in layers.boxes]
    assert (top[0] < top[1]) == (top[3] < top[2]) == (top[4] < top[5])


def test_order_of_operands_is_kept_where_it_matters():
    parents = [[], [], [1, 0]]
    layers = _layers.arrange(parents, [(60.0, 40.0)] * 3, [False, False, True], (20, 80), 800)
    first, second = sorted((line for line in layers.lines), key=lambda line: line.points[-1][1])
    assert (first.parent, second.parent) == (1, 0)


def test_too_large_graphs_are_refused_with_their_size():
    y = Value(1.0, "x")
    for _ in range(20):
        y = y.tanh()
    with pytest.raises(ValueError, match=r"these 21 nodes .* its 21 columns do not fit.*Draw a part"):
        plots.graph(y)
    for _ in range(5000):
        y = y.tanh()
    with pytest.raises(ValueError, match=r"these 5,021 nodes .* room for 60 at most"):
        plots.graph(y)
    many = [Value(1.0, f"x{k}") for k in range(16)]
    while len(many) > 1:
        many = pairs(many)
    with pytest.raises(ValueError, match="boxes, are too high"):
        plots.graph(many[0])


def pairs(values):
    return [a * b for a, b in zip(values[::2], values[1::2], strict=True)]


def test_what_is_no_graph_is_refused():
    with pytest.raises(TypeError, match=r"plots.graph expected .* got a ndarray"):
        plots.graph(np.ones(3))
    x = Value(1.0, "x")
    with pytest.raises(ValueError, match="a moment of another graph"):
        plots.graph(x * x, Steps(Value(1.0) * 2).at(1))
