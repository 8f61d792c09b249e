from __future__ import annotations

import hashlib

import pytest

from nnlab.datasets import poems


def test_embedded_file_is_the_one_in_the_readme() -> None:
    expected = "a78f4e39b0dcc6e682e46f46be3b46f9be2cc2d5a5667eae67631efded0c28f8"
    assert hashlib.sha256(poems._FILE.read_bytes()).hexdigest() == expected
    assert expected in poems._FILE.with_name("README.md").read_text(encoding="utf-8")


def test_every_poem_has_a_title_an_author_and_lines() -> None:
    found = poems.load_data()
    assert len(found) == 313
    assert all(poem.title and poem.author and poem.lines for poem in found)
    assert not any("《" in poem.title[:1] or "作者" in "".join(poem.lines) for poem in found)
    assert {len(poem.author) for poem in found} == {2, 3}


def test_no_line_of_the_file_is_lost() -> None:
    lines = [line.strip() for line in poems._FILE.read_text(encoding="utf-8").splitlines() if line.strip()]
    kept = [line for poem in poems.load_data() for line in poem.lines]
    assert len(lines) == len(kept) + 2 * 313
    assert [line for line in lines if line in set(kept)] == kept


def test_a_known_poem_and_one_with_a_preface() -> None:
    found = poems.load_data()
    last = found[-1]
    assert (last.title, last.author) == ("金缕衣", "杜秋娘")
    assert last.lines == ("劝君莫惜金缕衣，劝君惜取少年时。", "花开堪折直须折，莫待无花空折枝。")
    (song,) = [poem for poem in found if poem.title.startswith("琵琶行")]
    assert song.lines[-1].startswith("座中泣下谁最多")
    assert any(line.startswith("浔阳江头夜送客") for line in song.lines)


def test_verses_have_one_length_and_no_marks() -> None:
    five, seven = poems.verses(), poems.verses(7)
    assert (len(five), len(seven)) == (1356, 1739)
    assert {len(verse) for verse in five} == {5}
    assert {len(verse) for verse in seven} == {7}
    assert all("\u4e00" <= character <= "\u9fff" for verse in five + seven for character in verse)


def test_a_length_that_no_verse_has_is_refused() -> None:
    with pytest.raises(ValueError, match="no verses of 50 characters; there are: 1, 2, 3"):
        poems.verses(50)
