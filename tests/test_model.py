"""Models: building, asking, describing, and what a learner is told when something does not fit."""

import numpy as np
import pytest

import nnlab
from nnlab import layers, losses, metrics, optimizers, samples

X = np.random.default_rng(0).normal(size=(20, 4))
Y = np.arange(20) % 3


def classifier(**options):
    model = nnlab.Sequential(
        [layers.Dense(5, "relu", input_shape=(4,)), layers.Dense(3, "softmax")], **{"seed": 0, **options}
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def test_both_apis_build_the_same_network():
    x = layers.Input(shape=(4,))
    h = layers.Dense(units=5, activation="relu")(x)
    functional = nnlab.Model(inputs=x, outputs=layers.Dense(units=3, activation="softmax")(h), seed=0)
    sequential = classifier()
    assert (functional.parameters == sequential.parameters).all()
    assert [layer.name for layer in functional.layers] == ["input", "dense", "dense_1"]
    assert [layer.name for layer in sequential.layers] == ["dense", "dense_1"]
    np.testing.assert_array_equal(functional.predict(X), sequential(X))


def test_a_sequential_can_be_built_by_the_first_batch():
    model = nnlab.Sequential(seed=0)
    model.add(layers.Dense(5, "relu"))
    model.add(layers.Dense(3, "softmax"))
    model.compile("adam", "sparse_categorical_crossentropy")
    with pytest.raises(RuntimeError, match="shape of its inputs"):
        model.summary()
    model.fit(X, Y, verbose=0)
    assert model.count_params() == 4 * 5 + 5 + 5 * 3 + 3


def test_a_layer_added_after_the_first_batch_takes_part():
    model = nnlab.Sequential([layers.Dense(5, "relu")], seed=0)
    assert model.predict(X).shape == (20, 5)
    model.add(layers.Dense(3, "softmax"))
    assert model.predict(X).shape == (20, 3)


def test_numbers_in_a_row_are_samples_of_one_feature():
    model = nnlab.Sequential([layers.Dense(1)], seed=0)
    model.compile("sgd", "mse")
    model.fit(np.arange(4.0), np.arange(4.0), verbose=0)
    assert model.predict([1.0, 2.0]).shape == (2, 1)


def test_images_go_through_flatten():
    images = np.zeros((6, 28, 28), np.uint8)
    model = nnlab.Sequential([layers.Flatten(input_shape=(28, 28)), layers.Dense(10, "softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(images, np.zeros(6, int), verbose=0)
    assert model.predict(images).shape == (6, 10)
    assert model.output_shape == (10,)


def test_weights_go_out_and_in():
    model, other = classifier(), classifier(seed=1)
    other.set_weights(model.get_weights())
    assert (model.parameters == other.parameters).all()
    model.get_weights()[0][:] = 0
    assert model.parameters.any()
    model.layers[0].kernel[:] = 7
    assert (model.parameters[:20] == 7).all()
    with pytest.raises(ValueError, match="shapes"):
        other.set_weights(model.get_weights()[:2])


def test_a_layer_can_serve_two_models():
    x = layers.Input((4,))
    h = layers.Dense(5, "relu")(x)
    full, half = nnlab.Model(x, layers.Dense(3, "softmax")(h), seed=0), nnlab.Model(x, h)
    full.compile("adam", "sparse_categorical_crossentropy")
    full.fit(X, Y, epochs=2, verbose=0)
    np.testing.assert_allclose(
        half.predict(X), np.maximum(X @ full.layers[1].kernel + full.layers[1].bias, 0), atol=1e-6
    )


def test_summary_says_how_the_model_trains(capsys):
    classifier().summary()
    text = capsys.readouterr().out
    assert "43 parameters" in text
    assert "trains in the compiled runner" in text
    model = classifier()
    model.compile("adam", "mse", run_eagerly=True)
    model.summary()
    assert "NumPy formulas: run_eagerly=True" in capsys.readouterr().out


def test_evaluate_returns_the_loss_or_a_list():
    model = classifier()
    assert len(model.evaluate(X, Y)) == 2
    model.compile("adam", "sparse_categorical_crossentropy")
    assert isinstance(model.evaluate(X, Y), float)


def test_initializers_have_kerass_spread():
    he = nnlab.initializers.HeNormal(seed=0)((400, 300))
    assert he.std() == pytest.approx(np.sqrt(2 / 400), rel=0.01)
    assert abs(he).max() <= 2.0 * np.sqrt(2 / 400) / 0.87962566103423978
    glorot = nnlab.initializers.GlorotUniform(seed=0)((400, 300))
    assert abs(glorot).max() <= np.sqrt(6 / 700)
    assert glorot.std() == pytest.approx(np.sqrt(2 / 700), rel=0.01)
    assert (nnlab.initializers.get("ones")((2, 2)) == 1).all()


def regression():
    model = nnlab.Sequential([layers.Dense(1, input_shape=(4,))], seed=0)
    model.compile("sgd", "mse")
    return model


def functional_without_path():
    return nnlab.Model(layers.Input((4,)), layers.Dense(1)(layers.Input((4,))))


class EachBatch(nnlab.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        pass


def fit_images(model):
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(np.ones((3, 28, 28)), [0, 1, 2], verbose=0)


def fit_with(metric):
    model = classifier()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=[metric])
    model.fit(X, Y, verbose=0)


def fit_transposed():
    class Transposed(layers.Dense):
        def backward_from_z(self, dz):
            dx = super().backward_from_z(dz)
            self.dkernel = self.dkernel.T
            return dx

    model = nnlab.Sequential([Transposed(3, "softmax", input_shape=(4,))])
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.fit(X, Y, verbose=0)


def replace_weight(shape):
    model = classifier()
    model.layers[0].bias = np.zeros(shape)
    model.fit(X, Y, verbose=0)


MISTAKES = {
    "units zero": (lambda: layers.Dense(0), "units has to be a whole number from 1 up, got 0"),
    "units float": (lambda: layers.Dense(2.5), "whole number"),
    "typo in activation": (lambda: layers.Dense(2, "rleu"), "did you mean 'relu'"),
    "activation is no function": (lambda: layers.Dense(2, 3), "an activation is a name such as 'relu'"),
    "activation without derivative": (lambda: layers.Dense(2, np.sin), "give its derivative too"),
    "typo in initializer": (
        lambda: layers.Dense(2, kernel_initializer="glorot_unifrm"),
        "did you mean 'glorot_uniform'",
    ),
    "input shape is a number": (lambda: layers.Input(784), r"write \(784,\)"),
    "input shape negative": (lambda: layers.Input((-3,)), "shape of one sample"),
    "dropout rate": (lambda: layers.Dropout(1.0), "from 0 to below 1"),
    "images into a last dense layer": (
        lambda: fit_images(nnlab.Sequential([layers.Dense(10, activation="softmax")])),
        "to get one answer a sample, put layers.Flatten",
    ),
    "images into dense": (lambda: layers.Dense(2)(layers.Input((28, 28, 1))), "flatten it first"),
    "not a layer": (lambda: nnlab.Sequential(["relu"]), "made of layers"),
    "input in the middle": (lambda: nnlab.Sequential([layers.Dense(2), layers.Input((3,))]), "only there"),
    "no path": (functional_without_path, "do not depend on these inputs"),
    "not symbols": (lambda: nnlab.Model(3, 4), "what Input or a layer returned"),
    "dtype": (lambda: classifier(dtype="int32"), "'float32' or 'float64'"),
    "typo in loss": (lambda: classifier().compile("adam", "msee"), "did you mean 'mse'"),
    "no loss": (lambda: classifier().compile("adam"), "compile needs an optimizer and a loss"),
    "typo in optimizer": (lambda: classifier().compile("adma", "mse"), "did you mean 'adam'"),
    "metric not in a list": (
        lambda: classifier().compile("adam", "mse", metrics="accuracy"),
        r"metrics=\['accuracy'\]",
    ),
    "typo in metric": (lambda: classifier().compile("adam", "mse", metrics=["acuracy"]), "did you mean 'accuracy'"),
    "negative learning rate": (lambda: optimizers.SGD(-1), "learning_rate has to be at least 0"),
    "learning rate nan": (lambda: optimizers.SGD(float("nan")), "finite"),
    "learning rate text": (lambda: optimizers.Adam("0.1"), "is a number"),
    "momentum": (lambda: optimizers.SGD(momentum=1.5), "from 0 to below 1"),
    "fit before compile": (lambda: nnlab.Sequential([layers.Dense(1)]).fit(X, Y), "compile the model before fit"),
    "too many features": (lambda: classifier().fit(X[:, :3], Y), r"inputs of shape \(N, 4\)"),
    "a single sample": (lambda: classifier().predict(X[0]), r"x\[None\]"),
    "images to be flattened": (lambda: classifier().predict(X.reshape(20, 2, 2)), r"reshape\(len\(x\), 4\)"),
    "empty data": (lambda: classifier().fit(X[:0], Y[:0]), "empty"),
    "text as data": (lambda: classifier().predict([["a", "b", "c", "d"]]), "array of numbers"),
    "ragged data": (lambda: classifier().predict([[1, 2], [3]]), "all rows alike"),
    "targets missing": (lambda: classifier().fit(X, Y[:5]), "each sample needs a target"),
    "label too large": (lambda: classifier().fit(X, Y + 1), "from 0 to 2, .* sample 2 has the target 3"),
    "label negative": (lambda: classifier().fit(X, Y - 1), "sample 0 has the target -1"),
    "label fractional": (lambda: classifier().fit(X, Y / 2), "class numbers"),
    "one-hot to sparse": (lambda: classifier().fit(X, np.eye(3)[Y]), "use loss='categorical_crossentropy'"),
    "batch size zero": (lambda: classifier().fit(X, Y, batch_size=0), "batch_size has to be"),
    "epochs negative": (lambda: classifier().fit(X, Y, epochs=-1), "epochs has to be"),
    "validation labels": (lambda: classifier().fit(X, Y, validation_data=(X, Y + 5)), "class numbers"),
    "text as labels": (lambda: classifier().fit(X, ["a"] * 20), "number them first"),
    "ragged labels": (lambda: classifier().fit(X, [[1, 2]] * 19 + [[3]]), "all rows alike"),
    "validation of another shape": (lambda: classifier().fit(X, Y, validation_data=(X[:, :2], Y)), "validation_data: "),
    "validation data of four": (lambda: classifier().fit(X, Y, validation_data=(X, Y, Y, Y)), r"tuple \(x, y\)"),
    "shuffle": (lambda: classifier().fit(X, Y, shuffle="batch"), "shuffle is True or False"),
    "first epoch": (lambda: classifier().fit(X, Y, epochs=3, initial_epoch=4), "from 0 to epochs=3"),
    "first epoch no number": (lambda: classifier().fit(X, Y, initial_epoch="0"), "number of the first epoch"),
    "both weights": (lambda: classifier().fit(X, Y, class_weight={0: 1.0}, sample_weight=np.ones(20)), "not both"),
    "weights of the wrong length": (lambda: classifier().fit(X, Y, sample_weight=[1.0, 2.0]), r"shape \(20,\), got"),
    "negative weight": (lambda: classifier().fit(X, Y, sample_weight=-np.ones(20)), "sample 0 has the weight -1"),
    "weights that are no numbers": (lambda: classifier().fit(X, Y, sample_weight=["a"] * 20), "array of numbers"),
    "class weights as a list": (lambda: classifier().fit(X, Y, class_weight=[1, 2, 3]), "class_weight is a dict"),
    "negative class weight": (lambda: classifier().fit(X, Y, class_weight={0: -1.0}), "not negative; got 0: -1.0"),
    "class weight of no class": (lambda: classifier().fit(X, Y, class_weight={"a": 1.0}), "each class number"),
    "weights in validation": (lambda: classifier().fit(X, Y, validation_data=(X, Y, [1])), "validation_data: sample_"),
    "targets that are not finite": (lambda: regression().fit(X, np.full(20, np.nan)), "targets have to be finite"),
    "number too large for the dtype": (lambda: classifier().fit(1e300 * X, Y), "too large for float32 counts as inf"),
    "class weights for a regression": (
        lambda: regression().fit(X, X[:, 0], class_weight={0: 2.0}),
        "needs targets that are classes",
    ),
    "validation split": (lambda: classifier().fit(X, Y, validation_split=1.5), "from 0 to below 1"),
    "nothing left to train": (lambda: classifier().fit(X, Y, validation_split=0.99), "leaves none"),
    "verbose": (lambda: classifier().fit(X, Y, verbose="loud"), "verbose is 0"),
    "seed": (lambda: classifier(seed=-1), "seed is a whole number"),
    "misspelled dtype": (lambda: classifier(dtype="float33"), "'float32' or 'float64'"),
    "a class for an optimizer": (lambda: classifier().compile(optimizers.Adam, "mse"), r"write Adam\(\)"),
    "a class for a loss": (lambda: classifier().compile("adam", losses.MeanSquaredError), r"MeanSquaredError\(\)"),
    "no features": (lambda: classifier().predict(X[:, :0]), "empty"),
    "weights of no layer": (lambda: layers.Dense(3).get_weights(), "no weights yet"),
    "initializer's mode": (lambda: nnlab.initializers.VarianceScaling(mode="fan"), "fan_in"),
    "initializer's distribution": (lambda: nnlab.initializers.VarianceScaling(distribution="normal"), "uniform"),
    "input shapes that contradict": (
        lambda: nnlab.Sequential([layers.Input((4,)), layers.Dense(3, input_shape=(5,))]),
        r"input_shape=\(5,\), but receives \(4,\)",
    ),
    "weights as text": (lambda: classifier().set_weights([["a"]] * 4), "arrays of numbers"),
    "a callback for each batch": (lambda: classifier().fit(X, Y, callbacks=EachBatch(), verbose=0), "on_progress"),
    "metric of another kind": (lambda: fit_with("categorical_accuracy"), "does not fit"),
    "metric that returns a list": (lambda: fit_with(lambda y, p: [1.0]), "one number for each"),
    "own layer with a transposed gradient": (lambda: fit_transposed(), "Is something transposed"),
    "weight of another shape": (lambda: replace_weight((1,)), r"dense.bias has shape \(1,\), expected \(5,\)"),
    "unknown name": (lambda: nnlab.Sequental, "has no attribute 'Sequental'"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_are_explained(mistake):
    action, message = MISTAKES[mistake]
    with pytest.raises((ValueError, TypeError, RuntimeError, AttributeError), match=message):
        action()


def test_class_numbers_to_a_categorical_loss():
    model = classifier()
    model.compile("adam", losses.CategoricalCrossentropy())
    with pytest.raises(ValueError, match="sparse_categorical_crossentropy"):
        model.fit(X, Y)


def test_one_optimizer_for_two_models():
    optimizer = optimizers.Adam()
    model = classifier()
    model.compile(optimizer, "sparse_categorical_crossentropy")
    model.fit(X, Y, verbose=0)
    other = nnlab.Sequential([layers.Dense(3, "softmax", input_shape=(4,))])
    other.compile(optimizer, "sparse_categorical_crossentropy")
    with pytest.raises(ValueError, match="an optimizer of its own"):
        other.fit(X, Y, verbose=0)


def test_wrong_data_change_nothing():
    model = classifier()
    before = model.parameters.copy()
    with pytest.raises(ValueError, match="class numbers"):
        model.fit(X, Y + 1, verbose=0)
    assert (model.parameters == before).all()
    assert model.optimizer.iterations == 0


def test_which_accuracy_is_meant():
    assert metrics.decide(None, 1, 1) is metrics.binary_accuracy
    assert metrics.decide(None, 1, 10) is metrics.sparse_categorical_accuracy
    assert metrics.decide(None, 10, 10) is metrics.categorical_accuracy
    np.testing.assert_array_equal(metrics.categorical_accuracy([[0, 1], [1, 0]], [[0.2, 0.8], [0.4, 0.6]]), [1, 0])


def test_a_layer_that_does_not_fit_is_not_added():
    model = nnlab.Sequential([layers.Input((28, 28, 1))])
    with pytest.raises(ValueError, match="flatten it first"):
        model.add(layers.Dense(10))
    model.add(layers.Flatten())
    model.add(layers.Dense(10))
    assert [layer.name for layer in model.layers] == ["flatten", "dense"]


def test_a_failed_first_batch_leaves_the_model_open():
    model = nnlab.Sequential([layers.Dense(3, "softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    with pytest.raises(ValueError, match="each sample needs a target"):
        model.fit(X[:, :2], Y[:5], verbose=0)
    model.fit(X, Y, verbose=0)


def test_numbers_of_numpy_count_as_numbers():
    assert classifier().fit(X, Y, verbose=np.int64(0), epochs=np.int64(2)).epoch == [0, 1]


def test_weights_may_be_set_to_one_another():
    model = nnlab.Sequential([layers.Dense(3, input_shape=(3,)), layers.Dense(3)], seed=0)
    first, second = model.layers
    before = model.get_weights()
    model.set_weights([second.kernel, second.bias, first.kernel, first.bias])
    np.testing.assert_array_equal(np.concatenate([first.kernel, second.kernel]), np.concatenate([before[2], before[0]]))
    with pytest.raises(ValueError, match="got 9 arrays"):
        model.set_weights([*before, *before, before[0]])


def test_weights_are_set_all_or_none():
    model = classifier()
    before = model.get_weights()
    with pytest.raises(ValueError, match="arrays of numbers"):
        model.set_weights([np.zeros((4, 5)), ["a"] * 5, before[2], before[3]])
    assert (model.get_weights()[0] == before[0]).all()


def test_names_are_found_as_keras_writes_them():
    model = classifier()
    model.compile("SGD", "MeanSquaredError")
    assert type(model.optimizer) is optimizers.SGD
    assert type(model.loss) is losses.MeanSquaredError
    layers.Dense(2, "ReLU", kernel_initializer="GlorotUniform")
    with pytest.raises(ValueError, match=r"unknown loss 'poisson': Known names"):
        model.compile("sgd", "poisson")


def test_losses_take_whole_numbers_as_outputs():
    assert losses.MeanSquaredError()([0.5, 1.5], [1, 2]) == 0.25
    assert losses.CategoricalCrossentropy()([[0.3, 0.7]], [[0, 1]]) == pytest.approx(4.835, abs=1e-3)


def test_metrics_of_any_form_are_means_over_samples():
    forms = [
        lambda y, p: np.mean(np.abs(y - p)),
        lambda y, p: np.abs(y - p),
        lambda y, p: np.abs(y - p).mean(axis=-1),
        lambda y, p: float(np.mean(np.abs(y - p))),
    ]
    model = nnlab.Sequential([layers.Dense(3, input_shape=(4,))], seed=0)
    model.compile("sgd", "mse", metrics=forms)
    y = np.random.default_rng(1).normal(size=(20, 3))
    history = model.fit(X, y, epochs=2, verbose=0).history
    assert list(history) == ["loss", "<lambda>", "<lambda>_1", "<lambda>_2", "<lambda>_3"]
    _, *values = model.evaluate(X, y)
    np.testing.assert_allclose(values, np.mean(np.abs(y - model.predict(X))), rtol=1e-6)


def test_a_validation_split_is_cut_from_the_end():
    model, same = classifier(), classifier()
    history = model.fit(X, Y, epochs=2, verbose=0, validation_split=0.25).history
    reference = same.fit(X[:15], Y[:15], epochs=2, verbose=0, validation_data=(X[15:], Y[15:])).history
    assert history == reference


def test_evaluate_by_name():
    model = classifier()
    assert list(model.evaluate(X, Y, batch_size=5, return_dict=True)) == ["loss", "accuracy"]


def test_models_of_two_dtypes_do_not_share_a_layer():
    x = layers.Input((4,))
    h = layers.Dense(5, "relu")(x)
    nnlab.Model(x, layers.Dense(3)(h), dtype="float64")
    with pytest.raises(ValueError, match="another dtype"):
        nnlab.Model(x, h)


def test_metrics_as_objects():
    model = classifier()
    chosen = [metrics.SparseCategoricalAccuracy(), metrics.SparseCategoricalAccuracy(name="right")]
    model.compile("adam", "sparse_categorical_crossentropy", metrics=chosen)
    values = model.evaluate(X, Y, return_dict=True)
    assert list(values) == ["loss", "sparse_categorical_accuracy", "right"]
    assert values["right"] == np.mean(model.predict(X).argmax(axis=1) == Y)
    with pytest.raises(TypeError, match=r"write BinaryAccuracy\(\)"):
        model.compile("adam", "mse", metrics=[metrics.BinaryAccuracy])


def test_large_data_are_converted_block_by_block():
    x = np.random.default_rng(0).integers(0, 255, (3000, 2000)).astype(np.uint8)  # two blocks
    converted = samples.as_batch(x, np.dtype(np.float32))
    assert converted.dtype == np.float32
    np.testing.assert_array_equal(converted, x)
