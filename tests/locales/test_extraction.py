"""Every text is found where it is said, and kept when its catalogue is brought up to date."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from alerts.locales.extraction import Text, template, texts_of_python, texts_of_template
from alerts.locales.updating import fresh_template, refreshed, written


def texts(source: str) -> list[Text]:
    return list(texts_of_python(source, "bell.py"))


@pytest.mark.parametrize(
    ("source", "forms"),
    [
        ("words.say('Paused.')", [("Paused.",)]),
        ("self._words.say('Paused' ' until {when}.', when=when)", [("Paused until {when}.",)]),
        ("words.many('{count} feed', '{count} feeds', n)", [("{count} feed", "{count} feeds")]),
        ("A: Final = marked('Too old.')", [("Too old.",)]),
        ("words.say(text); words.of(text); say(); say(A if b else c.d[e])", []),
        ("say('{a}', a=str(many('one', 'more', 2)), b='b')", [("{a}",), ("one", "more")]),
        ("shout('Not a text of ours')", []),
    ],
)
def test_texts_are_found_in_code(source: str, forms: list[tuple[str, ...]]) -> None:
    assert [text.forms for text in texts(source)] == forms


@pytest.mark.parametrize(
    "source",
    [
        "words.say(f'until {when}')",
        "words.say('until ' + when)",
        "marked('%s' % when)",
        "many('one', more, 2)",
        "say('a' if b else c)",
    ],
)
def test_a_text_that_is_put_together_is_refused(source: str) -> None:
    with pytest.raises(ValueError, match=r"bell\.py:2: a text is one constant"):
        texts("\n" + source)


def test_translators_are_told_what_stands_above_a_text() -> None:
    source = """
# Nothing for them.
A = marked("a")
# Translators: the name of a button,
# so keep it short.
B = marked("b")
C = say(
    # Translators: of a place.
    "c"
)
"""
    assert [text.comment for text in texts(source)] == [
        "",
        "the name of a button, so keep it short.",
        "of a place.",
    ]


def test_texts_are_found_in_templates(tmp_path: Path) -> None:
    path = tmp_path / "alert.html"
    path.write_text(
        "<b>{{ say('By {who}', who=who) }}</b>\n{% if n %}{{ many('one', 'more', n) }}{% endif %}"
    )
    found = [(text.line, text.forms) for text in texts_of_template(path)]
    assert found == [(1, ("By {who}",)), (2, ("one", "more"))]


def test_the_package_is_read_in_the_order_of_files(tmp_path: Path) -> None:
    for name, source in {
        "bot/b.py": "say('last')\n",
        "bot/a.py": "say('first'); say('second')\n",
        "delivery/templates/telegram/t.html": "{{ say('in a template') }}",
        "storage/c.py": "say('nobody reads this')\n",
    }.items():
        path = tmp_path / "alerts" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
    found = [message.id for message in template(tmp_path / "alerts") if message.id]
    assert found == ["first", "second", "last", "in a template"]


def test_a_catalogue_begins_with_every_text_and_nothing_that_changes_by_itself(
    tmp_path: Path,
) -> None:
    begun = refreshed(tmp_path / "ru" / "tocsin.po")
    assert "nplurals=3" in begun
    assert begun.count("\nmsgid ") == fresh_template().count("\nmsgid ")
    for idle in ("Date", "Babel", "LANGUAGE <LL", "fuzzy"):
        assert idle not in begun
        assert idle not in fresh_template()


def test_translations_are_kept_and_what_was_reworded_is_doubtful(tmp_path: Path) -> None:
    text = next(message.id for message in template() if isinstance(message.id, str) and message.id)
    path = tmp_path / "fr" / "tocsin.po"
    path.parent.mkdir()
    begun = refreshed(path)
    path.write_text(begun, encoding="utf-8")
    assert refreshed(path) == begun
    kept = Catalog(locale="fr")
    kept.add(text, "Gardé")
    kept.add(f"{text} Gone", "Disparu")
    path.write_text(written(kept), encoding="utf-8")
    assert 'msgstr "Gardé"' in refreshed(path)
    assert "fuzzy" not in refreshed(path)
    assert "Disparu" not in refreshed(path)
    reworded = Catalog(locale="fr")
    reworded.add(f"{text} Yes", "Gardé")
    path.write_text(written(reworded), encoding="utf-8")
    assert 'msgstr "Gardé"' in refreshed(path)
    assert "#, fuzzy" in refreshed(path)
