"""What the bot says, as it is sent: the words are its own, already in Telegram's tags.

An answer is no news: it says nothing of a possible repeat, since whoever asked knows what was asked.
What is within Telegram's limits is the bot's business too; here is only the last resort, plain text
that is cut.
"""

from __future__ import annotations

from dataclasses import replace

from alerts.delivery.rendering.marked import cut
from alerts.delivery.rendering.plain import message
from alerts.delivery.rendering.telegram import MOST_UNITS, fits
from alerts.delivery.rendering.templates import bare
from alerts.model import Answer, Delivery, Message


def answer(delivery: Delivery, said: Answer) -> Message:
    """Return *said*, which *delivery* carries; beyond the limits without its tags, and cut."""
    words = message(
        replace(delivery, possible_repeat=False),
        text=cut(bare(said.html), MOST_UNITS),
        html=said.html if fits([said.html]) else "",
    )
    return replace(words, buttons=said.buttons, follows=said.follows, asks=said.asks)
