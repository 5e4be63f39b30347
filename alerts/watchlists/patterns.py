r"""What texts of rule files look like, as regexes that the loader and the JSON Schema share.

Each means the same to Python's `re` and to ECMA-262, with and without its flag `u`: digits are
written out, nothing looks behind, `\s` stands only where a rule file can hold no other blank than
those on which both agree.  They stand without anchors: the loader matches them whole, `anchored`
does the same for those who search.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta


def anchored(pattern: str) -> str:
    """Return *pattern* for those who search: the whole text must meet it."""
    # For Python `$` is also before a newline that ends the text.
    return rf"^(?:{pattern})$(?!\n)"


# --- numbers ----------------------------------------------------------------------------------


def number(least: int, most: int) -> str:
    """Return a regex for the numbers from *least* to *most*, 0 or more, without leading zeros.

    Empty if there is none.
    """
    if most < least:
        return ""
    sizes = range(len(str(least)), len(str(most)) + 1)
    spans = ((max(least, 10 ** (size - 1) if size > 1 else 0), 10**size - 1) for size in sizes)
    return "|".join(_of_one_size(str(first), str(min(last, most))) for first, last in spans)


def _of_one_size(least: str, most: str) -> str:
    """Return a regex for the numbers from *least* to *most*, which have as many digits."""
    rest = len(least) - 1
    if not rest or (least[1:] == "0" * rest and most[1:] == "9" * rest):
        return _digit(least[0], most[0]) + "[0-9]" * rest
    if least[0] == most[0]:
        return least[0] + _group(_of_one_size(least[1:], most[1:]))
    # The first digits at the ends of the range do not go with all that may follow.
    low, high = str(int(least[0]) + 1), str(int(most[0]) - 1)
    parts = [least[0] + _group(_of_one_size(least[1:], "9" * rest))]
    if low <= high:
        parts.append(_digit(low, high) + "[0-9]" * rest)
    parts.append(most[0] + _group(_of_one_size("0" * rest, most[1:])))
    return "|".join(parts)


def _group(pattern: str) -> str:
    return f"(?:{pattern})" if "|" in pattern else pattern


def _digit(least: str, most: str) -> str:
    return least if least == most else f"[{least}-{most}]"


# --- durations --------------------------------------------------------------------------------

#: The units in the order in which they stand, with their seconds.
UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
#: What may stand behind a larger unit: less than would make one of it.
_BEHIND = {"h": number(1, 23), "m": number(1, 59), "s": number(1, 59)}


def _durations(alone: Callable[[int], str], leading: Callable[[int], str]) -> str:
    """Return a regex for one unit alone, and for one with smaller ones behind it.

    Both functions get the seconds of a unit and return a regex for how many there may be.
    """
    forms = []
    for unit, seconds in UNITS.items():
        smaller = "".join(UNITS).partition(unit)[2]
        behind = "".join(f"(?:(?:{_BEHIND[each]}){each})?" for each in smaller)
        if one := alone(seconds):
            forms.append(f"(?:{one}){unit}")
        if behind and (first := leading(seconds)):
            forms.append(f"(?:{first}){unit}(?=[0-9]){behind}")
    return "|".join(forms)


_ZERO = "0[dhms]"
#: As many digits as the seconds of a year have.
_COUNT = "[1-9][0-9]{0,7}"
#: `90s`, `15m`, `1h30m`: each unit at most once, the larger first.
DURATION = f"{_ZERO}|{_durations(lambda _: _COUNT, lambda _: _COUNT)}"


def duration_within(least: timedelta, most: timedelta) -> str:
    """Return a regex for the durations from *least*, up to a minute, to *most*, of whole units."""
    first, last = (int(span.total_seconds()) for span in (least, most))
    return (_ZERO + "|" if not first else "") + _durations(
        lambda seconds: number(max(1, -(-first // seconds)), last // seconds),
        # With something behind it, the last one would be too long.
        lambda seconds: number(1, last // seconds - 1),
    )


# --- dates and hours --------------------------------------------------------------------------

CLOCK = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"

#: RFC 3339 with seconds left out at will, from 1900 to 2099; any day up to the 31st.
MOMENT = (
    r"(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
    rf"[Tt ]{CLOCK}(?::[0-5][0-9](?:\.[0-9]{{1,6}})?)?(?:[Zz]|[+-]{CLOCK})"
)
_LEAP_YEAR = "(?:(?:19|20)(?:0[48]|[2468][048]|[13579][26])|2000)"
#: The same without the days that are on no calendar.
REAL_MOMENT = (
    f"(?![0-9]{{4}}-(?:02-3|(?:02|04|06|09|11)-31))(?=....-..-(?!29)|....-(?!02)|{_LEAP_YEAR}-)"
    f"(?:{MOMENT})"
)

# --- the rest ---------------------------------------------------------------------------------

#: What history, references and routes hang on.
ID = "[A-Za-z0-9][A-Za-z0-9_-]{0,63}"
#: Something on one line; blanks and line breaks around it do not count.
LINE = r"\s*\S(?:[^\n\r]*\S)?\s*"
#: Kilometres; `DISTANCE_WITHIN` those from 1 to 1,000.
DISTANCE = r"((?:0|[1-9][0-9]{0,6})(?:\.[0-9]{1,3})?) ?km"
DISTANCE_WITHIN = r"(?:[1-9][0-9]{0,2}(?:\.[0-9]{1,3})?|1000(?:\.0{1,3})?) ?km"
#: Behind a language: script, region and variant (BCP 47 as far as feeds use it).
SUBTAGS = "(?:-[A-Za-z0-9]{2,8}){0,3}"

# RFC 4291, 2.2: eight groups, or fewer with one gap.  No zone, no embedded IPv4 address.
_GROUP = "[0-9A-Fa-f]{1,4}"
_IPV6 = "|".join(
    (
        f"(?:{_GROUP}:){{7}}{_GROUP}",
        *(f"(?:{_GROUP}:){{1,{7 - after}}}(?::{_GROUP}){{1,{after}}}" for after in range(1, 7)),
        f"(?:{_GROUP}:){{1,7}}:",
        f":(?::{_GROUP}){{1,7}}",
        "::",
    )
)
# Letters of all scripts, but none that Unicode's NFKC turns into a delimiter ("℀", "／"): what is
# read as one host here must not become another one elsewhere (`urllib.parse` refuses them).
_HOST = r"[0-9A-Za-z._\u00b7-\u167f\u1681-\u1fff\u2c00-\u2e7f\u3001-\ud7ff-]+"
_USER = r"[0-9A-Za-z._~!$&'()*+,;=:%-]*@"
#: http or https, perhaps a login, a host, perhaps a port.
URL = rf"https?://(?:{_USER})?(?:{_HOST}|\[(?:{_IPV6})\])(?::(?:{number(1, 65_535)}))?(?:[/?#]\S*)?"
