"""Every explorer works without arguments, and all have one public face."""

import importlib

import pytest

from nnlab import explorers

CATALOGUE = explorers.catalogue()


@pytest.mark.parametrize("name", CATALOGUE)
def test_an_explorer_works_without_arguments_and_has_the_public_face(name):
    assert getattr(explorers, name) is CATALOGUE[name]
    assert CATALOGUE[name].chapter.isdigit()
    explorer = CATALOGUE[name]()
    explorer.settle()
    assert isinstance(explorer.controls, dict)
    assert explorer.data
    assert len(explorer.alt.split()) > 8
    assert explorer.png.startswith(b"\x89PNG")
    assert explorer.code().startswith(f"explorers.{name}(")
    explorer.set()
    explorer.settle()
    with pytest.raises((TypeError, ValueError)):
        explorer.set(no_such_control=1)
    data, _metadata = explorer._repr_mimebundle_()
    assert data["text/plain"].startswith(f"{name}: ")
    assert len(data["text/plain"].split()) > 8
    assert data["image/png"]


def test_the_catalogue_has_all_and_is_in_the_order_of_the_chapters():
    assert set(CATALOGUE) == set(explorers.__all__) - {"catalogue"}
    chapters = [make.chapter for make in CATALOGUE.values()]
    assert chapters == sorted(chapters)


@pytest.mark.parametrize("name", CATALOGUE)
def test_importing_a_module_does_not_take_the_name_of_a_function(name):
    importlib.import_module(CATALOGUE[name].__module__)
    assert getattr(explorers, name) is CATALOGUE[name]


def test_an_unknown_explorer_is_named():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        explorers.nothing  # noqa: B018
