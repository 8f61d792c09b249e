"""What is trained for the golden values: one table for Keras, which made them, and for nnlab, which has to agree.

An object is written as its class and its settings, ``("SGD", {"learning_rate": 0.125})``, since both have the same
names and arguments. Keras keeps settings in float32: all these are numbers that it holds exactly.
"""

from typing import Any, NamedTuple

ROWS, FEATURES, HIDDEN, OUTPUTS, BATCH = 12, 4, 5, 3, 5

LEAKY = ("LeakyReLU", {"negative_slope": 0.25})
ELU = ("ELU", {"alpha": 0.5})
BINARY_LOGITS = ("BinaryCrossentropy", {"from_logits": True})
ONE_HOT_LOGITS = ("CategoricalCrossentropy", {"from_logits": True})
SPARSE_LOGITS = ("SparseCategoricalCrossentropy", {"from_logits": True})
SMALL_HUBER = ("Huber", {"delta": 0.25})

# hidden activation, output activation, loss, targets
NETWORKS: dict[str, tuple[Any, Any, Any, str]] = {
    "regression": ("tanh", "linear", "mse", "real"),
    "bounded": ("sigmoid", "tanh", "mse", "real"),
    "softplus_twice": ("softplus", "softplus", "mse", "real"),
    "softmax_mse": (LEAKY, "softmax", "mse", "one_hot"),
    "linear": ("linear", "elu", "mse", "real"),
    "absolute": ("gelu", "linear", "mae", "real"),
    "absolute_bounded": ("silu", "sigmoid", "mae", "real"),
    "absolute_leaky": ("softmax", LEAKY, "mae", "real"),
    "robust": (ELU, "selu", "huber", "real"),
    "robust_small": ("selu", "gelu", SMALL_HUBER, "real"),
    "robust_softmax": ("softmax", "silu", SMALL_HUBER, "real"),
    "single": ("relu", "sigmoid", "binary_crossentropy", "single"),
    "binary": ("relu", "sigmoid", "binary_crossentropy", "binary"),
    "binary_relu": ("tanh", "relu", "binary_crossentropy", "binary"),
    "binary_logits": (LEAKY, "linear", BINARY_LOGITS, "binary"),
    "binary_logits_sigmoid": ("elu", "sigmoid", BINARY_LOGITS, "binary"),
    "one_hot": ("gelu", "softmax", "categorical_crossentropy", "one_hot"),
    "one_hot_sigmoid": ("tanh", "sigmoid", "categorical_crossentropy", "one_hot"),
    "one_hot_logits": (ELU, "linear", ONE_HOT_LOGITS, "one_hot"),
    "one_hot_logits_softmax": ("softplus", "softmax", ONE_HOT_LOGITS, "one_hot"),
    "sparse": ("relu", "softmax", "sparse_categorical_crossentropy", "sparse"),
    "sparse_sigmoid": ("selu", "sigmoid", "sparse_categorical_crossentropy", "sparse"),
    "sparse_logits": ("silu", "linear", SPARSE_LOGITS, "sparse"),
    "sparse_logits_tanh": ("sigmoid", "tanh", SPARSE_LOGITS, "sparse"),
}
METRICS = {
    "real": ["mse", "mae"],
    "single": ["accuracy", "binary_accuracy", "mse"],
    "binary": ["binary_accuracy", "mae"],
    "one_hot": ["accuracy", "categorical_accuracy", "mse"],
    "sparse": ["accuracy", "sparse_categorical_accuracy"],
}
OPTIMIZERS: dict[str, tuple[str, dict[str, Any]]] = {
    "sgd": ("SGD", {"learning_rate": 0.125}),
    "momentum": ("SGD", {"learning_rate": 0.125, "momentum": 0.875}),
    "nesterov": ("SGD", {"learning_rate": 0.125, "momentum": 0.875, "nesterov": True}),
    "rmsprop": ("RMSprop", {"learning_rate": 2**-7, "rho": 0.875, "epsilon": 2**-20}),
    "rmsprop_momentum": ("RMSprop", {"learning_rate": 2**-7, "rho": 0.875, "momentum": 0.5, "epsilon": 2**-20}),
    "rmsprop_centered": ("RMSprop", {"learning_rate": 2**-7, "rho": 0.875, "epsilon": 2**-10, "centered": True}),
    "adagrad": ("Adagrad", {"learning_rate": 0.125, "initial_accumulator_value": 0.25, "epsilon": 2**-20}),
    "adam": ("Adam", {"learning_rate": 2**-7, "beta_1": 0.875, "beta_2": 0.96875}),
    "adamw": ("AdamW", {"learning_rate": 2**-7, "weight_decay": 0.25, "beta_1": 0.875, "beta_2": 0.96875}),
    "clipnorm": ("SGD", {"learning_rate": 0.125, "clipnorm": 0.0625}),
    "clipvalue": ("SGD", {"learning_rate": 0.125, "momentum": 0.875, "clipvalue": 2**-6}),
    "adam_clipnorm": ("Adam", {"learning_rate": 2**-7, "beta_1": 0.875, "beta_2": 0.96875, "clipnorm": 0.0625}),
}
L1, L2, BOTH = ("L1", {"l1": 0.0625}), ("L2", {"l2": 0.125}), ("L1L2", {"l1": 0.03125, "l2": 0.0625})
# regularizers: kernel and bias of the hidden layer, kernel and bias of the outputs
PENALTIES = {
    "l1": (L1, None, L1, None),
    "l2": (None, L2, L2, None),
    "l1_l2": (BOTH, L1, None, BOTH),
}
CLASS_WEIGHT = {0: 0.5, 2: 4.0}  # class 1 has none: it counts once


class Case(NamedTuple):
    """One training."""

    network: str
    optimizer: str = "sgd"
    penalties: str = ""
    weights: str = ""  # "class", "sample"
    validation_split: float = 0.0

    @property
    def key(self) -> str:
        """Its name among the golden values."""
        parts = (self.network, self.optimizer, self.penalties, self.weights)
        return "-".join(part for part in parts if part) + "-validated" * (self.validation_split > 0)


CASES = [
    *(Case(network, optimizer) for network in NETWORKS for optimizer in ("sgd", "adam")),
    *(
        Case(network, optimizer)
        for optimizer in OPTIMIZERS
        if optimizer not in ("sgd", "adam")
        for network in ("regression", "sparse")
    ),
    *(Case(network, "momentum", penalties) for penalties in PENALTIES for network in ("regression", "one_hot")),
    Case("binary", "adam_clipnorm", "l2"),
    *(Case(network, "sgd", weights="class") for network in ("single", "one_hot", "sparse", "sparse_sigmoid")),
    *(Case(network, "sgd", weights="sample") for network in ("regression", "robust", "absolute", "single")),
    *(Case(network, "adam", weights="sample") for network in ("binary_relu", "one_hot_sigmoid", "sparse_logits")),
    Case("one_hot", "momentum", "l2", "sample"),
    Case("sparse", "sgd", weights="class", validation_split=0.25),
    Case("sparse", "sgd", weights="sample", validation_split=0.25),
]

# Early stopping in a training of 40 epochs with validation data.
STOPPED = {
    Case("regression", "momentum"): {"patience": 3, "restore_best_weights": True},
    Case("sparse"): {"monitor": "val_loss", "min_delta": 2**-7, "patience": 2, "restore_best_weights": True},
}
# Early stopping told a series of numbers instead of a training's.
WATCHED = [
    {},
    {"patience": 1},
    {"patience": 3},
    {"patience": 3, "min_delta": 0.5},
    {"patience": 2, "baseline": 0.5},
    {"patience": 4, "baseline": -0.75, "min_delta": 0.25},
    {"patience": 2, "start_from_epoch": 3},
    {"patience": 2, "mode": "max"},
    {"patience": 3, "mode": "max", "min_delta": 0.25, "baseline": 0.0},
    {"patience": 2, "monitor": "accuracy", "mode": "max"},
    {"patience": 2, "monitor": "accuracy", "mode": "min", "start_from_epoch": 1},
]

INITIALIZERS: dict[str, tuple[str, dict[str, Any]]] = {
    "zeros": ("Zeros", {}),
    "ones": ("Ones", {}),
    "glorot_uniform": ("GlorotUniform", {}),
    "glorot_normal": ("GlorotNormal", {}),
    "he_uniform": ("HeUniform", {}),
    "he_normal": ("HeNormal", {}),
    "scaling": ("VarianceScaling", {}),
    "scaling_out": ("VarianceScaling", {"scale": 0.5, "mode": "fan_out", "distribution": "uniform"}),
    "scaling_average": ("VarianceScaling", {"scale": 3.0, "mode": "fan_avg", "distribution": "truncated_normal"}),
}
SHAPES = [(600, 200), (90_000,), (3, 5, 40, 150)]  # a kernel, a vector, a window of 15 with 40 inputs and 150 outputs
