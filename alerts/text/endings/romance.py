"""French, Italian, Portuguese and Spanish.

Snowball joins verbs and nouns well, and goes too far with what is made of them: participles that are
nouns (refugiado, refugio), agents (manifestante, manifesto), qualities (disparidad, disparar).  Such
a word asks for itself in both numbers and genders, and only answers for what it is made of.
"""

from __future__ import annotations

import re

from alerts.text.endings.found import Found, Stem

_Rules = tuple[tuple[re.Pattern[str], str], ...]


def _rules(*pairs: tuple[str, str]) -> _Rules:
    return tuple((re.compile(rf"(?<=..){ending}\Z"), instead) for ending, instead in pairs)


_IBERIAN_MADE = re.compile(r"(.{2,}[aeiíu](?:d|nt))[oae]s?\Z|(.{2,}[aei]dor)(?:es|as?)?\Z")
_ITALIAN_MADE = re.compile(r"(.{2,}(?:[aiu]t|[ae]nt|tor))[oaie]\Z")
_FRENCH_MADE = re.compile(r"(.{2,}é)e?s?\Z|(.{3,}ant)e?s?\Z")

# Words of their own: disparidad, terrorismo, ejecutivo.
_SPANISH_QUALITY = re.compile(r"(.{3,}(?:idad|is[mt]|iv))(?:es|[oa]s?)?\Z")
_PORTUGUESE_QUALITY = re.compile(r"(.{3,}(?:idad|is[mt]|iv))[oae]s?\Z")
_ITALIAN_QUALITY = re.compile(r"(.{3,}(?:ità|is[mt]|iv))[oaie]?\Z")
_FRENCH_QUALITY = re.compile(r"(.{3,}(?:ité|is[mt]e|i[fv]))e?s?\Z")

_SPANISH_SINGULARS = _rules((r"([^aeiouáéíóú])es", r"\1"), (r"([aeiouáéíóú])s", r"\1"))
_PORTUGUESE_SINGULARS = _rules(
    (r"(?:õ|ã)es", "ão"),
    (r"ns", "m"),
    (r"([aou])is", r"\1l"),
    (r"[eé]is", "el"),
    (r"eis", "il"),
    (r"([rzs])es", r"\1"),
    (r"([aeiouãéêóô])s", r"\1"),
)
_FRENCH_SINGULARS = _rules((r"[xs]", ""), (r"aux", "al"))
# Both numbers and genders without their vowel, as Snowball has them.
_ITALIAN_SINGULARS = _rules((r"([cg])h[ie]", r"\1"), (r"[aeio]", ""))

# Verbs in -ear and what is done in them: saquear, saqueó, saqueo; not saco.
_IBERIAN_EAR = re.compile(
    r"(.{2,}e)i?(?:ar|ó|ou|[ao]s?|a[nm]|aron|aram|ando|ad[oa]s?|aban?|avam?)\Z"
)
# The noun of an action: ejecución, ejecutar.
_SPANISH_ACTION = _rules((r"(?<=u)ci(?:ón|ones)", "tar"))
_PORTUGUESE_ACTION = _rules((r"(?<=u)ç(?:ão|ões)", "tar"))
# -ent is also the end of nouns, so that Snowball leaves it; not of those in -ment.
_FRENCH_VERBS = _rules((r"(?<!m)ent", "er"), (r"(?<=u)tions?", "ter"))


def spanish(word: str) -> Found:
    """Return what is known of a Spanish word."""
    return _iberian(word) or _known(
        word, _SPANISH_QUALITY, _IBERIAN_MADE, _SPANISH_SINGULARS, _SPANISH_ACTION
    )


def portuguese(word: str) -> Found:
    """Return what is known of a Portuguese word."""
    return _iberian(word) or _known(
        word, _PORTUGUESE_QUALITY, _IBERIAN_MADE, _PORTUGUESE_SINGULARS, _PORTUGUESE_ACTION
    )


def french(word: str) -> Found:
    """Return what is known of a French word."""
    return _known(word, _FRENCH_QUALITY, _FRENCH_MADE, _FRENCH_SINGULARS, _FRENCH_VERBS)


def italian(word: str) -> Found:
    """Return what is known of an Italian word."""
    return _known(word, _ITALIAN_QUALITY, _ITALIAN_MADE, _ITALIAN_SINGULARS, ())


def _iberian(word: str) -> Found | None:
    found = _IBERIAN_EAR.match(word)
    return Found(both=(f"{found[1]}--",), stem=Stem.NOTHING) if found else None


def _known(
    word: str, quality: re.Pattern[str], made: re.Pattern[str], singulars: _Rules, verbs: _Rules
) -> Found:
    if found := quality.match(word):
        return Found(both=(f"{found[1]}-",), stem=Stem.NOTHING)
    if found := made.match(word):
        key = next(filter(None, found.groups()))
        return Found(both=(f"{key}-",), stem=Stem.ANSWERS)
    numbers = (word, *_applied(singulars, word))
    return Found(both=tuple(f"{one}-" for one in numbers), perhaps=_applied(verbs, word))


def _applied(rules: _Rules, word: str) -> tuple[str, ...]:
    return tuple(ending.sub(instead, word) for ending, instead in rules if ending.search(word))


# Which letter writes a sound depends on the vowel behind it: ataque, atacar; attacchi, attacco.
_SOUNDS: dict[str, tuple[tuple[str, str], ...]] = {
    "es": (("qu", "c"), ("gu", "g"), ("z", "c"), ("j", "g")),
    "it": (("ch", "c"), ("gh", "g")),
    "pt": (("qu", "c"), ("gu", "g"), ("ç", "c"), ("j", "g")),
}


def sounds(language: str, stem: str) -> str:
    """Return *stem* with one letter for one sound at its end."""
    for written, sound in _SOUNDS.get(language, ()):
        if stem.endswith(written):
            return stem.removesuffix(written) + sound
    return stem
