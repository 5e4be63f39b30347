"""Which language is an article written in, where its feed does not say or plainly lies?  Pure.

A script with one language of news, or letters that one language has to itself, decide at once; a
small neural net (CLD3) tells the rest apart.  Nothing is answered for a few words, names in a row
or a mixture: not to know is better than to be wrong.  Which words are forms of one another, in the
language that was found, is `stems`.
"""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from alerts.model import Article
from alerts.text.stems import LANGUAGES

#: Characters that are looked at, from the front: the title, and a summary of seventy words.
_LOOKED_AT = 500
#: Fewer letters of the script that prevails say nothing (an ideograph counts for four of them).
_LEAST_LETTERS = 20
#: So many of all letters must be of one script: a name in brackets is no second language.
_SHARE = 0.7
# Probabilities that CLD3 gives.  Of 606 headlines in 34 languages it told at 0.6 578 rightly and 12
# wrongly; at 0.8 562 and 10 (tests/text/languages.tsv).
_SURE = 0.6
_CERTAIN = 0.97
#: Letters from which on it may contradict a feed that says English.
_MANY_LETTERS = 100

# `unicodedata.name` for each letter would take longer than all the rest.
_SCRIPTS = {
    "LATIN": "A-Za-zªº\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff",
    "CYRILLIC": "\u0400-\u0481\u048a-\u052f",
    "ARABIC": "\u0620-\u064a\u066e-\u06d3\u06d5\u06ee-\u06ff\u0750-\u077f\ufb50-\ufdfb\ufe70-\ufefc",
    "GREEK": "\u0370-\u03ff\u1f00-\u1fff",
    "HEBREW": "\u05d0-\u05f2",
    "DEVANAGARI": "\u0900-\u0965",
    "BENGALI": "\u0980-\u09e3",
    "GURMUKHI": "\u0a01-\u0a5e",
    "GUJARATI": "\u0a81-\u0ae3",
    "ORIYA": "\u0b01-\u0b63",
    "TAMIL": "\u0b82-\u0bd7",
    "TELUGU": "\u0c00-\u0c63",
    "KANNADA": "\u0c80-\u0ce3",
    "MALAYALAM": "\u0d00-\u0d63",
    "SINHALA": "\u0d81-\u0ddf",
    "THAI": "\u0e01-\u0e4e",
    "LAO": "\u0e81-\u0ece",
    "MYANMAR": "\u1000-\u103f",
    "GEORGIAN": "\u10a0-\u10ff\u1c90-\u1cbf",
    "ETHIOPIC": "\u1200-\u135a",
    "KHMER": "\u1780-\u17d3",
    "ARMENIAN": "\u0531-\u0587",
    "HANGUL": "\u1100-\u11ff\uac00-\ud7a3",
    "KANA": "\u3041-\u30ff",
    "HAN": "\u3400-\u4dbf\u4e00-\u9fff",
}
_RUN = re.compile("|".join(f"(?P<{name}>[{letters}]+)" for name, letters in _SCRIPTS.items()))
#: Scripts of which a sign says as much as so many letters.
_WEIGHTS = {"HAN": 4, "KANA": 3, "HANGUL": 3, "ETHIOPIC": 2}
_ONE_LANGUAGE = {
    "GREEK": "el",
    "HEBREW": "he",
    "BENGALI": "bn",
    "GURMUKHI": "pa",
    "GUJARATI": "gu",
    "ORIYA": "or",
    "TAMIL": "ta",
    "TELUGU": "te",
    "KANNADA": "kn",
    "MALAYALAM": "ml",
    "SINHALA": "si",
    "THAI": "th",
    "LAO": "lo",
    "MYANMAR": "my",
    "GEORGIAN": "ka",
    "ETHIOPIC": "am",
    "KHMER": "km",
    "ARMENIAN": "hy",
    "HANGUL": "ko",
    "KANA": "ja",
    "HAN": "zh",
}
#: Letters that no other language of news has, by script.
_OWN_LETTERS = {
    "ARABIC": {"ar": "ةإ", "ckb": "ڕڵۆێە", "ps": "ټډړږښځڅېۍڼ", "ur": "ٹڈڑے", "ug": "ۇۈۋ"},
    "CYRILLIC": {"uk": "їєґ", "be": "ў", "sr": "ђћ", "mk": "ѓќѕ", "kk": "әғұ", "tg": "ҷӣӯ"},
}
_OWNER = {
    letter: language
    for languages in _OWN_LETTERS.values()
    for language, letters in languages.items()
    for letter in letters
}
#: What the net takes headlines of greater neighbours for; their own articles make it certain.
_RARE_ONES = "ca co eu fy ga gd gl haw ht hmn jv ku la lb mi mg mt ms ny sk sm sn st su"
_RARE = frozenset(_RARE_ONES.split())
# Nobody tells them apart by a paragraph; a watchlist for one must not lose it to another.
_ALIKE = frozenset({"bs", "hr", "sr"})
# The net has names of its own for some.
_RENAMED = {"iw": "he", "fil": "tl"}

# Scripts that a language is written in, besides what `stems` says; any, where nothing is said.
_WRITTEN_IN = (
    {language: {script} for script, language in _ONE_LANGUAGE.items()}
    | {language: {script} for language, (script, _) in LANGUAGES.items()}
    | {"ja": {"KANA", "HAN"}, "ko": {"HANGUL", "HAN"}, "sr": {"CYRILLIC", "LATIN"}}
    | {"ti": {"ETHIOPIC"}, "mr": {"DEVANAGARI"}, "pa": {"GURMUKHI", "ARABIC"}}
)

# An identifier computes without the interpreter's lock and keeps its work in itself.
_nets = threading.local()


def with_language(article: Article) -> Article:
    """Return *article* in the language that its words are in: what the feed says, or is detected."""
    language = spoken(article.language, (article.title, article.summary, article.content))
    return article if language == article.language else replace(article, language=language)


def spoken(said: str, texts: Iterable[str]) -> str:
    """Return the language of an article whose feed *said* it is in one, or nothing.

    What the feed says holds while its script does: the rest is detected, or unknown ("").  "en" is
    also what software says that nobody has told, and gives way to a long text in another language.
    """
    script, letters = _prevailing(texts)
    primary = said.partition("-")[0]
    if not said or (script and script not in _WRITTEN_IN.get(primary, {script})):
        return _detected(script, letters, _SURE) or ""
    if primary == "en" and len(letters) >= _MANY_LETTERS:
        found = _detected(script, letters, _CERTAIN)
        return said if found in ("en", None) else found
    return said


def detected(texts: Iterable[str]) -> str | None:
    """Return the language of *texts* as a primary BCP 47 subtag; None: too short, or not clear.

    At most 0.6 ms; the first call for a script of several languages loads 3 MB in 5 ms.
    """
    script, letters = _prevailing(texts)
    return _detected(script, letters, _SURE)


def _prevailing(texts: Iterable[str]) -> tuple[str, str]:
    """Return the script of *texts* and the words in it; nothing where none prevails."""
    words: dict[str, list[str]] = {}
    counts: Counter[str] = Counter()
    for run in _RUN.finditer("\n".join(texts), 0, _LOOKED_AT):
        script = run.lastgroup or ""
        counts[script] += len(run.group()) * _WEIGHTS.get(script, 1)
        words.setdefault(script, []).append(run.group())
    if counts["KANA"] > counts["HAN"] / 10:
        # Japanese is written in both; Chinese has no kana.
        counts["KANA"] += counts.pop("HAN", 0)
    script = max(counts, key=counts.__getitem__, default="")
    if counts[script] < max(_LEAST_LETTERS, _SHARE * counts.total()):
        return "", ""
    return script, " ".join(words[script])


def _detected(script: str, letters: str, sure: float) -> str | None:
    if not script:
        return None
    return _ONE_LANGUAGE.get(script) or _by_letters(letters) or _by_net(script, letters, sure)


def _by_letters(letters: str) -> str | None:
    """Return the language to which letters of it alone belong: two at least, 1 % of the text."""
    owners = Counter(owner for owner in map(_OWNER.get, letters) if owner)
    for language, count in owners.most_common(1):
        if count >= max(2, len(letters) / 100) and count > 0.8 * owners.total():
            return language
    return None


def _by_net(script: str, letters: str, sure: float) -> str | None:
    net: Any = getattr(_nets, "net", None)
    if net is None:
        # Late: who matches no articles does without its 3 MB.
        import gcld3  # noqa: PLC0415 - see above

        net = _nets.net = gcld3.NNetLanguageIdentifier(0, 4 * _LOOKED_AT)
    found = net.FindLanguage(letters)
    language, _, romanised = str(found.language).partition("-")
    # "ru-Latn" is more often another language than romanised Russian.
    if romanised or (script == "LATIN" and language in _ALIKE):
        return None
    if found.probability < (_CERTAIN if language in _RARE else sure):
        return None
    return _RENAMED.get(language, language)
