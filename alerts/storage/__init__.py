"""The memory of Tocsin: tables, and methods that are one transaction each."""

from alerts.storage.overview import Counts, FeedCounts, ListedDelivery, ListedFeed, Overview, Pages
from alerts.storage.polls import PollRecord, Recorded
from alerts.storage.storage import Storage, open_beside, open_overview, open_storage

__all__ = [
    "Counts",
    "FeedCounts",
    "ListedDelivery",
    "ListedFeed",
    "Overview",
    "Pages",
    "PollRecord",
    "Recorded",
    "Storage",
    "open_beside",
    "open_overview",
    "open_storage",
]
