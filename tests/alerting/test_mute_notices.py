"""The end of a mute is told in the language of the chat, with what it kept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alerts.alerting.mute_notices import mute_is_over
from alerts.locales import words_of
from alerts.storage.muted import Mute, MuteKind, Subject
from tests.builders import CHAT, NOW

MUTE = Mute(
    id=1,
    subject=Subject(kind=MuteKind.STORY, value="s", title="Fire & <smoke>"),
    address=CHAT,
    receiver="subscriber 1",
    begun_at=NOW,
    until=NOW,
    muted=0,
)


@pytest.mark.parametrize(
    ("language", "muted", "told"),
    [
        ("en", 0, ("The mute of “Fire & <smoke>” is over", "Nothing was kept from you.")),
        ("en", 1, ("The mute of “Fire & <smoke>” is over", "1 alert did not ring meanwhile.")),
        ("en", 2, ("The mute of “Fire & <smoke>” is over", "2 alerts did not ring meanwhile.")),
        ("ru", 5, ("«Fire & <smoke>» больше не заглушено", "За это время не пришло 5 оповещений.")),
    ],
)
def test_it_is_told_as_its_readers_speak(language: str, muted: int, told: tuple[str, str]) -> None:
    notice = mute_is_over(replace(MUTE, muted=muted), words_of(language))
    assert (notice.subject, notice.text) == told
