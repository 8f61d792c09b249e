"""Calls of what computes with numbers: activations, losses, metrics, initializers, optimizers, and so on."""

import numpy as np

import nnlab
from nnlab import activations, autodiff, constraints, datasets, initializers, losses, metrics, optimizers, regularizers
from nnlab.optimizers import schedules
from tests.reliability.calls.core import Call, call, defaults

Z = np.array([[-2.0, 0.5, 1.0], [0.0, 3.0, -0.25]])
#: Whole numbers, whose differences and squares do not fit into small types.
Y, P = np.array([[0.0, 1.0, 200.0], [3.0, 2.0, 4.0]]), np.array([[1.0, 0.0, 0.0], [2.0, 5.0, 100.0]])
ONE_HOT = np.array([[0, 1, 0], [1, 0, 0], [0, 0, 1], [1, 0, 0]])
SHARES = np.array([[0.25, 0.5, 0.25], [0.5, 0.25, 0.25], [0.125, 0.5, 0.375], [0.25, 0.5, 0.25]])
CLASSES = np.array([1, 0, 2, 0])
BINARY, SCORES = np.array([0, 1, 1, 0]), np.array([0.25, 0.75, 0.5, 0.625])

#: NumPy warns of a division by them.
BY_ZERO = ("0", "shape (7,)", "shape (4, 3)", "a range", "booleans")


def activation_calls():
    """Each is applied."""

    table = {
        f"activations.{f.name}": Call(lambda z, f=f: f(z), {"z": Z}, (), ("complex numbers",)) for f in activations._ALL
    }
    square = {"name": "square", "function": np.square, "derivative": lambda z: 2 * z}
    functions = ("a class", "a function", "Ellipsis")  # three dots stand for what an exercise leaves to be written
    return table | {
        "activations.Activation": call(activations.Activation, (), functions, lambda f: f(Z), **square),
        "activations.LeakyReLU": call(
            activations.LeakyReLU, _use=lambda f: (f(Z), f.derivative(Z)), negative_slope=0.25
        ),
        "activations.ELU": call(activations.ELU, _use=lambda f: (f(Z), f.derivative(Z)), alpha=1.0),
        "activations.get": call(activations.get, _use=lambda f: f(Z), activation="relu"),
    }


def loss_calls():
    """Each is made and applied."""
    table = {}
    for name, y, p in (
        ("MeanSquaredError", Y, P),
        ("MeanAbsoluteError", Y, P),
        ("Huber", Y, P),
        ("BinaryCrossentropy", ONE_HOT, SHARES),
        ("CategoricalCrossentropy", ONE_HOT, SHARES),
        ("SparseCategoricalCrossentropy", CLASSES, SHARES),
    ):
        kind = getattr(losses, name)
        data = {"y_true": y, "y_pred": p, "sample_weight": np.arange(1.0, len(y) + 1)}

        def run(y_true, y_pred, sample_weight, kind=kind, **settings):
            return kind(**settings)(y_true, y_pred, sample_weight)

        table[f"losses.{name}"] = Call(run, defaults(kind) | data)
    return table | {"losses.get": call(losses.get, _use=lambda loss: loss(Y, P), loss="mse")}


def metric_calls():
    """Functions, and the same as objects."""
    pairs = {
        "binary_accuracy": (ONE_HOT, SHARES),
        "categorical_accuracy": (ONE_HOT, SHARES),
        "sparse_categorical_accuracy": (CLASSES, SHARES),
        "top_k_categorical_accuracy": (ONE_HOT, SHARES),
        "sparse_top_k_categorical_accuracy": (CLASSES, SHARES),
        "mean_squared_error": (Y, P),
        "mean_absolute_error": (Y, P),
        "r2_score": (Y, P),
        "confusion_matrix": (CLASSES, np.array([1, 2, 2, 0])),
        "precision_score": (BINARY, SCORES),
        "recall_score": (BINARY, SCORES),
        "f1_score": (BINARY, SCORES),
        "roc_curve": (BINARY, SCORES),
        "roc_auc_score": (BINARY, SCORES),
        "precision_recall_curve": (BINARY, SCORES),
        "average_precision_score": (BINARY, SCORES),
    }
    table = {}
    for name, (y, p) in pairs.items():
        function = getattr(metrics, name)
        second = "y_score" if "y_score" in function.__code__.co_varnames[:2] else "y_pred"
        table[f"metrics.{name}"] = call(function, y_true=y, **{second: p})
        class_name = "".join(part.capitalize() for part in name.split("_")).replace("TopK", "TopK")
        if hasattr(metrics, class_name):
            kind = getattr(metrics, class_name)
            table[f"metrics.{class_name}"] = call(kind, _use=lambda m, y=y, p=p: metrics.get(m)[1](y, p))
    table |= {
        "metrics.roc_auc_score of classes": call(metrics.roc_auc_score, y_true=CLASSES, y_score=SHARES),
        "metrics.get": call(metrics.get, _use=lambda found: found[0], metric="mse"),
        "metrics.decide": Call(
            lambda function: metrics.decide(function, 3, 3).__name__, {"function": metrics.mean_squared_error}
        ),
        "metrics.total": call(metrics.total, (), ("a class",), function=metrics.mean_squared_error, y=Y, p=P),
    }
    return table


def initializer_calls():
    """Each is made and draws."""
    table = {}
    for name in dir(initializers):
        kind = getattr(initializers, name)
        if (
            not isinstance(kind, type)
            or not issubclass(kind, initializers.Initializer)
            or kind is initializers.Initializer
        ):
            continue

        def run(shape, kind=kind, **settings):
            return kind(**settings)(shape, np.random.default_rng(0))

        table[f"initializers.{name}"] = Call(
            run,
            defaults(kind) | {"shape": (3, 4)} | {"seed": 1}
            if "seed" in defaults(kind)
            else defaults(kind) | {"shape": (3, 4)},
        )
    rng = lambda f: f((3, 4), np.random.default_rng(0))  # noqa: E731
    return table | {"initializers.get": call(initializers.get, _use=rng, initializer="he_normal")}


def rule_calls():
    """Regularizers and constraints are applied; optimizers and schedules take some steps."""
    w = np.array([[3.0, -1.0], [4.0, 0.5]])
    both = lambda rule: None if rule is None else (rule(w), rule.gradient(w))  # noqa: E731
    applied = lambda rule: None if rule is None else rule(w)  # noqa: E731
    table = {f"regularizers.{name}": call(getattr(regularizers, name), _use=both) for name in ("L1L2", "L1", "L2")}
    table["regularizers.L2 applied"] = call(regularizers.L2(0.5).__call__, w=w)
    table["regularizers.get"] = call(regularizers.get, _use=both, regularizer="l2")
    table["constraints.MaxNorm"] = call(constraints.MaxNorm, _use=applied)
    table["constraints.MaxNorm applied"] = call(constraints.MaxNorm(1.0).__call__, w=w)
    table["constraints.get"] = call(constraints.get, _use=applied, constraint="max_norm")
    for name in ("SGD", "Adagrad", "Adam", "AdamW", "RMSprop"):
        kind = getattr(optimizers, name)
        table[f"optimizers.{name}"] = call(kind, _use=_stepped)
        table[f"optimizers.{name} clipping"] = call(kind, _use=_stepped, clipnorm=1.0)
    table["optimizers.get"] = call(optimizers.get, _use=_stepped, optimizer="adam")
    given = {
        "Constant": {"learning_rate": 0.5},
        "CosineDecay": {"initial_learning_rate": 0.5, "decay_steps": 10, "warmup_target": 1.0, "warmup_steps": 2},
        "CosineDecayRestarts": {"initial_learning_rate": 0.5, "first_decay_steps": 4},
        "ExponentialDecay": {"initial_learning_rate": 0.5, "decay_steps": 4, "decay_rate": 0.5},
        "InverseTimeDecay": {"initial_learning_rate": 0.5, "decay_steps": 4, "decay_rate": 0.5},
        "OneCycle": {"max_learning_rate": 0.5, "total_steps": 10},
        "PiecewiseConstantDecay": {"boundaries": [2.0, 4.0], "values": [1.0, 0.5, 0.25]},
        "PolynomialDecay": {"initial_learning_rate": 0.5, "decay_steps": 10},
        "WarmUp": {"schedule": 0.5, "warmup_steps": 4},
    }
    for name, arguments in given.items():
        kind = getattr(schedules, name)

        def run(step, kind=kind, **settings):
            schedule = kind(**settings)
            return schedule(step), schedule(3), schedule(50), optimizers.SGD(schedule).learning_rate

        table[f"optimizers.schedules.{name}"] = Call(run, defaults(kind) | arguments | {"step": np.arange(12)})
    return table


def _stepped(optimizer):
    """Two steps, by the formulas."""
    parameters, gradient = np.array([1.0, -2.0, 3.0]), np.array([0.5, 1e-3, -200.0])
    optimizer.build(3, parameters.dtype)
    for _ in range(2):
        optimizer.update(parameters, gradient)
    return parameters


def data_calls():
    """Points on the plane, and verses."""
    few = {"n_samples": 12, "seed": 3}
    table = {
        f"datasets.{name}": call(getattr(datasets, name), **few)
        for name in ("circles", "gaussians", "moons", "spiral", "xor")
    }
    return table | {
        "datasets.poems.verses": call(datasets.poems.verses),
        "set_language": call(nnlab.set_language, name="en"),
        "Input": call(nnlab.Input, _use=lambda symbol: symbol.shape, shape=(3, 4)),
    }


def autodiff_calls():
    """Numbers and arrays that remember how they were made."""
    Value, Tensor = autodiff.Value, autodiff.Tensor

    def slopes(result, *leaves):
        if not isinstance(result, Value | Tensor):
            return result
        result.backward() if isinstance(result, Value) else result.backward(np.ones(result.shape))
        return (result.data, *(leaf.grad for leaf in leaves))

    def of_value(name, **arguments):
        def run(**arguments):
            x = Value(1.5)
            return slopes(getattr(x, name)(*arguments.values()), x)

        return Call(run, arguments, (ZeroDivisionError, OverflowError))

    def of_tensor(name, raises=(), leave_out=(), **arguments):
        def run(**arguments):
            x = Tensor(Y)
            return slopes(getattr(x, name)(*arguments.values()), x)

        return Call(run, arguments, raises, leave_out)

    def expression(data, label):
        x = Value(data, label)
        return slopes((x * 2 + 1).tanh() * x, x), autodiff.mermaid(x * x), autodiff.Steps(x * x).at(1).sentences

    def arrays(data, label):
        x = Tensor(data, label)
        return slopes(((x * 2 + 1).tanh() * x).sum(), x), autodiff.mermaid(x * x)

    def root(function):
        return lambda root: str(function(root))

    def steps_at(number):
        x = Value(1.5, "x")
        return autodiff.Steps(x * x).at(number).sentences

    def backward(gradient):
        x = Tensor(Y)
        (x * x).backward(gradient)
        return x.grad

    table = {
        "autodiff.Value": Call(expression, {"data": 0.5, "label": "x"}, (OverflowError,)),
        "autodiff.Tensor": Call(arrays, {"data": np.array([[0.5, -1.0], [2.0, 1.0]]), "label": "x"}),
        "autodiff.forward_order": Call(lambda root: len(autodiff.forward_order(root)), {"root": Value(1.0) * 2}),
        "autodiff.Steps": Call(lambda root: len(autodiff.Steps(root)), {"root": Value(1.0) * 2}),
        "autodiff.Steps.at": Call(steps_at, {"number": 1}, (IndexError,)),
        "autodiff.mermaid": Call(root(autodiff.mermaid), {"root": Value(1.0) * 2}),
        "autodiff.Tensor.backward": Call(backward, {"gradient": np.ones((2, 3))}),
        "autodiff.Tensor.__getitem__": of_tensor("__getitem__", (IndexError,), index=1),
        "autodiff.Tensor.reshape": of_tensor("reshape", shape=(3, 2)),
        "autodiff.Tensor.transpose": of_tensor("transpose", axes=(1, 0)),
        "autodiff.Tensor.__rsub__": of_tensor("__rsub__", other=2.0),
    }
    for name in (
        "__add__",
        "__sub__",
        "__mul__",
        "__truediv__",
        "__radd__",
        "__rtruediv__",
        "__pow__",
        "maximum",
        "__rpow__",
    ):
        table[f"autodiff.Value.{name}"] = of_value(name, other=2.0)
    for name in ("__add__", "__sub__", "__mul__", "__truediv__", "maximum"):
        table[f"autodiff.Tensor.{name}"] = of_tensor(name, (), BY_ZERO, other=np.array([[1.0, 2.0, 4.0]]))
    table["autodiff.Tensor.__matmul__"] = of_tensor("__matmul__", other=np.array([[1.0], [2.0], [4.0]]))
    table["autodiff.Tensor.__pow__"] = of_tensor(
        "__pow__", (), ("-1", "-2.5", "0.5"), exponent=2.0
    )  # NumPy warns of the slope at 0
    for name in ("sum", "mean", "max"):
        table[f"autodiff.Tensor.{name}"] = of_tensor(name, axis=1, keepdims=False)
    return table
