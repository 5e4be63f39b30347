"""A watchlist made step by step: where, about what, without what; then it is a draft like any other.

Each answer is kept before the next question is asked, so that a restart asks nothing twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Self

from markupsafe import Markup

from alerts.bot.commands import drafting
from alerts.bot.desk import Desk
from alerts.bot.draft_said import is_term
from alerts.bot.rewording import listed, put_together, spelled
from alerts.bot.talk import Call, Says, button
from alerts.bot.terms_said import flaw_said
from alerts.bot.times import plain
from alerts.bot.typed import brief
from alerts.locales import Words, marked
from alerts.model import Button, Kind
from alerts.storage.dialogues import Dialogue
from alerts.subscribers.draft import Draft, DraftFlaw
from alerts.watchlists.wishes import Wish, WishFlaw, blamed, wish_of

_WHERE: Final = marked("<b>Where?</b> Send me places, with commas between them.")
_WHAT: Final = marked(
    "<b>About what?</b> Send me groups, people or subjects, with commas between them."
)
_WITHOUT: Final = marked("<b>Without what?</b> Send me words that an article must not have.")
_NEITHER: Final = marked("Then there is nothing to watch for yet. One of the two is enough:")
_WHERE_LIKE: Final = marked("Idlib, Khan Sheikhun")
_WHAT_LIKE: Final = marked("chemical, sarin")
_WITHOUT_LIKE: Final = marked('"chemical industry"')
_EXAMPLE: Final = marked("For example: <code>{example}</code>")
_REPLY: Final = marked("Please reply to this message; reply “{skip}” to leave it open.")
_SUGGESTED: Final = marked("What others ask for: {topics}.")
_SKIP: Final = marked("Skip")
_CANCEL: Final = marked("Cancel")

#: Steps, in their order, and what each asks.
_STEPS: Final = ("where", "what", "without")
_QUESTIONS: Final = dict(zip(_STEPS, (_WHERE, _WHAT, _WITHOUT), strict=True))
_EXAMPLES: Final = dict(zip(_STEPS, (_WHERE_LIKE, _WHAT_LIKE, _WITHOUT_LIKE), strict=True))
_MOST_TOPICS: Final = 6
_LONGEST_TOPIC: Final = 40
#: What leaves a step open, typed; beside what the button says.
_DASH: Final = "-"
_SKIPPED: Final = frozenset({_DASH, "skip"})
_MINUSES: Final = "-−–— "


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """How far somebody has come."""

    step: str
    #: Step -> what was answered; empty: it was skipped.
    answers: Mapping[str, str]
    #: Names of topics that are offered.
    topics: Sequence[str]
    #: `Call.key` of what brought them here.
    update: str
    #: None: it has just begun.
    dialogue: Dialogue | None = None

    @classmethod
    def of(cls, dialogue: Dialogue) -> Self | None:
        """Return how far *dialogue* has come; None: it is something else."""
        state = dialogue.state
        if dialogue.about != drafting.ABOUT or state.get("step") not in _STEPS:
            return None
        return cls(
            step=state["step"],
            answers=state["answers"],
            topics=state["topics"],
            update=state["update"],
            dialogue=dialogue,
        )

    def to_json(self) -> dict[str, Any]:
        """Return what `of` reads."""
        return {
            "step": self.step,
            "answers": dict(self.answers),
            "topics": list(self.topics),
            "update": self.update,
        }


async def begin(call: Call, desk: Desk) -> Says:
    """Ask the first question."""
    guide = Guide(step=_STEPS[0], answers={}, topics=_topics(desk), update=call.key)
    return await _ask(call, desk, guide)


async def answered(call: Call, desk: Desk, guide: Guide) -> Says:
    """Go on with what was typed; words that are a whole wish already end the questions."""
    if guide.update == call.key:  # it was brought again
        return await _ask(call, desk, guide)
    typed = plain(call.text)
    if typed in _SKIPPED or typed == plain(call.words.of(_SKIP)):
        return await _on(call, desk, guide, "")
    is_last = guide.step == _STEPS[-1]
    text = call.text.lstrip(_MINUSES) if is_last else call.text
    wish = wish_of(text)
    if isinstance(wish, WishFlaw):
        return Says(html=flaw_said(call.words, DraftFlaw(flaw=wish, term=brief(blamed(text)))))
    if is_last:
        return await _on(call, desk, guide, listed(wish.terms))
    if guide.step == _STEPS[0] and _is_whole(wish):
        return await drafting.begin(call, desk, _draft(call, spelled(wish)))
    return await _on(call, desk, guide, listed(wish.terms))


async def skip(call: Call, desk: Desk, guide: Guide, rest: str) -> Says:
    """Leave the step open that the button names; a second press of it changes nothing."""
    return Says() if rest != guide.step else await _on(call, desk, guide, "")


async def about(call: Call, desk: Desk, guide: Guide, rest: str) -> Says:
    """Answer with one of the topics."""
    if guide.step != _STEPS[1]:
        return Says()
    return await _on(call, desk, guide, guide.topics[int(rest)])


async def _on(call: Call, desk: Desk, guide: Guide, answer: str) -> Says:
    answers = {**guide.answers, guide.step: answer}
    where, what = answers.get("where", ""), answers.get("what", "")
    if guide.step == _STEPS[-1]:
        wish = put_together((where, what), answer)
        return await drafting.begin(call, desk, _draft(call, wish))
    if guide.step == "what" and not (where or what):
        first = replace(guide, step=_STEPS[0], answers={}, update=call.key)
        return await _ask(call, desk, first, _NEITHER)
    following = _STEPS[_STEPS.index(guide.step) + 1]
    return await _ask(call, desk, replace(guide, step=following, answers=answers, update=call.key))


async def _ask(call: Call, desk: Desk, guide: Guide, before: str = "") -> Says:
    if guide.dialogue is None:
        dialogue = await desk.ask(call, drafting.ABOUT, guide.to_json())
    else:
        dialogue = replace(guide.dialogue, state=guide.to_json())
        await desk.storage.dialogues.begin(dialogue)
    words = call.words
    lines = [words.say(before)] if before else []
    lines += [
        words.say(_QUESTIONS[guide.step]),
        words.say(_EXAMPLE, example=words.of(_EXAMPLES[guide.step])),
    ]
    if call.chat.is_private:
        rows = tuple(_rows(words, guide, dialogue.key))
        return Says(html=Markup("\n").join(lines), buttons=rows)
    # Telegram opens the field for the answer or shows buttons, not both; and in groups a bot hears
    # only what replies to it.
    if guide.step == "what" and guide.topics:
        lines.append(words.say(_SUGGESTED, topics=words.several(guide.topics)))
    lines.append(words.say(_REPLY, skip=_DASH))
    follows = None if call.is_press else call.message
    return Says(html=Markup("\n").join(lines), asks=True, apart=True, follows=follows)


def _rows(words: Words, guide: Guide, key: str) -> Iterator[tuple[Button, ...]]:
    if guide.step == "what":
        topics = [
            button(name, f"/watch about {key} {place}") for place, name in enumerate(guide.topics)
        ]
        yield from (tuple(topics[at : at + 2]) for at in range(0, len(topics), 2))
    yield (
        button(words.of(_SKIP), f"/watch skip {key} {guide.step}"),
        button(words.of(_CANCEL), f"/watch cancel {key}"),
    )


def _is_whole(wish: Wish) -> bool:
    return len(wish.groups) > 1 or bool(wish.without)


def _draft(call: Call, wish: str) -> Draft:
    return Draft(wish=wish, thread=call.chat.thread)


def _topics(desk: Desk) -> tuple[str, ...]:
    """Return topics of the operator that can be asked for by their names."""
    entities = desk.rules.entities.values()
    names = sorted(each.name for each in entities if each.kind is Kind.TOPIC)
    return tuple(name for name in names if is_term(name) and len(name) <= _LONGEST_TOPIC)[
        :_MOST_TOPICS
    ]
