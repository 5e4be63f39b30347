"""Every stage that an article went through, and the one that decided.  Pure: what is stored is given.

What the tables say comes first.  How a match was routed is not stored: it is asked of the production
routes, with the rules that decided, at the moment of the match.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.model import Address, Destination, Novelty, RuleSet, Status, Watchlist
from alerts.storage.histories import History, SilencedBy, StoredMatch, Telling
from alerts.storage.silenced import Consent, Standing
from alerts.watchlists.matchers import labels, written
from alerts.watchlists.values import brief
from alerts.workbench.arrivals import arrival
from alerts.workbench.routes import Node, Traced, Verdict, traced
from alerts.workbench.stages import Stage, Turn

#: Who refused, and how.
Refusals = Mapping[tuple[Address, str], Standing]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a match at one address."""

    receiver: str
    address: Address
    stages: tuple[Stage, ...]

    @property
    def deciding(self) -> Stage:
        """The stage that decided here."""
        return min(self.stages, key=_weight)


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The way of one match."""

    stored: StoredMatch
    stages: tuple[Stage, ...]
    #: Empty: it came to no address.
    outcomes: tuple[Outcome, ...]

    @property
    def deciding(self) -> Stage:
        """The stage that decided: somebody was told, will be, or where it ended."""
        return self.nearest.deciding if self.nearest is not None else self.stages[-1]

    @property
    def nearest(self) -> Outcome | None:
        """Where the match came farthest; None: it came to no address."""
        return min(self.outcomes, key=lambda each: _weight(each.deciding), default=None)


def _weight(stage: Stage) -> int:
    return list(Turn).index(stage.turn)


def beginning(history: History) -> tuple[Stage, ...]:
    """Return the stages that every watchlist shares: read, changed, page, language, story."""
    return tuple(_beginning(history))


def course(
    history: History,
    stored: StoredMatch,
    rules: RuleSet | None,
    refusals: Refusals,
    *,
    now: datetime,
) -> Course:
    """Return the way of the match *stored*; *rules* are those that decided, None: not known."""
    watchlist = watchlist_of(rules, stored.match.watchlist)
    stages = [_matched(stored)]
    if (end := _end(stored, watchlist)) is not None:
        return Course(stored=stored, stages=(*stages, end), outcomes=())
    if stored.silence is not None:
        stages.append(_silenced(stored.silence))
        if not _mine(history, stored):
            return Course(stored=stored, stages=tuple(stages), outcomes=())
    routes = routes_of(history, stored, rules)
    if routes is None:
        said = "the rule files that decided are not kept: only what they led to is known"
        stages.append(Stage(name="routed", said=said))
    else:
        stages += [Stage(name="routed", said=each) for each in _ways(routes.root, ())]
    wanted = routes.destinations if routes is not None else ()
    outcomes = tuple(_outcomes(history, stored, wanted, refusals, now=now))
    if not outcomes and routes is None:
        stages.append(Stage(name="alert", said="none names it", turn=Turn.ENDS))
    return Course(stored=stored, stages=tuple(stages), outcomes=outcomes)


def watchlist_of(rules: RuleSet | None, id_: str) -> Watchlist | None:
    """Return the watchlist *id_* of *rules*; None: they are not known, or have none."""
    found = rules.watchlists if rules is not None else ()
    return next((one for one in found if one.id == id_), None)


def routes_of(history: History, stored: StoredMatch, rules: RuleSet | None) -> Traced | None:
    """Return how *stored* was routed by *rules*; None: they are not known."""
    watchlist = watchlist_of(rules, stored.match.watchlist)
    if rules is None or watchlist is None:
        return None
    return traced(
        rules,
        labels(watchlist, stored.match, history.article),
        severity=stored.match.severity,
        repeat_after=watchlist.repeat_after,
        now=stored.matched_at,
    )


# --- what all watchlists share ----------------------------------------------------------------


def _beginning(history: History) -> Iterator[Stage]:
    article = history.article
    yield Stage(name="read", said=_read(history), at=article.seen_at)
    yield _novelty(history)
    if not history.is_listed:
        yield Stage(name="feed", said="no rule file names its feed any more")
    if history.page is not None:
        yield Stage(name="page", said=_page(history))
    language = article.language or "unknown: neither the feed nor the words tell"
    yield Stage(name="language", said=language)
    yield Stage(name="story", said=_story(history), at=history.opened_at)


def _read(history: History) -> str:
    article = history.article
    by = article.publisher or "a publisher without a name"
    if article.published_at is None or article.seen_at is None:
        return f"by {by}, who gives it no date"
    passed = article.seen_at - article.published_at
    return f"by {by}, {brief(passed)} after it was published" if passed >= _NOTHING else f"by {by}"


def _novelty(history: History) -> Stage:
    turn = Turn.GOES_ON if history.novelty is Novelty.NEW or history.matches else Turn.ENDS
    return Stage(name="novelty", said=_NOVELTY[history.novelty], turn=turn)


def _page(history: History) -> str:
    page = history.page
    assert page is not None
    if not page.error:
        return "the page behind it was read, and matched again"
    then = "it is tried again" if page.due_at is not None else "given up"
    return f"the page behind it could not be read: {page.error}; {then}"


def _story(history: History) -> str:
    if not history.reported:
        return "it is the only report of its story"
    others = f"{history.reported} other{'s' * (history.reported > 1)}"
    if history.story == history.article.id:
        return f"it opened the story; {others} reported it since"
    first = history.reports[0]
    return f"opened by {first.publisher}: {first.title}; {others} in all"


_NOTHING = timedelta(0)
_NOVELTY = {
    Novelty.NEW: "new: its key was never stored, so it was matched and could ring",
    Novelty.BASELINE: (
        "baseline: it stood in the feed's first document, or the first after a long pause or a"
        " change of its ids; such a past is stored and is not news"
    ),
    Novelty.LATE: (
        "late: it was dated over 72 hours ago and older than what the feed had listed; it slid back"
        " in, is stored and is not news"
    ),
}


# --- the way of one match ---------------------------------------------------------------------


def _matched(stored: StoredMatch) -> Stage:
    facts = ", ".join(stored.match.unknown)
    open_ = f"; the article does not say its {facts}" if facts else ""
    said = f"by rules {stored.rule_set[:12]}{open_}"
    return Stage(name="matched", said=said, at=stored.matched_at, evidence=stored.match.evidence)


def _end(stored: StoredMatch, watchlist: Watchlist | None) -> Stage | None:
    """Return what kept *stored* from everybody before it was routed, if something did."""
    match = stored.match
    if match.is_held:
        said = f"the article does not say its {', '.join(match.unknown)}, and `unknown` is hold"
        return Stage(name="held", said=said, turn=Turn.ENDS)
    if watchlist is not None and watchlist.status is Status.EXPERIMENTAL:
        said = "the watchlist is experimental: its matches are stored and sent to nobody"
        return Stage(name="experimental", said=said, turn=Turn.ENDS)
    return None


def _silenced(silence: SilencedBy) -> Stage:
    until = f"{silence.ends_at:%Y-%m-%d %H:%M} UTC"
    said = f"silence {silence.id} of {silence.author} until {until}: {silence.comment}"
    return Stage(name="silenced", said=said, at=silence.begins_at, turn=Turn.ENDS)


def _mine(history: History, stored: StoredMatch) -> list[Telling]:
    """Return the alerts that name *stored*."""
    return [one for one in history.tellings if stored.match.watchlist in one.watchlists]


def _ways(node: Node, above: tuple[str, ...]) -> Iterator[str]:
    """Yield each way from the root to a route that took the match, as its matchers say it."""
    matchers = ", ".join(map(written, node.route.matchers))
    way = (*above, matchers or ("routes" if not node.place else "every match"))
    if node.verdict is Verdict.TAKEN:
        yield f"{' > '.join(way)}: {node.route.receiver}"
    for child in node.below:
        yield from _ways(child, way)


def _outcomes(
    history: History,
    stored: StoredMatch,
    wanted: Iterable[Destination],
    refusals: Refusals,
    *,
    now: datetime,
) -> Iterator[Outcome]:
    """Yield what became of *stored* wherever it was to go, and wherever else it is named."""
    mine = _mine(history, stored)
    told = {one.delivery.address for one in mine}
    for one in mine:
        stages = tuple(arrival(one, now=now))
        delivery = one.delivery
        yield Outcome(receiver=delivery.receiver, address=delivery.address, stages=stages)
    for destination in wanted:
        if destination.address not in told:
            yield Outcome(
                receiver=destination.receiver,
                address=destination.address,
                stages=(_untold(history, stored, destination, refusals),),
            )


def _untold(
    history: History, stored: StoredMatch, destination: Destination, refusals: Refusals
) -> Stage:
    """Return why no alert for *destination* names the match."""
    address = destination.address
    refusal = refusals.get((address, destination.receiver))
    if refusal is not None:
        return Stage(
            name="consent", said=_REFUSED[refusal.state], at=refusal.changed_at, turn=Turn.ENDS
        )
    earlier = [one for one in history.tellings if one.delivery.address == address]
    if earlier:
        return _knew(earlier[0], stored)
    said = "there is no alert of it: it was forgotten, or sent to where its reader moved"
    return Stage(name="alert", said=said, turn=Turn.ENDS)


def _knew(telling: Telling, stored: StoredMatch) -> Stage:
    state = telling.delivery.state.value
    order = "had been told" if telling.created_at <= stored.matched_at else "was told"
    said = f"{order} of this story already, by alert {telling.alert[:12]} ({state})"
    return Stage(name="story", said=said, at=telling.created_at, turn=Turn.ENDS)


_REFUSED = {
    Consent.ASKED: "nobody there has agreed yet to be written to",
    Consent.PAUSED: "its reader paused the list",
    Consent.LEFT: "its reader left the list",
    Consent.BOUNCED: "its mails came back",
    Consent.MOVED: "its reader moved to another address",
    Consent.GIVEN: "its reader agreed",
}
