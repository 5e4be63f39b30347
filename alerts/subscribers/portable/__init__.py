"""What a subscriber takes along to another chat, or to another Tocsin: files out, files in.  Pure.

Two formats say the same.  YAML is a rule file: whoever runs a Tocsin can put it beside others as it
is.  What rule files have no word for, the wish as it was typed and the chat's settings, stands in it
in comments (`yaml_file` says why).  OPML is what other readers of feeds understand.

A file that comes in is a stranger's.  Nothing in it is believed but what is read here: its size,
depth, and what its queries cost are bounded, and one bad watchlist does not take the others with it.
Kept out: whether the ids of subscriptions and entities exist, quotas, and every word to the person.

Not taken along is what belongs to one chat: its topics, its address for mails (which has to say yes
anew), the numbers of its watchlists, and a pause of the chat as a whole.
"""

from alerts.subscribers.portable.bundle import (
    Bundle,
    PortableFlaw,
    PortableSettings,
    PortableWatchlist,
    Why,
)
from alerts.subscribers.portable.opml_file import to_opml
from alerts.subscribers.portable.reading import read
from alerts.subscribers.portable.yaml_file import to_yaml

__all__ = [
    "Bundle",
    "PortableFlaw",
    "PortableSettings",
    "PortableWatchlist",
    "Why",
    "read",
    "to_opml",
    "to_yaml",
]
