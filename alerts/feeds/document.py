"""From bytes to a text that an XML parser can take: charset, stray characters, a missing end.

Pure.  What the text means is `alerts.feeds.parse`'s.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from html.entities import html5

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ESCAPE_SEQUENCE = b"\x1b"
_UNMARKED_UTF16 = {
    b"<\0": "utf-16-le",
    b"{\0": "utf-16-le",
    b"\0<": "utf-16-be",
    b"\0{": "utf-16-be",
}

_XML_LABEL = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
_HTTP_LABEL = re.compile(r"""charset\s*=\s*["']?([\w.:-]{1,40})""", re.IGNORECASE)
_LANGUAGE = re.compile(rb"""<(?:dc:)?language>\s*([a-zA-Z]{2})|\b(?:xml:)?lang=["']([a-zA-Z]{2})""")
# Python has codecs that decode other things than charsets (idna, unicode_escape, utf-7).
_CHARSETS = re.compile(
    r"utf-(8|16|32)([-_][bl]e)?|iso8859-\d+|cp\d+|koi8-[rtu]|gb\w+|big5\w*|euc_\w+|shift_jis\w*"
    r"|iso2022_\w+|mac-\w+|tis-620|ascii"
)
# Whoever says the former means the latter (WHATWG Encoding, 4.2).
_MEANT = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "tis-620": "cp874",
}
_CHARSET_OF_LANGUAGE = (
    ("cp1251", "be bg kk ky mk mn ru sr tg uk uz"),
    ("cp1256", "ar ckb fa ku ps ur"),
    ("cp1255", "he iw yi"),
    ("cp1253", "el"),
    ("cp1254", "az tr"),
    ("cp1250", "bs cs hr hu pl ro sk sl sq"),
    ("cp1257", "et lt lv"),
    ("gb18030", "zh"),
    ("cp932", "ja"),
    ("cp949", "ko"),
    ("cp874", "th"),
)
_DETECT_IN = 100_000

_DECLARATION = re.compile(r"\s*<\?xml[^>]*>")
#: How far in the declaration may stand behind a broken server's warnings.
_JUNK_BEFORE = 2000
_ROOTS = ("rss", "feed", "rdf", "urlset")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CONTROLS = bytes({*range(0x20)} - {0x09, 0x0A, 0x0D})
#: What lone surrogates, U+FFFE and U+FFFF begin with in UTF-8; so do Hangul and some signs.
_LEADS = (b"\xed", b"\xef\xbf")
_NUMBERED = re.compile(r"&#(?:[xX][0-9a-fA-F]+|[0-9]+);")
_NAMED = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)[a-zA-Z][a-zA-Z0-9]{1,31};")
_ROOT = re.compile(
    r"(?:\s++|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[<>]*+(?:\[.*?\]\s*+)?>)*+<([A-Za-z_][\w:.-]*+)",
    re.DOTALL | re.IGNORECASE,
)
_ITEM_TAG = re.compile(r"<(/?)(?:[\w.-]+:)?(?:item|entry)(?=[\s/>])", re.IGNORECASE)


def decode(body: bytes, content_type: str) -> str:
    """Return *body* as text: by its mark, else as UTF-8 if it is, else by its labels, else by guess.

    Labels come last because they are so often wrong, and hardly any other text is valid UTF-8.
    """
    for mark, charset in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(charset, "replace")
    if charset := _UNMARKED_UTF16.get(body[:2], ""):
        return body.decode(charset, "replace")
    if _ESCAPE_SEQUENCE in body and (label := _label(body, content_type)).startswith("iso2022"):
        return body.decode(label, "replace")  # seven bits, so that it would pass for UTF-8
    try:
        # Not final: a document that was cut inside a character is UTF-8 all the same.
        return codecs.utf_8_decode(body, "strict", False)[0]  # noqa: FBT003 - positional only
    except UnicodeDecodeError:
        label = _label(body, content_type)
    if label in ("", "utf-8") and _is_mostly_utf8(body):
        label = "utf-8"
    elif label in ("", "utf-8"):
        label = _guess(body[:_DETECT_IN])
    return body.decode(label, "replace")


def has_unwanted(text: str) -> bool:
    """Tell whether *text* holds what XML 1.0 (2.2) does not call a character."""
    raw = text.encode("utf-8", "surrogatepass")
    # Ten times as fast as the regex, which is asked only where there may be something to find.
    if len(raw.translate(None, _CONTROLS)) != len(raw):
        return True
    return any(lead in raw for lead in _LEADS) and _NOT_XML.search(text) is not None


def root_name(text: str) -> str:
    """Return the name of the document's first element, lower case, without prefix; or nothing."""
    found = _ROOT.match(text)
    return found[1].lower().rpartition(":")[2] if found else ""


@dataclass(frozen=True, slots=True)
class XmlDocument:
    """A text as an XML parser wants it."""

    #: UTF-8, and says so.
    xml: bytes
    truncated: bool


def repaired(text: str) -> XmlDocument:
    """Return *text* with what makes strict parsers give up taken out, and no half item at its end."""
    text = text[_begins_at(text) :]
    declaration = _DECLARATION.match(text)
    text = text[declaration.end() if declaration else 0 :].lstrip()
    if has_unwanted(text):
        text = _NOT_XML.sub("", text)
    # References to what is no character (&#xD800; makes feedparser raise) and, where no DTD
    # defines them, HTML's names (&nbsp;): both would throw the whole document to the loose parser.
    if any(not _is_character(each) for each in set(_NUMBERED.findall(text))):
        text = _NUMBERED.sub(lambda found: found[0] if _is_character(found[0]) else "", text)
    text = _NAMED.sub(_named_character, text)
    truncated = is_truncated(text)
    if truncated:
        text = _without_open_item(text)
    document = f'<?xml version="1.0" encoding="utf-8"?>\n{text}'
    return XmlDocument(document.encode("utf-8"), truncated)


def _begins_at(text: str) -> int:
    """Return where the document begins behind what a broken server said before it."""
    if root_name(text) in _ROOTS:  # a declaration further down is quoted by an item
        return 0
    return max(text.find("<?xml", 0, _JUNK_BEFORE), 0)


def _label(body: bytes, content_type: str) -> str:
    in_xml = _XML_LABEL.search(body[:1000])
    in_http = _HTTP_LABEL.search(content_type)
    for label in (in_xml and in_xml[1].decode("ascii", "replace"), in_http and in_http[1]):
        try:
            charset = codecs.lookup(label or "").name
        except (LookupError, ValueError):
            continue
        charset = _MEANT.get(charset, charset)
        if _CHARSETS.fullmatch(charset):
            return charset
    return ""


def _is_mostly_utf8(body: bytes) -> bool:
    """Tell a UTF-8 document with a few broken characters from one that is something else."""
    text = body[:_DETECT_IN].decode("utf-8", "replace")
    broken = text.count("\ufffd")
    beyond_ascii = sum(1 for character in text if character > "\x7f")
    return beyond_ascii - broken >= 4 * broken


def _guess(body: bytes) -> str:
    """Guess an unlabelled 8-bit charset: by the language that is named, else by the letters."""
    for found in _LANGUAGE.finditer(body):
        language = (found[1] or found[2]).decode("ascii").lower()
        for charset, languages in _CHARSET_OF_LANGUAGE:
            if language in languages.split():
                return charset
    high = [byte for byte in body if byte > 0x7F]
    # In Latin scripts accented letters stand alone; elsewhere whole words are made of high bytes.
    in_runs = sum(len(run) for run in re.findall(rb"[\x80-\xff]{3,}", body))
    if in_runs * 2 < len(high):
        return "cp1252"
    # Most letters are small ones: 0xE0-0xFF in windows-1251, 0xC0-0xDF in KOI8-R.
    small = sum(1 for byte in high if byte >= 0xE0)
    large = sum(1 for byte in high if 0xC0 <= byte < 0xE0)
    return "cp1251" if small >= large else "koi8-r"


def _is_character(reference: str) -> bool:
    """Tell whether XML 1.0 (2.2) knows the character that `&#...;` names."""
    number = reference[2:-1]
    if len(number.lstrip("xX0")) > 7:
        return False
    point = int(number[1:], 16) if number[0] in "xX" else int(number)
    return point in (9, 10, 13) or 0x20 <= point < 0xD800 or 0xE000 <= point < 0x110000


def _named_character(found: re.Match[str]) -> str:
    character = html5.get(found[0][1:], "")
    return character if character and not set(character) & set("<>&") else found[0]


def is_truncated(text: str) -> bool:
    """Tell whether the document's first element is never closed."""
    root = _ROOT.match(text)
    return root is not None and text.rfind(f"</{root[1]}") == -1 and "<" in text[root.end() :]


def _without_open_item(text: str) -> str:
    last = None
    for last in _ITEM_TAG.finditer(text):  # noqa: B007 - the last one is meant
        pass
    return text if last is None or last[1] else text[: last.start()]
