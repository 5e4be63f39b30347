"""What somebody asks for in a chat, without having read a manual: `Idlib, Homs + sarin - "trade fair"`."""

from alerts.watchlists.wishes.wish import MOST_TERMS, Asked, Wish, WishFlaw, wish_of

__all__ = ["MOST_TERMS", "Asked", "Wish", "WishFlaw", "wish_of"]
