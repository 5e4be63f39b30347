"""What commands that change something tell a script: what they did, as one document."""

from __future__ import annotations

import json
from pathlib import Path

from alerts.cli import _exit_code
from tests.cli.feeds_desk import Desk

MESSY = "watchlists: [{id: a, title: A, keywords: [x]}]\nversion: 1\n"


async def test_an_added_feed_is_told(desk: Desk) -> None:
    url = desk.feed("/world.rss", "Sarin found")
    refused = await desk.run("add", url, "--format", "json")
    assert (refused.code, refused.out) == (3, "")
    assert "say --yes" in refused.err
    told = await desk.run("add", url, "--yes", "--file", "rules/feeds.yml", "--format", "json")
    assert told.code == 0
    document = json.loads(told.out)
    assert (document["url"], document["publisher"]) == (url, "Example Times")
    assert url in (desk.folder / document["file"]).read_text()


async def test_an_imported_list_is_told(desk: Desk) -> None:
    outlines = "".join(
        f'<outline type="rss" text="A" xmlUrl="{url}"/>'
        for url in ("https://a.example/rss", "ftp://b.example/rss")
    )
    list_ = f'<opml version="2.0"><body>{outlines}</body></opml>'
    (desk.folder / "list.opml").write_text(list_)
    told = await desk.run("import", "list.opml", "--dry-run", "--format", "json")
    assert told.code == 1
    document = json.loads(told.out)
    assert document["new"] == ["https://a.example/rss"]
    assert [each["feed"] for each in document["refused"]] == ["ftp://b.example/rss"]
    assert (document["written"], told.err) == (False, "")


def test_what_fmt_would_change_and_changes_is_told(desk: Desk) -> None:
    file = desk.folder / "rules" / "messy.yml"
    file.write_text(MESSY)
    assert _exit_code(["fmt", "--check", "--format", "json"]) == 1
    document = _told(desk)
    [messy] = [each for each in document["files"] if each["changes"]]
    assert not document["written"]
    assert Path(messy["file"]).name == "messy.yml"
    assert messy["diff"].startswith("--- ")
    assert file.read_text() == MESSY
    assert _exit_code(["fmt", "--format", "json"]) == 0
    assert _told(desk)["written"]
    assert file.read_text() != MESSY


def test_fmt_tells_what_it_cannot_lay_out(desk: Desk) -> None:
    (desk.folder / "rules" / "long.yml").write_text(f"? {'a' * 1100}\n: 1\n")
    assert _exit_code(["fmt", "--format", "json"]) == 1
    [problem] = [each["problem"] for each in _told(desk)["files"] if each["problem"]]
    assert "could not be read" in problem
    assert _exit_code(["fmt", "-", "--format", "json"]) == 3


def _told(desk: Desk) -> dict[str, list[dict[str, str]]]:
    document: dict[str, list[dict[str, str]]] = json.loads(desk.capsys.readouterr().out)
    return document
