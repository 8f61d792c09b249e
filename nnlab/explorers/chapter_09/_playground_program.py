"""The playground 'as Python': a whole short program on nnlab that makes the displayed network again, bit for bit."""

from __future__ import annotations

import ast
import re
from typing import Any

from nnlab.explorers.chapter_09._playground_data import EDGE, POINTS, TOYS, in_z, spread_of, training_points
from nnlab.explorers.chapter_09._playground_edits import place
from nnlab.explorers.chapter_09._playground_run import LARGE, LOSSES, loss_of
from nnlab.explorers.core import Values

_FUNCTIONS = {"max": "np.maximum", "min": "np.minimum", "sigmoid": "nnlab.activations.sigmoid"}
_OPTIMIZERS = {"sgd": "SGD", "momentum": "SGD", "rmsprop": "RMSprop", "adam": "Adam", "adamw": "AdamW"}


def program(values: Values, training: Any = None) -> str:
    """Write the program.

    Parameters
    ----------
    values : SimpleNamespace
        All the controls' values.
    training : ndarray of bool, optional
        For painted points: which of them are trained on.

    Returns
    -------
    str
        When it has run, ``model`` is the network that is displayed.
    """
    parts = [_imports(values), _data(values, training), _features(values), _model(values), _training(values)]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _imports(values: Values) -> list[str]:
    used = ["layers", "optimizers"]
    if values.initialization == "large":
        used.append("initializers")
    if values.regularization != "none":
        used.append("regularizers")
    if values.data in TOYS:
        used.append("datasets")
    return ["import numpy as np", "import nnlab", f"from nnlab import {', '.join(sorted(used))}"]


def _data(values: Values, training: Any) -> list[str]:
    if values.data == "own":
        return _own(values.points, training)
    noise = f"{spread_of(values.data, values.noise):g}"
    if values.data in TOYS:
        lines = [f"x, y = datasets.{TOYS[values.data]}({POINTS}, noise={noise}, seed={values.draw})"]
    else:
        lines = [
            f"rng = np.random.default_rng({values.draw})",
            f"x = rng.uniform(-{EDGE:g}, {EDGE:g}, ({POINTS}, 2)).astype(np.float32)",
        ]
        more = f" + {noise} * rng.standard_normal({POINTS})"
        if values.data == "plane":
            lines.append(f"y = (x[:, 0] + x[:, 1]) / 5{more}")
        elif values.data == "hills":
            lines.append("slices = np.exp(-((x - 1.2) ** 2)) - np.exp(-((x + 1.2) ** 2))")
            lines.append(f"y = slices[:, 0] * slices[:, 1]{more}")
        else:
            lines.append("x1 = x[:, 0]")
            lines.append(f"y = (x[:, 1] > {numpy_formula(values.formula)}).astype(int)")
            lines.append(f"x = (x + {noise} * rng.standard_normal(({POINTS}, 2))).astype(np.float32)")
    n = training_points(values.training)
    return [*lines, f"x, y, x_test, y_test = x[:{n}], y[:{n}], x[{n}:], y[{n}:]"]


def _own(points: Any, training: Any) -> list[str]:
    lines = []
    for side, end in ((True, ""), (False, "_test")):
        rows = [str(point) for point, on in zip(points, training, strict=True) if on == side]
        lines += ["points = np.array([  # x1, x2, class"]
        lines += [f"    {', '.join(rows[k : k + 5])}," for k in range(0, len(rows), 5)]
        lines += ["]).reshape(-1, 3)"]
        lines += [f"x{end}, y{end} = points[:, :2].astype(np.float32), points[:, 2].astype(int)"]
    return lines


def _features(values: Values) -> list[str]:
    if values.features == ("x1", "x2"):
        return []
    columns = ", ".join(name.replace("sin", "np.sin").replace("*", " * ") for name in values.features)
    return [
        "def features(x):",
        "    x1, x2 = x[:, 0], x[:, 1]",
        f"    return np.stack([{columns}], axis=1)",
        "",
        "x, x_test = features(x), features(x_test)",
    ]


def _model(values: Values) -> list[str]:
    regression = values.data in ("plane", "hills")
    settings = ""
    if values.initialization == "large":
        settings += f", kernel_initializer=initializers.RandomNormal(stddev={LARGE:g})"
    elif values.initialization != "glorot_uniform":  # what a dense layer takes unasked
        settings += f', kernel_initializer="{values.initialization}"'
    if values.regularization != "none":
        settings += f", kernel_regularizer=regularizers.{values.regularization.upper()}({values.rate:g})"
    hidden = [f'    layers.Dense({units}, activation="{values.activation}"{settings}),' for units in values.hidden]
    output = "linear" if regression else "sigmoid"
    return [
        "model = nnlab.Sequential([",
        f"    layers.Input(shape=({len(values.features)},)),",
        *hidden,
        f'    layers.Dense(1, activation="{output}"{settings}),',
        f"], seed={values.seed})",
    ]


def _training(values: Values) -> list[str]:
    momentum = ", momentum=0.9" if values.optimizer == "momentum" else ""
    metrics = "" if values.data in ("plane", "hills") else ', metrics=["accuracy"]'
    batch = str(values.batch) if values.batch else "len(x)"
    lines = [
        f"optimizer = optimizers.{_OPTIMIZERS[values.optimizer]}(learning_rate={values.learning_rate:g}{momentum})",
        f'model.compile(optimizer, loss="{LOSSES[loss_of(values)]}"{metrics})',
    ]
    if values.epoch:
        lines.append(f"model.fit(x, y, batch_size={batch}, epochs={values.epoch}, verbose=0)")
    typed = [(place(name, values), number) for name, number in values.typed.items()]
    if any(found for found, _number in typed):
        lines += ["", "weights = model.get_weights()  # kernel and bias of each layer in turn"]
        lines += [f"weights[{at[0]}][{_index(at[1:])}] = {number!r}" for at, number in typed if at]
        lines.append("model.set_weights(weights)")
    lines.append('print("training:", model.evaluate(x, y, return_dict=True))')
    tested = 'print("test:", model.evaluate(x_test, y_test, return_dict=True))'
    return [*lines, tested]


def _index(at: tuple[int, ...]) -> str:
    return ", ".join(map(str, at))


def numpy_formula(text: str) -> str:
    """Write a formula in x1 as an expression in NumPy.

    Parameters
    ----------
    text : str
        One that `nnlab.explorers.chapter_09._playground_data.read_formula` takes.

    Returns
    -------
    str

    Examples
    --------
    >>> numpy_formula("max(sin(x), 0, x1)")
    'np.maximum(np.maximum(np.sin(x1), 0), x1)'
    """
    text = in_z(re.sub(r"\s", " ", text))
    tree = ast.parse(f"({text})", mode="eval").body
    return ast.unparse(_Numpy().visit(tree))


class _Numpy(ast.NodeTransformer):
    """Gives names their NumPy, and max, min and comparisons of several numbers two at a time."""

    def visit_Name(self, node: ast.Name) -> ast.Name:
        names = {"z": "x1", "pi": "np.pi", "e": "np.e"}
        return ast.Name(names.get(node.id, node.id))

    def visit_Call(self, node: ast.Call) -> Any:
        assert isinstance(node.func, ast.Name)
        name = _FUNCTIONS.get(node.func.id, f"np.{node.func.id}")
        arguments = [self.visit(argument) for argument in node.args]
        if node.func.id not in ("max", "min"):
            return ast.Call(ast.Name(name), arguments, [])
        first, *rest = arguments
        for argument in rest:
            first = ast.Call(ast.Name(name), [first, argument], [])
        return first

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        sides = [self.visit(side) for side in (node.left, *node.comparators)]
        first, *rest = (ast.Compare(a, [test], [b]) for a, test, b in zip(sides[:-1], node.ops, sides[1:], strict=True))
        joined: ast.expr = first
        for other in rest:
            joined = ast.BinOp(joined, ast.BitAnd(), other)
        return joined

    def visit_BinOp(self, node: ast.BinOp) -> ast.BinOp:
        left, right = self.visit(node.left), self.visit(node.right)
        if isinstance(node.op, ast.Pow):
            for part in ast.walk(left):  # 9**9**9 of whole numbers would never end
                if isinstance(part, ast.Constant) and isinstance(part.value, int):
                    part.value = float(part.value)
        return ast.BinOp(left, node.op, right)

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        large = isinstance(node.value, int) and node.value > 2**53
        return ast.Constant(float(node.value)) if large else node  # type: ignore[arg-type]
