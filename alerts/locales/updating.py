"""`make texts`: collect the texts of the code into tocsin.pot, and bring every catalogue up to date.

Translations are kept.  A text that was reworded keeps its old translation, marked as doubtful
(fuzzy), until somebody has looked at it; a text that is no more goes.  Nothing is written that
changes by itself, neither dates nor numbers of lines.
"""

from __future__ import annotations

import io
import re
import sys
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import write_po

from alerts.locales.catalogues import LANGUAGES, ORIGINAL, catalogue_path, read_catalogue
from alerts.locales.extraction import template

#: Every text, without a translation.
TEMPLATE_PATH: Final = Path(__file__).with_name("tocsin.pot")

#: How much a reworded text is like what it was, by difflib; 1 is the same.
_ALIKE: Final = 0.7
#: Babel 2.18 has 11 and 100 the wrong way round: it gives "other" before "many".  CLDR's order is this.
_PLURALS: Final = {
    "ar": "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3"
    " : n%100>=11 ? 4 : 5)",
}
#: Lines of the head of a file that change by themselves, or that nobody reads.
_IDLE: Final = re.compile(
    r'^"(?:POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team'
    r'|Report-Msgid-Bugs-To|Generated-By): .*"\n',
    re.MULTILINE,
)
_FOR_TRANSLATORS: Final = """\
Texts of Tocsin, which watches the news for places, groups and subjects, and alerts people
who live or work where it is dangerous.  They read it on a phone, in a hurry, at night.

Tone: short, kind, exact.  No exclamation marks, no jokes, no blame; say what happened and
what to do.

Address: fr vous; es tú; ru вы; uk ви (small letters); tr siz; ar Modern Standard Arabic,
masculine singular where there is no way around it; better a verbal noun (إيقاف, عرض) than
an imperative.

Words: use one word for one thing, the same in every text.
  feed       a source of news that is read again and again
  watchlist  what somebody wants to hear of; not a list of things to look at
  story      the articles that report one event
  alert      a message about a story
  digest     one message with many alerts, at an hour that was agreed
  topic      a thread of a Telegram group
The name Tocsin stays as it is, and so do commands (/watch), with the lower-case words that
are typed after them (/quiet off).

What must stay: everything in {braces} is filled in and keeps its name; tags (<b>, <i>,
<code>, <a href="{url}">) stay around the words that they belong to.  Where tags are used,
< > & are written &lt; &gt; &amp;.  A plural form for one number alone may spell out {count}:
"one day".  Numbers, dates, spans and lists arrive ready made.

Arabic: the program keeps commands, code and values apart from the text around them; write no
direction marks.  Begin each line with an Arabic word, a command, code or a value, since the
first letter decides at which side the line begins.
"""


def fresh_template() -> str:
    """Return tocsin.pot as the code wants it.

    Raises:
        ValueError: a text cannot be read from the source.
    """
    catalogue = template()
    catalogue.header_comment = _commented(_FOR_TRANSLATORS)
    return written(catalogue)


def refreshed(path: Path) -> str:
    """Return a file of translations with every text of the code and no other.

    Raises:
        ValueError: a text cannot be read from the source.
    """
    language = path.parent.name
    catalogue = read_catalogue(path) if path.exists() else Catalog(locale=language)
    if language in _PLURALS:
        catalogue.mime_headers = [("Plural-Forms", _PLURALS[language])]
    catalogue.update(template(), no_fuzzy_matching=True, update_creation_date=False)
    _keep_reworded(catalogue)
    catalogue.header_comment = _commented(
        f"{LANGUAGES[language]}.  Rules for translators stand in ../tocsin.pot."
    )
    return written(catalogue)


def _keep_reworded(catalogue: Catalog) -> None:
    """Give new texts the translations of texts that went and are much alike, as doubtful ones.

    Babel's own matching also takes translations of texts that stayed: each new text would be doubtful.
    """
    went = [message for message in catalogue.obsolete.values() if any(message.string or ())]
    gone = {_first(message): message for message in went}
    for message in catalogue:
        if not message.id or any(message.string or ()):
            continue
        alike = get_close_matches(_first(message), gone, n=1, cutoff=_ALIKE)
        if alike and gone[alike[0]].pluralizable == message.pluralizable:
            message.string = gone.pop(alike[0]).string
            message.flags.add("fuzzy")


def _first(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def written(catalogue: Catalog) -> str:
    """Return *catalogue* as its file holds it."""
    catalogue.project, catalogue.version = "Tocsin", "1"
    # A new catalogue is doubtful as a whole; ours are judged text by text.
    catalogue.fuzzy = False
    memory = io.BytesIO()
    write_po(memory, catalogue, width=100, ignore_obsolete=True, include_lineno=False)
    return _IDLE.sub("", memory.getvalue().decode()).rstrip("\n") + "\n"


def _commented(text: str) -> str:
    return "\n".join(f"# {line}".rstrip() for line in text.strip().splitlines())


def main() -> None:
    """Write tocsin.pot and every catalogue."""
    try:
        TEMPLATE_PATH.write_text(fresh_template(), encoding="utf-8")
        for path in (catalogue_path(language) for language in LANGUAGES if language != ORIGINAL):
            fresh = refreshed(path)
            path.parent.mkdir(exist_ok=True)
            path.write_text(fresh, encoding="utf-8")
    except ValueError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
