"""The figure in the page: frames wait for the page, and a picture stands beside the live view."""

import io

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from nnlab.explorers._figure import FigureWidget, Stage
from nnlab.plots.style import applied, new_figure


def test_without_a_page_every_frame_counts_as_shown():
    widget = FigureWidget()
    for k in range(3):
        assert widget.ready
        widget.show(bytes([k]), alt=str(k))
    assert (widget.frame, widget.png, widget.alt) == (3, b"\x02", "2")


def test_a_page_gets_the_next_frame_only_after_it_has_shown_the_last():
    widget = FigureWidget()
    widget.show(b"a", alt="a")
    widget._on_page(widget, {"shown": 1}, [])
    widget.show(b"b")
    assert not widget.ready
    widget.show(b"c", banner="careful")
    widget.show(b"d", alt="d")
    assert (widget.frame, widget.png) == (2, b"b")
    assert widget.latest == (b"d", "d")
    widget._on_page(widget, {"shown": 2}, [])
    assert (widget.frame, widget.png, widget.alt, widget.banner) == (3, b"d", "d", "careful")
    widget._on_page(widget, {"shown": 3}, [])
    assert widget.ready


def test_what_is_no_answer_is_ignored():
    widget = FigureWidget()
    widget._on_page(widget, {"shown": "x"}, [])
    widget._on_page(widget, None, [])
    assert widget.shown is None


def test_the_bundle_has_view_picture_and_text():
    widget = FigureWidget(name="example")
    widget.show(b"png", alt="A curve.")
    data, metadata = widget._repr_mimebundle_()
    assert data["text/plain"] == "example: A curve."
    assert "application/vnd.jupyter.widget-view+json" in data
    assert data["image/png"]
    assert metadata["image/png"]["alt"] == "example: A curve."


def test_stage_redraws_what_moves_and_agrees_with_a_full_drawing():
    def figure_with(y):
        with applied():
            figure = new_figure(300, 200, layout=None)
            ax = figure.add_axes((0.2, 0.2, 0.7, 0.7))
            ax.set(xlim=(0, 1), ylim=(0, 1))
            (line,) = ax.plot([0.1, 0.9], y)  # away from the frame, which is drawn before it
        return figure, line

    figure, line = figure_with([0.1, 0.1])
    stage = Stage(figure, [line])
    first = stage.png(1)
    line.set_ydata([0.2, 0.9])
    second = stage.png(1)
    assert first != second
    canvas = FigureCanvasAgg(figure_with([0.2, 0.9])[0])
    canvas.draw()
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(second))), np.asarray(canvas.buffer_rgba())[:, :, :3])
    line.set_ydata([0.1, 0.1])
    assert stage.png(1) == first
    assert np.frombuffer(stage.png(2)[16:24], ">u4").tolist() == [600, 400]
