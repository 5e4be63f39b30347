"""How the end of a mute is told to somebody who reads English."""

from __future__ import annotations

from alerts.alerting.mute_notices import mute_is_over
from alerts.locales import words_of
from alerts.model import Notice
from alerts.storage.muted import Mute


def told_in_english(mute: Mute) -> Notice:
    """Return what is told."""
    return mute_is_over(mute, words_of("en"))
