"""`tocsin feeds import` and `export`: lists of other readers come in whole, checked and counted."""

from __future__ import annotations

import io
from types import SimpleNamespace

import pytest

from alerts.feeds.opml import read_opml
from alerts.model import Feed
from alerts.watchlists.load import load_rules
from tests.cli.feeds_desk import Desk, list_feeds


def opml(*urls: str) -> str:
    outlines = "".join(
        f'<outline type="rss" text="Feed {url[-6:]}" xmlUrl="{url}"/>' for url in urls
    )
    return f'<?xml version="1.0"?><opml version="1.0"><body><outline text="World">{outlines}</outline></body></opml>'


def loaded(desk: Desk) -> tuple[Feed, ...]:
    return load_rules(desk.folder / "rules", environment={}).feeds


async def test_a_list_is_added_and_counted(desk: Desk) -> None:
    desk.write(list_feeds("https://a.example/rss"))
    (desk.folder / "list.opml").write_text(
        opml(
            "https://a.example/rss?utm_source=x",
            "https://b.example/rss",
            "http://b.example/rss",
            "https://c.example/rss",
            "ftp://d.example/rss",
        )
    )
    told = await desk.run("import", "list.opml")
    assert told.code == 1
    assert told.out == "2 feeds added to rules/feeds.yml, 2 known already, 1 refused\n"
    assert told.err == "refused: ftp://d.example/rss: it is neither http nor https\n"
    assert [(feed.url, feed.tags) for feed in loaded(desk)] == [
        ("https://a.example/rss", ()),
        ("https://b.example/rss", ("World",)),
        ("https://c.example/rss", ("World",)),
    ]


async def test_an_import_again_changes_nothing(desk: Desk) -> None:
    (desk.folder / "list.opml").write_text(opml("https://a.example/rss", "https://b.example/rss"))
    assert (await desk.run("import", "list.opml")).code == 0
    before = desk.rules()
    told = await desk.run("import", "list.opml")
    assert told.code == 0
    assert told.out.startswith("0 feeds added")
    assert desk.rules() == before


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9/rss",
        "http://localhost/rss",
        "http://[::1]/rss",
        "http://[::ffff:10.0.0.1]/rss",
        "http://169.254.169.254/latest/meta-data",
        "http://10.0.0.1/rss",
        "http://1.1.1.1:22/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http:///rss",
        "http://a b.example/rss",
        "http://[::1/rss",
    ],
)
async def test_what_must_not_be_asked_is_not_stored(url: str, desk: Desk) -> None:
    (desk.folder / "list.opml").write_text(opml(url))
    told = await desk.run("import", "list.opml")
    assert told.code == 1
    assert "0 feeds added" in told.out
    assert told.err.startswith("refused: ")
    assert not (desk.folder / "rules" / "feeds.yml").exists()


async def test_a_dry_run_writes_nothing(desk: Desk) -> None:
    (desk.folder / "list.opml").write_text(opml("https://a.example/rss"))
    told = await desk.run("import", "list.opml", "--dry-run")
    assert told.out == "1 feed would be added to rules/feeds.yml, 0 known already, 0 refused\n"
    assert not (desk.folder / "rules" / "feeds.yml").exists()


async def test_five_thousand_feeds_come_in_at_once(desk: Desk) -> None:
    urls = [f"https://news{number}.example/rss" for number in range(5000)]
    (desk.folder / "list.opml").write_text(opml(*urls))
    told = await desk.run("import", "list.opml")
    assert told.code == 0
    assert "5,000 feeds added" in told.out
    assert [feed.url for feed in loaded(desk)] == urls


async def test_a_list_too_long_for_one_file_is_refused_whole(desk: Desk) -> None:
    urls = [f"https://news{number}.example/{'x' * 300}" for number in range(5000)]
    (desk.folder / "list.opml").write_text(opml(*urls))
    told = await desk.run("import", "list.opml")
    assert told.code == 3
    assert "--file" in told.err
    assert not (desk.folder / "rules" / "feeds.yml").exists()


async def test_a_list_comes_through_the_guard_from_a_url(desk: Desk) -> None:
    desk.server.publish("/l.opml", opml("https://a.example/rss"), content_type="text/x-opml")
    assert (await desk.run("import", desk.server.url("/l.opml"))).code == 0
    assert [feed.url for feed in loaded(desk)] == ["https://a.example/rss"]
    told = await desk.run("import", "http://127.0.0.1:9/l.opml")
    assert told.code == 3
    assert "refused to connect" in told.err


async def test_a_list_comes_from_stdin(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    stdin = SimpleNamespace(buffer=io.BytesIO(opml("https://a.example/rss").encode()))
    monkeypatch.setattr("sys.stdin", stdin)
    assert (await desk.run("import", "-")).code == 0


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/passwd">]><opml/>', "DOCTYPE"),
        ("<rss version='2.0'/>", "`tocsin feeds add`"),
        ("nothing", "not a list of feeds"),
        ("<opml>" + "x" * 9_000_000, "8 MB"),
    ],
)
async def test_what_is_no_list_writes_nothing(body: str, said: str, desk: Desk) -> None:
    (desk.folder / "list.opml").write_text(body)
    told = await desk.run("import", "list.opml")
    assert told.code == 3
    assert said in told.err
    assert (await desk.run("import", "nowhere.opml")).code == 3


async def test_a_list_that_breaks_is_told_with_its_line(desk: Desk) -> None:
    text = opml("https://a.example/rss")
    (desk.folder / "list.opml").write_text(text.replace("</outline>", '\n<outline text="'))
    told = await desk.run("import", "list.opml")
    assert told.code == 1
    assert "the list breaks on line 2" in told.err
    assert "1 feed added" in told.out


async def test_probing_refuses_what_is_no_feed(desk: Desk) -> None:
    good, page = desk.feed("/good.rss", "Sarin"), desk.page("/page")
    (desk.folder / "list.opml").write_text(opml(good, page))
    told = await desk.run("import", "list.opml", "--probe")
    assert told.code == 1
    assert f"refused: {page}: an HTML page" in told.err
    assert [feed.url for feed in loaded(desk)] == [good]


async def test_names_of_a_list_move_no_cursor(desk: Desk) -> None:
    (desk.folder / "list.opml").write_text(opml("ftp://x.example/&#x9b;2J&#x202e;"))
    told = await desk.run("import", "list.opml")
    assert not set(told.err) & {"\x9b", "\u202e"}


RICH = """\
version: 1

feeds:
  - url: https://user:canary@a.example/rss?x=1&y=2
    publisher: A & B
    country: SY
    reliability: B
    tags: [World, "x, y/z"]
    language: ar
    interval: 90m

  - url: https://b.example/rss
    publisher: Müller's
    priority: high
    backfill: 20
    full_text: true
"""


async def test_what_was_exported_comes_back_the_same(desk: Desk) -> None:
    desk.write(RICH)
    before = loaded(desk)
    told = await desk.run("export")
    assert told.code == 0
    assert "canary" not in told.out
    assert "1 feed needs a login" in told.err
    assert len(read_opml(told.out.encode()).feeds) == 2
    (desk.folder / "list.opml").write_text(told.out)
    (desk.folder / "rules" / "feeds.yml").unlink()
    assert (await desk.run("import", "list.opml")).code == 0
    without_login = RICH.replace("user:canary@", "")
    assert desk.rules() == without_login
    assert {feed.publisher for feed in loaded(desk)} == {feed.publisher for feed in before}
