"""Formulas in z that a learner types: read without ``eval``, computed together with their slope.

`parse` turns a text into a `Formula`. It checks the text token by token, so that an error can say what is wrong and
where; Python's ``ast`` then only settles which operation comes first. What is computed stands in
`nnlab.explorers._dual`.
"""

from __future__ import annotations

import ast
import difflib
import functools
import operator
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab import activations
from nnlab.explorers import _dual
from nnlab.explorers._dual import Dual
from nnlab.language import N_, _

Array = NDArray[Any]

LONGEST = 200  # characters
DEEPEST = 60  # operations inside each other


Rule = Callable[[Dual], Dual]
Condition = Callable[[Dual], Array]


class FormulaError(ValueError):
    """A text that is no formula: what is wrong, in a sentence, and where.

    Parameters
    ----------
    words : str
        A whole sentence.
    text : str
    place : int
        Number of the character, from 0.
    """

    def __init__(self, words: str, text: str, place: int) -> None:
        self.place = place
        if text.strip():
            marked = "".join(c if c.isprintable() else " " for c in f"{text[:place]}▸{text[place:]}")
            words = _("{sentence} It is at the mark ▸ in: {formula}").format(sentence=words, formula=marked)
        super().__init__(words)


@dataclass(frozen=True)
class Formula:
    """A function of z and its derivative.

    Parameters
    ----------
    text : str
    rule : callable
        From z as a dual number to the result.

    Examples
    --------
    >>> value, slope = parse("z**2 + 1")(np.array([0.0, 3.0]))
    >>> value
    array([ 1., 10.])
    >>> slope
    array([0., 6.])
    """

    text: str
    rule: Rule = field(repr=False, compare=False)

    def __call__(self, z: Any) -> tuple[Array, Array]:
        """Compute value and slope.

        Parameters
        ----------
        z : array_like

        Returns
        -------
        value, slope : ndarray
            Of z's shape; NaN or infinite where the formula is not defined or too large, without a warning.
        """
        z = np.asarray(z)
        z = z.astype(np.result_type(z.dtype, np.float32), copy=False)
        with np.errstate(all="ignore"):
            result = self.rule(Dual(z, z.dtype.type(1)))
        return _fill(result.value, z), _fill(result.slope, z)

    def value(self, z: Any) -> Array:
        """Compute f(z); see `__call__`."""
        return self(z)[0]

    def derivative(self, z: Any) -> Array:
        """Compute f'(z); see `__call__`."""
        return self(z)[1]

    def activation(self) -> activations.Activation:
        """Make an activation that layers can use.

        Returns
        -------
        nnlab.activations.Activation
            Its name is the formula.
        """
        return activations.Activation(self.text, self.value, self.derivative)


def _fill(part: Any, z: Array) -> Array:
    """Bring a result to z's shape, where it is a number; a copy where it is z itself."""
    if np.shape(part) == z.shape and part is not z:
        return np.asarray(part, dtype=z.dtype)
    return np.array(np.broadcast_to(part, z.shape), dtype=z.dtype)


def parse(text: str) -> Formula:
    """Read a formula in z.

    Parameters
    ----------
    text : str
        Numbers, z, pi, e, ``+ - * / **``, brackets, comparisons inside ``where(condition, a, b)``, and the functions
        exp, log, sqrt, abs, tanh, sigmoid, sin, cos, max, min and where.

    Returns
    -------
    Formula

    Raises
    ------
    FormulaError
        Saying what is wrong, and where.

    Notes
    -----
    At a kink a slope is chosen. That of ``abs`` is 0 at 0. Where the sides of ``max`` or ``min`` are equal, the
    flatter one counts: 0 for ``max(z, 0)`` at 0, as for relu. What does not move adds no slope, even where the rule
    outside it is infinite: ``sqrt(abs(z))`` has slope 0 at 0.

    Examples
    --------
    >>> parse("max(z, 0)").derivative([-1.0, 0.0, 2.0])
    array([0., 0., 1.])
    >>> parse("(1 + z")
    Traceback (most recent call last):
        ...
    nnlab.explorers.formula.FormulaError: This bracket is never closed. It is at the mark ▸ in: ▸(1 + z
    """
    text = re.sub(r"\s", " ", text)
    if len(text) > LONGEST:
        words = _("The formula is too long: {length} characters, of at most {longest}.")
        raise FormulaError(words.format(length=len(text), longest=LONGEST), text[:20], 20)
    _check(text)
    try:
        tree = ast.parse(f"({text})", mode="eval").body
    except SyntaxError as error:  # a number such as 007
        raise FormulaError(_("Python cannot read this."), text, max(0, (error.offset or 2) - 2)) from None
    return Formula(text.strip(), _Reader(text).read(tree))


# Reading: tokens first, for errors in the learner's words.

_TOKEN = re.compile(
    r"""(?P<number>(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?)
      | (?P<name>[A-Za-z_][A-Za-z_0-9]*)
      | (?P<operator>\*\*|<=|>=|==|!=|[-+*/<>])
      | (?P<bracket>[()])
      | (?P<comma>,)
    """,
    re.VERBOSE | re.ASCII,
)
_INSTEAD = {
    "^": N_("^ means power in mathematics; Python writes **, as in z**2."),
    "=": N_("A formula has no equals sign: write only what stands to the right of it."),
    ".": N_("A point stands only inside a number: write exp(z), not np.exp(z)."),
    "|": N_("Write abs(z) for |z|."),
    "−": N_("This dash is not the minus sign of Python: write -."),
    "–": N_("This dash is not the minus sign of Python: write -."),
    "×": N_("Python writes a product with *, as in 2*z."),
    "·": N_("Python writes a product with *, as in 2*z."),
    "÷": N_("Python writes a quotient with /, as in z/2."),
    "²": N_("Python writes a power with **, as in z**2."),
    "³": N_("Python writes a power with **, as in z**3."),
    "π": N_("Write pi for π."),
    "[": N_("Only round brackets are used here: ( and )."),
    "{": N_("Only round brackets are used here: ( and )."),
}
_MEANT = {"x": "z", "ln": "log", "relu": "max(z, 0)", "pow": "**", "softplus": "log(1 + exp(z))", "Z": "z"}


def _tokens(text: str) -> Iterator[tuple[str, str, int]]:
    """Give the kind, the text and the place of each token."""
    place = 0
    while place < len(text):
        if text[place] == " ":
            place += 1
            continue
        match = _TOKEN.match(text, place)
        if match is None:
            general = N_("{character} has no place in a formula; numbers, z, + - * / **, ( ) and functions have.")
            words = _(_INSTEAD.get(text[place], general))
            raise FormulaError(words.format(character=_printable(text[place])), text, place)
        kind = next(kind for kind in ("number", "name", "operator", "bracket", "comma") if match[kind])
        yield kind, match[0], place
        place = match.end()


def _printable(character: str) -> str:
    return character if character.isprintable() else ascii(character)


def _check(text: str) -> None:
    """Raise an error if tokens do not follow each other as in a formula."""
    awaited = "operand"  # or "operator", or "(" after the name of a function
    before = ""
    brackets: list[tuple[int, bool]] = []  # where each open one stands, and whether arguments are in it
    for kind, token, place in _tokens(text):
        if kind == "name":
            _check_name(token, text, place)
        if awaited == "(" and token != "(":
            raise FormulaError(_needs_brackets(before), text, place)
        if awaited == "operator" and (kind in ("number", "name") or token == "("):
            words = _("Between {before} and {token} an operation is missing; a product is written with *.")
            raise FormulaError(words.format(before=before, token=token), text, place)
        if awaited == "operand" and (token in (")", ",") or (kind == "operator" and token not in ("+", "-"))):
            words = _("Something is missing before {token}: a number, z or a function.")
            raise FormulaError(words.format(token=token), text, place)

        if token == "(":
            brackets.append((place, awaited == "("))
            awaited = "operand"
        elif token == ")":
            if not brackets:
                raise FormulaError(_("This bracket was never opened."), text, place)
            brackets.pop()
            awaited = "operator"
        elif token == ",":
            if not (brackets and brackets[-1][1]):
                words = _("A comma stands only between arguments, as in max(z, 0); decimals have a point, as in 0.5.")
                raise FormulaError(words, text, place)
            awaited = "operand"
        elif kind == "operator":
            awaited = "operand"
        else:
            awaited = "(" if token in _FUNCTIONS else "operator"
        before = token
    if not before:
        raise FormulaError(_("Nothing is typed: write a formula in z, such as max(z, 0)."), text, 0)
    if awaited == "(":
        raise FormulaError(_needs_brackets(before), text, len(text))
    if awaited == "operand":
        words = _("The formula ends too early: after {token} something is missing.")
        raise FormulaError(words.format(token=before), text, len(text))
    if brackets:
        raise FormulaError(_("This bracket is never closed."), text, brackets[-1][0])


def _needs_brackets(name: str) -> str:
    return _("{name} is a function and needs brackets, as in {name}(z).").format(name=name)


def _check_name(name: str, text: str, place: int) -> None:
    known = ["z", *_CONSTANTS, *_FUNCTIONS]
    if name in known:
        return
    near = _MEANT.get(name) or next(iter(difflib.get_close_matches(name.lower(), known, n=1)), None)
    if near:
        words = _("There is no {name} here; did you mean {near}?").format(name=name, near=near)
    else:
        words = _("There is no {name} here; known are {known}.").format(name=name, known=", ".join(known))
    raise FormulaError(words, text, place)


class _Reader:
    """Turns a tree into rules; whatever is not listed here is refused."""

    def __init__(self, text: str) -> None:
        self._text, self._depth = text, 0

    def read(self, node: ast.expr) -> Rule:
        self._depth += 1
        if self._depth > DEEPEST:
            words = _("More than {deepest} operations stand inside each other: make the formula simpler.")
            raise self._error(words.format(deepest=DEEPEST), node)
        rule = self._read(node)
        self._depth -= 1
        return rule

    def _read(self, node: ast.expr) -> Rule:
        match node:
            case ast.Constant(value=int() | float() as number):
                return functools.partial(
                    _dual.number, number=float(number)
                )  # a power of whole numbers could be endless
            case ast.Name(id="z"):
                return lambda z: z
            case ast.Name(id=name) if name in _CONSTANTS:
                return functools.partial(_dual.number, number=_CONSTANTS[name])
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self.read(operand)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                u = self.read(operand)
                return lambda z: _dual.negative(u(z))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATIONS:
                a, b, combine = self.read(left), self.read(right), _OPERATIONS[type(op)]
                return lambda z: combine(a(z), b(z))
            case ast.Call(func=ast.Name(id="where"), args=arguments, keywords=[]):
                return self._where(node, arguments)
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in _FUNCTIONS:
                return self._call(node, name, arguments)
            case ast.Compare():
                words = _("A comparison stands only first in where, as in where(z > 0, z, 0).")
                raise self._error(words, node)
        raise self._error(_("This has no place in a formula."), node)

    def _call(self, node: ast.expr, name: str, arguments: list[ast.expr]) -> Rule:
        rules = [self.read(argument) for argument in arguments]
        function = _FUNCTIONS[name]
        if name in ("max", "min"):
            if len(rules) < 2:
                raise self._error(_("{name} compares two numbers, as in {name}(z, 0).").format(name=name), node)
            return lambda z: functools.reduce(function, [rule(z) for rule in rules])
        if len(rules) != 1:
            words = _("{name} takes one number, as in {name}(z); here it gets {count}.")
            raise self._error(words.format(name=name, count=len(rules)), node)
        return lambda z: function(rules[0](z))

    def _where(self, node: ast.expr, arguments: list[ast.expr]) -> Rule:
        if len(arguments) != 3 or not isinstance(arguments[0], ast.Compare):
            words = _("where takes a comparison and two numbers, as in where(z > 0, z, 0).")
            raise self._error(words, node)
        condition, a, b = self._compare(arguments[0]), self.read(arguments[1]), self.read(arguments[2])
        return lambda z: _dual.where(condition(z), a(z), b(z))

    def _compare(self, node: ast.Compare) -> Condition:
        sides = [self.read(side) for side in (node.left, *node.comparators)]
        tests = [_COMPARISONS[type(op)] for op in node.ops]

        def condition(z: Dual) -> Array:
            values = [side(z).value for side in sides]
            held = [test(a, b) for test, a, b in zip(tests, values[:-1], values[1:], strict=True)]
            return functools.reduce(np.logical_and, held)

        return condition

    def _error(self, words: str, node: ast.expr) -> FormulaError:
        return FormulaError(words, self._text, min(len(self._text), max(0, node.col_offset - 1)))


_CONSTANTS = {"pi": np.pi, "e": np.e}
_OPERATIONS: dict[type, Callable[[Dual, Dual], Dual]] = {
    ast.Add: _dual.add,
    ast.Sub: _dual.subtract,
    ast.Mult: _dual.multiply,
    ast.Div: _dual.divide,
    ast.Pow: _dual.power,
}
_COMPARISONS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_FUNCTIONS: dict[str, Callable[..., Dual]] = {
    "exp": _dual.exp,
    "log": _dual.log,
    "sqrt": _dual.sqrt,
    "abs": _dual.absolute,
    "tanh": _dual.tanh,
    "sigmoid": _dual.sigmoid,
    "sin": _dual.sin,
    "cos": _dual.cos,
    "max": _dual.maximum,
    "min": _dual.minimum,
    "where": _dual.where,
}
