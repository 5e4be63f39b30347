"""The commands as an operator meets them: what they print, and how they exit."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from alerts.cli import _exit_code
from alerts.cli.shown import ago
from alerts.storage import open_storage
from tests.builders import NOW, a_feed, a_notice, a_sighting, a_state, an_operator
from tests.storage.databases import list_feeds, record

RULES = """\
version: 1
watchlists:
  - {id: chemical, title: Chemical, keywords: [chemical], severity: high}
  - {id: idlib, title: Idlib, places: [Idlib]}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of an operator's own, with rule files, and nothing in the environment."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "rules.yml").write_text(RULES)
    return tmp_path


def run(*arguments: str) -> int:
    return _exit_code(list(arguments))


async def database(*, error: str = "") -> None:
    async with open_storage("sqlite:///tocsin.db", now=NOW) as storage:
        await list_feeds(storage, a_feed("https://user:canary@news.example/feed.xml"))
        state = a_state("https://user:canary@news.example/feed.xml", error=error)
        await record(storage, a_sighting(), state=state)


# --- check ------------------------------------------------------------------------------------


def test_check_says_what_it_found(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check") == 0
    assert "2 watchlists" in capsys.readouterr().out


def test_check_shows_every_error_with_a_caret_and_exits_with_2(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "rules" / "a.yml").write_text(
        "watchlists:\n  - {id: x, title: X, keywrods: [y]}\n  - {id: y, title: Y, severity: hihg}\n"
    )
    assert run("check") == 2
    said = capsys.readouterr().err
    assert "rules/a.yml:2:23: R201" in said
    assert "'keywords'" in said
    assert "rules/a.yml:3:" in said
    assert "'high'" in said
    assert "^" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("arguments", [("run",), ("run", "--once"), ("match",)])
def test_nothing_starts_with_broken_rules(
    arguments: tuple[str, ...], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "rules" / "a.yml").write_text("watchlists: [{id: x, title: X, keywords: []}]\n")
    assert run(*arguments) == 2
    assert "rules/a.yml:1:42: R205" in capsys.readouterr().err
    assert not (folder / "tocsin.db").exists()


def test_check_of_a_missing_folder_exits_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", "--rules", "nowhere") == 2
    assert "nowhere" in capsys.readouterr().err


# --- match ------------------------------------------------------------------------------------


def match(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *lines: str
) -> tuple[int, list[dict[str, object]], str]:
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(lines) + "\n"))
    code = run("match")
    told = capsys.readouterr()
    return code, [json.loads(line) for line in told.out.splitlines()], told.err


def test_match_writes_one_line_per_match(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    article = {"id": "7", "title": "Chemicals found in Idlib"}
    code, found, _ = match(monkeypatch, capsys, json.dumps(article), "", '{"id": "8"}')
    assert code == 0
    assert [(each["article"], each["watchlist"], each["severity"]) for each in found] == [
        ("7", "chemical", "high"),
        ("7", "idlib", "medium"),
    ]
    assert found[0]["evidence"] == [
        {
            "field": "title",
            "start": 0,
            "end": 9,
            "surface": "Chemicals",
            "term": "chemical",
            "how": "inflection",
        }
    ]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("{", "not JSON"),
        ("[]", "an article is a JSON object"),
        ("{}", 'an article needs an "id"'),
        ('{"id": true}', 'an article needs an "id"'),
        ('{"id": "1", "title": 5}', '"title" must be text'),
        ('{"id": "1", "tags": "x"}', '"tags" must be a list of texts'),
        ('{"id": "1", "published_at": "yesterday"}', '"published_at" must be an ISO 8601 date'),
    ],
)
def test_match_names_a_bad_line_and_goes_on(
    line: str,
    complaint: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    good = '{"id": 2, "title": "chemical", "published_at": "2024-05-01T10:00:00Z", "summary": null}'
    code, found, said = match(monkeypatch, capsys, line, good)
    assert code == 3
    assert f"line 1: {complaint}" in said
    assert [each["article"] for each in found] == ["2"]


# --- status, feeds, deliveries ----------------------------------------------------------------


def test_before_the_first_run_there_is_nothing_to_look_at(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for arguments in (("status",), ("feeds", "list"), ("deliveries", "list")):
        assert run(*arguments) == 3
        assert "there is no database tocsin.db yet" in capsys.readouterr().err


@pytest.fixture
async def used() -> None:
    await database(error="the server answered 404 Not Found")


@pytest.mark.usefixtures("used")
def test_feeds_list_shows_health_and_no_password(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert run("feeds", "list") == 0
    said = capsys.readouterr().out
    assert "news.example/feed.xml" in said
    assert "404 Not Found" in said
    assert "canary" not in said


@pytest.mark.usefixtures("used")
def test_deliveries_list_can_be_narrowed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert run("deliveries", "list") == 0
    assert "telegram:100" in capsys.readouterr().out
    assert run("deliveries", "list", "--state", "dead") == 0
    assert "no deliveries" in capsys.readouterr().out
    assert run("deliveries", "list", "--state", "gone") == 3


@pytest.fixture
async def told() -> None:
    async with open_storage("sqlite:///tocsin.db", now=NOW) as storage:
        await storage.outbox.notify(a_notice(), an_operator(), now=NOW)


@pytest.mark.usefixtures("told")
def test_deliveries_list_tells_notices_from_alerts(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert run("deliveries", "list") == 0
    head, row, *_ = capsys.readouterr().out.splitlines()
    assert head.split()[:4] == ["Delivery", "Kind", "State", "Severity"]
    assert row.split()[1:6] == ["notice", "pending", "high", "operator:", "telegram:100"]


# --- usage ------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [("nonsense",), ("check", "--nonsense"), ("feeds", "eat")])
def test_wrong_usage_exits_with_3(arguments: tuple[str, ...]) -> None:
    assert run(*arguments) == 3


def test_wrong_settings_exit_with_3_and_name_the_variable(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TOCSIN_LISTEN", "0.0.0.0:80")
    assert run("run") == 3
    assert "set TOCSIN_ADMIN_TOKEN" in capsys.readouterr().err


@pytest.mark.parametrize("url", ["sqlite:///nowhere/t.db", "sqlite:///rules"])
def test_a_database_that_cannot_be_written_is_said_clearly(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TOCSIN_DATABASE_URL", url)
    assert run("run", "--once") == 3
    said = capsys.readouterr().err
    assert "database" in said
    assert "Traceback" not in said


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--version") == 0
    assert capsys.readouterr().out.startswith("tocsin 0.")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s ago"),
        (59.9, "59 s ago"),
        (60, "1 min ago"),
        (239, "3 min ago"),
        (7300, "2 h ago"),
        # What is to come is rounded: it was said to last for so long.
        (-0.2, "in 0 s"),
        (-59.8, "in 1 min"),
        (-90, "in 90 s"),
        (1 - 55 * 60, "in 55 min"),
        (2 - 60 * 60, "in 1 h"),
        (2 - 90 * 60, "in 90 min"),
        (2 - 6 * 3600, "in 6 h"),
        (600 - 86_400, "in 1 d"),
        (-36 * 3600, "in 36 h"),
        (2 - 3 * 86_400, "in 3 d"),
    ],
)
def test_times_read_as_people_say_them(seconds: float, text: str) -> None:
    now = datetime(2024, 5, 1, tzinfo=UTC)
    assert ago(now - timedelta(seconds=seconds), now) == text
    assert ago(None, now) == "never"
