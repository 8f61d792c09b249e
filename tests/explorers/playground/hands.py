"""What a learner does with the playground, and what stands in its picture."""

import itertools

from nnlab.explorers.chapter_09 import _playground_data as data_sets
from nnlab.explorers.chapter_09._playground_places import SIZE
from nnlab.explorers.chapter_09.playground import DEFAULTS

ALL = tuple(data_sets.FEATURES)
DRAWN = [(-1.0, -1.0, 0), (-1.2, 0.5, 0), (1.0, 1.0, 1), (1.5, -0.5, 1), (0.9, 0.2, 1), (-0.7, 0.1, 0)]


def moved(play, **values):
    play.set(**{**DEFAULTS, **values})
    play.settle()
    return play.data


def texts(play):
    """What stands in the picture, with its boxes, in pixels of the canvas."""
    picture = play._picture
    parts = (picture.field, picture.network, picture.losses, picture.score)
    return list(itertools.chain(*(part._text.extents() for part in parts)))


def press(play, x, y, pressed=True):
    """Press in the picture, at pixels of it."""
    content = {"pointer": [x / SIZE[0], y / SIZE[1]], **({"pressed": True} if pressed else {})}
    play.figure._on_page(play.figure, content, [])


def at_data(play, x, y):
    """Where data coordinates of the large field stand in the picture."""
    axes = next(axes for axes in play._stage.figure.axes if axes.get_label() == "field")
    with play._drawing:
        scale = play._stage.figure.dpi / 100
        place = axes.transData.transform((x, y))
    return place[0] / scale, SIZE[1] - place[1] / scale
