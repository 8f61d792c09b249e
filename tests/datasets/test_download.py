from __future__ import annotations

import dataclasses
import gzip
import logging
import os
import time
from pathlib import Path

import numpy as np
import pooch
import pytest

from nnlab.datasets import _download, fashion_mnist, mnist
from nnlab.datasets._download import ImageSplits, Source, load

NAMES = [file.name for file in mnist._SOURCE.files]
IMAGES = NAMES[0] + ".gz"
REAL_DATA = os.environ.get("NNLAB_DATA")  # before a fixture hides it


def assert_loaded(result: ImageSplits, arrays: tuple[np.ndarray, ...]) -> None:
    (x_train, y_train), (x_test, y_test) = result
    for got, expected in zip((x_train, y_train, x_test, y_test), arrays, strict=True):
        assert got.dtype == np.uint8
        assert got.flags.writeable
        np.testing.assert_array_equal(got, expected)


def kept(cache: Path) -> set[str]:
    """The names of all files in the cache, temporary ones too."""
    return {path.name for path in cache.rglob("*") if path.is_file()}


def test_good_download(source: Source, mirrors, arrays, tmp_path: Path) -> None:
    assert_loaded(load(source, tmp_path), arrays)
    assert mirrors[0].requests == [f"{name}.gz" for name in NAMES]
    assert mirrors[1].requests == []
    assert kept(tmp_path / "small-set") == {f"{name}.gz" for name in NAMES}


def test_second_call_needs_no_server(source: Source, arrays, dead: str, tmp_path: Path) -> None:
    load(source, tmp_path)
    assert_loaded(load(dataclasses.replace(source, mirrors=(dead,)), tmp_path), arrays)


def test_second_call_asks_no_server(source: Source, mirrors, tmp_path: Path) -> None:
    load(source, tmp_path)
    load(source, tmp_path)
    assert len(mirrors[0].requests) == len(NAMES)


def test_damaged_cache_is_fetched_again(source: Source, mirrors, arrays, tmp_path: Path) -> None:
    load(source, tmp_path)
    cached = tmp_path / "small-set" / IMAGES
    cached.write_bytes(cached.read_bytes()[:-1])
    assert_loaded(load(source, tmp_path), arrays)
    assert mirrors[0].requests == [f"{name}.gz" for name in NAMES] + [IMAGES]


def test_dead_mirror_is_passed_over(source: Source, mirrors, arrays, dead: str, tmp_path: Path) -> None:
    source = dataclasses.replace(source, mirrors=(dead, mirrors[1].url))
    assert_loaded(load(source, tmp_path), arrays)


def test_missing_file_is_passed_over_at_once(source: Source, mirrors, arrays, tmp_path: Path) -> None:
    mirrors[0].files.clear()
    assert_loaded(load(source, tmp_path), arrays)
    assert mirrors[0].requests == mirrors[1].requests == [f"{name}.gz" for name in NAMES]


@pytest.mark.parametrize("fault", ["truncated", "wrong"])
def test_broken_transfer_is_tried_again(source: Source, mirrors, arrays, tmp_path: Path, fault: str) -> None:
    mirrors[0].break_next(fault)
    assert_loaded(load(source, tmp_path), arrays)
    assert mirrors[0].requests.count(IMAGES) == 2
    assert mirrors[1].requests == []
    assert kept(tmp_path) == {f"{name}.gz" for name in NAMES}


@pytest.mark.parametrize("fault", ["truncated", "wrong"])
def test_mirror_that_stays_broken_is_left(source: Source, mirrors, arrays, tmp_path: Path, fault: str) -> None:
    mirrors[0].break_next(fault, fault)
    assert_loaded(load(source, tmp_path), arrays)
    assert mirrors[0].requests.count(IMAGES) == 2
    assert mirrors[1].requests == [IMAGES]
    assert kept(tmp_path) == {f"{name}.gz" for name in NAMES}


def test_wrong_hash_is_never_kept(source: Source, mirrors, tmp_path: Path) -> None:
    for mirror in mirrors:
        mirror.break_next("wrong", "wrong")
    with pytest.raises(ConnectionError, match=r"does not match the known hash: expected \w{64} but got \w{64}"):
        load(source, tmp_path)
    assert kept(tmp_path) == set()


def test_truncated_file_is_never_kept(source: Source, mirrors, tmp_path: Path) -> None:
    for mirror in mirrors:
        mirror.break_next("truncated", "truncated")
    with pytest.raises(ConnectionError, match="IncompleteRead"):
        load(source, tmp_path)
    assert kept(tmp_path) == set()


def test_files_before_the_broken_one_are_kept(source: Source, mirrors, arrays, tmp_path: Path) -> None:
    last = NAMES[3] + ".gz"
    for mirror in mirrors:
        mirror.break_next("missing", name=last)
    with pytest.raises(ConnectionError, match=r"could not download t10k-labels-idx1-ubyte\.gz"):
        load(source, tmp_path)
    assert kept(tmp_path) == {f"{name}.gz" for name in NAMES[:3]}
    mirrors[0].requests.clear()
    assert_loaded(load(source, tmp_path), arrays)
    assert mirrors[0].requests == [last]


def test_what_a_killed_download_left_goes_after_an_hour(source: Source, mirrors, arrays, tmp_path: Path) -> None:
    cache = tmp_path / "small-set"
    cache.mkdir()
    long_dead, perhaps_alive = cache / "tmpx3_k2a1z", cache / "tmpabcdefgh"
    for file in (long_dead, perhaps_alive):
        file.write_bytes(b"half")
    os.utime(long_dead, (time.time() - 4000,) * 2)
    assert_loaded(load(source, tmp_path), arrays)
    assert kept(cache) == {f"{name}.gz" for name in NAMES} | {perhaps_alive.name}


def test_interrupt_leaves_nothing(source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_url: str, output_file: str, _pooch: object) -> None:
        Path(output_file).write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(_download, "_stream", interrupted)
    with pytest.raises(KeyboardInterrupt):
        load(source, tmp_path)
    assert kept(tmp_path) == set()


def test_offline_message(source: Source, mirrors, dead: str, tmp_path: Path) -> None:
    mirrors[1].files.clear()
    source = dataclasses.replace(source, mirrors=(dead, mirrors[1].url))
    with pytest.raises(ConnectionError) as caught:
        load(source, tmp_path)
    text = str(caught.value)
    assert text.startswith(f"small.load_data() could not download {IMAGES}. Tried:\n")
    assert f"  {dead}: ConnectionRefusedError: " in text
    assert f"  {mirrors[1].url}: HTTP 404 Not Found\n" in text
    assert "datasets.digits.load_data()" in text
    assert "NNLAB_DATA" in text
    assert "small-set" in text


def test_offline_message_forgets_the_callers_error(source: Source, dead: str, tmp_path: Path) -> None:
    source = dataclasses.replace(source, mirrors=(dead,))
    try:
        raise KeyError("an older error")
    except KeyError:
        with pytest.raises(ConnectionError, match="ConnectionRefusedError"):
            load(source, tmp_path)


@pytest.mark.parametrize("loader", [mnist, fashion_mnist])
def test_load_data_names_every_mirror(loader, dead: str, tmp_path: Path, monkeypatch) -> None:
    urls = tuple(f"{dead}{number}/" for number, _ in enumerate(loader._SOURCE.mirrors))
    monkeypatch.setattr(loader, "_SOURCE", dataclasses.replace(loader._SOURCE, mirrors=urls))
    monkeypatch.setattr(_download, "_default_cache", lambda: tmp_path)
    with pytest.raises(ConnectionError) as caught:
        loader.load_data()
    assert all(url in str(caught.value) for url in urls)


@pytest.mark.parametrize("loader", [mnist, fashion_mnist])
def test_load_data_reads_its_source(loader, source: Source, arrays, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(loader, "_SOURCE", source)
    monkeypatch.setattr(_download, "_default_cache", lambda: tmp_path)
    assert_loaded(loader.load_data(), arrays)


def test_default_cache_is_nnlabs_own() -> None:
    assert _download._default_cache().parts[-2:] == ("nnlab", "datasets") or os.name == "nt"


def test_sources_are_well_formed() -> None:
    files = [*mnist._SOURCE.files, *fashion_mnist._SOURCE.files]
    assert [file.name for file in files] == [*NAMES, *NAMES]
    assert [file.ndim for file in files] == [3, 1, 3, 1] * 2
    hashes = [sha for file in files for sha in (file.sha256, file.gz_sha256)]
    assert len(set(hashes)) == len(hashes) == 16
    assert all(len(sha) == 64 and int(sha, 16) for sha in hashes)
    assert all(url.endswith("/") for url in (*mnist._SOURCE.mirrors, *fashion_mnist._SOURCE.mirrors))


# The local folder.


@pytest.mark.parametrize("folder", ["small-set", "."])
@pytest.mark.parametrize("suffix", [".gz", ""])
def test_local_folder_comes_first(
    source: Source, mirrors, contents, arrays, tmp_path: Path, monkeypatch, folder: str, suffix: str
) -> None:
    local = tmp_path / "local" / folder
    local.mkdir(parents=True)
    for name, content in contents.items():
        # Another level of compression: other bytes than the mirrors', as in Debian's package.
        body = gzip.compress(content, compresslevel=1, mtime=1) if suffix else content
        (local / (name + suffix)).write_bytes(body)
    monkeypatch.setenv("NNLAB_DATA", str(tmp_path / "local"))
    assert_loaded(load(source, tmp_path / "cache"), arrays)
    assert mirrors[0].requests == []
    assert not (tmp_path / "cache").exists()


def test_what_is_not_in_the_local_folder_is_fetched(
    source: Source, mirrors, contents, arrays, tmp_path: Path, monkeypatch
) -> None:
    local = tmp_path / "local"
    local.mkdir()
    (local / NAMES[0]).write_bytes(contents[NAMES[0]])
    monkeypatch.setenv("NNLAB_DATA", str(local))
    assert_loaded(load(source, tmp_path / "cache"), arrays)
    assert mirrors[0].requests == [f"{name}.gz" for name in NAMES[1:]]


@pytest.mark.parametrize(
    ("suffix", "damage"),
    [
        (".gz", lambda body: body[:-10]),
        (".gz", lambda _: b""),
        (".gz", lambda _: b"no gzip file"),
        (".gz", lambda body: body[:40] + b"\xff\xff\xff\xff" + body[44:]),
        (".gz", lambda body: body[:-8] + b"\0\0\0\0" + body[-4:]),
        (".gz", lambda _: gzip.compress(b"another content", mtime=0)),
        ("", lambda body: gzip.decompress(body)[:-1]),
        ("", lambda _: b""),
    ],
)
def test_damaged_local_file_is_named(
    source: Source, mirrors, archives, tmp_path: Path, monkeypatch, suffix: str, damage
) -> None:
    local = tmp_path / "local" / "small-set"
    local.mkdir(parents=True)
    path = local / (NAMES[0] + suffix)
    path.write_bytes(damage(archives[IMAGES]))
    before = path.read_bytes()
    monkeypatch.setenv("NNLAB_DATA", str(tmp_path / "local"))
    with pytest.raises(ValueError, match="is damaged, or is not a file of small") as caught:
        load(source, tmp_path / "cache")
    assert str(path) in str(caught.value)
    assert path.read_bytes() == before
    assert mirrors[0].requests == []


def test_local_folder_that_is_none(source: Source, mirrors, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("NNLAB_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(NotADirectoryError, match="nowhere"):
        load(source, tmp_path / "cache")
    assert mirrors[0].requests == []


def test_empty_variable_is_none(source: Source, arrays, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("NNLAB_DATA", "")
    assert_loaded(load(source, tmp_path), arrays)


# The cache folder.


@pytest.mark.parametrize("where", ["cache", "cache/small-set"])
def test_unwritable_cache(source: Source, mirrors, tmp_path: Path, where: str) -> None:
    # A file where a folder should be: unlike permissions, that stops the superuser too.
    obstacle = tmp_path / where
    obstacle.parent.mkdir(exist_ok=True)
    obstacle.write_text("a file")
    with pytest.raises(OSError, match="cannot be kept in the cache folder") as caught:
        load(source, tmp_path / "cache")
    assert not isinstance(caught.value, ConnectionError)
    assert str(tmp_path / "cache" / "small-set") in str(caught.value)
    assert "NNLAB_DATA" in str(caught.value)
    assert mirrors[0].requests == []


def test_full_disk(source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(_download, "_stream", full)
    with pytest.raises(OSError, match=r"cannot be kept .* No space left on device"):
        load(source, tmp_path)
    assert kept(tmp_path) == set()


# What is shown.


def test_progress_bar(source: Source, tmp_path: Path, monkeypatch, capfd) -> None:
    monkeypatch.delenv("TQDM_DISABLE")
    monkeypatch.setattr("tqdm.tqdm.monitor_interval", 0)  # no thread that outlives the test
    load(source, tmp_path)
    out, err = capfd.readouterr()
    assert out == ""
    assert IMAGES in err
    assert str(tmp_path) not in err


def test_no_progress_bar_when_disabled(source: Source, tmp_path: Path, capfd) -> None:
    logger = pooch.get_logger()
    level = logger.level
    load(source, tmp_path)
    assert capfd.readouterr() == ("", "")
    assert logger.level == level != logging.WARNING


# The real thing.


@pytest.mark.skipif(
    REAL_DATA is None or not any(Path(REAL_DATA).rglob("fashion-mnist/train-images-idx3-ubyte*")),
    reason="set NNLAB_DATA to a folder that has Fashion-MNIST in fashion-mnist/",
)
def test_real_fashion_mnist(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert REAL_DATA is not None
    monkeypatch.setenv("NNLAB_DATA", REAL_DATA)
    monkeypatch.setattr(_download, "_default_cache", lambda: tmp_path)
    (x_train, y_train), (x_test, y_test) = fashion_mnist.load_data()
    assert (x_train.shape, x_test.shape) == ((60000, 28, 28), (10000, 28, 28))
    assert np.bincount(y_train).tolist() == [6000] * 10
    assert np.bincount(y_test).tolist() == [1000] * 10
    assert y_test[:5].tolist() == [9, 2, 1, 1, 6]
    assert fashion_mnist.CLASS_NAMES[y_train[0]] == "Ankle boot"
