"""Model files: what is saved comes back to the bit; what is broken, foreign or hostile gets an answer."""

import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tracemalloc
import zipfile
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nnlab
from nnlab import _files, activations, initializers, layers, losses, optimizers, regularizers

RNG = np.random.default_rng(0)
X = RNG.normal(size=(50, 4))
Y = (X[:, 0] * X[:, 1] > 0).astype(int)


def stack():
    return [layers.Dense(6, "relu"), layers.Dropout(0.3), layers.Dense(2, "softmax")]


def compiled(model, eager=False, optimizer="adam"):
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"], run_eagerly=eager)
    return model


def make(eager=False, dtype="float32", optimizer="adam"):
    model = nnlab.Sequential([layers.Input((4,)), *stack()], seed=1, dtype=dtype)
    return compiled(model, eager, optimizer)


def functional(eager=False, dtype="float32", optimizer="adam"):
    symbol = inputs = layers.Input((4,), name="features")
    for layer in stack():
        symbol = layer(symbol)
    return compiled(nnlab.Model(inputs, symbol, seed=1, dtype=dtype, name="mine"), eager, optimizer)


def saved(model, tmp_path, **options):
    model.save(tmp_path / "model.nnlab")
    return nnlab.load_model(tmp_path / "model.nnlab", **options)


def train(model, epochs=2):
    return model.fit(X, Y, batch_size=7, epochs=epochs, verbose=0).history


@pytest.fixture(scope="module")
def content(tmp_path_factory):
    """Bytes of a small trained model."""
    path = tmp_path_factory.mktemp("saved") / "small.nnlab"
    model = nnlab.Sequential([layers.Input((4,)), layers.Dense(2, "softmax")], seed=1)
    train(compiled(model), epochs=1)
    model.save(path)
    return path.read_bytes()


# What comes back.


@pytest.mark.parametrize("build", [make, functional])
@pytest.mark.parametrize("eager", [False, True])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_loaded_model_trains_on_as_the_original_would(build, eager, dtype, tmp_path):
    model = build(eager, dtype)
    train(model)
    loaded = saved(model, tmp_path)
    assert loaded.why_formulas() == model.why_formulas() == ("run_eagerly=True" if eager else "")
    assert train(loaded) == train(model)
    np.testing.assert_array_equal(loaded.parameters, model.parameters, strict=True)
    np.testing.assert_array_equal(loaded.predict(X), model.predict(X), strict=True)
    assert loaded.rng.random() == model.rng.random()


@pytest.mark.parametrize("optimizer", [
    optimizers.SGD(0.1, momentum=0.9, nesterov=True),
    optimizers.RMSprop(0.01, momentum=0.5, centered=True),
    optimizers.Adagrad(0.05, initial_accumulator_value=0.2),
    optimizers.AdamW(0.01, weight_decay=0.1, clipnorm=0.5),
    optimizers.Adam(np.float32(0.01), clipvalue=1),
], ids=lambda optimizer: type(optimizer).__name__)  # fmt: skip
def test_every_optimizer_goes_on_where_it_was(optimizer, tmp_path):
    model = make(optimizer=optimizer, eager=True)
    train(model)
    loaded = saved(model, tmp_path)
    assert loaded.optimizer.iterations == optimizer.iterations > 0
    names = [name for name in vars(optimizer) if name not in ("slots", "starts")]
    assert {name: getattr(loaded.optimizer, name) for name in names} == {n: getattr(optimizer, n) for n in names}
    train(model)
    train(loaded)
    np.testing.assert_array_equal(loaded.parameters, model.parameters)


@pytest.mark.parametrize("build", [make, functional])
def test_what_the_model_was_made_of_comes_back(build, tmp_path, capsys):
    model = build()
    loaded = saved(model, tmp_path)
    for one in (model, loaded):
        one.summary()
    first, second = capsys.readouterr().out.split("Model ")[1:]
    assert first == second
    assert type(loaded) is type(model)
    assert [layer.name for layer in loaded.layers] == [layer.name for layer in model.layers]
    assert (loaded.name, loaded.input_shape, loaded.metrics) == (model.name, model.input_shape, model.metrics)
    assert list(loaded.fused) == list(model.fused) == [len(model.graph.steps) - 1]


LAYERS = {
    "settings": lambda: layers.Dense(
        3,
        activations.LeakyReLU(0.05),
        use_bias=False,
        kernel_initializer=initializers.VarianceScaling(2.0, "fan_out", "uniform", seed=7),
        kernel_regularizer=regularizers.L1L2(0.1, 0.2),
        input_shape=(4,),
        name="first",
    ),
    "ELU": lambda: layers.Activation(activations.ELU(2.0)),
    "L2": lambda: layers.Dense(3, "tanh", kernel_regularizer="l2", bias_regularizer=regularizers.L1(0.3)),
    "flatten": lambda: layers.Flatten(name="flat"),
    "dropout": lambda: layers.Dropout(0.25),
    **{name: (lambda name=name: layers.Dense(2, name)) for name in ("relu", "gelu", "leaky_relu", "swish", "softmax")},
    **{name: (lambda name=name: layers.Dense(2, kernel_initializer=name)) for name in ("he_normal", "ones")},
}


@pytest.mark.parametrize("name", LAYERS)
def test_every_setting_of_a_layer_comes_back(name, tmp_path):
    model = nnlab.Sequential([layers.Input((4,)), LAYERS[name]()], seed=0)
    loaded = saved(model, tmp_path)
    (before,), (after,) = model.layers, loaded.layers
    first, second = ({**vars(layer)} for layer in (before, after))
    for attributes in (first, second):  # objects without an equality of their own
        for key, value in attributes.items():
            if isinstance(value, initializers.Initializer | regularizers.Regularizer):
                attributes[key] = (type(value), vars(value))
        attributes.pop("regularizers")
    np.testing.assert_equal(second, first)
    assert after.regularizers.keys() == before.regularizers.keys()
    np.testing.assert_array_equal(loaded.predict(X), model.predict(X))


@pytest.mark.parametrize("loss", [losses.Huber(0.3), losses.BinaryCrossentropy(from_logits=True), losses.get("mae")])
def test_losses_come_back_with_their_settings(loss, tmp_path):
    model = nnlab.Sequential([layers.Input((4,)), layers.Dense(1)], seed=0)
    model.compile("sgd", loss, metrics=["mse", losses.Huber(2.0), "acc", "acc"])
    loaded = saved(model, tmp_path)
    assert type(loaded.loss) is type(loss)
    assert vars(loaded.loss) == vars(loss)
    assert loaded.evaluate(X, Y, return_dict=True) == model.evaluate(X, Y, return_dict=True)


def test_not_compiled_and_not_to_be_compiled(tmp_path):
    model = nnlab.Sequential([layers.Dense(2, input_shape=(4,))])
    assert not saved(model, tmp_path)._compiled
    loaded = saved(make(), tmp_path, compile=False)
    with pytest.raises(RuntimeError, match="compile the model"):
        train(loaded)


def test_a_model_built_by_its_first_batch(tmp_path):
    model = compiled(nnlab.Sequential([layers.Flatten(), *stack()]))
    with pytest.raises(RuntimeError, match=r"save: the model does not know the shape of its inputs yet. Put"):
        model.save(tmp_path / "model.nnlab")
    assert not list(tmp_path.iterdir())
    model.fit(X.reshape(-1, 2, 2), Y, verbose=0)
    assert saved(model, tmp_path).input_shape == (2, 2)


def test_the_same_model_gives_the_same_bytes(tmp_path):
    model = make()
    train(model)
    for name in ("a", "b"):
        model.save(tmp_path / f"{name}.nnlab")
    nnlab.load_model(tmp_path / "a.nnlab").save(tmp_path / "c.nnlab")
    assert len({(tmp_path / f"{name}.nnlab").read_bytes() for name in "abc"}) == 1


def test_numpy_reads_the_arrays_too(tmp_path):
    model = make()
    model.save(tmp_path / "model.nnlab")
    with np.load(tmp_path / "model.nnlab", allow_pickle=False) as arrays:
        np.testing.assert_array_equal(arrays["layers/0/kernel"], model.layers[0].kernel, strict=True)
    assert zipfile.ZipFile(tmp_path / "model.nnlab").testzip() is None


def test_numpys_global_state_is_left_alone(tmp_path):
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    saved(make(), tmp_path)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


def test_saving_from_a_callback(tmp_path):
    class Keep(nnlab.callbacks.Callback):
        def on_epoch_end(self, epoch, logs):
            self.model.save(tmp_path / f"{epoch}.nnlab")

    model = make(optimizer=optimizers.Adam(clipnorm=0.1))
    model.fit(X, Y, batch_size=7, epochs=3, verbose=0, callbacks=Keep())
    loaded = nnlab.load_model(tmp_path / "0.nnlab")
    train(loaded, epochs=2)
    np.testing.assert_array_equal(loaded.parameters, model.parameters)


@settings(max_examples=25)
@given(data=st.data())
def test_any_stack_comes_back(data, tmp_path_factory):
    kinds = data.draw(st.lists(st.sampled_from(sorted(LAYERS)), min_size=1, max_size=4))
    model = nnlab.Sequential([layers.Input((4,))], dtype=data.draw(st.sampled_from(["float32", "float64"])))
    for k, kind in enumerate(kinds):
        layer = LAYERS[kind]()
        layer.input_shape, layer.name = None, f"layer_{k}"
        model.add(layer)
    loaded = saved(model, tmp_path_factory.mktemp("stack"))
    np.testing.assert_array_equal(loaded.predict(X), model.predict(X), strict=True)


# A learner's own things.


class Scale(layers.Layer):
    parameter_names = ("factor",)

    def __init__(self, start, shift=(0.0, 1.0), center=None, limit=np.inf, **options):
        super().__init__(**options)
        self.start, self.shift, self.center, self.limit = start, shift, center, limit

    def build(self, input_shape, rng):
        self.factor = np.full(input_shape, self.start) + rng.normal(size=input_shape)

    def forward(self, x, training=False, rng=None):
        return np.minimum(self.factor * x + self.shift[0] - self.center, self.limit)

    def backward(self, da):
        self.dfactor = da.sum(axis=0)
        return da


def square_slope(z):
    return 2 * z


SQUARE = activations.Activation("my square", np.square, square_slope)


class Quartic(losses.Loss):
    name = "quartic"

    def __init__(self, power=4):
        self.power = power

    def per_sample(self, y, p):
        return np.mean((p - y) ** self.power, axis=-1)

    def gradient(self, y, p):
        return self.power * (p - y) ** (self.power - 1) / p.size


class Signs(optimizers.Optimizer):
    n_slots = 0

    def step(self, parameters, gradient):
        parameters -= self.learning_rate * np.sign(gradient)


def worst(y_true, y_pred):
    return np.abs(y_true - y_pred).max(axis=-1)


OWN = {"Scale": Scale, "my square": SQUARE, "Quartic": Quartic, "Signs": Signs, "worst": worst}


def own_model():
    center = np.arange(4, dtype=np.int16)
    stack = [layers.Input((4,)), Scale(2, center=center, name="s"), layers.Dense(3, SQUARE), layers.Dense(1)]
    model = nnlab.Sequential(stack, seed=0, dtype="float64")
    model.compile(Signs(0.01), Quartic(2), metrics=[worst])
    model.fit(X, Y, verbose=0)
    return model


def test_own_things_come_back(tmp_path):
    model = own_model()
    loaded = saved(model, tmp_path, custom_objects=OWN)
    (first, second) = (m.fit(X, Y, epochs=2, verbose=0).history for m in (model, loaded))
    assert first == second
    np.testing.assert_array_equal(loaded.parameters, model.parameters)
    layer = loaded.layers[0]
    assert (layer.start, layer.shift, layer.limit, layer.name) == (2, (0.0, 1.0), np.inf, "s")
    np.testing.assert_array_equal(layer.center, np.arange(4, dtype=np.int16), strict=True)


@pytest.mark.parametrize("missing", OWN)
def test_own_things_are_asked_for_by_name(missing, tmp_path):
    own_model().save(tmp_path / "model.nnlab")
    given = {name: thing for name, thing in OWN.items() if name != missing}
    value = missing if missing.isidentifier() else r"\.\.\."
    message = f"uses '{missing}', which is no part of nnlab: .* custom_objects={{'{missing}': {value}}} to load_model"
    with pytest.raises(ValueError, match=message):
        nnlab.load_model(tmp_path / "model.nnlab", given)
    if missing in ("Quartic", "Signs", "worst"):
        nnlab.load_model(tmp_path / "model.nnlab", given, compile=False)


def test_own_class_of_a_known_name_is_not_taken_for_nnlabs(tmp_path):
    class Dense(layers.Dense):
        def forward(self, x, training=False, rng=None):
            return super().forward(x, training, rng) + 1

    model = nnlab.Sequential([layers.Input((4,)), Dense(2)], seed=0)
    with pytest.raises(ValueError, match="uses 'Dense', which is no part of nnlab"):
        saved(model, tmp_path)
    loaded = saved(model, tmp_path, custom_objects={"Dense": Dense})
    np.testing.assert_array_equal(loaded.predict(X), model.predict(X))
    with pytest.raises(ValueError, match=r"custom_objects\['Dense'\] has to be the class itself"):
        saved(model, tmp_path, custom_objects={"Dense": Dense(2)})


class Forgets(layers.Layer):
    def __init__(self, rate):
        super().__init__()
        self.share = rate


class Changes(layers.Layer):
    def __init__(self, rate):
        super().__init__()
        self.rate = rate / 100


class Fixed(layers.Dense):
    def __init__(self, units, **options):
        super().__init__(units, activation="relu", **options)


class Counts(layers.Layer):
    def __init__(self, *sizes):
        super().__init__()
        self.sizes = sizes


class Holds(layers.Layer):
    def __init__(self, thing):
        super().__init__()
        self.thing = thing


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (Forgets(1), r"does not keep its argument 'rate': put self\.rate = rate into Forgets\.__init__"),
        (
            Changes(1),
            r"Changes made again from its attributes differs .* Changes\.__init__ has to take each argument",
        ),
        (Fixed(2), r"Fixed cannot be made again .*multiple values .*activation.* Fixed\.__init__ has to take"),
        (Counts(1, 2), r"Counts cannot be saved: all arguments of its __init__ need names"),
        (Holds({1, 2}), "Holds holds a set, which cannot be saved"),
        (Holds([2j]), "Holds holds a complex, which cannot be saved"),
        (Holds(Path("a")), "Holds holds a .*Path, which cannot be saved"),
        (Holds(np.array(["a"])), "an array of <U1 cannot be saved"),
        (Holds(lambda z: z), "a lambda has no name"),
        (Holds([Forgets, type("Forgets", (), {})]), "two different things in this model are called 'Forgets'"),
        (Holds([10**30] * 120_000), "the description of the model takes .* keep long lists as NumPy arrays"),
    ],
)
def test_what_cannot_be_saved_is_said_before_anything_is_written(layer, message, tmp_path):
    path = tmp_path / "model.nnlab"
    path.write_text("before")
    with pytest.raises(ValueError, match=message):
        nnlab.Sequential([layers.Input((4,)), layer]).save(path)
    assert [p.name for p in tmp_path.iterdir()] == ["model.nnlab"]
    assert path.read_text() == "before"


def test_own_models_and_generators(tmp_path):
    class Mine(nnlab.Sequential):
        pass

    with pytest.raises(TypeError, match=r"Mine is a class of your own.*np\.savez"):
        Mine([layers.Dense(2, input_shape=(4,))]).save(tmp_path / "a.nnlab")
    model = make()
    model.rng = np.random.Generator(np.random.MT19937(0))
    with pytest.raises(ValueError, match=r"default_rng, got MT19937"):
        model.save(tmp_path / "a.nnlab")


def test_optimizer_of_a_model_that_has_grown(tmp_path):
    model = nnlab.Sequential([layers.Input((4,)), layers.Dense(2)])
    model.compile("adam", "mse")
    model.fit(X, X[:, :2], verbose=0)
    model.add(layers.Dense(2))
    with pytest.raises(ValueError, match="compile a model anew when its layers change"):
        model.save(tmp_path / "a.nnlab")


# Paths.


@pytest.mark.parametrize("name", ["digits", "digits.h5", "digits.keras", ".nnlab", "digits.nnlab.bak"])
def test_the_name_ends_in_nnlab(name, tmp_path):
    with pytest.raises(ValueError, match=r"ends in \.nnlab: write '.+\.nnlab', got"):
        make().save(tmp_path / name)


def test_overwrite(tmp_path):
    path = tmp_path / "model.nnlab"
    path.write_text("before")
    with pytest.raises(FileExistsError, match="there already"):
        make().save(str(path), overwrite=False)
    assert path.read_text() == "before"
    make().save(str(path))
    nnlab.load_model(str(path))


def test_missing_file_and_folder(tmp_path, monkeypatch):
    make().save(tmp_path / "digits.nnlab")
    monkeypatch.chdir(tmp_path)
    for name in ("digit.nnlab", "digits", "Digits.nnlab"):
        with pytest.raises(FileNotFoundError, match=r"did you mean 'digits\.nnlab'\?") as error:
            nnlab.load_model(name)
        assert str(tmp_path / name) in str(error.value)
    with pytest.raises(FileNotFoundError, match=r"other\.nnlab$"):
        nnlab.load_model("nowhere/other.nnlab")
    with pytest.raises(FileNotFoundError, match=r"there is no folder .*nowhere"):
        make().save("nowhere/a.nnlab")


# Writing whole or not at all.


@pytest.fixture
def before(tmp_path):
    path = tmp_path / "model.nnlab"
    path.write_bytes(b"before")
    yield path
    assert [p.name for p in tmp_path.iterdir()] == ["model.nnlab"]
    assert path.read_bytes() == b"before"


class Full(io.BytesIO):
    """A file on a full disk: it takes some bytes, and no more."""

    def __init__(self, path):
        super().__init__()
        self.path = path

    def write(self, data):
        self.path.write_bytes(data[:100])
        raise OSError(28, "No space left on device")


@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_failure_leaves_what_was_there(before, step, error, monkeypatch):
    def fail(*_):
        raise error

    monkeypatch.setattr(_files.os, step, fail)
    with pytest.raises(type(error)):
        make().save(before)


def test_full_disk(before, monkeypatch):
    monkeypatch.setattr(_files, "open", lambda path, mode: Full(path), raising=False)
    with pytest.raises(OSError, match="No space left"):
        make().save(before)


def test_read_only_folder(before, monkeypatch):
    def refuse(path, mode):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(_files, "open", refuse, raising=False)
    with pytest.raises(PermissionError):
        make().save(before)


@pytest.mark.parametrize("content", ["Größe\r\n", b"\x00\n"])
def test_text_and_bytes_are_written_as_they_are(content, tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("before")
    path.chmod(0o640)
    mode = path.stat().st_mode
    _files.write_atomically(path, content)
    assert path.read_bytes() == (content.encode() if isinstance(content, str) else content)
    assert path.stat().st_mode == mode


KILL = """
import os, random, signal, sys, time
import nnlab
from nnlab import layers

path = sys.argv[1]
models = [nnlab.Sequential([layers.Input((200,)), layers.Dense(units)]) for units in (10, 300)]
models[0].save(path)
random.seed(0)
for _ in range(20):
    child = os.fork()
    while child == 0:
        for model in models:
            model.save(path)
    time.sleep(random.uniform(0, 0.03))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    print(nnlab.load_model(path).count_params())
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_killed_process_leaves_a_file_that_loads(tmp_path):
    command = [sys.executable, "-c", KILL, str(tmp_path / "model.nnlab")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=100)
    counts = [int(line) for line in done.stdout.split()]
    assert len(counts) == 20
    assert set(counts) <= {200 * 10 + 10, 200 * 300 + 300}  # the old file or the new, never half of one


# Damaged, foreign and hostile files.


def refused(path, data, match="."):
    path.write_bytes(data)
    with pytest.raises(ValueError, match=match):
        nnlab.load_model(path)


def test_any_flipped_byte_is_noticed(content, tmp_path):
    path, data = tmp_path / "a.nnlab", bytearray(content)
    for k in range(len(data)):
        for flip in (1 << k % 8, 0xFF):
            data[k] ^= flip
            refused(path, data, "is damaged or incomplete|this is no nnlab model")
            data[k] ^= flip


def test_any_truncation_and_any_addition_is_noticed(content, tmp_path):
    for length in range(len(content)):
        refused(tmp_path / "a.nnlab", content[:length], "is damaged or incomplete|this is no nnlab model")
    refused(tmp_path / "a.nnlab", content + b"\0", "is damaged")
    refused(tmp_path / "a.nnlab", content + content, "is damaged")
    refused(tmp_path / "a.nnlab", b"\0" + content, "no nnlab model")


def foreign():
    zipped, arrays = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("a.txt", "hello")
    np.savez(arrays, a=np.zeros(3))
    return {
        "empty": b"",
        "text": b"a text, and nothing else; " * 20,
        "png": b"\x89PNG\r\n\x1a\n" + bytes(100),
        "zip": zipped.getvalue(),
        "npz": arrays.getvalue(),
        "zeros": bytes(1000),
    }


@pytest.mark.parametrize("kind", foreign())
def test_foreign_file(kind, tmp_path):
    refused(tmp_path / "a.nnlab", foreign()[kind], "this is no nnlab model")


def test_folder(tmp_path):
    with pytest.raises(ValueError, match="folder: this is no nnlab model"):
        nnlab.load_model(tmp_path)


def repacked(content, change=lambda described, members: None, text=None, **options):
    """The same file with other content, and a checksum that fits."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    described = json.loads(members["model.json"])
    change(described, members)
    members["model.json"] = json.dumps(described).encode() if text is None else text
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", **options) as archive:
        for name, member in members.items():
            archive.writestr(name, member)
        archive.comment = b"nnlab model, sha256 " + 64 * b"0"
    data = stream.getvalue()[:-64]
    return data + hashlib.sha256(data).hexdigest().encode()


def test_repacked_without_a_change_loads(content, tmp_path):
    (tmp_path / "a.nnlab").write_bytes(repacked(content))
    assert nnlab.load_model(tmp_path / "a.nnlab").count_params() == 10


def put(*keys):
    """A change that puts the last argument at the place that the others name."""
    *path, last, value = keys

    def change(described, members):
        for key in path:
            described = described[key]
        described[last] = value

    return change


def without(name):
    def change(described, members):
        members.pop(f"{name}.npy")

    return change


def reshaped(name, shape, size=None):
    """Declare another shape for an array, in the description and in the array's own header."""

    def change(described, members):
        described["arrays"][name]["shape"] = shape
        data = io.BytesIO()
        header = {"descr": "<f4", "fortran_order": False, "shape": tuple(shape)}
        np.lib.format.write_array_header_1_0(data, header)
        members[f"{name}.npy"] = data.getvalue() + bytes(members[f"{name}.npy"][-(size or 32) :])

    return change


def dense(**settings):
    def change(described, members):
        described["layers"][0]["object"]["arguments"] |= settings

    return change


def remaining(described, members):
    members["extra.npy"] = members["layers/0/bias.npy"]


KERNEL, SLOTS = "layers/0/kernel", "optimizer/slots"
SYSTEM = {"class": "os.system", "arguments": {"command": "touch hacked"}}
HOSTILE = {
    "newer": (put("format", 2), "written by a newer nnlab, in format 2: update"),
    "older": (put("format", None), "format is unknown to this nnlab"),
    "missing array": (without(KERNEL), "does not hold the arrays"),
    "extra array": (remaining, "does not hold the arrays"),
    "no arrays": (put("arrays", {}), "does not hold the arrays"),
    "no kernel at all": (
        lambda described, members: (without(KERNEL)(described, members), described["arrays"].pop(KERNEL)),
        "needs weights of shape",
    ),
    "wrong shape": (reshaped(KERNEL, [2, 4]), "has weights of shapes"),
    "vector": (reshaped(KERNEL, [8]), "has weights of shapes"),
    "huge array": (reshaped(KERNEL, [10**9, 10**9]), "not of shape"),
    "huge empty array": (reshaped(KERNEL, [10**30, 0]), "."),
    "negative shape": (reshaped(KERNEL, [-4, -2]), "."),
    "many axes": (put("arrays", KERNEL, "shape", [1] * 100), "not of shape"),
    "shape of texts": (put("arrays", KERNEL, "shape", ["4", "2"]), "."),
    "objects": (put("arrays", KERNEL, "dtype", "object"), "KeyError: 'object'"),
    "other dtype": (put("arrays", KERNEL, "dtype", "int32"), "not of shape"),
    "no dtype": (put("arrays", KERNEL, {"shape": [4, 2]}), "missing"),
    "wrong slots": (reshaped(SLOTS, [2, 4]), "optimizer remembers"),
    "one slot": (reshaped(SLOTS, [1, 10], 40), "optimizer remembers"),
    "huge layer": (dense(units=10**12), "needs weights of shape"),
    "large layer": (dense(units=10**8), "needs weights of shape"),
    "huge input": (put("inputs", 0, "shape", [10**12]), "needs weights of shape"),
    "no input": (put("inputs", None), "NoneType"),
    "unit of text": (dense(units="2"), "units has to be a whole number"),
    "unknown setting": (dense(command="ls"), "unexpected keyword"),
    "unknown activation": (dense(activation="boom"), "unknown activation 'boom'"),
    "activation of another kind": (dense(activation={"class": "losses.Huber", "arguments": {}}), "an activation is"),
    "unknown constant": (dense(activation={"constant": "activations.get"}), "activations.get"),
    "unknown class": (put("layers", 0, "object", SYSTEM), 'names .*"os.system".*which this nnlab does not have'),
    "unknown class inside": (dense(activation=SYSTEM), "which this nnlab does not have"),
    "own class": (put("layers", 0, "object", {"own class": "os.system", "arguments": {}}), "'os.system', which is no"),
    "private class": (dense(activation={"class": "activations._Softmax", "arguments": {}}), "does not have"),
    "no layer": (put("layers", 0, "object", {"class": "losses.Huber", "arguments": {}}), "makes no sense"),
    "layer without a forward pass": (put("layers", 0, "object", {"class": "layers.InputLayer", "arguments": {}}), "."),
    "no layers": (put("layers", []), "."),
    "no calls": (put("calls", []), "."),
    "a cycle": (put("calls", 0, 1, [1]), "asked for array 1, and only 1 are there"),
    "a call from the end": (put("calls", 0, 1, [-1]), "asked for array -1"),
    "a call of no layer": (put("calls", 0, 0, 7), "."),
    "a call on texts": (put("calls", 0, 1, ["0"]), "makes no sense"),
    "a call with options": (put("calls", 0, 2, [{"tuple": ["evil", 1]}]), "."),
    "no output": (put("outputs", []), "."),
    "an output of nothing": (put("outputs", [9]), "array 9"),
    "weight of a loss": (put("training", "objectives", 0, "weight", "1"), "."),
    "frozen by a text": (put("layers", 0, "trainable", "no"), "makes no sense"),
    "layers of another kind": (put("layers", 5), "int"),
    "name of another kind": (put("name", ["a"]), "makes no sense"),
    "layer's name": (put("layers", 0, "name", None), "makes no sense"),
    "another dtype": (put("dtype", "float64"), "dtype"),
    "unknown dtype": (put("dtype", "O"), "dtype"),
    "another kind of model": (put("class", "os.system"), "neither a Sequential nor a Model"),
    "optimizer": (put("training", "optimizer", SYSTEM), "does not have"),
    "loss": (put("training", "objectives", 0, "loss", None), "a loss is a name"),
    "metric": (put("training", "objectives", 0, "metrics", [["a", 5]]), "not a function"),
    "metrics": (put("training", "objectives", 0, "metrics", 5), "int"),
    "eagerly": (put("training", "run_eagerly", "yes"), "makes no sense"),
    "steps": (put("training", "iterations", -1), "no number of steps"),
    "too many steps": (put("training", "iterations", 10**30), "no number of steps"),
    "nothing of the training": (put("training", {}), "KeyError"),
    "generator": (put("random", "training", {"bit_generator": "MT19937"}), "."),
    "generator's state": (put("random", "training", "state", {"state": -1, "inc": 2**200}), "."),
    "NaN": (put("training", "iterations", float("nan")), "has NaN in it"),
    "infinity": (put("layers", 0, "name", float("inf")), "has Infinity in it"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_content_that_makes_no_sense(kind, content, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    change, message = HOSTILE[kind]
    data = repacked(content, change)
    tracemalloc.start()
    refused(tmp_path / "a.nnlab", data, message)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_000_000
    assert [p.name for p in tmp_path.iterdir()] == ["a.nnlab"]


@pytest.mark.parametrize(
    "text",
    [
        *(b"", b"5", b"[]", b"{", b"\xff\xfe", b'{"format": 1, "arrays": {}}', b'{"format": 1, "arrays": []}'),
        *(b'"' + b"a" * 5_000_000 + b'"', b"[" * 100_000, b'{"format":' * 50_000, b'{"format": ' + b"9" * 5000 + b"}"),
    ],
    ids=lambda text: text[:20],
)
def test_description_that_makes_no_sense(text, content, tmp_path):
    refused(tmp_path / "a.nnlab", repacked(content, text=text), "cannot be loaded")


def test_deep_description(content, tmp_path):
    for name in ("layers", "arrays", "name", "random"):
        text = b'{"format": 1, "%s": %s1%s}' % (name.encode(), b"[" * 900, b"]" * 900)
        refused(tmp_path / "a.nnlab", repacked(content, text=text), "cannot be loaded")
    deep = json.loads('{"tuple":[' * 300 + "1" + "]}" * 300)
    refused(tmp_path / "a.nnlab", repacked(content, dense(activation=deep)), "an activation is")


def test_compressed_parts_are_not_blown_up(content, tmp_path):
    def swell(described, members):
        members["bomb.npy"] = bytes(50_000_000)
        described["arrays"]["bomb"] = {"shape": [50_000_000], "dtype": "uint8"}

    data = repacked(content, swell, compression=zipfile.ZIP_DEFLATED)
    refused(tmp_path / "a.nnlab", data, "not stored as nnlab stores them")


def test_parts_that_overlap_are_not_read_twice(content, tmp_path):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        infos = archive.infolist()
        directory = content[archive.start_dir : -84 - 22]
    many = 2000  # all of them are the same bytes of the file
    record = directory[: directory.index(b"PK\x01\x02", 4)]
    end = bytearray(content[-84 - 22 :])
    end[8:10] = end[10:12] = (len(infos) + many).to_bytes(2, "little")
    end[12:16] = (len(directory) + many * len(record)).to_bytes(4, "little")
    data = content[: archive.start_dir] + directory + record * many + bytes(end)[:-64]
    refused(tmp_path / "a.nnlab", data + hashlib.sha256(data).hexdigest().encode(), "not stored|does not hold")


VALUES = [
    None,
    True,
    0,
    -1,
    2**70,
    1e300,
    "",
    "relu",
    [],
    [[]],
    {},
    {"own": "a"},
    {"array": "layers/0/kernel"},
    [4],
    [2],
]


@settings(max_examples=300)
@given(data=st.data())
def test_any_change_of_the_description_loads_or_is_refused(data, content, tmp_path_factory):
    def change(described, members):
        place = described
        while True:
            keys = sorted(place) if isinstance(place, dict) else range(len(place))
            key = data.draw(st.sampled_from(keys))
            if not isinstance(place[key], dict | list) or not place[key] or data.draw(st.integers(0, 4)) == 0:
                break
            place = place[key]
        place[key] = data.draw(st.sampled_from(VALUES))

    path = tmp_path_factory.getbasetemp() / "changed.nnlab"
    path.write_bytes(repacked(content, change))
    with suppress(ValueError):
        nnlab.load_model(path).predict(X)


@settings(max_examples=300)
@given(data=st.data())
def test_any_change_of_the_zip_loads_or_is_refused(data, content, tmp_path_factory):
    changed = bytearray(content[:-64])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        heads = [(info.header_offset, info.header_offset + 60) for info in archive.infolist()]
        heads.append((archive.start_dir, len(changed)))
    for start, stop in data.draw(st.lists(st.sampled_from(heads), min_size=1, max_size=3)):
        changed[data.draw(st.integers(start, stop - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "changed.nnlab"
    path.write_bytes(changed + hashlib.sha256(changed).hexdigest().encode())
    with suppress(ValueError):
        nnlab.load_model(path)


def test_nothing_is_pickled(monkeypatch, tmp_path):
    def refuse(*_, **__):
        raise AssertionError("pickle was used")

    monkeypatch.setattr("pickle.loads", refuse)
    monkeypatch.setattr("pickle.load", refuse)
    saved(make(), tmp_path)
    shutil.rmtree(tmp_path)


@pytest.mark.parametrize("name", [None, "", "a\0.nnlab", np.zeros(3), 7])
def test_what_is_no_name_of_a_file(name):
    with pytest.raises(TypeError, match="filepath is the name of a file, a text or a path, got"):
        nnlab.load_model(name)
