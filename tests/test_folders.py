"""Where a user has no home, no folder is named that could be made by mistake, such as one called "~"."""

from pathlib import Path

import platformdirs
import pytest

from nnlab import _folders


def test_folders_of_this_user_are_absolute():
    assert _folders.cache().is_absolute()
    assert _folders.data().is_absolute()


def unexpanded(*_names, **_options):
    return str(Path("~", ".cache", "nnlab"))


def refusing(*_names, **_options):
    raise RuntimeError("could not determine the home directory")


@pytest.mark.parametrize("find", [unexpanded, refusing])
def test_without_a_home_there_is_nowhere_to_write(monkeypatch, find):
    monkeypatch.setattr(platformdirs, "user_cache_dir", find)
    monkeypatch.setattr(platformdirs, "user_data_dir", find)
    for folder in (_folders.cache(), _folders.data()):
        assert "no home folder" in str(folder)
        with pytest.raises(OSError, match="no home folder"):
            folder.mkdir(parents=True)
