"""Poems of the Tang dynasty in Chinese, embedded in the package: no network is needed.

They are those of the anthology Three Hundred Tang Poems. Where the file comes from and under what license stands in
``data/README.md``.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from nnlab._numbers import is_whole

_FILE = Path(__file__).parent / "data" / "poems.txt"
_BY = "作者："  # before the author's name


class Poem(NamedTuple):
    """One poem.

    Attributes
    ----------
    title : str
    author : str
    lines : tuple of str
        With their punctuation; a preface in prose stands with them.
    """

    title: str
    author: str
    lines: tuple[str, ...]


def load_data() -> list[Poem]:
    """Load 313 poems in simplified characters, in the order of the file.

    Returns
    -------
    list of Poem

    Examples
    --------
    >>> from nnlab.datasets import poems
    >>> found = poems.load_data()
    >>> len(found), found[0].author
    (313, '张九龄')
    >>> found[0].lines[0]
    '兰叶春葳蕤，桂华秋皎洁。'
    """
    found: list[Poem] = []
    lines = [line.strip() for line in _FILE.read_text(encoding="utf-8").splitlines()]
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        if after.startswith(_BY):
            found.append(Poem(line.removeprefix("《").removesuffix("》"), after.removeprefix(_BY), ()))
        elif line and not line.startswith(_BY):
            found[-1] = found[-1]._replace(lines=(*found[-1].lines, line))
    return found


def verses(length: int = 5) -> list[str]:
    """Cut all poems into verses, and keep those of one length, without punctuation.

    Parameters
    ----------
    length : int
        In characters: 5 or 7 are the classical ones.

    Returns
    -------
    list of str

    Raises
    ------
    ValueError
        If there is no verse of that length.

    Examples
    --------
    >>> verses(5)[:2]
    ['兰叶春葳蕤', '桂华秋皎洁']
    """
    marks = str.maketrans(dict.fromkeys("，。？！；、：“”《》", " "))
    cut = [verse for poem in load_data() for line in poem.lines for verse in line.translate(marks).split()]
    whole = is_whole(length)
    found = [verse for verse in cut if whole and len(verse) == length]
    if not found:
        lengths = ", ".join(map(str, sorted({len(verse) for verse in cut})))
        raise ValueError(f"poems.verses: there are no verses of {length!r} characters; there are: {lengths}.")
    return found
