"""An article is told its language once, when it is read."""

from __future__ import annotations

import pytest

from tests.poller.conftest import Newsdesk, item, rss

ARABIC = "تجدد القصف في المدينة المحاصرة بعد الهدنة"

#: "The attacks go on", in a form of the word that only Kurdish has.
KURDISH = "هێرشەکان لە باکووری شارەکە بەردەوامن"


async def languages(desk: Newsdesk) -> dict[str, str]:
    """Return the headlines that ring, with their language as it was stored."""
    recent = await desk.storage.overview.recent(limit=10)
    leads = [alert.lead for delivery in recent for alert in delivery.alerts]
    return {lead.title: lead.language for lead in leads}


@pytest.mark.parametrize("said", ["", "<language>en-US</language>", "<language>ar</language>"])
async def test_an_article_is_told_its_language_where_its_feed_does_not(
    desk: Newsdesk, said: str
) -> None:
    def document(*items: str) -> str:
        return rss(*items).replace("<channel>", f"<channel>{said}")

    desk.server.publish("/feed.xml", document(item("old")))
    await desk.follow(desk.feed(), watch=["هدنة"])
    await desk.poll()
    desk.server.publish("/feed.xml", document(item("new", ARABIC), item("old")))
    await desk.poll()
    assert await languages(desk) == {ARABIC: "ar"}


async def test_a_changed_article_is_read_in_its_new_language(desk: Newsdesk) -> None:
    desk.server.publish("/feed.xml", rss(item("1", "Title")))
    await desk.follow(desk.feed(), watch=["هێرش"])
    await desk.poll()
    desk.server.publish("/feed.xml", rss(item("1", KURDISH)))
    await desk.poll()
    assert await desk.alerts() == [KURDISH]
