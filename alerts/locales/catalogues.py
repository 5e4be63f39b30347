"""The translations, as translators keep them: <language>/tocsin.po, read once for each language.

There are no compiled files that could go stale.  What is missing, doubtful (fuzzy) or disagrees with
its original is left out, and reads in English.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from gettext import GNUTranslations, NullTranslations, c2py
from pathlib import Path
from types import MappingProxyType
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from alerts.locales.agreement import COUNT, disagreement

#: Each by its own name.
LANGUAGES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "en": "English",
        "ar": "العربية",
        "fr": "Français",
        "ru": "Русский",
        "uk": "Українська",
        "tr": "Türkçe",
        "es": "Español",
    }
)
#: What the texts in the code are written in.
ORIGINAL: Final = "en"

_FOLDER: Final = Path(__file__).parent
#: Numbers that show which forms stand for one number alone.
_SAMPLE: Final = 1000


def catalogue_path(language: str) -> Path:
    """Return the file with the translations into *language*."""
    return _FOLDER / language / "tocsin.po"


def translations(language: str) -> NullTranslations:
    """Return the translations into *language*, one of `LANGUAGES`."""
    if language == ORIGINAL:
        return NullTranslations()
    return compiled(read_catalogue(catalogue_path(language)))


def read_catalogue(path: Path) -> Catalog:
    """Return what a file of translations holds, with the language that its folder names.

    Raises:
        PoFileError: it is no such file.
    """
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.name, abort_invalid=True)


def compiled(catalogue: Catalog) -> GNUTranslations:
    """Return *catalogue* as gettext reads it, without what disagrees with its original."""
    for message, _ in list(disagreements(catalogue)):
        catalogue.delete(message.id, message.context)
    memory = io.BytesIO()
    write_mo(memory, catalogue)
    memory.seek(0)
    return GNUTranslations(memory)


def disagreements(catalogue: Catalog) -> Iterator[tuple[Message, str]]:
    """Yield the translations that do not hold what their originals hold, and what is wrong."""
    spelled = _spelled_out(catalogue.plural_expr, catalogue.num_plurals)
    for message in catalogue:
        if not message.id:
            continue
        wrong = next(filter(None, _compared(message, spelled)), "")
        if wrong:
            yield message, wrong


def _compared(message: Message, spelled: frozenset[int]) -> Iterator[str]:
    if isinstance(message.id, str):
        assert isinstance(message.string, str)
        yield disagreement(message.id, message.string) if message.string else ""
        return
    for form, translation in enumerate(message.string or ()):
        may_lack = (COUNT,) if form in spelled else ()
        if translation:
            yield disagreement(message.id[1], translation, may_lack=may_lack)


def _spelled_out(plural_expr: str, forms: int) -> frozenset[int]:
    """Return the forms that stand for one number alone: "one day", "يومان"."""
    form_of: Callable[[int], int] = c2py(plural_expr)
    chosen = [form_of(number) for number in range(_SAMPLE)]
    return frozenset(form for form in range(forms) if chosen.count(form) == 1)
