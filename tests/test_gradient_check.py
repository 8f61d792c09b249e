"""gradcheck: right models of every family pass, and wrong layers are told apart in words."""

import copy
import pickle
import re

import numpy as np
import pytest

import nnlab
from nnlab import layers, losses

RNG = np.random.default_rng(0)
X = RNG.normal(size=(5, 4))
Y = RNG.normal(size=(5, 2))
IMAGES, SEQUENCES = RNG.normal(size=(3, 6, 6, 2)), RNG.normal(size=(3, 5, 2))
WORDS = np.array([[1, 2, 3, 0], [4, 4, 0, 0], [5, 1, 2, 3]])


def model(stack, shape=(4,), loss="mse", optimizer="sgd", dtype="float32"):
    made = nnlab.Sequential([layers.Input(shape), *stack], seed=0, dtype=dtype)
    made.compile(optimizer, loss)
    return made


FAMILIES = {
    "dense": ([layers.Dense(5, "tanh"), layers.Dense(2)], X),
    "relu": ([layers.Dense(5, "relu"), layers.Dense(2, "leaky_relu")], X),
    "others": ([layers.Dense(5, "gelu"), layers.Dense(3, "selu"), layers.Dense(2, "silu")], X),
    "penalties": (
        [
            layers.Dense(5, "tanh", kernel_regularizer="l2", bias_regularizer="l1"),
            layers.Dense(2, activity_regularizer="l2"),
        ],
        X,
    ),
    "dropout": ([layers.Dense(5, "tanh"), layers.Dropout(0.5), layers.GaussianNoise(0.3), layers.Dense(2)], X),
    "batch norm": ([layers.Dense(5), layers.BatchNormalization(), layers.Activation("tanh"), layers.Dense(2)], X),
    "layer norm": ([layers.Dense(5), layers.LayerNormalization(), layers.Dense(2)], X),
    "convolution": ([layers.Conv2D(3, 3, activation="tanh"), layers.Flatten(), layers.Dense(2)], IMAGES),
    "same": ([layers.Conv2D(2, 3, padding="same", strides=2), layers.GlobalAveragePooling2D()], IMAGES),
    "max pooling": ([layers.Conv2D(2, 3), layers.MaxPooling2D(2), layers.Flatten(), layers.Dense(2)], IMAGES),
    "mean pooling": ([layers.Conv2D(2, 3), layers.AveragePooling2D(2), layers.Flatten(), layers.Dense(2)], IMAGES),
    "convolution in time": ([layers.Conv1D(3, 3), layers.GlobalMaxPooling1D(), layers.Dense(2)], SEQUENCES),
    "rnn": ([layers.SimpleRNN(3), layers.Dense(2)], SEQUENCES),
    "lstm": ([layers.LSTM(3), layers.Dense(2)], SEQUENCES),
    "gru": ([layers.GRU(3, return_sequences=True), layers.GRU(2)], SEQUENCES),
    "both ways": ([layers.Bidirectional(layers.LSTM(2)), layers.Dense(2)], SEQUENCES),
    "embedding": ([layers.Embedding(6, 3, mask_zero=True), layers.LSTM(2)], WORDS),
    "images moved": ([layers.Conv2D(2, 1), layers.RandomZoom(0.2), layers.Flatten(), layers.Dense(2)], IMAGES),
}


@pytest.mark.parametrize("family", FAMILIES)
def test_right_models_pass(family):
    stack, x = FAMILIES[family]
    made = model([copy.deepcopy(layer) for layer in stack], x.shape[1:])
    before = pickle.dumps([w.tobytes() for w in made.get_weights()]), made.rng.bit_generator.state
    checked = nnlab.gradcheck(made, x, Y[: len(x)])
    assert checked.ok, checked
    assert (pickle.dumps([w.tobytes() for w in made.get_weights()]), made.rng.bit_generator.state) == before
    assert made.dtype == np.float32
    assert "all gradients agree" in checked.text


@pytest.mark.parametrize(
    ("loss", "output", "y"),
    [
        ("mae", "linear", Y),
        ("huber", "linear", Y),
        ("binary_crossentropy", "sigmoid", (Y > 0).astype(int)),
        ("categorical_crossentropy", "softmax", np.eye(2)[[0, 1, 0, 0, 1]]),
        ("sparse_categorical_crossentropy", "softmax", [0, 1, 0, 0, 1]),
        (losses.SparseCategoricalCrossentropy(from_logits=True), "linear", [0, 1, 0, 0, 1]),
        ("mse", "softmax", Y),
    ],
)
def test_right_losses_pass_with_weights_too(loss, output, y):
    made = model([layers.Dense(3, "tanh"), layers.Dense(2, output)], loss=loss)
    assert nnlab.gradcheck(made, X, y).ok
    assert nnlab.gradcheck(made, X, y, sample_weight=np.arange(5.0)).ok


def test_graphs_with_shared_layers_and_several_outputs():
    a, b = nnlab.Input((4,)), nnlab.Input((4,))
    shared = layers.Dense(3, "tanh")
    h = layers.Concatenate()([shared(a), shared(b)])
    made = nnlab.Model([a, b], [layers.Dense(2, name="p")(h), layers.Dense(1, "sigmoid", name="q")(h)], seed=0)
    made.compile("adam", {"p": "mse", "q": "binary_crossentropy"}, loss_weights={"p": 0.5, "q": 2.0})
    assert nnlab.gradcheck(made, [X, X[::-1]], [Y, (Y[:, :1] > 0).astype(int)]).ok


class Affine(layers.Dense):
    """A dense layer with a mistake: a function of the gradients, the inputs and the slopes."""

    mistake = staticmethod(lambda layer, x, dz: None)

    def forward(self, x, training=False, rng=None):
        self.x = x
        return x @ self.kernel + self.bias

    def backward(self, da):
        self.dkernel, self.dbias = self.x.T @ da, da.sum(axis=0)
        type(self).mistake(self, self.x, da)
        return da @ self.kernel.T


def setting(**changes):
    def mistake(layer, x, dz):
        for name, change in changes.items():
            setattr(layer, name, change(layer, x, dz))

    return mistake


MISTAKES = {
    "factor 2": (setting(dkernel=lambda layer, x, dz: 2 * layer.dkernel), "a.kernel[", "a factor of 2"),
    "half": (setting(dbias=lambda layer, x, dz: layer.dbias / 2), "a.bias[", "a factor of 1/2"),
    "sign": (setting(dkernel=lambda layer, x, dz: -layer.dkernel), "a.kernel[", "the sign is wrong"),
    "sign and factor": (setting(dbias=lambda layer, x, dz: -2 * layer.dbias), "a.bias[", "a factor of -2"),
    "another factor": (
        setting(dbias=lambda layer, x, dz: 1.7 * layer.dbias),
        "a.bias[",
        "a factor of 1.7 in all entries",
    ),
    "no 1/N": (setting(dkernel=lambda layer, x, dz: 5 * layer.dkernel), "a.kernel[", "is a 1/N missing?"),
    "averaged": (
        setting(dbias=lambda layer, x, dz: dz.mean(axis=0)),
        "a.bias[",
        "divided by the number of samples once more",
    ),
    "transposed": (setting(dkernel=lambda layer, x, dz: dz.T @ x), "a.kernel[", "the gradient is transposed"),
    "not summed": (
        setting(dbias=lambda layer, x, dz: dz),
        "a.bias",
        "it is not summed over the batch (axis 0, which would",
    ),
    "summed over all": (
        setting(dbias=lambda layer, x, dz: np.full(4, dz.sum())),
        "a.bias[",
        "the same for all entries",
    ),
    "one number": (setting(dbias=lambda layer, x, dz: dz.sum()), "a.bias", "it is summed over all axes"),
    "zero": (setting(dkernel=lambda layer, x, dz: 0 * layer.dkernel), "a.kernel[", "backward leaves the gradient at 0"),
    "nan": (setting(dkernel=lambda layer, x, dz: np.nan * layer.dkernel), "a.kernel[", "no finite number"),
    "some signs": (setting(dkernel=lambda layer, x, dz: abs(layer.dkernel)), "a.kernel[", "some signs are wrong"),
    "one entry": (
        setting(dbias=lambda layer, x, dz: layer.dbias + np.eye(4)[2]),
        "a.bias[2]",
        "1 of 4 entries are wrong",
    ),
    "strange": (setting(dkernel=lambda layer, x, dz: np.sin(9 * layer.dkernel) + 1), "a.kernel[", "no usual mistake"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_wrong_layers_are_told_apart(name):
    mistake, worst, words = MISTAKES[name]
    kind = type("Wrong", (Affine,), {"mistake": staticmethod(mistake)})
    made = model([kind(4, name="a"), layers.Activation("tanh"), layers.Dense(2)])
    checked = nnlab.gradcheck(made, X, Y)
    assert not checked.ok
    assert checked.worst.startswith(worst)
    assert words in checked.text.splitlines()[-1]
    assert "1 of 4 are wrong" in checked.text


def test_a_gradient_of_the_transposed_shape():
    kind = type("Wrong", (Affine,), {"mistake": staticmethod(setting(dkernel=lambda layer, x, dz: dz.T @ x))})
    checked = nnlab.gradcheck(model([kind(3, name="a"), layers.Dense(2)]), X, Y)
    assert checked.worst == "a.kernel"
    assert checked.text.endswith("a.kernel: its gradient has shape (3, 4), and the parameter (4, 3): it is transposed")


def test_a_wrong_gradient_of_the_inputs_shows_in_the_layers_before():
    class Wrong(layers.Dense):
        def backward(self, da):
            return 2 * super().backward(da)

    checked = nnlab.gradcheck(model([layers.Dense(3, "tanh", name="first"), Wrong(2, name="second")]), X, Y)
    assert checked.worst.startswith("first.")
    assert "a factor of 2" in checked.text
    assert [one.off() < 1e-6 for one in checked.compared] == [False, False, True, True]


def test_kinks_are_seen_and_do_not_count():
    made = model([layers.Dense(3, "relu", bias_initializer="zeros"), layers.Dense(2)])
    checked = nnlab.gradcheck(made, np.zeros((5, 4)), Y)
    assert checked.ok, checked
    assert checked.compared[1].kinks.all()
    assert "3 at a kink not counted" in checked.text
    assert nnlab.gradcheck(model([layers.Dense(2, kernel_initializer="zeros")], loss="mae"), X, np.zeros((5, 2))).ok


def test_of_a_large_array_some_entries_are_chosen():
    checked = nnlab.gradcheck(model([layers.Dense(100, "tanh"), layers.Dense(2)]), X, Y)
    assert checked.ok
    assert "200 of 400 entries" in checked.text
    assert checked.text.count("(complex step)") == 4


def test_a_layer_that_takes_no_complex_numbers_is_checked_by_differences():
    class Real(layers.Layer):
        def forward(self, x, training=False, rng=None):
            self.x = np.asarray(x, np.float64)
            return np.abs(self.x)

        def backward(self, da):
            return da * np.sign(self.x)

    checked = nnlab.gradcheck(model([layers.Dense(3), Real(), layers.Dense(2)]), X, Y)
    assert checked.ok, checked
    assert "central differences" in checked.text


def test_frozen_layers_are_left_out():
    frozen = layers.Dense(3, "tanh")
    frozen.trainable = False
    assert [one.name for one in nnlab.gradcheck(model([frozen, layers.Dense(2)]), X, Y).compared] == [
        "dense_1.kernel",
        "dense_1.bias",
    ]


def test_after_training_and_in_float64_and_twice():
    made = model([layers.Dense(3, "tanh"), layers.Dense(2)], optimizer="adam", dtype="float64")
    made.fit(X, Y, epochs=3, verbose=0)
    slots = made.optimizer.slots.copy()
    assert repr(nnlab.gradcheck(made, X, Y)) == repr(nnlab.gradcheck(made, X, Y))
    np.testing.assert_array_equal(made.optimizer.slots, slots)
    assert made.optimizer.iterations == 3
    made.fit(X, Y, epochs=1, verbose=0)


def test_a_model_that_waits_for_its_data():
    made = nnlab.Sequential([layers.Dense(2)], seed=0)
    made.compile("sgd", "mse")
    assert nnlab.gradcheck(made, X, Y).ok


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nnlab.gradcheck(nnlab.Sequential([layers.Dense(1)]), X, Y), "compile the model before gradcheck"),
        (lambda: nnlab.gradcheck(model([layers.Dense(2)]), X[:, :2], Y), "expected"),
        (lambda: nnlab.gradcheck(model([layers.Dense(2)]), X, Y[:3]), "samples"),
        (lambda: nnlab.gradcheck(model([layers.Activation("tanh")]), X, X), "no parameter that is trained"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises((RuntimeError, ValueError), match=re.escape(message)):
        call()
