"""What an exercise is: its task, its reference, the inputs it is tried on, its hints, and the mistakes it knows.

The exercises themselves stand in modules such as `nnlab.course.chapter_03_functions`; here they are looked up.
Mistakes that any exercise may draw are in `nnlab.course.mistakes`. Texts are data here, translated when shown.
"""

from __future__ import annotations

import ast
import difflib
import importlib
import inspect
import pkgutil
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from numpy.typing import NDArray

from nnlab.activations import Activation
from nnlab.language import N_, _

Array = NDArray[Any]
Function = Callable[..., Any]


@dataclass(frozen=True)
class Mistake:
    """A known wrong answer, and what is said to it.

    Parameters
    ----------
    name : str
        Stable and unique within an exercise; it is not shown.
    message : str
        One or two sentences that name the likely cause.
    wrong : callable
        Takes the arguments of the reference and returns what the mistake gives; it may raise where the mistake does.
        For an exercise that asks for a value, it takes none.
    fields : dict
        Words for the fields of the message, translated when shown.
    """

    name: str
    message: str
    wrong: Function
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Size:
    """A number of things by which a result may wrongly be divided or multiplied.

    Parameters
    ----------
    symbol : str
        As in the chapter: "N".
    meaning : str
        "the number of samples".
    of : callable
        Takes the arguments of the reference and returns the number.
    """

    symbol: str
    meaning: str
    of: Function


@dataclass(frozen=True)
class Reduction:
    """The sum or mean that ends the reference, for the mistakes that are made there.

    Parameters
    ----------
    terms : callable
        Takes the arguments of the reference and returns the array that is reduced.
    axis : int
        The right one.
    mean : bool
        Whether it is a mean; else it is a sum.
    """

    terms: Function
    axis: int
    mean: bool


@dataclass(frozen=True)
class Form:
    """How an answer is handed in, and how it is called.

    Parameters
    ----------
    type : type or None
        What the answer must be an instance of; None for any callable.
    function : callable
        From the answer to a function of the probe's arguments that returns the results.
    answer : callable
        The way back: from such a function to an answer, for the tests.
    pieces : callable
        From the answer to the functions that the learner wrote in it.
    """

    type: type | None
    function: Callable[[Any], Function]
    answer: Callable[[Function], Any]
    pieces: Callable[[Any], tuple[Function, ...]]


FUNCTION = Form(None, lambda answer: answer, lambda function: function, lambda answer: (answer,))
VALUE = Form(object, lambda answer: lambda: answer, lambda function: function(), lambda _answer: ())
ACTIVATION = Form(
    Activation,
    lambda answer: lambda z: (answer.function(z), answer.derivative(z)),
    lambda function: Activation("wrong", lambda z: function(z)[0], lambda z: function(z)[1]),
    lambda answer: (answer.function, answer.derivative),
)


@dataclass(frozen=True)
class Exercise:
    """One exercise.

    Parameters
    ----------
    number : str
        Its id, "3.2": stable, and never used again for another exercise.
    name : str
        What the learner writes: the name of the function or variable.
    task : str
        In one line.
    reference : callable, Activation or value
        The right answer. A function's source is the solution that is shown.
    probes : tuple of tuple
        Arguments to try it on, the smallest first.
    hints : tuple of three str
        The third nearly gives it away.
    why : str
        One sentence below the solution.
    mistakes : tuple of Mistake
        Those peculiar to this exercise.
    covered : dict
        Common mistakes that coincide here with another mistake, by name: {"negatives lost": "plain relu"}.
    parts : tuple of str
        Names of the results if there are several.
    form : Form
        How the answer is handed in.
    sources : tuple of callable
        The functions of the solution; the reference by default.
    last_line : str
        A line that the solution and the stub end with.
    slope : bool
        Whether the second result must be the slope of the first: it is then measured by finite differences.
    sizes : tuple of Size
    reduction : Reduction, optional
    steps : dict
        Values that one may return a step too early: what they are, and a function of the reference's arguments.
    last_test : callable, optional
        Takes an answer that is right on all probes; returns what is wrong with it all the same, or "".
    """

    number: str
    name: str
    task: str
    reference: Any
    hints: tuple[str, str, str]
    why: str
    probes: tuple[tuple[Any, ...], ...] = ((),)
    mistakes: tuple[Mistake, ...] = ()
    covered: Mapping[str, str] = field(default_factory=dict)
    parts: tuple[str, ...] = ()
    form: Form = FUNCTION
    sources: tuple[Function, ...] = ()
    last_line: str = ""
    slope: bool = False
    sizes: tuple[Size, ...] = ()
    reduction: Reduction | None = None
    steps: Mapping[str, Function] = field(default_factory=dict)
    last_test: Callable[[Any], str] | None = None

    @property
    def function(self) -> Function:
        """The reference as a function of a probe's arguments."""
        return self.form.function(self.reference)

    @property
    def argument_names(self) -> tuple[str, ...]:
        """Names of a probe's arguments."""
        return () if self.form is VALUE else tuple(inspect.signature(self.function).parameters)

    def solution(self) -> str:
        """Source of the solution, as a learner would write it."""
        if self.form is VALUE and not self.sources:
            return f"{self.name} = {self.reference!r}"
        return self._source(lambda _function, lines: lines)

    def stub(self) -> str:
        """Text of the cell that a learner fills in."""
        if self.form is VALUE:
            return f'{self.name} = ...\n\ncheck("{self.number}", {self.name})'
        return f'{self._source(_emptied)}\n\ncheck("{self.number}", {self.name})'

    def _source(self, body: Callable[[Function, list[str]], list[str]]) -> str:
        texts = []
        for function in self.sources or (self.reference,):
            lines = textwrap.dedent(inspect.getsource(function)).rstrip().splitlines()
            # The types are for us: a learner's line reads "def relu(z):".
            lines[0] = f"def {function.__name__}({', '.join(inspect.signature(function).parameters)}):"
            texts.append("\n".join(body(function, lines)))
        return "\n\n\n".join([*texts, self.last_line] if self.last_line else texts)


def _emptied(_function: Function, lines: list[str]) -> list[str]:
    """Keep the first line and the docstring, and add three dots."""
    tree = ast.parse("\n".join(lines)).body[0]
    assert isinstance(tree, ast.FunctionDef)
    return [*lines[: tree.body[0].end_lineno], "    ..."]


@cache
def exercises() -> dict[str, Exercise]:
    """All exercises by their ids, in the order of the chapters.

    Returns
    -------
    dict of str to Exercise

    Raises
    ------
    ValueError
        If two have the same id.
    """
    import nnlab.course

    names = [
        module.name for module in pkgutil.iter_modules(nnlab.course.__path__) if module.name.startswith("chapter_")
    ]
    found = [exercise for name in names for exercise in importlib.import_module(f"nnlab.course.{name}").EXERCISES]
    found.sort(key=lambda exercise: tuple(map(int, exercise.number.split("."))))
    by_number = {exercise.number: exercise for exercise in found}
    if len(by_number) < len(found):
        message = _("Two exercises have the same id: {listed}.")
        raise ValueError(message.format(listed=", ".join(exercise.number for exercise in found)))
    return by_number


def find(number: str) -> Exercise:
    """Look an exercise up.

    Parameters
    ----------
    number : str
        "3.2".

    Returns
    -------
    Exercise

    Raises
    ------
    TypeError
        If it is no text: 3.10 without quotes would be 3.1.
    ValueError
        If there is none with this id; the message says which there are.

    Examples
    --------
    >>> find("3.2").name, find("00.1").name
    ('sigmoid_derivative', 'standardize')
    """
    known = exercises()
    if not isinstance(number, str):
        message = _('The number of an exercise is a text: write it in quotes, "{number}".')
        raise TypeError(message.format(number=number))
    plain = number.strip()
    plain = plain[1:] if plain[:1] == "0" and plain[1:2].isdigit() else plain  # "03.2", as chapters are named
    if plain in known:
        return known[plain]
    chapter = [other for other in known if other.split(".")[0] == plain.split(".")[0]]
    near = difflib.get_close_matches(plain, known, n=1, cutoff=0.5)
    listed = ", ".join(chapter or known)
    if near:
        message = _("There is no exercise {number}. Did you mean {near}? There are: {listed}.")
        raise ValueError(message.format(number=repr(number), near=repr(near[0]), listed=listed))
    raise ValueError(
        _("There is no exercise {number}. There are: {listed}.").format(number=repr(number), listed=listed)
    )


#: How a single result is called in messages.
YOUR_RESULT = N_("your result")
