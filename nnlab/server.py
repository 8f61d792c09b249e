"""A Jupyter server extension: what is saved of an explorer is its picture, which needs no kernel to be shown.

The output of an explorer carries the live widget and, as its static twin, a picture with its text. The widget lives as
long as its kernel. A notebook that was saved with it shows "model not found" tomorrow, where the picture should be. So
the widget is left out of the file. The page that saves keeps it, because only the copy on its way to the disk changes.

The file ``server.json`` beside this one, which the package installs as
``etc/jupyter/jupyter_server_config.d/nnlab.json``, makes Jupyter load this module.
"""

from __future__ import annotations

from typing import Any

from nnlab.commands.notebooks import WIDGET_VIEW

NAME = "nnlab.server"


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": NAME}]


def _load_jupyter_server_extension(server: Any) -> None:
    # Registered rather than configured, so that the user's own hook stays.
    server.contents_manager.register_pre_save_hook(keep_pictures)


def keep_pictures(model: dict[str, Any], **_: Any) -> None:
    """Leave the widgets of our explorers out of a notebook that is about to be saved.

    Parameters
    ----------
    model : dict
        What is saved, as Jupyter's contents manager has it; changed in place. Files of another type are left alone, and
        so is every output that is not ours. The widgets' state goes where no widget is left to show it.

    Notes
    -----
    An error in here is logged by Jupyter and keeps nothing from being saved.
    """
    if model.get("type") == "notebook" and model.get("content"):
        _drop_widgets(model["content"])


def _drop_widgets(notebook: dict[str, Any]) -> None:
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", [])]
    dropped = [output for output in outputs if _is_ours(output)]
    for output in dropped:
        del output["data"][WIDGET_VIEW]
    if dropped and not any(WIDGET_VIEW in output.get("data", {}) for output in outputs):
        notebook["metadata"].pop("widgets", None)


def _is_ours(output: dict[str, Any]) -> bool:
    """Whether an output holds a widget beside its picture or text, whose metadata repeat the output's text."""
    data, metadata = output.get("data", {}), output.get("metadata", {})
    text = "".join(data.get("text/plain", ""))
    alts = [metadata.get(kind, {}).get("alt") for kind in ("image/png", "text/plain") if kind in data]
    return WIDGET_VIEW in data and bool(text) and text in alts
