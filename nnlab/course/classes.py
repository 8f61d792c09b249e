"""Exercises in which a class is written, method by method: how it is called, shown, and made for the tests.

The class of chapter 07 stands in `nnlab.course.chapter_07_value`. What all exercises share is in
`nnlab.course.exercise`.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from nnlab.course.exercise import Exercise, Form, Function
from nnlab.language import _


@dataclass(frozen=True)
class ClassExercise(Exercise):
    """An exercise that asks for methods of a class; the reference is the whole class.

    Parameters
    ----------
    given : tuple of str
        Methods that the learner has already; the solution shows them, too.
    asked : tuple of str
        Methods to write.
    """

    given: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()

    def solution(self) -> str:
        """Source of the class with all methods so far, as a learner would write it."""
        return self._class((*self.given, *self.asked), emptied=False)

    def stub(self) -> str:
        """Text of a cell that a learner fills in."""
        return f'{self._class(("__init__", *self.asked), emptied=True)}\n\ncheck("{self.number}", {self.name})'

    def _class(self, methods: tuple[str, ...], *, emptied: bool) -> str:
        texts = [f"class {self.name}:"]
        for name in methods:
            tree = ast.parse(textwrap.dedent(inspect.getsource(getattr(self.reference, name))))
            if emptied and name in self.asked:
                function = tree.body[0]
                assert isinstance(function, ast.FunctionDef)
                function.body = [function.body[0], ast.Expr(ast.Constant(...))]
            texts.append(textwrap.indent(ast.unparse(_Untyped().visit(tree)), "    "))
        return texts[0] + "\n" + "\n\n".join(texts[1:])


class _Untyped(ast.NodeTransformer):
    """Takes the types away, which are for us."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        """Clear what stands behind colons and arrows."""
        node.returns = None
        for argument in node.args.args:
            argument.annotation = None
        self.generic_visit(node)
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.Assign:
        """Make a plain assignment."""
        assert node.value is not None
        return ast.copy_location(ast.Assign([node.target], node.value), node)


def class_form(methods: tuple[str, ...], call: Callable[[Any], Function], answer: Callable[[Function], Any]) -> Form:
    """Make the form of an exercise that asks for methods of a class.

    Parameters
    ----------
    methods : tuple of str
        Those that are asked for.
    call : callable
        From the class to a function of the probe's arguments that returns the results.
    answer : callable
        From such a function to a class, for the tests.

    Returns
    -------
    Form
    """

    def checked(given: Any) -> Function:
        if isinstance(given, type):
            return call(given)

        def refuse(*_arguments: Any) -> Any:
            raise TypeError(_("hand in the class itself, not what it makes: its name without brackets"))

        refuse.__signature__ = inspect.signature(call(_Nothing))  # type: ignore[attr-defined]
        return refuse

    def pieces(given: Any) -> tuple[Function, ...]:
        return tuple(getattr(given, name) for name in methods if hasattr(given, name))

    return Form(None, checked, answer, pieces)


class _Nothing:
    """A class without methods."""
