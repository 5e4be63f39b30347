"""`tocsin deliveries` as an operator meets it, beside a process that works on the database."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from alerts.cli import _exit_code
from alerts.model import Address, Answer, Delivery, DeliveryState
from alerts.storage import open_storage
from alerts.storage.letters import Letters, Wanted
from alerts.storage.tables import alerts
from tests.builders import a_destination, a_notice, a_sighting, an_article, an_operator
from tests.storage.databases import count, list_feeds, record

URL = "sqlite:///tocsin.db"
NOW = datetime.now(UTC)
CHATS = {"first": "100", "second": "200", "third": "300"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "220")
    return tmp_path


@pytest.fixture
async def letters() -> dict[str, Delivery]:
    """Two dead letters and one that waits, of an hour ago; and a notice."""
    made = NOW - timedelta(hours=1)
    async with open_storage(URL, now=made) as storage:
        await list_feeds(storage)
        found: dict[str, Delivery] = {}
        for name, chat in CHATS.items():
            title = f"Blast near Khmeimim\u202e ({name})"
            sighting = a_sighting(
                an_article(name, title=title), to=[a_destination(chat, due_at=made)]
            )
            await record(storage, sighting, now=made)
            leased = await storage.outbox.lease_due(
                "telegram", now=made, until=made + timedelta(minutes=3), limit=1
            )
            found[name] = leased[0]
        await storage.outbox.mark_dead(found["first"], "400 Bad Request: chat not found\nmore")
        await storage.outbox.mark_dead(found["second"], "given up after 9 attempts: \x1b[31mred")
        await storage.outbox.mark_retry(found["third"], "429", due_at=NOW + timedelta(hours=1))
        await storage.outbox.notify(a_notice(), an_operator(), now=made)
    return found


def run(*arguments: str) -> int:
    return _exit_code(["deliveries", *arguments])


async def ran(*arguments: str) -> int:
    """Run beside the test's own loop, as the command does beside another process."""
    return await asyncio.to_thread(run, *arguments)


async def test_an_answer_is_listed_and_shown(capsys: pytest.CaptureFixture[str]) -> None:
    chat, said = Address(channel="telegram", target="7"), Answer(html="<b>Idlib</b> &amp; more")
    async with open_storage(URL, now=NOW) as storage:
        await storage.answers.put("update 7", chat, said, now=NOW)
        assert await ran("list") == 0
        listed = capsys.readouterr().out
        assert "answer" in listed
        assert "whoever asked: telegram" in listed
        [found] = await storage.letters.find(Wanted())
        assert await ran("show", found.id) == 0
        shown = capsys.readouterr().out
    assert "is          answer, info" in shown
    assert "says        Idlib & more" in shown


# --- list -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "chats"),
    [
        ([], ["100", "200", "300", "100"]),
        (["--state", "dead"], ["100", "200"]),
        (["--state", "dead,pending"], ["100", "100", "200", "300"]),
        (["--state", "dead", "--state", "sent"], ["100", "200"]),
        (["--receiver", "operator"], ["100"]),
        (["--receiver", "desk", "--receiver", "operator"], ["100", "100", "200", "300"]),
        (["--channel", "telegram", "--since", "2h"], ["100", "100", "200", "300"]),
        (["--since", "30m"], []),
        (["--channel", "email"], []),
    ],
)
async def test_a_list_is_narrowed(
    options: list[str],
    chats: list[str],
    letters: dict[str, Delivery],
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert await ran("list", "--format", "json", *options) == 0
    told = json.loads(capsys.readouterr().out)
    assert sorted(each["address"] for each in told) == sorted(f"telegram:{chat}" for chat in chats)


async def test_a_table_is_for_people_and_obeys_no_feed(
    letters: dict[str, Delivery], capsys: pytest.CaptureFixture[str]
) -> None:
    assert await ran("list", "--state", "dead", "--limit", "1") == 0
    said = capsys.readouterr().out
    assert "and 1 more: --limit 2" in said
    assert await ran("list") == 0
    said = capsys.readouterr().out
    assert letters["first"].id[:12] in said
    assert "400 Bad Request: chat not found" in said
    assert "\x1b[31m" not in said


@pytest.mark.parametrize(
    "options",
    [
        ["list", "--state", "gone"],
        ["list", "--state", "dead,gone"],
        ["list", "--since", "yesterday"],
        ["list", "--limit", "0"],
        ["list", "--format", "xml"],
        ["retry"],
        ["retry", "5f1c09ab", "--all-dead"],
        ["retry", "5f1c09ab", "--channel", "email"],
        ["purge"],
        ["purge", "--older-than", "long"],
        ["purge", "--older-than", "30d", "--state", "pending"],
    ],
)
def test_wrong_usage_exits_with_3(options: list[str]) -> None:
    assert run(*options) == 3


def test_before_the_first_run_there_is_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    for options in (
        ["list"],
        ["show", "5f1c09ab"],
        ["retry", "--all-dead"],
        ["purge", "--older-than", "1d", "--yes"],
    ):
        assert run(*options) == 3
        assert "there is no database tocsin.db yet" in capsys.readouterr().err


# --- show -------------------------------------------------------------------------------------


async def test_a_delivery_is_shown_with_its_words_and_its_reasons(
    letters: dict[str, Delivery], capsys: pytest.CaptureFixture[str]
) -> None:
    delivery = letters["first"]
    assert await ran("show", delivery.id[:8]) == 0
    said = capsys.readouterr().out
    for words in (
        f"delivery    {delivery.id}",
        "to          desk: telegram:100",
        "state       dead, after 1 attempt",
        "error       400 Bad Request: chat not found",
        "MEDIUM: Blast near Khmeimim",
        "medium Bases (bases)",
        "title: Blast (exact)",
        "https://news.example/first",
        "rules       r1",
    ):
        assert words in said
    assert "\u202e" not in said


async def test_one_that_waits_says_when_it_is_due(
    letters: dict[str, Delivery], capsys: pytest.CaptureFixture[str]
) -> None:
    assert await ran("show", letters["third"].id) == 0
    assert "UTC, in " in capsys.readouterr().out


async def test_a_delivery_is_shown_to_scripts(
    letters: dict[str, Delivery], capsys: pytest.CaptureFixture[str]
) -> None:
    assert await ran("show", letters["second"].id[:12], "--format", "json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["id"], told["state"]) == (letters["second"].id, "dead")
    assert told["alerts"][0]["matches"][0]["evidence"][0]["surface"] == "Blast"


async def test_an_unknown_id_is_told_with_the_nearest(
    letters: dict[str, Delivery], capsys: pytest.CaptureFixture[str]
) -> None:
    known = letters["first"].id
    strange = known[:7] + ("0" if known[7] != "0" else "1")
    assert await ran("show", strange) == 3
    assert f"nearest are {known[:12]}" in capsys.readouterr().err
    for wrong in ("5f", "first-delivery", "5f1c09ab" * 9 + "\u202e"):
        assert await ran("show", wrong) == 3
        assert "is no id" in capsys.readouterr().err


# --- retry ------------------------------------------------------------------------------------


async def states() -> dict[str, DeliveryState]:
    async with open_storage(URL, now=NOW) as storage:
        found = await Letters(storage.outbox._writer, storage.outbox._readers).find(Wanted())
        return {item.id: item.state for item in found}


async def test_dead_letters_are_put_back_by_their_ids(
    letters: dict[str, Delivery], capsys: pytest.CaptureFixture[str]
) -> None:
    assert await ran("retry", letters["first"].id[:10]) == 0
    assert "1 dead letter put back" in capsys.readouterr().out
    found = await states()
    assert found[letters["first"].id] is DeliveryState.PENDING
    assert found[letters["second"].id] is DeliveryState.DEAD


async def test_what_is_not_dead_is_said_and_the_rest_is_done(
    letters: dict[str, Delivery], capsys: pytest.CaptureFixture[str]
) -> None:
    assert await ran("retry", letters["first"].id, letters["third"].id) == 1
    told = capsys.readouterr()
    assert "1 dead letter put back" in told.out
    assert f"{letters['third'].id[:12]} is pending" in told.err


async def test_nothing_is_put_back_when_an_id_is_wrong(
    letters: dict[str, Delivery], capsys: pytest.CaptureFixture[str]
) -> None:
    assert await ran("retry", letters["first"].id, "0" * 8) == 3
    assert (await states())[letters["first"].id] is DeliveryState.DEAD


async def test_all_dead_letters_are_put_back_at_once(
    letters: dict[str, Delivery], capsys: pytest.CaptureFixture[str]
) -> None:
    assert await ran("retry", "--all-dead", "--channel", "email") == 0
    assert "0 dead letters put back" in capsys.readouterr().out
    assert await ran("retry", "--all-dead", "--channel", "telegram", "--receiver", "desk") == 0
    assert "2 dead letters put back" in capsys.readouterr().out
    assert DeliveryState.DEAD not in (await states()).values()


async def test_scripts_are_told_what_was_done(
    letters: dict[str, Delivery], capsys: pytest.CaptureFixture[str]
) -> None:
    ids = [letters["first"].id, letters["third"].id]
    assert await ran("retry", *ids, "--format", "json") == 1
    document = json.loads(capsys.readouterr().out)
    assert (document["put_back"], len(document["refused"]), document["unreachable"]) == (1, 1, {})
    assert await ran("purge", "--older-than", "1m", "--yes", "--format", "json") == 0
    assert json.loads(capsys.readouterr().out) == {"forgotten": 0, "kept": 1}


async def test_it_is_done_beside_a_process_that_works(letters: dict[str, Delivery]) -> None:
    """The process holds the database and finds what was put back when it looks at the table."""
    async with open_storage(URL, now=NOW) as storage:
        assert await ran("retry", letters["second"].id) == 0
        later = datetime.now(UTC)
        leased = await storage.outbox.lease_due(
            "telegram", now=later, until=later + timedelta(minutes=3), limit=9
        )
        assert letters["second"].id in {delivery.id for delivery in leased}


# --- purge ------------------------------------------------------------------------------------


async def test_what_could_ring_again_is_kept(
    letters: dict[str, Delivery], capsys: pytest.CaptureFixture[str]
) -> None:
    assert await ran("purge", "--older-than", "1m", "--yes") == 0
    said = capsys.readouterr().out
    assert "0 deliveries forgotten" in said
    assert "2 kept" in said
    async with open_storage(URL, now=NOW) as storage:
        assert await count(storage, alerts) == 3


async def test_what_is_over_is_forgotten_after_asking(
    letters: dict[str, Delivery], capsys: pytest.CaptureFixture[str]
) -> None:
    async with open_storage(URL, now=NOW) as storage:
        ended = a_notice("")
        await storage.outbox.notify(ended, an_operator(), now=NOW - timedelta(minutes=50))
        until = NOW + timedelta(minutes=3)
        while leased := await storage.outbox.lease_due("telegram", now=NOW, until=until, limit=9):
            for delivery in leased:
                await storage.outbox.mark_dead(delivery, "no")
    assert await ran("purge", "--older-than", "10m", "--state", "dead,held") == 3
    assert "say --yes" in capsys.readouterr().err
    assert await ran("purge", "--older-than", "10m", "--state", "dead,held", "--yes") == 0
    said = capsys.readouterr().out
    assert "2 deliveries forgotten" in said
    assert await ran("purge", "--older-than", "10d", "--yes") == 0
    assert "no delivery is dead and so old" in capsys.readouterr().out
