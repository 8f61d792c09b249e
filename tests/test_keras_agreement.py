"""What Keras 3 computes in float64, we compute, through the formulas and in the compiled runner."""

import pathlib

import numpy as np
import pytest

import nnlab
from nnlab import activations, callbacks, initializers, layers, losses, optimizers, regularizers
from tests.golden import cases

GOLDEN = np.load(pathlib.Path(__file__).parent / "golden" / "training.npz")
TRAINERS = pytest.mark.parametrize("eager", [True, False], ids=["formulas", "runner"])


def make(module, spec):
    return spec if spec is None or isinstance(spec, str) else getattr(module, spec[0])(**spec[1])


def build(case, eager):
    hidden, output, loss, kind = cases.NETWORKS[case.network]
    penalties = [make(regularizers, r) for r in cases.PENALTIES.get(case.penalties, [None] * 4)]
    outputs = 1 if kind == "single" else cases.OUTPUTS
    dense = [
        layers.Dense(units, make(activations, f), kernel_regularizer=kernel, bias_regularizer=bias)
        for units, f, kernel, bias in (
            (cases.HIDDEN, hidden, *penalties[:2]),
            (outputs, output, *penalties[2:]),
        )
    ]
    model = nnlab.Sequential([layers.Input((cases.FEATURES,)), *dense], dtype="float64")
    model.set_weights([GOLDEN[f"first{outputs}/{k}"] for k in range(4)])
    model.compile(
        make(optimizers, cases.OPTIMIZERS[case.optimizer]),
        make(losses, loss),
        metrics=cases.METRICS[kind],
        run_eagerly=eager,
    )
    assert model.why_formulas() == ("run_eagerly=True" if eager else "")
    return model, GOLDEN["x"], GOLDEN[f"y/{kind}"]


def by_name(logs):
    return [logs[name] for name in sorted(logs)]


@TRAINERS
@pytest.mark.parametrize("case", cases.CASES, ids=lambda case: case.key)
def test_three_steps(case, eager):
    model, x, y = build(case, eager)
    weights = GOLDEN["sample_weight"] if case.weights == "sample" else None
    history = model.fit(
        x,
        y,
        batch_size=cases.BATCH,
        shuffle=False,
        verbose=0,
        sample_weight=weights,
        class_weight=cases.CLASS_WEIGHT if case.weights == "class" else None,
        validation_split=case.validation_split,
    ).history
    values = model.evaluate(x, y, sample_weight=weights, return_dict=True)

    np.testing.assert_allclose(model.parameters, GOLDEN[f"{case.key}/weights"], rtol=0, atol=1e-10)
    np.testing.assert_allclose(model.predict(x), GOLDEN[f"{case.key}/outputs"], rtol=0, atol=1e-10)
    # Keras averages over batches in float32.
    np.testing.assert_allclose(np.ravel(by_name(history)), GOLDEN[f"{case.key}/history"], rtol=1e-6)
    np.testing.assert_allclose(by_name(values), GOLDEN[f"{case.key}/evaluate"], rtol=1e-6)


def test_everything_stands_in_at_least_two_networks():
    def count(found):
        return {name: sum(name == other for other in found) for name in found}

    used = [cases.NETWORKS[case.network] for case in cases.CASES if case.optimizer == "sgd"]
    assert min(count([f if isinstance(f, str) else f[0] for net in used for f in net[:2]]).values()) >= 2
    assert min(count([str(net[2]) for net in used]).values()) >= 2
    assert min(count([case.optimizer for case in cases.CASES]).values()) >= 2
    assert {*activations._KNOWN} - {"step", "swish"} <= {
        {"LeakyReLU": "leaky_relu", "ELU": "elu"}.get(name, name)
        for name in count([f if isinstance(f, str) else f[0] for net in used for f in net[:2]])
    }


@TRAINERS
@pytest.mark.parametrize("case", cases.STOPPED, ids=lambda case: case.key)
def test_early_stopping_ends_at_the_same_epoch_with_the_same_weights(case, eager):
    model, x, y = build(case, eager)
    kind = cases.NETWORKS[case.network][3]
    history = model.fit(
        x,
        y,
        batch_size=cases.BATCH,
        epochs=40,
        shuffle=False,
        verbose=0,
        validation_data=(GOLDEN["validation_x"], GOLDEN[f"validation_y/{kind}"]),
        callbacks=callbacks.EarlyStopping(**cases.STOPPED[case]),
    ).history
    expected = GOLDEN[f"stopped-{case.key}/history"]
    assert 4 < len(history["loss"]) == expected.shape[1] < 40
    np.testing.assert_allclose(by_name(history), expected, rtol=1e-6)
    np.testing.assert_allclose(model.parameters, GOLDEN[f"stopped-{case.key}/weights"], rtol=0, atol=1e-10)


@pytest.mark.parametrize("number", range(len(cases.WATCHED)), ids=lambda k: str(cases.WATCHED[k]))
def test_early_stopping_sees_in_a_series_what_keras_sees(number):
    settings = cases.WATCHED[number]
    for series, expected in zip(GOLDEN["watched/series"], GOLDEN["watched/ends"][number], strict=True):
        stopping = callbacks.EarlyStopping(**settings)
        stopping.model = nnlab.Sequential()
        stopping.on_train_begin()
        for epoch, value in enumerate(series):
            stopping.on_epoch_end(epoch, {settings.get("monitor", "val_loss"): value})
            if stopping.model.stop_training:
                break
        assert (epoch, stopping.best) == tuple(expected), series


@pytest.mark.parametrize("name", cases.INITIALIZERS)
def test_initializers_spread_as_in_keras(name):
    initializer = make(initializers, cases.INITIALIZERS[name])
    for shape, (mean, deviation, low, high) in zip(cases.SHAPES, GOLDEN[f"spread/{name}"], strict=True):
        values = initializer(shape, np.random.default_rng(0))
        # Both are samples of 90,000 numbers: their means differ by some 1 / sqrt(90,000) of a deviation, their
        # deviations by less; and the extremes stand close to the edge of the distribution.
        assert values.shape == shape
        assert abs(values.mean() - mean) <= 5 * np.sqrt(2 / values.size) * deviation
        np.testing.assert_allclose(values.std(), deviation, rtol=5 / np.sqrt(values.size))
        np.testing.assert_allclose([values.min(), values.max()], [low, high], rtol=0.005)
