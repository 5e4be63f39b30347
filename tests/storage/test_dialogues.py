"""Half-finished dialogues: one for each person in a chat, whatever ends the process."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from alerts.model import Address
from alerts.storage import Storage
from alerts.storage.dialogues import Dialogue
from tests.builders import CHAT, NOW
from tests.storage.databases import Database, opened

ANNA, BORIS = "telegram:1", "telegram:2"
AWAY = Address(channel="telegram", target="-200")


def a_dialogue(person: str = ANNA, **fields: Any) -> Dialogue:
    given: dict[str, Any] = {
        "chat": CHAT,
        "person": person,
        "key": "3f2a9c",
        "about": "watch",
        "state": {"wish": "Idlib", "step": 2, "terms": [{"at": [35.9, 36.6], "is": None}]},
        "asked_at": NOW,
    }
    return Dialogue(**given | fields)


async def test_a_dialogue_outlives_the_process(database: Database) -> None:
    # What a JSON column must take: any text that people type.
    begun = a_dialogue(state={"typed": "a\0b 🎈 إدلب \ud800", "empty": {}})
    async with opened(database) as storage:
        await storage.dialogues.begin(begun)
    async with opened(database) as storage:
        assert await storage.dialogues.find(CHAT, ANNA) == begun


async def test_everybody_in_a_chat_has_one_and_the_next_replaces_it(storage: Storage) -> None:
    store = storage.dialogues
    others = [a_dialogue(BORIS, key="b"), a_dialogue(chat=AWAY, key="c")]
    for each in (a_dialogue(), *others):
        await store.begin(each)
    later = a_dialogue(key="d", about="edit", state={}, asked_at=NOW + timedelta(seconds=1))
    await store.begin(later)
    assert await store.find(CHAT, ANNA) == later
    assert await store.find(CHAT, BORIS) == others[0]
    assert await store.find(AWAY, ANNA) == others[1]
    assert await store.find(AWAY, BORIS) is None


async def test_a_button_leads_to_its_dialogue_whoever_pressed_it(storage: Storage) -> None:
    store = storage.dialogues
    await store.begin(a_dialogue(key="a"))
    await store.begin(a_dialogue(BORIS, key="b"))
    found = await store.by_key(CHAT, "b")
    assert found is not None
    assert found.person == BORIS
    assert await store.by_key(CHAT, "c") is None
    assert await store.by_key(AWAY, "b") is None
    # The buttons of the dialogue before it are stale.
    await store.begin(a_dialogue(BORIS, key="c"))
    assert await store.by_key(CHAT, "b") is None


async def test_all_topics_of_a_group_share_a_dialogue(storage: Storage) -> None:
    topic = replace(CHAT, thread=7)
    await storage.dialogues.begin(a_dialogue(chat=topic))
    assert await storage.dialogues.find(CHAT, ANNA) == a_dialogue()
    assert await storage.dialogues.find(topic, ANNA) == a_dialogue()
    assert await storage.dialogues.by_key(topic, "3f2a9c") == a_dialogue()


async def test_an_end_is_the_end_of_one_dialogue(storage: Storage) -> None:
    store = storage.dialogues
    for person in (ANNA, BORIS):
        await store.begin(a_dialogue(person))
    assert await store.end(CHAT, ANNA)
    assert not await store.end(CHAT, ANNA)
    assert await store.find(CHAT, ANNA) is None
    assert await store.find(CHAT, BORIS) is not None


async def test_work_is_taken_up_again_in_the_order_in_which_it_was_asked_for(
    storage: Storage,
) -> None:
    store = storage.dialogues
    for number, about in enumerate(("preview", "watch", "preview", "preview")):
        asked_at = NOW - number * timedelta(minutes=1)
        await store.begin(a_dialogue(f"telegram:{number}", about=about, asked_at=asked_at))
    waiting = await store.waiting("preview")
    assert [each.person for each in waiting] == ["telegram:3", "telegram:2", "telegram:0"]
    assert await store.waiting("import") == []


async def test_what_nobody_answered_is_forgotten(storage: Storage) -> None:
    store = storage.dialogues
    for number in range(3):
        await store.begin(a_dialogue(str(number), asked_at=NOW + number * timedelta(days=1)))
    assert await store.forget(before=NOW + timedelta(days=1)) == 1
    assert await store.forget(before=NOW + timedelta(days=1)) == 0
    assert await store.find(CHAT, "0") is None
    assert await store.find(CHAT, "1") is not None


async def test_a_dialogue_goes_on_unless_another_has_taken_its_place(storage: Storage) -> None:
    store = storage.dialogues
    first = a_dialogue(key="00000001")
    await store.begin(first)
    assert await store.go_on(replace(first, state={"step": 2}))
    found = await store.find(first.chat, first.person)
    assert found == replace(first, state={"step": 2})
    second = replace(first, key="00000002", state={"step": 1})
    await store.begin(second)
    assert not await store.go_on(replace(first, state={"step": 3}))
    assert await store.find(first.chat, first.person) == second
