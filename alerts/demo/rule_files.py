"""The demo's rules folder: the files of `rules/`, and the feeds at an address known only now."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

from alerts.demo.documents import feed_path
from alerts.demo.script import PUBLISHERS, Publisher

# `rate_limit_scope: feed`, because all publishers live on one host, where a reader would otherwise
# wait its turn.  Nobody else is disturbed by polls every two seconds.
_FEED = """\
  - url: {url}
    publisher: {publisher}
    language: {language}
    tags: [demo]
    interval: 2s
    rate_limit_scope: feed
"""


def rule_files(folder: Path, newsroom_url: str) -> None:
    """Write a complete rules folder that reads the newsroom at *newsroom_url* into *folder*.

    Raises:
        OSError: *folder* does not exist or cannot be written.
    """
    for source in resources.files("alerts.demo").joinpath("rules").iterdir():
        folder.joinpath(source.name).write_bytes(source.read_bytes())
    feeds = "".join(_feed(publisher, newsroom_url) for publisher in PUBLISHERS.values())
    folder.joinpath("feeds.yml").write_text(f"version: 1\n\nfeeds:\n{feeds}", encoding="utf-8")


def _feed(publisher: Publisher, newsroom_url: str) -> str:
    return _FEED.format(
        url=_quoted(newsroom_url + feed_path(publisher)),
        publisher=_quoted(publisher.name),
        language=publisher.language,
    )


def _quoted(text: str) -> str:
    """Return *text* as a YAML scalar: a string of JSON is one."""
    return json.dumps(text, ensure_ascii=False)
