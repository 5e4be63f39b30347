"""Texts of rule files that stand for something else: durations, URLs, countries, addresses.

Each function returns the value or raises a `FlawError`; none knows where the text stood.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, time, timedelta
from functools import cache
from importlib import resources
from urllib.parse import urlsplit

from alerts.model import Backfill
from alerts.watchlists.complaints import FlawError, quoted
from alerts.watchlists.suggest import did_you_mean

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_DURATION = re.compile(r"(?:(\d{1,4})d)?(?:(\d{1,5})h)?(?:(\d{1,5})m)?(?:(\d{1,6})s)?", re.ASCII)
_DISTANCE = re.compile(r"(\d{1,4}(?:\.\d{1,3})?) ?km", re.ASCII)
_CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d", re.ASCII)
# RFC 3339, with seconds left out at will.
_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII
)
# BCP 47 as far as feeds use it: en, pt-BR, zh-Hant-TW.
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
_CHAT = re.compile(r"-?[1-9]\d{0,18}|@[A-Za-z][A-Za-z0-9_]{3,31}", re.ASCII)
# RFC 5322 dot-atom, and letters of other scripts (RFC 6531).  No quoted local parts, no comments,
# no address literals: nobody needs them, and they are how addresses are made to lie.
_LOCAL = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*")
_LABEL = r"[^\W_](?:(?:[^\W_]|-)*[^\W_])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")

# ISO 3166-1 alpha-2, and XK, which everybody uses for Kosovo.
_COUNTRIES = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS
BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE
EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM
HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC
LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA
NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW
SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO
TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW
"""
COUNTRIES = frozenset(_COUNTRIES.split())


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
    if not isinstance(value, str) or not value or not (found := _DURATION.fullmatch(value)):
        shown = quoted(value)
        raise FlawError("R209", f"{shown} is not a duration", hint="such as 90s, 15m, 2h or 7d")
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def duration_within(value: object, least: timedelta, most: timedelta) -> timedelta:
    """Read a duration and refuse it outside of *least* to *most*."""
    span = duration(value)
    if not least <= span <= most:
        raise FlawError(
            "R206", f"{quoted(value)} is not between {_brief(least)} and {_brief(most)}"
        )
    return span


def _brief(span: timedelta) -> str:
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
        return datetime.fromisoformat(value)
    except ValueError:
        raise FlawError("R214", f"{shown} is on no calendar", hint=hint) from None


@cache
def zones() -> frozenset[str]:
    """Return the names of IANA time zones, as this version of the tzdata package knows them."""
    return frozenset(resources.files("tzdata").joinpath("zones").read_text("utf-8").split())


def zone(text: str) -> str:
    """Return *text* if it is the name of an IANA time zone."""
    if text not in zones():
        hint = did_you_mean(text, zones()) or "such as UTC or Europe/Berlin"
        raise FlawError("R215", f"{quoted(text)} is not a time zone", hint=hint)
    return text


def backfill(value: object) -> Backfill:
    """Read how much of a feed's past is told: `24h`, or a number of articles."""
    if isinstance(value, int) and not isinstance(value, bool):
        if not 1 <= value <= 500:
            raise FlawError("R206", f"{value} is not between 1 and 500 articles")
        return Backfill(items=value)
    return Backfill(age=duration_within(value, timedelta(minutes=1), timedelta(days=30)))


def url(text: str) -> str:
    """Return *text* if it is an http or https URL with a host."""
    try:
        parts = urlsplit(text)
        fine = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        fine = False
    if not fine or len(text) > 2_000 or any(letter.isspace() for letter in text):
        hint = "http:// or https://, a host, no blanks"
        raise FlawError("R210", f"{quoted(text)} is not the URL of a feed", hint=hint)
    return text


def country(text: str) -> str:
    """Return *text* if it is an ISO 3166-1 alpha-2 code."""
    if text not in COUNTRIES:
        fitting = {"UK": "GB", "EL": "GR"}.get(text.upper(), text.upper())
        hint = f"did you mean '{fitting}'?" if fitting in COUNTRIES else "such as SY, GB or US"
        raise FlawError("R211", f"{quoted(text)} is not a country (ISO 3166-1 alpha-2)", hint=hint)
    return text


def language(text: str) -> str:
    """Return a language tag in lower case."""
    if not _LANGUAGE.fullmatch(text):
        raise FlawError("R211", f"{quoted(text)} is not a language", hint="such as en, ar or pt-BR")
    return text.lower()


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
