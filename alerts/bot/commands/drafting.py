"""A draft of a watchlist in a chat: shown with what it would have brought, changed by buttons, saved.

What is being made is the state of a dialogue; so it outlives the process.  Its first message waits for
the look at the last days, which takes seconds; a restart that breaks it off has it begin again.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import Any, Final, Self

from markupsafe import Markup

from alerts.bot.desk import Desk
from alerts.bot.draft_said import brought_said, draft_says
from alerts.bot.talk import Call, Chat, Says
from alerts.bot.terms_said import flaw_said
from alerts.locales import Words, marked, words_of
from alerts.storage.dialogues import Dialogue
from alerts.subscribers.draft import Draft, DraftFlaw, Resolved, resolve

#: The dialogues here are `/watch`'s.
ABOUT: Final = "watch"

_LOOKING: Final = marked("One moment: I am looking for what that would have brought.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """A draft that is being made, and where."""

    dialogue: Dialogue
    draft: Draft
    #: `Call.key` of what began it: its first message is said once.
    update: str
    is_shown: bool
    #: What it would have brought, as it is said; empty: that is not known yet.
    brought: Markup
    #: The forum topic in which it began.
    topic: int | None
    #: Of whoever began it.
    words: Words

    @classmethod
    def of(cls, dialogue: Dialogue) -> Self | None:
        """Return the sketch that *dialogue* is; None: it is something else."""
        if dialogue.about != ABOUT or "draft" not in dialogue.state:
            return None
        state = dialogue.state
        return cls(
            dialogue=dialogue,
            draft=Draft.of_json(state["draft"]),
            update=state["update"],
            is_shown=state["shown"],
            brought=Markup(state["brought"]),  # noqa: S704 - written by `brought_said`
            topic=state["topic"],
            words=words_of(state["language"]),
        )

    @property
    def chat(self) -> Chat:
        """Where it is made."""
        return Chat(id=int(self.dialogue.chat.target), thread=self.topic)

    def changed(self, **state: object) -> Self:
        """Return it with that much of its state changed."""
        dialogue = replace(self.dialogue, state={**self.dialogue.state, **state})
        changed = self.of(dialogue)
        assert changed is not None
        return changed

    def says(self, resolved: Resolved, words: Words) -> Says:
        """Return it as it is shown."""
        key = self.dialogue.key
        return draft_says(words, resolved, self.brought, key=key, topic=self.topic)


def state_of(
    draft: Draft, call: Call, *, is_shown: bool = False, brought: str = ""
) -> dict[str, Any]:
    """Return the state of a dialogue about *draft*, which *call* begins."""
    return {
        "draft": draft.to_json(),
        "update": call.key,
        "shown": is_shown,
        "brought": brought,
        "topic": call.chat.thread,
        "language": call.words.language,
    }


async def resolved(desk: Desk, draft: Draft) -> Resolved | DraftFlaw:
    """Return what *draft* means; names that nobody knows take some milliseconds each."""
    return await asyncio.to_thread(resolve, draft, desk.readers, id_="draft")


# --- shown --------------------------------------------------------------------------------------------


async def begin(call: Call, desk: Desk, draft: Draft) -> Says:
    """Have *draft* shown, or say at once what is wrong with it; nothing is saved yet."""
    meant = await resolved(desk, draft)
    if isinstance(meant, DraftFlaw):
        return Says(html=flaw_said(call.words, meant))
    known = call.dialogue
    if known is None or known.state.get("update") != call.key:
        known = await desk.ask(call, ABOUT, state_of(draft, call))
    if not call.is_press:
        desk.later(desk.typing(call.chat))
    desk.later(show(desk, known))
    return Says(html=call.words.say(_LOOKING)) if call.is_press else Says()


async def resume(desk: Desk) -> None:
    """Show what a restart kept from being shown."""
    for dialogue in await desk.storage.dialogues.waiting(ABOUT):
        sketch = Sketch.of(dialogue)
        if sketch is not None and not sketch.is_shown:
            await show(desk, dialogue)


async def show(desk: Desk, dialogue: Dialogue) -> None:
    """Say what the draft of *dialogue* was taken for and would have brought, once."""
    begun = Sketch.of(dialogue)
    assert begun is not None
    looked = await _looked(desk, begun)
    sketch = await _now(desk, dialogue)
    if sketch is None:
        return
    sketch = sketch.changed(shown=True, brought=str(looked))
    meant = await resolved(desk, sketch.draft)
    if isinstance(meant, DraftFlaw):
        says = Says(html=flaw_said(sketch.words, meant))
    else:
        says = sketch.says(meant, sketch.words)
    await desk.say(_said_for(sketch, desk), says)
    await keep(desk, sketch)


async def show_anew(desk: Desk, call: Call, before: Sketch) -> None:
    """Let the message of *call* say what the draft means now, and then what it would have brought."""
    await _rewrite(desk, call, before)
    looked = await _looked(desk, before)
    sketch = await _now(desk, before.dialogue)
    if sketch is None or not _asks_for_same(sketch.draft, before.draft):
        return
    sketch = sketch.changed(brought=str(looked))
    await keep(desk, sketch)
    await _rewrite(desk, call, sketch)


async def _rewrite(desk: Desk, call: Call, sketch: Sketch) -> None:
    meant = await resolved(desk, sketch.draft)
    if not isinstance(meant, DraftFlaw):
        await desk.rewrite(call.chat, call.message, sketch.says(meant, call.words))


async def _looked(desk: Desk, sketch: Sketch) -> Markup:
    meant = await resolved(desk, sketch.draft)
    if isinstance(meant, DraftFlaw):
        return Markup()
    preview = await desk.previews.look(meant.watchlist, desk.rules)
    return brought_said(sketch.words, preview, desk.now())


def _asks_for_same(one: Draft, other: Draft) -> bool:
    return (one.wish, one.choices) == (other.wish, other.choices)


def _said_for(sketch: Sketch, desk: Desk) -> Call:
    """Return the call that began *sketch*, as far as an answer to it needs it."""
    return Call(
        key=sketch.update,
        chat=sketch.chat,
        user=0,
        message=0,
        words=sketch.words,
        now=desk.now(),
    )


# --- kept ---------------------------------------------------------------------------------------------


async def _now(desk: Desk, dialogue: Dialogue) -> Sketch | None:
    """Return what *dialogue* has become, also where its group became another chat; None: it ended."""
    found = await desk.storage.dialogues.by_key(dialogue.chat, dialogue.key)
    if found is None:
        waiting = await desk.storage.dialogues.waiting(ABOUT)
        moved = (one for one in waiting if (one.key, one.asked_at) == _identity(dialogue))
        found = next(moved, None)
    return Sketch.of(found) if found is not None else None


def _identity(dialogue: Dialogue) -> tuple[str, object]:
    return dialogue.key, dialogue.asked_at


async def keep(desk: Desk, sketch: Sketch) -> None:
    """Let *sketch* be what is being made there, unless something newer is.

    Raises:
        StorageError: it is as it was.
    """
    await desk.storage.dialogues.go_on(sketch.dialogue)


async def end(desk: Desk, sketch: Sketch) -> None:
    """Let nothing be made there any more.

    Raises:
        StorageError: it is as it was.
    """
    await desk.storage.dialogues.end(sketch.dialogue.chat, sketch.dialogue.person)
