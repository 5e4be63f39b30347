"""What may cling to a name in a text: Turkish suffixes behind an apostrophe, Arabic proclitics.  Pure.

For names that are compared as they are written.  Those that are heard have `spelling.affixes`, which
knows more ways and weighs them.
"""

from __future__ import annotations

import re
from functools import lru_cache

from alerts.text.normalize import fold
from alerts.text.spelling.letters import is_arabic
from alerts.text.tokens import Word, word

# Who is of it, how many, and the case, folded: PKK'nın, PKK'lılara, DEAŞ'ın, AB'ye, NATO'daki.
_TURKISH = re.compile(
    r"(?:l[iu]k?|s[iu]z|c[iu])?(?:l[ae]r)?"
    r"(?:y?[aeiu]|n[aeiu]|n?[iu]n|s[iu]|n?[dt][ae]n?|[dt][ae]ki(?:l[ae]r)?|y?l[ae]|c[ae]|[dt][iu]r)?"
)
#: Letters of a name of which something may be taken off.
_LEAST_LATIN, _LEAST_ARABIC = 2, 3
# And, so; with, like, for.
_AND = re.compile(r"[وف]")
_WITH = re.compile(r"[وف]?[بكل]")
# "For" melts with the article.
_FOR_THE = re.compile(r"[وف]?لل")
_ARTICLE = "ال"


def bare(one: Word) -> tuple[Word, ...]:
    """Return what *one*, a word of a text, may be without what clings to it, each once."""
    if "'" in one.written:
        return _without_suffix(one.written)
    return _without_proclitics(one.written) if is_arabic(one.written[:1]) else ()


@lru_cache(maxsize=1 << 12)
def _without_suffix(written: str) -> tuple[Word, ...]:
    name, _, suffix = written.rpartition("'")
    is_name = len(name) >= _LEAST_LATIN and suffix and _TURKISH.fullmatch(fold(suffix))
    return (word(name),) if is_name else ()


@lru_cache(maxsize=1 << 13)
def _without_proclitics(written: str) -> tuple[Word, ...]:
    forms = [
        written[taken.end() :] for taken in (_AND.match(written), _WITH.match(written)) if taken
    ]
    forms += (_ARTICLE + written[taken.end() :] for taken in [_FOR_THE.match(written)] if taken)
    forms += [form.removeprefix(_ARTICLE) for form in (written, *forms)]
    found = dict.fromkeys(form for form in forms if len(form) >= _LEAST_ARABIC and form != written)
    return tuple(map(word, found))
