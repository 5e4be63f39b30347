"""A process that reads pages: `python -m alerts.feeds.page_worker MEMORY_BYTES CPU_SECONDS`.

As `alerts.feeds.worker`, with pages for documents: a page that explodes costs no feed its parser.
"""

from __future__ import annotations

from alerts.feeds.page import parse_page
from alerts.feeds.worker import main

if __name__ == "__main__":
    main(parse_page)
