"""Searching the archive: what people type finds what they mean, indexed or not, and breaks nothing."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from alerts.model import Article, Field
from alerts.storage import Storage
from alerts.storage.backup import back_up
from alerts.storage.forgetting import forget_stories
from alerts.storage.sought import Sought, found_in
from alerts.storage.tables import EPOCH
from tests.builders import NOW, a_feed, a_sighting, a_state, an_article
from tests.storage.databases import Database, list_feeds, on_sqlite, opened, record

MINUTE = timedelta(minutes=1)
OTHER = "https://other.example/rss"


async def kept(storage: Storage, *found: Article) -> None:
    await list_feeds(storage, a_feed(), a_feed(OTHER, publisher="Deutsche Zeitung"))
    for article in found:
        await record(storage, a_sighting(article, watchlists=()), state=a_state(article.feed))


def saying(title: str, **fields: object) -> Article:
    given: dict[str, object] = {"title": title, "summary": "", "url": ""}
    return an_article(title, **given | fields)


async def titles(storage: Storage, words: str, **fields: object) -> list[str]:
    return [hit.article.title for hit in await storage.archive.search(words, **fields)]  # type: ignore[arg-type]


TEXTS = {
    "accents": "Zürich: Café geschlossen",
    "decomposed": "Zu\u0308rich schliesst",
    "arabic": "انفجار في مدينة حلب",
    "cyrillic": "Взрыв в Алеппо",
    "hindi": "हिन्दी समाचार",
    "japanese": "東京で爆発、トランプ氏",
    "thai": "ระเบิดในกรุงเทพ",
    "english": "U.S. air-strike near Khan Shaykhun, Hay'at says",
}
SEARCHES = [
    ("zurich", {"accents", "decomposed"}),
    ("ZÜRICH cafe", {"accents"}),
    ("cafe zurich", {"accents"}),
    ("zur*", {"accents", "decomposed"}),
    ("zur", set()),
    ("حلب", {"arabic"}),
    ("алеппо", {"cyrillic"}),
    ("АЛЕП* взрыв", {"cyrillic"}),
    ("हिन्दी", {"hindi"}),
    ("हन्दी", set()),
    ("爆発", {"japanese"}),
    ("トランプ", {"japanese"}),
    ("東京 爆発", {"japanese"}),
    ("東爆", set()),
    ("กรุงเทพ", {"thai"}),
    ("air-strike", {"english"}),
    ("strike air", {"english"}),
    ("strike-air", set()),
    ("hay'at khan", {"english"}),
    ("khan, near!", {"english"}),
    ("!!! khan", {"english"}),
    ("khan sarin", set()),
    ('"', set()),
    ("***", set()),
]


@pytest.mark.parametrize("is_indexed", [True, False])
async def test_words_are_found_as_people_type_them(storage: Storage, *, is_indexed: bool) -> None:
    names = {title: name for name, title in TEXTS.items()}
    await kept(storage, *map(saying, TEXTS.values()))
    if is_indexed:
        assert await storage.word_index.add(since=EPOCH) == len(TEXTS)
    for words, expected in SEARCHES:
        assert {names[title] for title in await titles(storage, words)} == expected, words


async def test_every_field_is_searched_and_the_words_are_shown_in_it(storage: Storage) -> None:
    article = saying(
        "Sarin in Idlib", summary="Sarin again", content="A depot", author="Ann O'Hara"
    )
    await kept(storage, article)
    await storage.word_index.add(since=EPOCH)
    [hit] = await storage.archive.search("SARIN dep* o'hara")
    assert hit.spans == {
        Field.TITLE: ((0, 5),),
        Field.SUMMARY: ((0, 5),),
        Field.CONTENT: ((2, 7),),
        Field.AUTHOR: ((4, 10),),
    }


async def test_the_newest_come_first_and_filters_narrow(storage: Storage) -> None:
    found = [
        saying(f"Sarin {number}", seen_at=NOW + number * MINUTE, feed=OTHER if number > 2 else "")
        for number in range(5)
    ]
    found = [replace(one, feed=one.feed or a_feed().url) for one in found]
    await kept(storage, *found)
    await storage.word_index.add(since=NOW + 2 * MINUTE)  # the others are still to be indexed
    every = [f"Sarin {number}" for number in (4, 3, 2, 1, 0)]
    assert await titles(storage, "sarin") == await titles(storage, "") == every
    assert await titles(storage, "sarin", most=2) == every[:2]
    since, until = NOW + MINUTE, NOW + 4 * MINUTE
    assert await titles(storage, "sarin", since=since, until=until) == every[1:4]
    for feed in ("deutsche", OTHER, "OTHER.example"):
        assert await titles(storage, "sarin", feed=feed) == every[:2]
    assert await titles(storage, "sarin", feed="nobody") == []


async def test_hits_go_on_beyond_the_first_stretch(storage: Storage) -> None:
    await list_feeds(storage)
    found = [saying(f"Sarin {n}", seen_at=NOW + n // 40 * MINUTE) for n in range(130)]
    await record(storage, *(a_sighting(one, watchlists=()) for one in found))
    await storage.word_index.add(since=EPOCH)
    hits = [hit.article async for some in storage.archive.hits("sarin") for hit in some]
    assert hits == sorted(found, key=lambda one: (one.seen_at, one.id), reverse=True)


async def test_changed_words_are_found_and_the_old_ones_are_not(storage: Storage) -> None:
    article = saying("Sarin in Idlib", content="kept")
    await kept(storage, article)
    assert await storage.word_index.add(since=EPOCH) == 1
    await record(storage, a_sighting(replace(article, title="Chlorine in Idlib"), watchlists=()))
    for _ in ("before it is indexed again", "after"):
        assert await titles(storage, "sarin") == []
        assert await titles(storage, "chlorine kept") == ["Chlorine in Idlib"]
        await storage.word_index.add(since=EPOCH)


async def test_a_forgotten_article_leaves_nothing_in_the_index(storage: Storage) -> None:
    gone, stays = (saying(f"Sarin {name}", url=f"https://news.example/{name}") for name in "ab")
    await kept(storage, gone, stays)
    await storage.word_index.add(since=EPOCH)
    await storage.word_index._writer.run(partial(forget_stories, ids=[gone.id]))
    assert await titles(storage, "sarin") == [stays.title]
    async with storage.outbox._readers.begin() as connection:
        if connection.dialect.name == "sqlite":
            found = "SELECT rowid FROM article_words WHERE article_words MATCH 'sarin'"
            assert len((await connection.execute(text(found))).all()) == 1


async def test_an_article_is_indexed_once(storage: Storage) -> None:
    await kept(storage, saying("Sarin"))
    assert [await storage.word_index.add(since=EPOCH) for _ in range(2)] == [1, 0]


async def test_a_copy_of_the_database_is_searched_alike(sqlite: Database, tmp_path: Path) -> None:
    async with opened(sqlite) as storage:
        await kept(storage, *(saying(f"Sarin {n} word{n}") for n in range(20)))
        await storage.word_index.add(since=EPOCH)
        await record(storage, a_sighting(saying("Sarin 3 word3", content="more"), watchlists=()))
        await storage.word_index.add(since=EPOCH)
    await back_up(sqlite.url, tmp_path / "copy.db")
    async with opened(Database(url=f"sqlite:///{tmp_path}/copy.db")) as copy:
        for n in range(20):
            assert await titles(copy, f"word{n}") == [f"Sarin {n} word{n}"]


@given(typed=st.lists(st.text(), max_size=5), is_indexed=st.booleans())
@settings(max_examples=25, deadline=None)
async def test_nothing_that_is_typed_is_syntax(typed: list[str], *, is_indexed: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with opened(on_sqlite(Path(folder))) as storage:
            await kept(storage, saying("Sarin NEAR Idlib"))
            if is_indexed:
                await storage.word_index.add(since=EPOCH)
            for words in (*typed, " ".join(typed), "NEAR(sarin idlib) - ^title : {a b} + OR NOT"):
                await storage.archive.search(words)


@given(st.text(), st.text())
def test_an_article_is_found_by_each_of_its_words(title: str, summary: str) -> None:
    article = an_article(title=title, summary=summary)
    for chunk in f"{title} {summary}".split():
        words = Sought.all_of(chunk.rstrip("*"))
        spans = found_in(article, words)
        assert spans is not None
        assert bool(spans) == bool(words)
