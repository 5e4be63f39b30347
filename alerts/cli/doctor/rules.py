"""Can the rule files be loaded, and can everybody be reached whom they name?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from alerts.cli.doctor.findings import Finding, ok, problem, warning
from alerts.cli.shown import plural
from alerts.errors import RulesError
from alerts.model import RuleSet
from alerts.settings import Settings

_ABOUT: Final = "rules"
#: What each channel cannot do without.
_NEEDS: Final = {"telegram": "TOCSIN_TELEGRAM_TOKEN", "email": "TOCSIN_SMTP_URL"}


def refused(error: RulesError) -> Finding:
    """Say that the rule files cannot be loaded."""
    count = plural(len(error.complaints), "complaint", "complaints")
    return problem(_ABOUT, f"{count}, the first: {error.complaints[0]}", "tocsin check says all")


def examine(settings: Settings, rules: RuleSet) -> Iterator[Finding]:
    """Hold *rules* against *settings*."""
    feeds, watchlists = len(rules.feeds), len(rules.watchlists)
    words = f"{plural(feeds, 'feed', 'feeds')}, {plural(watchlists, 'watchlist', 'watchlists')}"
    yield ok(_ABOUT, f"{words}, {plural(len(rules.receivers), 'receiver', 'receivers')}")
    if rules.notes:
        count = plural(len(rules.notes), "note", "notes")
        yield warning(_ABOUT, count, "tocsin check shows them")
    used = {each.channel for one in rules.receivers.values() for each in one.addresses}
    given = {"telegram": settings.telegram_token, "email": settings.smtp_url}
    for channel, name in _NEEDS.items():
        if channel in used and given[channel] is None:
            words = f"receivers use {channel}, and {name} is not set"
            yield problem(channel, words, "what is for them waits until it is")
