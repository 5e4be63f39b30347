"""People in conversations who are told of something already."""

from __future__ import annotations

from alerts.model import Address, ChatKind, OwnWatchlist, Subscriber, Subscription
from tests.bot.chats import Conversation


async def subscribed(
    talk: Conversation, chat: str = "100", *, watchlist: str = "idlib", thread: int | None = None
) -> Subscriber:
    """Let *chat* hear of a watchlist of the operator."""
    kind = ChatKind.GROUP if chat.startswith("-") else ChatKind.PRIVATE
    address = Address(channel="telegram", target=chat)
    admitted = await talk.members.admit(address, kind=kind, language="en")
    wanted = Subscription(watchlist=watchlist, thread=thread, created_at=talk.clock.now)
    assert await talk.members.subscribe(admitted, wanted)
    return of(talk, chat)


async def watching(
    talk: Conversation, chat: str = "100", *, query: str = "Homs", thread: int | None = None
) -> OwnWatchlist:
    """Let *chat* have a watchlist of its own, that rings for *query*."""
    address = Address(channel="telegram", target=chat)
    kind = ChatKind.GROUP if chat.startswith("-") else ChatKind.PRIVATE
    admitted = await talk.members.admit(address, kind=kind, language="en")
    own = OwnWatchlist(
        number=0,
        title=query,
        wish=query,
        query=f'"{query}"',
        thread=thread,
        created_at=talk.clock.now,
    )
    kept = await talk.members.watch(admitted, own)
    assert kept is not None
    return kept


def of(talk: Conversation, chat: str = "100") -> Subscriber:
    """Return who reads *chat*, as it is now."""
    found = talk.members.of(Address(channel="telegram", target=chat))
    assert found is not None
    return found
