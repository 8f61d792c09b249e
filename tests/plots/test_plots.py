"""The figures: what they draw, what they say about it, and what they ask of their input."""

import base64
import threading

import matplotlib
import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from nnlab import plots
from nnlab.plots import style

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (20, 28, 28), dtype=np.uint8)
P = RNG.dirichlet(np.ones(10), 20)
Y = np.arange(20) % 10
HISTORY = {
    "loss": [2.0, 1.0, 0.4],
    "accuracy": [0.3, 0.8, 0.93],
    "val_loss": [1.9, 1.1, 0.5],
    "val_accuracy": [0.35, 0.75, 0.91],
}


class History:
    history = HISTORY


def all_pictures():
    yield plots.images(IMAGES, Y)
    yield plots.images(IMAGES[0])
    yield plots.confusion_matrix(Y, P)
    yield plots.confusion_matrix([0, 1, 1], [0, 1, 0], labels=["cat", "dog"])
    yield plots.learning_curves(History())
    yield plots.learning_curves({"relu": HISTORY, "tanh": History()})
    yield plots.learning_curves({"loss": [1.0]})
    yield plots.learning_curves({"loss": [1.0, float("nan")], "val_loss": [2.0, float("nan")]})
    yield plots.weights(RNG.normal(size=(784, 20)))
    yield plots.weights(np.zeros((12, 1)), shape=(3, 4), units=[0])
    yield plots.probabilities(P[0], truth=3)
    yield plots.probabilities(P[:1], labels="abcdefghij")
    yield plots.mistakes(IMAGES.reshape(-1, 784), Y, P)
    yield plots.mistakes(IMAGES[:10], Y[:10], np.eye(10))


def test_every_figure_is_a_picture_with_png_and_alt_and_nothing_is_clipped():
    for figure in all_pictures():
        assert isinstance(figure, Figure)
        data, metadata = figure._repr_mimebundle_()
        assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
        assert data["text/plain"] == figure.alt
        assert figure.alt.endswith(".")
        assert metadata["image/png"]["width"] == figure.size()[0] <= 860
        renderer = figure.canvas.get_renderer()
        box = figure.get_tightbbox(renderer)  # in inches
        assert box.x0 >= 0
        assert box.y0 >= 0
        assert box.x1 <= figure.get_figwidth() + 0.02
        assert box.y1 <= figure.get_figheight() + 0.02


def test_type_is_never_under_ten_points():
    for figure in all_pictures():
        figure.png(scale=1)
        for text in figure.findobj(matplotlib.text.Text):
            assert text.get_fontsize() >= 10 or not text.get_text()


def test_the_readers_own_settings_are_left_alone():
    before = dict(matplotlib.rcParams)
    plots.learning_curves(HISTORY).png()
    assert dict(matplotlib.rcParams) == before


def test_threads_may_draw_at_once():
    errors, before = [], dict(matplotlib.rcParams)

    def draw():
        try:
            plots.probabilities(P[0]).png(scale=1)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=draw) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert dict(matplotlib.rcParams) == before


def test_pyplot_is_not_loaded(tmp_path):
    import subprocess
    import sys

    code = "import sys; from nnlab import plots; plots.new_figure().png(); sys.exit('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=False).returncode == 0


def test_learning_curves_draw_training_solid_and_validation_dashed():
    figure = plots.learning_curves(HISTORY)
    loss, accuracy = figure.axes
    np.testing.assert_allclose(loss.lines[0].get_ydata(), HISTORY["loss"])
    np.testing.assert_allclose(loss.lines[1].get_ydata(), HISTORY["val_loss"])
    np.testing.assert_allclose(accuracy.lines[1].get_ydata(), HISTORY["val_accuracy"])
    assert to_hex(loss.lines[0].get_color()) == style.LOSS
    assert (loss.lines[0].get_linestyle(), loss.lines[1].get_linestyle()) == ("-", "--")
    assert loss.get_xlabel() == "epoch"
    assert "accuracy at the end is at least 80 %" in figure.alt
    assert "less than a quarter" in figure.alt


def test_alt_of_learning_curves_is_the_same_for_the_ends_that_other_processors_reach():
    ends = 0.884, 0.8995, 0.9065, 0.919
    told = {plots.learning_curves({**HISTORY, "val_accuracy": [0.8, end]}).alt for end in ends}
    assert len(told) == 1


def test_alt_of_learning_curves_ignores_the_last_bits():
    nudged = {key: [value * (1 + 1e-6) for value in values] for key, values in HISTORY.items()}
    assert plots.learning_curves(nudged).alt == plots.learning_curves(HISTORY).alt


def test_alt_of_learning_curves_names_divergence_and_overfitting():
    assert "diverges" in plots.learning_curves({"loss": [1.0, float("inf")]}).alt
    overfit = {"loss": [1.0, 0.5, 0.1], "val_loss": [1.0, 0.6, 0.9]}
    assert "rises again" in plots.learning_curves(overfit).alt
    one_bad_epoch = {"loss": [11.8, 2.5, 1.3, 0.9, 0.5], "val_loss": [5.2, 2.4, 2.3, 2.0, 3.1]}
    assert "rises again" not in plots.learning_curves(one_bad_epoch).alt


def test_confusion_matrix_counts_rows_true_columns_predicted():
    figure = plots.confusion_matrix([0] * 8 + [1] * 4, [0] * 8 + [1, 1, 1, 0])
    (ax,) = figure.axes
    cells = {text.get_position(): text.get_text() for text in ax.texts if text.get_text() in "·12345678"}
    assert cells[(0, 0)] == "8"
    assert cells[(0, 1)] == "1"  # column 0, row 1: a true 1 taken for 0
    assert cells[(1, 0)] == "·"
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("predicted", "true")
    np.testing.assert_allclose(ax.images[0].get_array(), [[0, 0], [0.25, 0]])


def test_confusion_matrix_names_the_commonest_mistake_only_when_it_leads():
    y = np.repeat(np.arange(3), 20)
    said = y.copy()
    said[:6] = 2
    assert "0 taken for 2" in plots.confusion_matrix(y, said).alt
    said[20:25] = 2
    assert "commonest" not in plots.confusion_matrix(y, said).alt


def test_weights_are_centered_at_zero():
    kernel = RNG.normal(1.0, 1.0, (784, 3))
    image = plots.weights(kernel, units=2).axes[0].images[0]
    assert image.norm.vmin == -image.norm.vmax
    np.testing.assert_array_equal(np.asarray(image.get_array()).reshape(-1), kernel[:, 0])


def test_probabilities_emphasize_by_more_than_color():
    ax = plots.probabilities([0.2, 0.7, 0.1], truth=0).axes[0]
    labels = ax.get_yticklabels()
    assert labels[1].get_text().startswith("▸")
    assert labels[1].get_fontweight() == "bold"
    np.testing.assert_allclose([bar.get_width() for bar in ax.patches], [0.2, 0.7, 0.1])
    assert any("true" in text.get_text() for text in ax.texts)


def test_mistakes_come_most_confident_first():
    p = np.full((3, 10), 0.05)
    p[0, 1], p[1, 2], p[2, 3] = 0.55, 0.55, 0.55
    p[1] = np.eye(10)[2]
    figure = plots.mistakes(IMAGES[:3], [0, 0, 3], p)
    said = [text.get_text() for ax in figure.axes for text in ax.texts if "says" in text.get_text()]
    assert said == ["says 2, 99 %", "says 1, 55 %"]
    assert "No mistakes" in plots.mistakes(IMAGES[:1], [3], p[2:]).alt


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: plots.images(np.zeros((2, 783))), "no square image"),
        (lambda: plots.images(np.zeros((0, 28, 28))), "at least one image"),
        (lambda: plots.images(np.zeros((65, 28, 28))), "at most 64"),
        (lambda: plots.images(IMAGES, [1, 2]), "20 titles"),
        (lambda: plots.confusion_matrix([1, 2], [1]), "y_true has 2 and y_pred has 1"),
        (lambda: plots.confusion_matrix([0.5], [1]), "class numbers"),
        (lambda: plots.confusion_matrix([], []), "empty"),
        (lambda: plots.confusion_matrix([0], [10**12]), "so many classes cannot be drawn"),
        (lambda: plots.confusion_matrix([0], RNG.normal(size=(1, 10))), "softmax"),
        (lambda: plots.confusion_matrix([0, 1], [0, 1], labels=["a"]), "2 labels"),
        (lambda: plots.learning_curves([1, 2]), "model.fit"),
        (lambda: plots.learning_curves({"loss": []}), "was the model fitted"),
        (lambda: plots.weights(np.zeros((10, 784))), "kernel.T"),
        (lambda: plots.weights(np.zeros((784, 4)), units=[4]), "whole numbers from 0 to 3"),
        (lambda: plots.weights(np.zeros((784, 4)), units=[1.5]), "whole numbers from 0 to 3"),
        (lambda: plots.probabilities(P), "choose one"),
        (lambda: plots.probabilities([0.5, np.nan]), "diverge"),
        (lambda: plots.probabilities([0.5, 0.5], truth=2), "from 0 to 1"),
        (lambda: plots.mistakes(IMAGES, Y[:3], P), "y_true has 3"),
    ],
)
def test_bad_input_is_explained(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_numbers_are_read_aloud_and_not_compared():
    figure = plots.curves([1, 2, 3], {"training": [0.7, 0.4, 0.1], "validation": [0.7, 0.2, 0.5]}, ylabel="loss")
    data, metadata = figure._repr_mimebundle_()
    numbers = "In numbers, loss: training from 0.7 to 0.1; validation from 0.7, lowest 0.2 at 2, to 0.5."
    assert metadata["image/png"]["alt"] == f"{data['text/plain']} {numbers}"
    history = {"loss": [0.6, 0.3], "val_accuracy": [0.5, 0.913]}
    assert "validation accuracy at the end 91.3 %" in plots.learning_curves(history).numbers


def test_names_may_be_numbers_and_labels_the_values_of_a_dict():
    rates = {0.1: [0.5, 0.6, 0.7], 0.01: [0.4, 0.6, 0.65]}
    for figure in (plots.tuned(rates, ylabel="accuracy"), plots.parabolas(rates), plots.schedules(rates, rates)):
        assert "0.1" in figure.alt
        assert "0.01" in figure.alt
    names = {"a": "cat", "b": "dog"}
    ax = plots.confusion_matrix([0, 1, 1], [0, 1, 0], labels=names.values()).axes[0]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["cat", "dog"]


def test_no_accuracy_is_described_below_nothing():
    history = {"loss": [3.0, 2.9, 2.8], "accuracy": [0.0, 0.01, 0.02]}
    assert "accuracy at the end is under 10 %" in plots.learning_curves(history).alt


def test_a_call_that_does_not_fit_names_the_plot():
    with pytest.raises(TypeError, match=r"plots\.images: missing a required argument: 'images'"):
        plots.images()
    with pytest.raises(ValueError, match=r"columns has to be a whole number; got 2\.0"):
        plots.images(np.zeros((3, 4, 4)), columns=2.0)
