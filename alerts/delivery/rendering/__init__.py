"""How a delivery reads on each channel.  Pure: the same delivery and time give the same message.

Nothing that came from outside is ever markup here: it is cleaned and cut (`marked`), put into words
(`view`) and escaped by our own templates, which is why no sanitiser is needed.
"""

from __future__ import annotations

from alerts.delivery.rendering.renderer import Renderer

__all__ = ["Renderer"]
