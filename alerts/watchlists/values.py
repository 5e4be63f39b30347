"""Texts of rule files that stand for something else: durations, URLs, countries, addresses.

Each function returns the value or raises a `FlawError`; none knows where the text stood.
"""

from __future__ import annotations

import base64
import re
import unicodedata
from datetime import datetime, time, timedelta

from alerts.gazetteer import Sort
from alerts.gazetteer.shipped import shipped
from alerts.model import Backfill
from alerts.watchlists import patterns
from alerts.watchlists.complaints import FlawError, quoted
from alerts.watchlists.registers import COUNTRIES, LANGUAGES, PRIMARY_SUBTAGS, zones
from alerts.watchlists.suggest import did_you_mean

#: How much of a feed's past can be told: articles, or their age.
PAST_ITEMS = (1, 500)
PAST_AGE = (timedelta(minutes=1), timedelta(days=30))
#: The Admiralty code, from reliable to "cannot be judged".
RATINGS = ("A", "B", "C", "D", "E", "F")
LONGEST_URL = 2_000

_ID = re.compile(patterns.ID)
_DURATION = re.compile(patterns.DURATION)
_PART = re.compile("([0-9]+)([dhms])")
_DISTANCE = re.compile(patterns.DISTANCE)
_CLOCK = re.compile(patterns.CLOCK)
_MOMENT = re.compile(patterns.MOMENT)
_URL = re.compile(patterns.URL)
_PRIMARY_SUBTAGS = frozenset(PRIMARY_SUBTAGS)
_SUBTAGS = re.compile(patterns.SUBTAGS)
_CHAT = re.compile(r"-?[1-9]\d{0,18}|@[A-Za-z][A-Za-z0-9_]{3,31}", re.ASCII)
# RFC 5322 dot-atom, and letters of other scripts (RFC 6531).  No quoted local parts, no comments,
# no address literals: nobody needs them, and they are how addresses are made to lie.
_LOCAL = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*")
_LABEL = r"[^\W_](?:(?:[^\W_]|-)*[^\W_])?"
# Standard Webhooks' mark of a secret.
_SECRET = "whsec_"  # noqa: S105 - no secret
_APPRISE = re.compile(r"[A-Za-z][A-Za-z0-9+._-]*://\S+", re.ASCII)
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")


def one_line(text: str) -> str:
    """Return *text* without blanks around it.

    Raises:
        FlawError: it is empty or goes over several lines.
    """
    text = text.strip()
    if not text:
        raise FlawError("R205", "the text is empty")
    if len(text.splitlines()) > 1:
        raise FlawError("R203", "the text must stand on one line")
    return text


def identifier(text: str) -> str:
    """Return *text* if it can be an id: what history, references and routes hang on."""
    if not _ID.fullmatch(text):
        hint = "letters of ASCII, digits, - and _, at most 64, a letter or digit first"
        raise FlawError("R208", f"{quoted(text)} cannot be an id", hint=hint)
    return text


def duration(value: object) -> timedelta:
    """Read `90s`, `15m`, `2h`, `7d` or `1h30m`."""
    if not isinstance(value, str) or not _DURATION.fullmatch(value):
        shown = quoted(value)
        raise FlawError("R209", f"{shown} is not a duration", hint="such as 90s, 15m, 2h or 7d")
    parts = _PART.findall(value)
    return timedelta(seconds=sum(int(count) * patterns.UNITS[unit] for count, unit in parts))


def duration_within(value: object, least: timedelta, most: timedelta) -> timedelta:
    """Read a duration and refuse it outside of *least* to *most*."""
    span = duration(value)
    if not least <= span <= most:
        raise FlawError("R206", f"{quoted(value)} is not between {brief(least)} and {brief(most)}")
    return span


def brief(span: timedelta) -> str:
    """Return *span* in its largest unit: `30d`; what is left over is not told."""
    seconds = int(span.total_seconds())
    units = (("d", 86_400), ("h", 3_600), ("m", 60))
    return next(
        (f"{seconds // size}{unit}" for unit, size in units if seconds >= size), f"{seconds}s"
    )


def distance(value: object) -> float:
    """Read `50km` as kilometres, from 1 to 1,000."""
    found = _DISTANCE.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise FlawError("R213", f"{quoted(value)} is not a distance", hint="such as 50km")
    kilometres = float(found.group(1))
    if not 1 <= kilometres <= 1_000:
        raise FlawError("R206", f"{quoted(value)} is not between 1km and 1000km")
    return kilometres


def clock_time(value: object) -> time:
    """Read `22:00`, from 00:00 to 23:59."""
    if not isinstance(value, str) or not _CLOCK.fullmatch(value):
        raise FlawError("R214", f"{quoted(value)} is not a time of day", hint="such as 07:00")
    return time.fromisoformat(value)


def moment(value: object) -> datetime:
    """Read `2026-11-22T07:00:00Z`: a date and a time with their offset from UTC."""
    shown = quoted(value)
    hint = "such as 2026-11-22T07:00:00Z"
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        raise FlawError("R214", f"{shown} is not a date with time and zone", hint=hint)
    try:
        return datetime.fromisoformat(value.upper())
    except ValueError:
        raise FlawError("R214", f"{shown} is on no calendar", hint=hint) from None


def zone(text: str) -> str:
    """Return *text* if it is the name of an IANA time zone."""
    if text not in zones():
        hint = did_you_mean(text, zones()) or "such as UTC or Europe/Berlin"
        raise FlawError("R215", f"{quoted(text)} is not a time zone", hint=hint)
    return text


def whole(value: object) -> object:
    """Return a number without a fraction as an integer, and anything else as it is.

    For JSON Schema, as for the author, `40.0` is `40`; `true` is no number.
    """
    return int(value) if isinstance(value, float) and value.is_integer() else value


def backfill(value: object) -> Backfill:
    """Read how much of a feed's past is told: `24h`, or a number of articles."""
    count = whole(value)
    if isinstance(count, int) and not isinstance(count, bool):
        least, most = PAST_ITEMS
        if not least <= count <= most:
            raise FlawError("R206", f"{quoted(count)} is not between {least} and {most} articles")
        return Backfill(items=count)
    return Backfill(age=duration_within(value, *PAST_AGE))


def url(text: str) -> str:
    """Return *text* if it is an http or https URL with a host, of at most 2,000 characters."""
    if len(text) > LONGEST_URL or not _URL.fullmatch(text):
        hint = "http:// or https://, a host, no blanks"
        raise FlawError("R210", f"{quoted(text)} is not the URL of a feed", hint=hint)
    return text


def webhook_url(text: str) -> str:
    """Return *text* if something can be posted there; it is never repeated, for it may be secret."""
    if len(text) > LONGEST_URL or not _URL.fullmatch(text):
        hint = "http:// or https://, a host, no blanks"
        raise FlawError("R511", "this is not the address of a webhook", hint=hint)
    return text


def webhook_secret(text: str) -> str:
    """Return *text* if messages can be signed with it (Standard Webhooks: 24 to 64 bytes)."""
    try:
        key = base64.b64decode(text.removeprefix(_SECRET), validate=True)
    except ValueError:
        key = b""
    if not text.startswith(_SECRET) or not 24 <= len(key) <= 64:
        hint = 'echo "whsec_$(head -c 32 /dev/urandom | base64)" makes one'
        message = "this is not the secret of a webhook: whsec_ and 24 to 64 bytes in base64"
        raise FlawError("R512", message, hint=hint)
    return text


def apprise_url(text: str) -> str:
    """Return *text* if it looks like a URL of Apprise; it is never repeated, for it holds a token."""
    if len(text) > LONGEST_URL or not _APPRISE.fullmatch(text):
        hint = "service://…, as Apprise's own pages say it"
        raise FlawError("R513", "this is not a URL of Apprise", hint=hint)
    return text


def rating(text: str) -> str:
    """Return *text* if it is a reliability of the Admiralty code."""
    if text not in RATINGS:
        shown, fitting = quoted(text), text.strip().upper()
        hint = (
            f"did you mean '{fitting}'?"
            if fitting in RATINGS
            else "A is reliable, F cannot be judged"
        )
        raise FlawError("R204", f"{shown} is not one of A, B, C, D, E, F", hint=hint)
    return text


def country(text: str) -> str:
    """Return *text* if it is an ISO 3166-1 alpha-2 code."""
    if text not in COUNTRIES:
        fitting = {"UK": "GB", "EL": "GR"}.get(text.upper(), text.upper())
        if fitting not in COUNTRIES:
            bearers = (each for each in shipped().bearers(text) if each.sort is Sort.COUNTRY)
            fitting = next((each.country for each in bearers), "")
        hint = f"did you mean '{fitting}'?" if fitting else "such as SY, GB or US"
        raise FlawError("R211", f"{quoted(text)} is not a country (ISO 3166-1 alpha-2)", hint=hint)
    return text


def language(text: str) -> str:
    """Return a language tag in lower case."""
    primary = text.partition("-")[0]
    if primary not in _PRIMARY_SUBTAGS or not _SUBTAGS.fullmatch(text, len(primary)):
        hint = _language_meant(text) or "such as en, ar or pt-BR"
        raise FlawError("R211", f"{quoted(text)} is not a language", hint=hint)
    return text.lower()


def _language_meant(text: str) -> str:
    """Return a hint for "En", "pt_BR" or "english"; empty for anything else."""
    primary, *subtags = text.strip().replace("_", "-").split("-")
    codes = {name.lower(): code for code, name in LANGUAGES.items()}
    code = codes.get(primary.lower(), primary.lower())
    tag = "-".join((code, *subtags))
    fits = code in LANGUAGES and _SUBTAGS.fullmatch(tag, len(code))
    return f"did you mean '{tag}'?" if fits else ""


def chat(text: str) -> str:
    """Return *text* if Telegram can deliver to it: a number, or @name of a public chat."""
    if not _CHAT.fullmatch(text):
        hint = "a number such as -1001234567890, or @name of a public channel"
        raise FlawError("R508", f"{quoted(text)} is not a Telegram chat", hint=hint)
    return text


def thread(text: str) -> int:
    """Return the number of a Telegram topic."""
    if not re.fullmatch(r"[1-9]\d{0,9}", text, re.ASCII):
        raise FlawError("R508", f"{quoted(text)} is not the number of a topic")
    return int(text)


def email(text: str) -> str:
    """Return *text* if it is one plain mail address: no display name, no quotes, no comments."""
    local, at, domain = text.rpartition("@")
    if not (at and _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain)):
        raise FlawError("R507", f"{quoted(text)} is not a mail address", hint="name@example.org")
    # RFC 5321, 4.5.3.1: octets, not characters.
    if len(local.encode()) > 64 or len(domain.encode()) > 253:
        raise FlawError("R507", f"{quoted(text)} is too long for a mail address")
    # Compatibility letters ("ａdmin") look like others and may become them on the way.
    if unicodedata.normalize("NFKC", text) != text:
        raise FlawError("R507", f"{quoted(text)} holds letters that look like others")
    return text
