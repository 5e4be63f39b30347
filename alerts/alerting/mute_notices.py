"""What an address is told when something rings there again that was muted.  Pure."""

from __future__ import annotations

from alerts.locales import Words
from alerts.model import Notice, Severity
from alerts.storage.muted import Mute


def mute_is_over(mute: Mute, words: Words) -> Notice:
    """Return what is told, in *words*; its name holds the end: the next mute's end is news again."""
    about = f"mute of {mute.subject.kind} {mute.subject.key} at {mute.address.key}"
    text = words.say("Nothing was kept from you.")
    if mute.muted:
        text = words.many(
            "{count} alert did not ring meanwhile.",
            "{count} alerts did not ring meanwhile.",
            mute.muted,
        )
    subject = words.say("The mute of “{title}” is over", title=mute.subject.title)
    return Notice(
        about=f"{about} until {mute.until.isoformat()}",
        state="over",
        subject=subject.unescape(),
        text=text.unescape(),
        severity=Severity.INFO,
    )
