"""What somebody typed, as an answer may repeat it: on one line, without what is invisible, and short."""

from __future__ import annotations

from typing import Final

from alerts.delivery.rendering.marked import clean, cut

#: UTF-16 units.
_MOST: Final = 60
#: Nothing of what is longer than a message of Telegram is looked at.
_LOOKED_AT: Final = 4096


def brief(text: str, most: int = _MOST) -> str:
    """Return *text* in at most *most* units."""
    return cut(clean(text[:_LOOKED_AT]), most)
