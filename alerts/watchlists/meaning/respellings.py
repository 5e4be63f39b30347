"""The sounds by which a name is known, besides the ways to write it that somebody listed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from alerts.text.spelling import windows
from alerts.text.spelling.guard import ALLOWED, agree
from alerts.text.spelling.sounds import Sound
from alerts.watchlists.meaning.rivals import Owner
from alerts.watchlists.meaning.wordings import Wording

#: What differences from a variant may weigh: a spelling of a spelling is soon another name.
_OF_A_VARIANT = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Respelling:
    """A name that is also known by its sound."""

    sound: Sound
    #: What alerts show.
    term: str
    owner: Owner
    #: What differences may weigh (`guard.agree`).
    most: float = ALLOWED[-1]

    def is_heard(self, heard: windows.Heard) -> bool:
        """Tell whether a window of a text sounds like it."""
        key = self.sound.key
        return any(
            one.sound.key == key and agree(self.sound, one.sound, one.weight, self.most)
            for one in heard.whole
        )


class Source(NamedTuple):
    """A way to write a name, whose sound counts too."""

    wording: Wording
    owner: Owner
    #: A spelling of a name that is itself a source.
    is_variant: bool = False


def by_sound(sources: Iterable[Source]) -> tuple[Respelling, ...]:
    """Return the sounds of *sources*, each once; not of acronyms.

    Of names with one key the first is the name, and others are variants of it.
    """
    found: dict[Sound, Respelling] = {}
    known: set[str] = set()
    for wording, owner, is_variant in sources:
        if wording.is_acronym:
            continue
        for reading in windows.name(wording.tokens):
            key = reading.sound.key
            varies = is_variant or (key in known and not reading.sound.abjad)
            one = Respelling(
                sound=reading.sound,
                term=wording.term,
                owner=owner,
                most=_OF_A_VARIANT if varies else ALLOWED[-1],
            )
            found.setdefault(reading.sound, one)
            known.add(key)
    return tuple(found.values())
