"""`tocsin feeds discover` and `add`: from an address to an entry that checks clean, or to nothing."""

from __future__ import annotations

import io
import json
import os
import pty
from pathlib import Path

import pytest

from alerts.cli import _exit_code
from alerts.watchlists.layout import lay_out
from alerts.watchlists.load import load_rules
from tests.cli.feeds_desk import Desk, list_feeds
from tests.servers.feed_server import redirect, status

# --- discover ---------------------------------------------------------------------------------


async def test_discover_tells_each_feed_of_a_page_and_what_is_broken(desk: Desk) -> None:
    desk.feed("/world.rss", "Sarin found", "Storm ahead")
    page = desk.page("/", "/world.rss", "/gone.rss")
    told = await desk.run("discover", page)
    assert told.code == 0
    assert desk.server.url("/world.rss") in told.out
    assert "Example Times" in told.out
    assert "rss20 · 2 entries, newest" in told.out
    assert "en-gb · announced" in told.out
    assert "gone.rss: announced, and not readable: the server answered 404" in told.err


async def test_discover_takes_a_feed_itself_and_speaks_json(desk: Desk) -> None:
    url = desk.feed("/world.rss", "Sarin found")
    told = await desk.run("discover", url, "--format", "json")
    assert told.code == 0
    (feed,) = json.loads(told.out)["feeds"]
    assert (feed["url"], feed["how"], feed["entries"]) == (url, "given", 1)
    assert feed["newest_at"] == "2024-03-01T12:00:00+00:00"
    assert feed["identity_rule"] == "guid"


async def test_discover_says_what_there_is_instead_of_a_feed(desk: Desk) -> None:
    desk.server.publish("/list", "<opml version='2.0'><body/></opml>")
    told = await desk.run("discover", desk.server.url("/list"))
    assert told.code == 1
    assert "import it instead" in told.err


async def test_addresses_that_may_not_be_asked_are_refused_with_the_way_out(desk: Desk) -> None:
    told = await desk.run("discover", "http://127.0.0.1:9/")
    assert told.code == 1
    assert "add 127.0.0.1/32:9 to TOCSIN_ALLOW_NETWORKS" in told.err
    for url in ("file:///etc/passwd", "gopher://x.example/", "http://"):
        told = await desk.run("discover", url)
        assert (told.code, told.out) == (1, "")


async def test_what_a_page_says_moves_no_cursor(desk: Desk) -> None:
    desk.feed("/world.rss", "Sarin", title="A\x9b2J\u202eB")
    told = await desk.run("discover", desk.page("/", "/world.rss"))
    assert not set(told.out) & {"\x9b", "\u202e", "\x1b"}


# --- add --------------------------------------------------------------------------------------


async def test_add_finds_shows_and_writes(desk: Desk) -> None:
    desk.feed("/world.rss", "Sarin found")
    told = await desk.run("add", desk.page("/", "/world.rss"), "--yes")
    assert told.code == 0
    for said in ("title      Example Times", "language   en-gb", "entries    1", "identity   guid"):
        assert said in told.out
    assert desk.rules() == (
        "version: 1\n\nfeeds:\n"
        f"  - url: {desk.server.url('/world.rss')}\n    publisher: Example Times\n    language: en\n"
    )
    (feed,) = load_rules(desk.folder / "rules", environment={}).feeds
    assert (feed.publisher, feed.language) == ("Example Times", "en")


async def test_add_keeps_every_comment_and_the_layout(desk: Desk) -> None:
    before = "# ours\nversion: 1\n\nfeeds:\n  # first\n" + list_feeds(
        "https://a.example/x"
    ).partition("feeds:\n")[2].replace("publisher: Example Times", "publisher: A  # why")
    desk.write(before)
    told = await desk.run("add", desk.feed("/w.rss", "Storm"), "--yes", "--publisher", "Example: W")
    assert told.code == 0
    assert desk.rules().startswith(before)
    assert 'publisher: "Example: W"' in desk.rules()
    assert not lay_out(desk.rules().encode(), "f").changes


async def test_several_feeds_are_listed_to_choose_from(desk: Desk) -> None:
    desk.feed("/world.rss", "Sarin found", title="World")
    desk.feed("/sport.rss", "Match won", title="Sport")
    told = await desk.run("add", desk.page("/", "/world.rss", "/sport.rss"), "--yes")
    assert told.code == 1
    assert f"tocsin feeds add '{desk.server.url('/sport.rss')}'  # Sport" in told.err
    assert not (desk.folder / "rules" / "feeds.yml").exists()


@pytest.mark.parametrize("query", ["", "?utm_source=x", "#top"])
async def test_a_feed_that_is_followed_is_refused_with_its_place(query: str, desk: Desk) -> None:
    url = desk.feed("/world.rss", "Sarin found")
    desk.write(list_feeds(url))
    before = desk.rules()
    told = await desk.run("add", url + query, "--yes")
    assert told.code == 1
    assert "is followed already: rules/feeds.yml:4" in told.err
    assert desk.server.requests == []
    assert desk.rules() == before


async def test_a_feed_that_leads_to_a_followed_one_is_refused(desk: Desk) -> None:
    desk.write(list_feeds(desk.feed("/world.rss", "Sarin found")))
    desk.server.answer("/other", redirect("/world.rss"))
    told = await desk.run("add", desk.server.url("/other"), "--yes")
    assert told.code == 1
    assert "is followed already" in told.err


async def test_a_feed_that_moved_for_good_is_added_where_it_is(desk: Desk) -> None:
    desk.feed("/new.rss", "Sarin found")
    desk.server.answer("/old.rss", redirect("/new.rss", code=301))
    told = await desk.run("add", desk.server.url("/old.rss"), "--yes")
    assert told.code == 0
    assert "moved      for good, from" in told.out
    assert "/new.rss" in desk.rules()
    assert "/old.rss" not in desk.rules()


async def test_a_login_is_written_and_never_shown(desk: Desk) -> None:
    url = desk.feed("/world.rss", "Sarin found").replace("//", "//user:canary@")
    told = await desk.run("add", url, "--yes")
    assert told.code == 0
    assert "canary" not in told.out + told.err
    assert url in desk.rules()


async def test_without_a_terminal_and_without_yes_nothing_is_written(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    told = await desk.run("add", desk.feed("/world.rss", "Sarin found"))
    assert told.code == 3
    assert "--yes" in told.err
    assert not (desk.folder / "rules" / "feeds.yml").exists()


@pytest.mark.parametrize(("answer", "code"), [(b"n\n", 1), (b"y\n", 0)])
async def test_on_a_terminal_it_asks(
    answer: bytes, code: int, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = pty.openpty()
    os.write(ours, answer)
    with os.fdopen(theirs) as terminal:
        monkeypatch.setattr("sys.stdin", terminal)
        told = await desk.run("add", desk.feed("/world.rss", "Sarin found"))
    os.close(ours)
    assert told.code == code
    assert (desk.folder / "rules" / "feeds.yml").exists() is (code == 0)


async def test_a_publisher_of_the_same_host_is_suggested(desk: Desk) -> None:
    desk.write(list_feeds(desk.server.url("/other.rss"), publisher="The Times"))
    told = await desk.run("add", desk.feed("/world.rss", "Sarin found"), "--yes")
    assert "publisher  'The Times'?" in told.out


async def test_a_feed_without_a_title_needs_a_publisher(desk: Desk) -> None:
    url = desk.feed("/world.rss", "Sarin found", title="")
    told = await desk.run("add", url, "--yes")
    assert told.code == 3
    assert "--publisher" in told.err
    assert (await desk.run("add", url, "--yes", "--publisher", "Times")).code == 0


async def test_nothing_is_written_where_rules_would_be_broken_after(desk: Desk) -> None:
    desk.write("watchlists: [{id: chemical, title: Twice, keywords: [x]}]\n", "other.yml")
    told = await desk.run("add", desk.feed("/world.rss", "Sarin found"), "--yes")
    assert told.code == 2
    assert "rules/watchlists.yml" in told.err
    assert "/tmp" not in told.err.replace(str(desk.folder), "")
    assert sorted(each.name for each in (desk.folder / "rules").iterdir()) == [
        "other.yml",
        "watchlists.yml",
    ]


async def test_the_file_can_be_chosen_among_those_that_are_read(desk: Desk) -> None:
    url = desk.feed("/world.rss", "Sarin found")
    for wrong in ("feeds.txt", "../feeds.yml", "elsewhere/feeds.yml"):
        told = await desk.run("add", url, "--yes", "--file", wrong)
        assert (told.code, desk.server.requests) == (3, [])
        assert "is no rule file of rules" in told.err
    for name in ("west.yml", "rules/east.yml"):
        assert (await desk.run("add", url + f"?{name}", "--yes", "--file", name)).code == 0
        assert "world.rss" in desk.rules(Path(name).name)


async def test_among_several_files_with_feeds_one_must_be_chosen(desk: Desk) -> None:
    for name in ("east", "west"):
        desk.write(list_feeds(f"https://{name}.example/rss"), f"{name}.yml")
    told = await desk.run("add", desk.feed("/world.rss", "Sarin found"), "--yes")
    assert told.code == 3
    assert "rules/east.yml, rules/west.yml" in told.err
    assert "--file" in told.err


async def test_a_feed_that_cannot_be_read_is_not_added(desk: Desk) -> None:
    desk.server.answer("/x", status(403))
    told = await desk.run("add", desk.server.url("/x"), "--yes")
    assert told.code == 1
    assert "403 Forbidden" in told.err


def test_a_missing_folder_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = _exit_code(["feeds", "add", "https://a.example/", "--rules", str(tmp_path / "nowhere")])
    assert code == 2
    assert "nowhere" in capsys.readouterr().err
