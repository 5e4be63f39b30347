"""Nothing is said in one language only."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.locales.hard_coded import in_python, in_template

ROOT = Path(__file__).parents[2]
BOT = ROOT / "alerts" / "bot"
TEMPLATES = ROOT / "alerts" / "delivery" / "templates" / "telegram"

#: Files that speak English only, still.  One that does no longer has to leave the list.
ENGLISH_ONLY = {
    "alerts/bot/presses.py",
}
#: Texts that are the same in every language, with the reason.
EXCUSED = {
    "update ": "the key of a delivery",
    "bot: later": "the name of a task",
    "not modified": "what Telegram says, and we look for",
    "Etc/GMT": "the beginning of names of time zones",
    "Factory": "the name of a time zone that is none",
}

FILES = sorted([*BOT.rglob("*.py"), *TEMPLATES.glob("*.html")])


def findings(path: Path) -> list[str]:
    source = path.read_text(encoding="utf-8")
    found = in_python(source) if path.suffix == ".py" else in_template(source)
    return [f"{path}:{line}: {text!r}" for line, text in found if text not in EXCUSED]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_text_is_hard_coded(path: Path) -> None:
    name = path.relative_to(ROOT).as_posix()
    if name in ENGLISH_ONLY:
        assert findings(path), f"{name} speaks every language now: take it off ENGLISH_ONLY"
    else:
        assert findings(path) == []


def test_what_is_english_only_exists() -> None:
    assert {path.relative_to(ROOT).as_posix() for path in FILES} >= ENGLISH_ONLY


@pytest.mark.parametrize(
    "planted",
    [
        'reply("Thank you")',
        'reply("Thanks")',
        'reply("да")',
        'reply(f"until {when}")',
        'reply(f"{count} feeds failed")',
        'reply(f"/quiet {hours}: Not now")',
        "reply(f\"/quiet {hours if hours else 'as you say'}\")",
        'words.say("{answer}", answer="Not today")',
        'words.of("Not marked")',
        'words.say("Not read" if first else "by extraction")',
        'LABELS = {"mute": "Mute story"}',
        'class Refuse(StrEnum):\n    STALE = "This button is too old."',
        'reply("/watch Idlib, Khan Sheikhun")',
        'label = "Yes" if agreed else "-"',
        'reply("<b>Paused</b>")',
        'catalog.info("Not a log")',
    ],
)
def test_a_planted_text_is_found(planted: str) -> None:
    assert list(in_python(planted))


@pytest.mark.parametrize(
    "harmless",
    [
        'words.say("Paused until {when}.", when=when)',
        'words.many("{count} feed", "{count} feeds", count)',
        '_STALE: Final = marked("This button is too old.")',
        '"""Say it in words."""',
        'def pause() -> None:\n    """Pause it for a while."""',
        'log.warning("answer not taken", chat=chat.id, because=f"of {reason}")',
        'raise DialogueError(f"{name} is no step of it")',
        '_TIME: Final = re.compile(r"from (\\d+) to (\\d+)")',
        'action = f"/watch save {key}"',
        'action = "/pause 3"',
        'typed = f"/quiet {begin}-{end} except {level}"',
        'key = f"telegram:{chat}"',
        'html = f"<b>{title}</b>, {number}"',
        '__all__ = ["TelegramBot"]',
        'mode = "HTML"',
        'await ask("getUpdates")',
        'CLOCK: Final = r"\\d\\d(?:[:.h]\\d\\d| [ap]\\.m\\.)"',
        'Does = Callable[[Call, "Desk"], Says]',
    ],
)
def test_what_nobody_reads_is_passed_over(harmless: str) -> None:
    assert list(in_python(harmless)) == []


@pytest.mark.parametrize(
    "planted",
    [
        "watchlist <b>{{ title }}</b>",
        "{{ ' and more' if more }}",
        "{{ sign ~ ' Update' }}",
        "{% macro words(reason) -%} matched {{ reason }}{% endmacro %}",
        "{{ say('By {who}', who='The press') }}",
    ],
)
def test_a_text_planted_in_a_template_is_found(planted: str) -> None:
    assert list(in_template(planted))


@pytest.mark.parametrize(
    "harmless",
    [
        '{{ sign }} <b>{{ title }}</b> &middot; <a href="{{ url }}">{{ url }}</a>',
        "{{ say('By {who}', who=who) }}{{ many('{count} feed', '{count} feeds', 3) }}",
        '{% from "telegram/words.html" import words %}{# a remark #}{{ kind == "alert" }}',
    ],
)
def test_what_a_template_says_through_words_is_passed_over(harmless: str) -> None:
    assert list(in_template(harmless)) == []
