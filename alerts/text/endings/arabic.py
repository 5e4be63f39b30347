"""Arabic, Persian and Central Kurdish; their words come folded."""

from __future__ import annotations

import re

from alerts.text.endings.found import Found, Stem

_ARABIC_ARTICLE = re.compile(r"\A[وف]?(?:[بك]?ال|لل)(?=..)")
_ARABIC_CLITICS = (re.compile(r"\A[وف](?=...)"), re.compile(r"\A[وف]?[بلك](?=...)"))
_ARABIC_ENDING = re.compile(r"(?<=...)(?:تين|تان|ات|ين|ون|ان|ها|هم|ه|ا)\Z")

# Broken plurals by their pattern: كوارث, مدارس, قذائف, أحزاب, أسلحة, حروب.  Others are in `word_forms`.
_ARABIC_BROKEN = (
    (re.compile(r"\A(.)وا(.)(.)\Z"), r"\1ا\2\3"),
    (re.compile(r"\Aم(.)ا(.)(.)\Z"), r"م\1\2\3"),
    (re.compile(r"\A(.)(.)اي(.)\Z"), r"\1\2ي\3"),
    (re.compile(r"\Aا(.)(.)ا(.)\Z"), r"\1\2\3"),
    (re.compile(r"\Aا(.)(.)(.)ه\Z"), r"\1\2ا\3"),
    (re.compile(r"\A(.)(.)و(.)\Z"), r"\1\2\3"),
)


def arabic(word: str) -> Found:
    """Return what is known of an Arabic word.

    Snowball's stemmer is not asked: it takes letters of the root for clitics and joins other words.
    What may be "and", "with" or "for" at the front is taken off a word of a text, not of a keyword.
    """
    if article := _ARABIC_ARTICLE.match(word):
        rest = word[article.end() :]
        # للاجئين is "for the refugees": the article has lost its alif, the noun may begin with lam.
        bare: tuple[str, ...] = (rest, f"ل{rest}") if article.group().endswith("لل") else (rest,)
        both = tuple(map(_arabic_key, (*bare, word)))
        return Found(both=both, answers=_singulars(*bare), stem=Stem.NOTHING)
    clitics = (clitic.match(word) for clitic in _ARABIC_CLITICS)
    bare = tuple(word[clitic.end() :] for clitic in clitics if clitic)
    answers = tuple(map(_arabic_key, bare)) + _singulars(word, *bare)
    return Found(both=(_arabic_key(word),), answers=answers, stem=Stem.NOTHING)


def _singulars(*words: str) -> tuple[str, ...]:
    """Return the keys of what *words* may be the broken plurals of."""
    return tuple(
        _arabic_key(pattern.sub(singular, word))
        for word in words
        for pattern, singular in _ARABIC_BROKEN
        if pattern.match(word)
    )


def _arabic_key(word: str) -> str:
    return _ARABIC_ENDING.sub("", word) + "-"


_PERSIAN_PLURAL = re.compile(r"(?<=...)ها(?:يي|ي)?(?:م|ت|ش|مان|تان|شان)?\Z")
_PERSIAN_ENDINGS = (
    (re.compile(r"(?<=..)(?:شدگان|شده)\Z"), ""),
    (re.compile(r"(?<=..)گان\Z"), "ه"),
    (re.compile(r"(?<=..)يان\Z"), "ي"),
    (re.compile(r"(?<=...)ان(?:ي|ش|شان)?\Z"), ""),
    (re.compile(r"(?<=..)ات\Z"), "ه"),
    (re.compile(r"(?<=...)(?:ات|ين)\Z"), ""),
    (re.compile(r"(?<=[او])يي\Z"), ""),
    (re.compile(r"(?<=...)ي\Z"), ""),
)


def persian(word: str) -> Found:
    """Return what is known of a Persian word; Snowball's stemmer joins other words (زندانی, زندگی)."""
    one = _PERSIAN_PLURAL.sub("", word)
    rest = [ending.sub(by, one) for ending, by in _PERSIAN_ENDINGS if ending.search(one)]
    if word.endswith("هاي"):
        # The joiner is gone: حمل‌های or حمله‌ای.
        rest.append(word[:-2])
    return Found(both=(f"{one}-",), answers=tuple(f"{each}-" for each in rest), stem=Stem.NOTHING)


_KURDISH = re.compile(r"(?<=...)(?:هكان|هكه|يك|ان|ه)?ي?\Z")


def kurdish(word: str) -> Found:
    """Return what is known of a word in Central Kurdish, for which there is no stemmer."""
    return Found(both=(f"{word}-",), answers=(_KURDISH.sub("", word, count=1) + "-",))
