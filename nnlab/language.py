"""The language of labels, messages and alternative texts: the standard library's gettext.

Write ``_("whole sentence with {named} fields").format(named=...)`` where a text is shown, never at import; mark
texts that are data with `N_` and translate them when they are shown. A translation is a catalogue
``nnlab/locale/<language>/LC_MESSAGES/nnlab.mo``. English stands in the code.
"""

from __future__ import annotations

import gettext
import re
from pathlib import Path

LOCALE = Path(__file__).parent / "locale"
PSEUDO = "pseudo"  # English in disguise: a text that bypasses translation stands out

_language = "en"
_catalogue: gettext.NullTranslations = gettext.NullTranslations()


class _Pseudo(gettext.NullTranslations):
    """Wraps each text and widens its vowels, but leaves the {fields} alone."""

    def gettext(self, message: str) -> str:
        parts = re.split(r"(\{[^}]*\})", message)
        wide = [part if part.startswith("{") else re.sub("[aeiouAEIOU]", r"\g<0>\g<0>", part) for part in parts]
        return f"⟦{''.join(wide)}⟧"


def _(text: str) -> str:
    """Translate a text into the present language.

    Parameters
    ----------
    text : str
        English, a whole sentence, with named fields for what varies.

    Returns
    -------
    str
        To be completed with ``format``.
    """
    return _catalogue.gettext(text)


def N_(text: str) -> str:
    """Mark a text for translation without translating it: it is data, and shown later with `_`.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        The same text.
    """
    return text


def language() -> str:
    """Return the present language.

    Returns
    -------
    str
        Such as "en".
    """
    return _language


def languages() -> list[str]:
    """List the languages that there are.

    Returns
    -------
    list of str
    """
    return sorted({"en", PSEUDO, *(path.parents[1].name for path in LOCALE.glob("*/LC_MESSAGES/nnlab.mo"))})


def set_language(name: str) -> None:
    """Choose the language of what is shown from now on.

    Parameters
    ----------
    name : str
        Such as "en" or "zh"; "pseudo" is for tests.

    Raises
    ------
    ValueError
        If there is no catalogue for it.

    Examples
    --------
    >>> set_language("en")
    >>> language()
    'en'
    """
    global _language, _catalogue
    if not isinstance(name, str) or name not in languages():
        raise ValueError(
            f"there is no catalogue for the language {name!r}; there are: {', '.join(languages())}. A new one is a "
            f"file nnlab/locale/{name}/LC_MESSAGES/nnlab.mo."
        )
    if name == "en":
        _catalogue = gettext.NullTranslations()
    elif name == PSEUDO:
        _catalogue = _Pseudo()
    else:
        _catalogue = gettext.translation("nnlab", LOCALE, [name])
    _language = name
