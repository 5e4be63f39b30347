"""The tables.  Only the modules of this folder know them; everybody else sees values.

Moments are stored as microseconds since 1970 in UTC: they compare and sort alike on SQLite and
PostgreSQL, and come back aware.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    text,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Moment(TypeDecorator[datetime]):
    """An aware UTC time, exact to the microsecond."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Store microseconds; a naive time is a bug."""
        del dialect
        return None if value is None else (value - EPOCH) // timedelta(microseconds=1)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """Return an aware time."""
        del dialect
        return None if value is None else EPOCH + timedelta(microseconds=value)


class Words(TypeDecorator[str]):
    """Text from anywhere; what no database holds, NUL and broken bytes, becomes `?`.

    Header values and error texts of servers come with lone surrogates for bytes that are not UTF-8
    (`surrogateescape`), and one such ETag must not stop the writer.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Store what can be stored."""
        del dialect
        return value and value.replace("\0", "?").encode(errors="replace").decode()


class Span(TypeDecorator[timedelta]):
    """A length of time, exact to the microsecond."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: timedelta | None, dialect: Dialect) -> int | None:
        """Store microseconds."""
        del dialect
        return None if value is None else value // timedelta(microseconds=1)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> timedelta | None:
        """Return what was stored."""
        del dialect
        return None if value is None else timedelta(microseconds=value)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

#: A serial number that SQLite, too, takes for a rowid.
Serial = BigInteger().with_variant(Integer, "sqlite")

feeds = Table(
    "feeds",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("url", Words, nullable=False, unique=True),
    Column("publisher", Words, nullable=False),
    # False: no rule file names it any more; its memory stays, it is not polled.
    Column("listed", Boolean, nullable=False),
    Column("next_due_at", Moment, nullable=False),
    Column("etag", Words, nullable=False),
    Column("last_modified", Words, nullable=False),
    Column("body_hash", Words, nullable=False),
    Column("identity_rule", Words),
    Column("baselined_at", Moment),
    Column("last_polled_at", Moment),
    Column("last_read_at", Moment),
    Column("last_new_at", Moment),
    Column("last_document_at", Moment),
    Column("rhythm", LargeBinary),
    Column("listed_count", Integer, nullable=False, server_default=text("0")),
    Column("gaps", Integer, nullable=False, server_default=text("0")),
    Column("last_gap_at", Moment),
    Column("late", Integer, nullable=False, server_default=text("0")),
    Column("update_every", Span),
    Column("not_modified", Integer, nullable=False),
    Column("unreliable_at", Moment),
    Column("moved_to", Words, nullable=False, server_default=text("''")),
    Column("moved_at", Moment),
    Column("moved", Integer, nullable=False, server_default=text("0")),
    Column("effective_url", Words, nullable=False, server_default=text("''")),
    Column("failures", Float, nullable=False),
    Column("error", Words, nullable=False),
    Column("gone_at", Moment),
    Column("stopped", Boolean, nullable=False),
)

stories = Table(
    "stories",
    metadata,
    # The id of the article that opened it: the same in every database that saw it first.
    Column("id", Words, primary_key=True),
    Column("opened_at", Moment, nullable=False),
)

#: What makes two articles one story: the canonical link, the publisher's headline.
story_keys = Table(
    "story_keys",
    metadata,
    Column("key", Words, primary_key=True),
    Column("story", ForeignKey("stories.id"), nullable=False, index=True),
    Column("seen_at", Moment, nullable=False),
)

articles = Table(
    "articles",
    metadata,
    # The identity key: sha256 of feed, rule and value.
    Column("id", Words, primary_key=True),
    Column("feed", ForeignKey("feeds.id"), nullable=False, index=True),
    Column("story", ForeignKey("stories.id"), nullable=False, index=True),
    Column("novelty", Words, nullable=False),
    Column("digest", Words, nullable=False),
    Column("publisher", Words, nullable=False),
    Column("guid", Words, nullable=False),
    Column("url", Words, nullable=False),
    Column("title", Words, nullable=False),
    Column("summary", Words, nullable=False),
    Column("content", Words, nullable=False),
    Column("author", Words, nullable=False),
    Column("tags", JSON, nullable=False),
    Column("language", Words, nullable=False),
    Column("published_at", Moment),
    Column("seen_at", Moment, nullable=False),
    # The key is kept while the feed lists it, and 90 days more; exact to a day.
    Column("listed_at", Moment, nullable=False),
    # How the archive is read.
    Index("ix_articles_seen", "seen_at", "id"),
)

#: Earlier states of an article that its publisher changed.
revisions = Table(
    "revisions",
    metadata,
    Column("article", ForeignKey("articles.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("digest", Words, nullable=False),
    Column("url", Words, nullable=False),
    Column("title", Words, nullable=False),
    Column("summary", Words, nullable=False),
    Column("content", Words, nullable=False),
    # Empty: it was not kept.
    Column("language", Words, nullable=False, server_default=text("''")),
    Column("replaced_at", Moment, nullable=False),
)

matches = Table(
    "matches",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("article", ForeignKey("articles.id"), nullable=False),
    Column("watchlist", Words, nullable=False, index=True),
    Column("title", Words, nullable=False),
    Column("severity", Words, nullable=False),
    # [[field, start, end, surface, term, how], …]
    Column("evidence", JSON, nullable=False),
    # ["language", "date", "publisher"]: what the watchlist asks for and the article does not say.
    Column("unknown", JSON, nullable=False, server_default=text("'[]'")),
    Column("held", Boolean, nullable=False, server_default=false()),
    Column("rule_set", Words, nullable=False),
    Column("matched_at", Moment, nullable=False),
    # Why nobody was told of it; none: it was not silenced.
    Column("silence", ForeignKey("silences.id")),
    UniqueConstraint("article", "watchlist"),
)

#: What an operator silenced for a time.
silences = Table(
    "silences",
    metadata,
    Column("id", Serial, primary_key=True),
    # [text, …]
    Column("matchers", JSON, nullable=False),
    Column("author", Words, nullable=False),
    Column("comment", Words, nullable=False),
    Column("begins_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
    # When somebody ended it, or its end was told.
    Column("ended_at", Moment),
    # Matches that nobody was told of because of it.
    Column("silenced", Integer, nullable=False),
)

#: People and chats with watchlists of their own.
subscribers = Table(
    "subscribers",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("channel", Words, nullable=False),
    Column("target", Words, nullable=False),
    Column("thread", Integer),
    # "private", "group" or "channel"
    Column("kind", Words, nullable=False, server_default=text("'private'")),
    Column("language", Words, nullable=False),
    Column("time_zone", Words, nullable=False),
    # An object: begin 22:00, end 07:00, below critical.
    Column("quiet", JSON(none_as_null=True)),
    # An object: at a list of times, days a list of weekdays.
    Column("digest", JSON(none_as_null=True)),
    Column("mail", Words, nullable=False, server_default=text("''")),
    # `FOREVER`: until somebody ends it.
    Column("paused_until", Moment),
    # The number of the next watchlist of its own.
    Column("next_number", Integer, nullable=False, server_default=text("1")),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("channel", "target", "thread"),
    # A number that was erased is not given again, so that nothing old is taken for somebody new.
    sqlite_autoincrement=True,
)

#: Operators' watchlists that subscribers want to hear of.
subscriptions = Table(
    "subscriptions",
    metadata,
    Column("subscriber", ForeignKey("subscribers.id"), primary_key=True),
    Column("watchlist", Words, primary_key=True),
    Column("thread", Integer),
    Column("paused_until", Moment),
    Column("created_at", Moment, nullable=False),
)

#: Watchlists that subscribers made by talking, in words that are read again.
own_watchlists = Table(
    "own_watchlists",
    metadata,
    Column("subscriber", ForeignKey("subscribers.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("title", Words, nullable=False),
    Column("wish", Words, nullable=False),
    Column("query", Words, nullable=False),
    Column("exclude", Words, nullable=False),
    Column("severity", Words, nullable=False),
    Column("thread", Integer),
    Column("paused_until", Moment),
    Column("created_at", Moment, nullable=False),
)

#: What the bot asked somebody and still waits to hear: half-finished dialogues outlive the process.
dialogues = Table(
    "dialogues",
    metadata,
    Column("channel", Words, primary_key=True),
    Column("target", Words, primary_key=True),
    # Who is asked; in a group everybody has a dialogue of their own.
    Column("person", Words, primary_key=True),
    # Hex digits that its buttons carry: those of an earlier one are stale.
    Column("key", Words, nullable=False),
    # Which dialogue, and where it stands: the command's own words.
    Column("about", Words, nullable=False),
    Column("state", JSON, nullable=False),
    Column("asked_at", Moment, nullable=False, index=True),
)

#: Words that let somebody in where the bot is not open to all.
invites = Table(
    "invites",
    metadata,
    Column("code", Words, primary_key=True),
    Column("made_by", Words, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    # How many it lets in yet.
    Column("uses_left", Integer, nullable=False),
)

#: What the bot says to whoever spoke to it, until a day after it was made.
answers = Table(
    "answers",
    metadata,
    Column("delivery", ForeignKey("deliveries.id"), primary_key=True),
    Column("html", Words, nullable=False),
    # [[{"label": …, "action": …, "url": …}, …], …]
    Column("buttons", JSON, nullable=False),
    Column("follows", Words, nullable=False),
    Column("asks", Boolean, nullable=False),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Words, primary_key=True),
    Column("kind", Words, nullable=False),
    Column("receiver", Words, nullable=False),
    Column("subscriber", ForeignKey("subscribers.id")),
    Column("channel", Words, nullable=False),
    Column("target", Words, nullable=False),
    Column("thread", Integer),
    Column("gathers", Words, nullable=False),
    # Severity.rank of its most severe alert: what leaves first.
    Column("rank", Integer, nullable=False),
    Column("state", Words, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("lease_owner", Words, nullable=False),
    Column("lease_until", Moment),
    Column("possible_repeat", Boolean, nullable=False),
    Column("silent", Boolean, nullable=False, server_default=false()),
    Column("sent_at", Moment),
    Column("message_id", Words, nullable=False),
    Column("error", Words, nullable=False),
    # `HeldBy`; empty where it is not held.
    Column("held_by", Words, nullable=False, server_default=text("''")),
    Index("ix_deliveries_due", "channel", "state", "due_at"),
    Index("ix_deliveries_target", "channel", "target", "state"),
    Index(
        "ix_deliveries_gathering",
        "gathers",
        "channel",
        "target",
        sqlite_where=text("gathers <> ''"),
        postgresql_where=text("gathers <> ''"),
    ),
)

alerts = Table(
    "alerts",
    metadata,
    # sha256 of story, subscriber, address and episode: the promise "once" is this primary key.
    Column("id", Words, primary_key=True),
    Column("story", ForeignKey("stories.id"), nullable=False, index=True),
    # `Address.key`
    Column("address", Words, nullable=False, server_default=text("''")),
    # From 1; higher where a watchlist or a route tells a story again (`repeat_after`).
    Column("episode", Integer, nullable=False, server_default=text("1")),
    Column("delivery", ForeignKey("deliveries.id"), nullable=False, index=True),
    Column("severity", Words, nullable=False),
    Column("rule_set", Words, nullable=False),
    Column("created_at", Moment, nullable=False, index=True),
    Index("ix_alerts_told", "story", "address", "episode"),
)

alert_matches = Table(
    "alert_matches",
    metadata,
    Column("alert", ForeignKey("alerts.id"), primary_key=True),
    Column("match", ForeignKey("matches.id"), primary_key=True, index=True),
)

#: What a delivery of the kind "update" says.
updates = Table(
    "updates",
    metadata,
    Column("delivery", ForeignKey("deliveries.id"), primary_key=True),
    Column("alert", ForeignKey("alerts.id"), nullable=False, index=True),
    Column("severity_before", Words),
    Column("headline_before", Words, nullable=False),
    # [title, …]
    Column("watchlists", JSON, nullable=False),
)

#: What an address does not want to hear of for a time.
mutes = Table(
    "mutes",
    metadata,
    Column("id", Serial, primary_key=True),
    # `Address.key`
    Column("address", Words, nullable=False),
    # "story", "watchlist" or "publisher", and which.
    Column("kind", Words, nullable=False),
    Column("value", Words, nullable=False),
    # As people know it: the headline, the title, the name.
    Column("title", Words, nullable=False),
    Column("receiver", Words, nullable=False),
    Column("channel", Words, nullable=False),
    Column("target", Words, nullable=False),
    Column("thread", Integer),
    Column("begun_at", Moment, nullable=False),
    Column("until", Moment, nullable=False, index=True),
    # What did not ring because of it.
    Column("muted", Integer, nullable=False),
    UniqueConstraint("address", "kind", "value"),
)

#: What people said of an alert; the last word of each counts.
feedback = Table(
    "feedback",
    metadata,
    Column("alert", ForeignKey("alerts.id"), primary_key=True),
    # Who pressed: "telegram:4711".
    Column("person", Words, primary_key=True),
    # "useful" or "false alarm"
    Column("verdict", Words, nullable=False),
    Column("given_at", Moment, nullable=False),
)

#: Who may be written to, where that is theirs to say: addresses typed by people, and those that left.
consents = Table(
    "consents",
    metadata,
    Column("channel", Words, primary_key=True),
    Column("target", Words, primary_key=True),
    # The receiver; empty: every list.
    Column("list", Words, primary_key=True),
    # "asked", "given", "paused", "left" or "bounced"
    Column("state", Words, nullable=False),
    # Grows with each change, so that links in older mails can tell that they are old.
    Column("version", Integer, nullable=False),
    Column("changed_at", Moment, nullable=False),
    # Of a pause.
    Column("until", Moment),
    Column("reason", Words, nullable=False),
)

#: Mails that came back.
bounces = Table(
    "bounces",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("target", Words, nullable=False, index=True),
    # The Message-ID of the mail, if it could be read.
    Column("message_id", Words, nullable=False),
    # RFC 3463: "5.1.1".
    Column("status", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("bounced_at", Moment, nullable=False),
    UniqueConstraint("target", "message_id", "status"),
)

#: What links in mails are signed with; the newest signs, the others are still believed.
page_keys = Table(
    "page_keys",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("secret", Words, nullable=False),
    Column("made_at", Moment, nullable=False),
)

#: Updates of the Bot API that were seen: a webhook may bring one twice.
bot_updates = Table(
    "bot_updates",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("seen_at", Moment, nullable=False, index=True),
)

#: What a delivery of the kind "notice" says.
notices = Table(
    "notices",
    metadata,
    Column("delivery", ForeignKey("deliveries.id"), primary_key=True),
    Column("about", Words, nullable=False),
    # From 1 for each thing; trouble with it and the end of that trouble are one episode.
    Column("episode", Integer, nullable=False),
    # Empty: the end.
    Column("state", Words, nullable=False),
    # When it was to leave at first; later attempts do not move it.
    Column("due_at", Moment, nullable=False),
    Column("subject", Words, nullable=False),
    Column("text", Words, nullable=False),
    # [text, …]
    Column("details", JSON, nullable=False),
    Column("more", Integer, nullable=False),
    Column("shown_by", Words, nullable=False),
    Index("ix_notices_about", "about", "episode"),
)

#: What was agreed with a hub about a feed (WebSub).
pushes = Table(
    "pushes",
    metadata,
    Column("feed", Words, primary_key=True),
    Column("hub", Words, nullable=False),
    Column("topic", Words, nullable=False),
    # The end of our callback's address, and what the hub signs with: known to nobody else.
    Column("path", Words, nullable=False, unique=True),
    Column("secret", Words, nullable=False),
    Column("state", Words, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("asked_at", Moment),
    Column("lease_until", Moment),
    Column("attempt", Integer, nullable=False),
    Column("proofs", Integer, nullable=False),
    Column("misses", Integer, nullable=False),
    Column("found_at", Moment),
    Column("told_at", Moment),
    Column("error", Words, nullable=False),
)

#: Articles whose page was read, or tried to.
full_texts = Table(
    "full_texts",
    metadata,
    Column("article", ForeignKey("articles.id"), primary_key=True),
    # `articles.digest` at that time: when the feed changes its words, the page is read again.
    Column("digest", Words, nullable=False),
    Column("attempt", Integer, nullable=False),
    # When it is tried again; none: it is settled.
    Column("due_at", Moment),
    # Empty: it was read.
    Column("error", Words, nullable=False),
)

#: What is known of a chat or a mailbox, whoever writes to it.
addresses = Table(
    "addresses",
    metadata,
    Column("channel", Words, primary_key=True),
    Column("target", Words, primary_key=True),
    # Nothing is sent before: flood control, or our own pace.
    Column("not_before_at", Moment),
    # It blocked us or ceased to exist.
    Column("gone_at", Moment),
    Column("reason", Words, nullable=False),
)

#: Hosts that asked for a pause.
hosts = Table(
    "hosts",
    metadata,
    # A host, or "*." and a domain: everybody in it.
    Column("name", Words, primary_key=True),
    Column("not_before_at", Moment, nullable=False),
)

#: Channels that the other side refuses: a wrong token, a wrong login.
channels = Table(
    "channels",
    metadata,
    Column("name", Words, primary_key=True),
    Column("paused_at", Moment),
    Column("reason", Words, nullable=False),
)

rule_sets = Table(
    "rule_sets",
    metadata,
    Column("hash", Words, primary_key=True),
    Column("loaded_at", Moment, nullable=False),
    # Why the newest edit of the rule files was refused; empty: it was taken.
    Column("refusal", Words, nullable=False),
    # The rule files, packed; none: it was taken before they were kept.
    Column("files", LargeBinary),
)

#: Which rule set was in force when: each until the next one begins.
reigns = Table(
    "reigns",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("rule_set", ForeignKey("rule_sets.hash"), nullable=False, index=True),
    Column("begun_at", Moment, nullable=False),
)

#: How patient all feeds are together: one row.
pace = Table(
    "pace",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("threshold", Float, nullable=False),
    Column("polled", Float, nullable=False),
    Column("foretold", Float, nullable=False),
    Column("tuned_at", Moment),
)
