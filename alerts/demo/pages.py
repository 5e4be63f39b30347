"""The newsroom as people see it: a front page, and a page for each article.  Pure: values to HTML."""

from __future__ import annotations

from html import escape

from alerts.demo.documents import article_path, feed_path
from alerts.demo.programme import Piece
from alerts.demo.script import PUBLISHERS

_PAGE = """\
<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
{links}
<style>
body {{ max-width: 40rem; margin: 3rem auto; padding: 0 1rem; font: 1.1rem/1.5 serif; }}
footer, .byline {{ color: GrayText; }}
:root {{ color-scheme: light dark; }}
</style>
</head>
<body>
{body}
<footer dir="ltr" lang="en">Sample text of the Tocsin demo: the publishers are invented, and nothing
in these articles happened.</footer>
</body>
</html>
"""


def article_page(piece: Piece) -> str:
    """Return the page that the link of *piece* leads to."""
    draft = piece.draft
    publisher = PUBLISHERS[draft.publisher]
    paragraphs = [f"<p>{escape(text)}</p>" for text in (draft.summary, draft.body) if text]
    byline = f"{escape(publisher.name)}, {piece.published_at:%d.%m.%Y %H:%M:%S} UTC"
    body = "\n".join(
        [
            '<article dir="auto">',
            f"<h1>{escape(draft.title)}</h1>",
            f'<p class="byline">{byline}</p>',
            *paragraphs,
            "</article>",
            '<p><a href="/">All articles</a></p>',
        ]
    )
    return _PAGE.format(language=publisher.language, title=escape(draft.title), links="", body=body)


def front_page(shelves: dict[str, tuple[Piece, ...]]) -> str:
    """Return the page that lists every publisher (by `Publisher.id`) with its newest articles."""
    body = "\n".join(_shelf(publisher, pieces) for publisher, pieces in shelves.items())
    links = "\n".join(
        f'<link rel="alternate" href="{feed_path(publisher)}" title="{escape(publisher.name)}">'
        for publisher in PUBLISHERS.values()
    )
    return _PAGE.format(language="en", title="Demo newsroom", links=links, body=body)


def _shelf(publisher_id: str, pieces: tuple[Piece, ...]) -> str:
    publisher = PUBLISHERS[publisher_id]
    lines = "\n".join(
        f'<li><a href="{article_path(piece.origin)}">{escape(piece.draft.title)}</a></li>'
        for piece in pieces
    )
    return (
        f'<section dir="auto" lang="{publisher.language}">\n<h2>{escape(publisher.name)}</h2>\n'
        f"<p>{escape(publisher.description)}</p>\n"
        f'<p><a href="{feed_path(publisher)}">{publisher.format}</a></p>\n<ul>\n{lines}\n</ul>\n'
        "</section>"
    )
