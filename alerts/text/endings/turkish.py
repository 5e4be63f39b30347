"""Turkish."""

from __future__ import annotations

import re

from alerts.text.endings.found import Found

_VERB = re.compile(
    r"(?<=...)(?:m[ea]k|[dt][ıiuü]|m[ıiuü]ş(?:t[ıiuü])?|[ıiuü]yor(?:du)?|y?[ea]ca[kğ]|y?[ea]cek)"
    r"(?:l[ea]r)?\Z"
)
# ordusu: its army.
_ITS = re.compile(r"(?<=..[aeıioöuü])s[ıiuü](?:n[ıiuüdae]\w{0,9})?\Z")
# The stemmer leaves no stem of short words: ordu.
_CASE = re.compile(r"(?<=...)(?:l[ea]r\w{0,9}|n[ıiuü]n|nd[ea]n?|[yn][ea]|[dt][ea]n?|yl[ea])\Z")

_HARD = {"b": "p", "c": "ç", "d": "t", "ğ": "k"}


def turkish(word: str) -> Found:
    """Return what is known of a Turkish word."""
    one = _ITS.sub("", word)
    bare = _CASE.sub("", one)
    both: tuple[str, ...] = (f"{bare}-",)
    if found := _VERB.search(word):
        both += (f"{word[: found.start()]}--",)
    also = (one,) if one != word else ()
    if bare[-1] not in "ıiuü" or len(bare) < 4:
        return Found(both=both, also=also)
    # tankı; tehdidi, tehdit.
    stem = bare[:-1]
    hard = stem[:-1] + _HARD.get(stem[-1], stem[-1])
    return Found(both=both, answers=(f"{stem}-", f"{hard}-"), also=also)
