"""Turns a chapter into slides for jupyterlab-slideshow: what is shown, in which size, and what the teacher's notes are.

Nothing here reads or writes files; `nnlab.commands.lecture` does. The names of metadata are those of the extension
jupyterlab-slideshow, and of jupyterlab-fonts, which styles single notebooks for it.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator

from nnlab.commands.notebooks import Notebook

DECK = "jupyterlab-slideshow"
FONTS = "@deathbeds/jupyterlab-fonts"

BEGIN = """\
## Before the class comes

Press **R** to run all cells: then every slider is alive. The slides are a copy; the chapter itself stays as it is.

| | |
|:---|:---|
| → or Page Down | next step |
| ← or Page Up | back |
| a slider or button | click it, and the keys are its own; click beside it to have them back |
| ••• | the code of a cell |
| Notes | for the teacher, in the corner; open, the class sees them too |
| Escape | leave the slides |
"""
END = """\
## The end

Cells are running? When all have run, the first slide comes back.
"""


def _zoomed(explorers: float, revealed: float, questions: float, formulas: float) -> dict[str, dict[str, str]]:
    # The explorers and pictures are made for a page of 840 pixels. A question leaves less room to the explorer below.
    return {
        "& .nnlab-explorer, & .nnlab-pad, & .jp-RenderedImage": {"zoom": f"{explorers}"},
        "& .nnlab-prediction > .nnlab-explorer": {"zoom": f"{revealed}"},
        "& .nnlab-prediction > :not(.nnlab-explorer)": {"zoom": f"{questions}"},
        "& mjx-container[display='true']": {"zoom": f"{formulas}"},
    }


# In the notation of JSS, which jupyterlab-fonts understands: "&" is the notebook's panel.
STYLE = {
    "&.jp-Deck": {
        "--jp-content-font-size1": "clamp(24px, 1.5vw, 44px)",
        "--jp-code-font-size": "clamp(18px, 1.25vw, 36px)",
        "--jp-content-line-height": "1.4",
        "& .jp-RenderedHTMLCommon table": {"font-size": "inherit", "margin-left": "0"},
        "& .jp-RenderedHTMLCommon td": {"text-align": "left", "padding": "0.25em 1em 0.25em 0.4em"},
        "& .jp-Notebook": {"padding-bottom": "2.5em"},
        "& .jp-Cell.jp-deck-mod-onscreen:not(.jp-deck-mod-layer)": {
            "width": "min(100%, 54 * var(--jp-content-font-size1))",
            "margin": "0 auto",
        },
        "& .jp-deck-mod-layer": {"bottom": "0", "left": "4em", "right": "12em", "z-index": "1"},
        "& .jp-deck-mod-layer details": {"background": "white", "padding": "0.2em 0.4em", "width": "fit-content"},
        "& .jp-deck-mod-layer summary": {"font-size": "0.75em"},
        "& .jp-Collapser, & .jp-OutputArea-promptOverlay": {"display": "none"},  # a click there folds a cell
        "& .jp-PlaceholderText, & .nnlab-code": {"display": "none"},
        "& .jp-Placeholder-content": {"background": "transparent", "border-color": "transparent"},
        "& .nnlab-answered > .widget-radio": {"display": "none"},  # what was chosen is said below
        **_zoomed(explorers=1.15, revealed=1.0, questions=1.6, formulas=0.85),
        "@media (min-width: 1600px) and (min-height: 900px)": _zoomed(
            explorers=1.62, revealed=1.4, questions=2.1, formulas=1.0
        ),
    },
}


def to_slides(notebook: Notebook) -> Notebook:
    """Copy a notebook for a lecture.

    Parameters
    ----------
    notebook : dict
        With slide types in the cells' metadata; it stays as it is.

    Returns
    -------
    dict
        With a slide of instructions before it and one to end it, code hidden behind a bar to click, large type, and the
        notes of a slide in a corner of it.
    """
    made = copy.deepcopy(notebook)
    slides: list[list[Notebook]] = [[_markdown("nnlab-begin", BEGIN)]]
    for cell in made["cells"]:
        if cell["cell_type"] == "code":
            cell["metadata"].setdefault("jupyter", {})["source_hidden"] = True
        if _kind(cell) == "slide":
            slides.append([])
        slides[-1].append(cell)
    slides.append([_markdown("nnlab-end", END)])
    made["cells"] = [cell for number, slide in enumerate(slides) for cell in _with_notes(slide, number)]
    made["nbformat_minor"] = max(5, made.get("nbformat_minor", 5))  # cells have ids
    made["metadata"][FONTS] = {"styles": {":root": STYLE}}
    return made


def _with_notes(slide: list[Notebook], number: int) -> Iterator[Notebook]:
    """Yield the cells of a slide, and after each step the notes of the whole slide, as a layer over the step.

    One layer for all steps would not do: who clicks it is back at the step before it.
    """
    notes = "\n\n".join(_unfolded(cell["source"].strip()) for cell in slide if _kind(cell) == "notes")
    for step, cell in enumerate(slide):
        if _kind(cell) == "notes":
            continue
        yield cell
        if notes and _kind(cell) != "skip":
            text = f"<details><summary>Notes</summary>\n\n{notes}\n\n</details>"
            layer = _markdown(f"nnlab-notes-{number}-{step}", text)
            layer["metadata"][DECK] = {"layer": "fragment"}
            yield layer


def _unfolded(text: str) -> str:
    """Take notes out of the ``<details>`` that they stand in in chapters."""
    inside = text.removeprefix("<details>").removesuffix("</details>")
    summary, end, notes = inside.partition("</summary>")
    folded = len(inside) == len(text) - len("<details></details>") and summary.lstrip().startswith("<summary>")
    return notes.strip() if folded and end else text


def _kind(cell: Notebook) -> str:
    slideshow = cell["metadata"].get("slideshow")
    return str(slideshow.get("slide_type", "-")) if isinstance(slideshow, dict) else "-"


def _markdown(name: str, text: str) -> Notebook:
    return {"cell_type": "markdown", "id": name, "metadata": {"slideshow": {"slide_type": "slide"}}, "source": text}
