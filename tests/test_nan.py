"""What is not finite: refused in data, kept as NaN by every formula, and a reason to stop the training."""

import copy

import numpy as np
import pytest

import nnlab
from nnlab import activations, layers, losses, optimizers

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 4))
Y = (X[:, 0] * X[:, 1] > 0).astype(int)


def make(stack, eager=False, dtype="float64", loss="sparse_categorical_crossentropy", optimizer="adam"):
    model = nnlab.Sequential([layers.Input((4,)), *stack], seed=0, dtype=dtype)
    model.compile(optimizer, loss, metrics=["accuracy"], run_eagerly=eager)
    return model


@pytest.mark.parametrize("eager", [True, False])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_diverging_run_stops_says_at_which_step_and_keeps_its_weights(eager, dtype, capsys, monkeypatch):
    monkeypatch.setenv("TQDM_DISABLE", "1")
    stack = [layers.Dense(8, "relu"), layers.Dense(1)]
    model = make(stack, eager, loss="mse", optimizer=optimizers.SGD(1e6), dtype=dtype)
    history = model.fit(X, Y, epochs=500)
    assert not np.isfinite(history.history["loss"][-1])
    assert np.isfinite(history.history["loss"][:-1]).all()
    assert len(history.epoch) < 500
    assert history.diverged == model.optimizer.iterations + 1
    assert np.isfinite(model.parameters).all()
    text = capsys.readouterr().out
    assert text.startswith(f"Training stopped at step {history.diverged}: the loss is ")
    assert "smaller than 1e+06" in text
    assert f"diverged at step {history.diverged}" in repr(history)
    model.fit(X, Y, epochs=2, verbose=0)  # it stops again, and is no crash
    assert capsys.readouterr().out == ""


def test_formulas_and_runner_diverge_at_the_same_step():
    steps = []
    for eager in (True, False):
        model = make([layers.Dense(1)], eager, loss="mse", optimizer=optimizers.SGD(5.0), dtype="float32")
        steps.append(model.fit(X, Y, epochs=500, verbose=0).diverged)
    assert steps[0] == steps[1]
    assert steps[0] > 2


def test_a_run_that_converges_has_not_diverged():
    model = make([layers.Dense(6, "tanh"), layers.Dense(2, "softmax")])
    assert model.fit(X, Y, verbose=0).diverged is None


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_in_the_data_is_named_with_its_place(bad):
    x = X.copy()
    x[3, 1] = bad
    model = make([layers.Dense(6, "tanh"), layers.Dense(2, "softmax")])
    before = model.parameters.copy()
    for call in (
        lambda: model.fit(x, Y, verbose=0),
        lambda: model.evaluate(x, Y),
        lambda: model.fit(X, Y, verbose=0, validation_data=(x, Y)),
    ):
        with pytest.raises(ValueError, match=rf"inputs have to be finite numbers: sample 3 has {bad} at \[1\]"):
            call()
    assert (model.parameters == before).all()
    assert np.isnan(model.predict(np.where(np.isfinite(x), x, np.nan))[3]).all()


NAMES = [name for name in activations._KNOWN if name != "swish"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_nan_in_a_sample_is_nan_in_its_prediction_only(name, dtype):
    x = X.copy()
    x[3, 1] = np.nan
    for stack in ([layers.Dense(5, name), layers.Dense(3)], [layers.Dense(5, "tanh"), layers.Dense(3, name)]):
        p = make(stack, dtype=dtype).predict(x)
        assert np.isnan(p[3]).all()
        assert np.isfinite(np.delete(p, 3, axis=0)).all()


LOSSES = {
    **{f"{kind.name}": kind() for kind in (losses.MeanSquaredError, losses.MeanAbsoluteError, losses.Huber)},
    **{
        f"{kind.name}{' of logits' * logits}": kind(from_logits=logits)
        for kind in (
            losses.BinaryCrossentropy,
            losses.CategoricalCrossentropy,
            losses.SparseCategoricalCrossentropy,
        )
        for logits in (False, True)
    },
}


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_nan_in_an_output_is_nan_in_the_loss_of_its_sample(loss, dtype):
    y = np.array([[0.0], [2.0], [1.0]], dtype) if "sparse" in loss else np.eye(3, dtype=dtype)
    for place in range(3):
        p = np.full((3, 3), 1 / 3, dtype)
        p[1, place] = np.nan
        for values in (LOSSES[loss].per_sample(y, p), LOSSES[loss].gradient(y, p)[:, place]):
            np.testing.assert_array_equal(np.isnan(values), [False, True, False])


def check_that_nan_stops_it(stack, loss, eager, dtype):
    model = make(stack, eager, loss=loss, dtype=dtype)
    assert bool(model.why_formulas()) == eager
    model.layers[0].kernel[1, 2] = np.nan
    before = model.parameters.copy()
    y = Y if "sparse" in model.loss.name else np.eye(2)[Y]
    history = model.fit(X, y, epochs=5, batch_size=8, verbose=0)
    assert history.diverged == 1
    assert history.epoch == [0]
    assert np.isnan(history.history["loss"]).all()
    assert model.optimizer.iterations == 0
    np.testing.assert_array_equal(model.parameters, before)


@pytest.mark.parametrize("eager", [True, False])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", [name for name in NAMES if name != "step"])
def test_a_weight_that_is_nan_stops_the_training_through_any_activation(name, dtype, eager):
    check_that_nan_stops_it([layers.Dense(4, name), layers.Dense(2)], "mse", eager, dtype)
    check_that_nan_stops_it([layers.Dense(4), layers.Dropout(0.5), layers.Dense(2, name)], "mae", eager, dtype)


@pytest.mark.parametrize("eager", [True, False])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("output", ["linear", "sigmoid", "softmax", "relu"])
@pytest.mark.parametrize("loss", LOSSES)
def test_a_weight_that_is_nan_stops_the_training_with_any_loss(loss, output, dtype, eager):
    check_that_nan_stops_it([layers.Dense(4, "tanh"), layers.Dense(2, output)], LOSSES[loss], eager, dtype)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("eager", [True, False])
@pytest.mark.parametrize(
    "optimizer", [optimizers.SGD(0.0), optimizers.SGD(clipnorm=1.0), optimizers.Adam(clipvalue=1.0)]
)
def test_a_penalty_of_a_weight_that_is_nan_stops_the_training_too(optimizer, eager, dtype):
    stack = [layers.Dense(4, "tanh", bias_regularizer="l2"), layers.Dense(2, "softmax", kernel_regularizer="l1")]
    model = make(stack, eager, optimizer=copy.deepcopy(optimizer), dtype=dtype)
    model.layers[0].bias[1] = np.nan
    assert model.fit(X, Y, verbose=0).diverged == 1
