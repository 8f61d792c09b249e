"""The contents of the course: its parts and chapters, the five documents, and which chapter mirrors which sections.

This is the one place that says so: pictures and tests take it from here. It is data at the bottom of the house, so
that anyone may import it. The chapters themselves are notebooks in ``chapters``.
"""

from __future__ import annotations

from dataclasses import dataclass

from nnlab.language import N_


@dataclass(frozen=True)
class Document:
    """One of the five documents that the course mirrors.

    Parameters
    ----------
    letter : str
        How the chapters call it: "A".
    title : str
        Its own title; empty where it has none.
    subject : str
        What it is about, in English.
    sections : tuple of str
        Numbers of its sections, in its order: those that hold text of their own. The ten questions of D, which bear
        no numbers there, are counted from 8.1 to 8.10.
    """

    letter: str
    title: str
    subject: str
    sections: tuple[str, ...]


@dataclass(frozen=True)
class Chapter:
    """One chapter, written or to come.

    Parameters
    ----------
    number : int
        Its notebook's name begins with it, in two digits.
    title : str
    part : str
        Roman number of the part it belongs to, a key of `PARTS`; empty for what comes before the first.
    mirrors : tuple of str
        Sections that it mirrors: "A 3.1". A section may be mirrored by several chapters.
    written : bool
        Whether the course has it already.
    short : str
        Its title where there is little room; the title itself by default.
    """

    number: int
    title: str
    part: str
    mirrors: tuple[str, ...]
    written: bool = False
    short: str = ""

    @property
    def name(self) -> str:
        """The number as it is written: "03"."""
        return f"{self.number:02d}"

    def sections(self, letter: str) -> tuple[str, ...]:
        """Give the sections of one document that it mirrors.

        Parameters
        ----------
        letter : str
            Of the document.

        Returns
        -------
        tuple of str

        Examples
        --------
        >>> CHAPTERS[3].sections("D")
        ('3.2', '3.5')
        """
        pairs = (section.split() for section in self.mirrors)
        return tuple(number for document, number in pairs if document == letter)


def _numbers(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _mirrors(text: str) -> tuple[str, ...]:
    """Write out "A 1.1 1.2, B 2.1" as sections: "A 1.1", "A 1.2", "B 2.1"."""
    listed = (document.split() for document in text.split(", "))
    return tuple(f"{letter} {number}" for letter, *numbers in listed for number in numbers)


DOCUMENTS = (
    Document(
        "A",
        "神经网络的基本结构",
        N_("the basic structure of neural networks, and a first program"),
        _numbers("1.1 1.2 2.1 2.2 2.3 3.1 3.2 3.3 4.1 4.2 4.3 4.4 5 6 7"),
    ),
    Document(
        "B",
        "",
        N_("from the neuron to training, a TensorFlow program, questions and answers"),
        _numbers(
            "1.1 1.2 1.3 2.1 2.2 2.3 2.4 2.5 3.1 3.2 3.3 3.4 4.1 4.2 4.3 5.1 5.2 6.1 6.2 6.3 7.1 7.2 7.3 8.1 8.2 "
            "9.1 9.2 9.3"
        ),
    ),
    Document(
        "C",
        "神经网络模型详解",
        N_("neural network models explained, with linear regression in NumPy"),
        _numbers("1 2.1 2.2 3.1 3.2 3.3 4.1 4.2 4.3 4.4 5 6.1 6.2 6.3"),
    ),
    Document(
        "D",
        "",
        N_("core principles of deep learning, a multilayer perceptron, ten questions"),
        _numbers("1 2 3.1 3.2 3.3 3.4 3.5 4 5 6 7 8.1 8.2 8.3 8.4 8.5 8.6 8.7 8.8 8.9 8.10"),
    ),
    Document(
        "E",
        "神经网络：开启智能新纪元",
        N_("computational graphs, convolutional and recurrent networks, applications"),
        _numbers("1.1 1.2 1.3 2.1 2.2.1 2.2.2 2.2.3 2.3 3.1 3.2 3.3 3.4 4.1 4.2 4.3 5.1 5.2 5.3 5.4 6.1 6.2 6.3"),
    ),
)

#: Names of the parts by their Roman numbers.
PARTS = {
    "": N_("Start"),
    "I": N_("Background"),
    "II": N_("Core concepts"),
    "III": N_("Core algorithms"),
    "IV": N_("Practice"),
    "V": N_("Applications"),
    "VI": N_("Tools"),
    "VII": N_("Trends and challenges"),
    "VIII": N_("Questions"),
}

CHAPTERS = (
    Chapter(0, N_("Start here"), "", (), written=True),
    Chapter(
        1,
        N_("From the neuron to deep learning"),
        "I",
        _mirrors("A 1.1 1.2 2.1 2.3, B 1.1 1.2 1.3, C 1 2.2, D 1, E 1.1 1.3"),
        written=True,
    ),
    Chapter(2, N_("The neuron"), "II", _mirrors("A 2.2, B 2.1 4.1, C 2.1"), written=True),
    Chapter(3, N_("Activation functions"), "II", _mirrors("B 2.3 9.1, C 6.3, D 3.2 3.5, E 2.2.3"), written=True),
    Chapter(
        4,
        N_("Layers, shapes and the forward pass"),
        "II",
        _mirrors("A 2.1 3.1, B 2.2 3.1, C 3.1, D 2 3.1, E 2.1 2.3"),
        written=True,
    ),
    Chapter(5, N_("Loss functions"), "II", _mirrors("A 3.2, B 2.4 4.2, C 3.2, D 3.3 3.5, E 4.1 4.2"), written=True),
    Chapter(
        6,
        N_("Gradient descent and the learning rate"),
        "III",
        _mirrors("B 3.3 4.3 9.2, C 3.3"),
        written=True,
        short=N_("Gradient descent"),
    ),
    Chapter(
        7,
        N_("Backpropagation and the computational graph"),
        "III",
        _mirrors("A 3.3, B 3.2, D 3.4, E 2.2.1 2.2.2 3.1"),
        written=True,
        short=N_("Backpropagation"),
    ),
    Chapter(
        8,
        N_("Optimizers and learning-rate schedules"),
        "III",
        _mirrors("B 2.5, D 8.5"),
        written=True,
        short=N_("Optimizers and schedules"),
    ),
    Chapter(
        9,
        N_("The training loop, validation and metrics"),
        "III",
        _mirrors("B 3.4, E 1.2 3.2 3.3"),
        written=True,
        short=N_("Training and validation"),
    ),
    Chapter(10, N_("Linear regression from scratch"), "IV", _mirrors("C 4.1 4.2 4.3 4.4"), written=True),
    Chapter(11, N_("A multilayer perceptron"), "IV", _mirrors("D 4"), written=True),
    Chapter(
        12,
        N_("Handwritten digits with a dense network"),
        "IV",
        _mirrors("A 4.1 4.2 4.3 4.4, B 5.1 5.2"),
        written=True,
        short=N_("Handwritten digits"),
    ),
    Chapter(13, N_("Convolutional networks"), "IV", _mirrors("E 4.3 5.1 5.2 5.3 5.4"), written=True),
    Chapter(14, N_("Recurrent networks"), "IV", _mirrors("D 5, E 2.1"), written=True),
    Chapter(15, N_("Computer vision in miniature"), "V", _mirrors("A 5, B 6.1, D 5, E 3.4 6.1")),
    Chapter(16, N_("Language in miniature"), "V", _mirrors("B 6.3, C 5, D 5, E 6.2")),
    Chapter(
        17,
        N_("Sound, series, recommendations and biology in miniature"),
        "V",
        _mirrors("B 6.2, D 5, E 6.3"),
        short=N_("Sound, series, biology in miniature"),
    ),
    Chapter(
        18,
        N_("Decisions: reinforcement learning in miniature"),
        "V",
        _mirrors("E 3.4"),
        short=N_("Decisions in miniature"),
    ),
    Chapter(
        19,
        N_("The same network in Keras, PyTorch and scikit-learn; ONNX and serving"),
        "VI",
        _mirrors("A 6, B 7.1 7.2 7.3, D 6 8.10"),
        short=N_("Keras, PyTorch and scikit-learn"),
    ),
    Chapter(20, N_("Interpretability"), "VII", _mirrors("A 7, B 8.1, D 7 8.9")),
    Chapter(
        21,
        N_("Generalization: overfitting, regularization, augmentation"),
        "VII",
        _mirrors("A 7, B 9.3, D 7 8.4"),
        short=N_("Generalization"),
    ),
    Chapter(
        22,
        N_("Smaller and faster models: pruning, quantization, distillation"),
        "VII",
        _mirrors("B 8.1, C 5, D 7 8.8"),
        short=N_("Smaller and faster models"),
    ),
    Chapter(23, N_("Transfer learning"), "VII", _mirrors("D 8.6")),
    Chapter(24, N_("Hyperparameter search"), "VII", _mirrors("D 8.7")),
    Chapter(25, N_("Privacy, fairness and robustness"), "VII", _mirrors("B 8.2, C 5, D 7")),
    Chapter(26, N_("Going deep: vanishing gradients"), "VIII", _mirrors("D 8.3")),
    Chapter(
        27,
        N_("Questions and answers, each by an experiment"),
        "VIII",
        _mirrors("C 6.1 6.2, D 8.1 8.2"),
        short=N_("Questions, each by an experiment"),
    ),
)
