"""Feeds that are read twice."""

from __future__ import annotations

from collections.abc import Iterator

from alerts.text.canonical import canonical_url
from alerts.watchlists.complaints import shortened
from alerts.workbench.lint.subject import Finding, Subject


def check(subject: Subject) -> Iterator[Finding]:
    """Yield feeds whose address is that of another one, written otherwise."""
    first: dict[str, str] = {}
    for page in subject.pages:
        for section, node in zip(page.document.feeds, page.root.parts("feeds"), strict=True):
            where = f"{page.file.path}:{node.line}"
            other = first.setdefault(canonical_url(section.url) or section.url, where)
            if other != where:
                yield Finding(
                    file=page.file,
                    node=node.entries["url"],
                    code="L601",
                    message=f"{shortened(section.url)} is the address of another feed, too",
                    hint=f"delete one; the other stands at {other}",
                )
