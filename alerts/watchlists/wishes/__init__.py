"""What somebody asks for in a chat, without having read a manual: `Idlib, Homs + sarin - "trade fair"`.

    wish        its words, and what is wrong with them
    readings    what each term may mean, or what an unknown name may have been meant to be
    forms       which words besides itself a keyword finds
    watchlist   the watchlist that it is

A wish knows no names; readers do.
"""

from alerts.watchlists.wishes.wish import MOST_TERMS, Asked, Wish, WishFlaw, blamed, seen, wish_of

__all__ = ["MOST_TERMS", "Asked", "Wish", "WishFlaw", "blamed", "seen", "wish_of"]
