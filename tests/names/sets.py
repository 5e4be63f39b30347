"""Names that are watched, with what spells them and what looks alike, in sentences of our own.

`places.tsv`, `groups.tsv` and `keywords.tsv` hold the words; what a line means stands at the top of
each file.  `places-heldout.tsv` is for measuring what nobody tuned.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

FOLDER = Path(__file__).parent
_SENTENCES: dict[str, dict[str, tuple[str, ...]]] = {
    "place": {
        "LATIN": (
            "Residents of {} said that the market had reopened.",
            "Two shells landed near {} before sunrise, a medic said.",
            "{} was calm on Thursday after a week of clashes.",
        ),
        "ARABIC": ("سقطت قذائف على أطراف {} ليلة أمس", "قال سكان {} إن السوق فتح أبوابه"),
        "CYRILLIC": ("По сообщениям, {} остался без воды", "Ночью снова обстрел: {}, есть раненые"),
    },
    "group": {
        "LATIN": (
            "The statement was signed by {} and sent to reporters.",
            "A convoy of {} was seen on the coastal road.",
            "{} has not commented on the claim.",
        ),
        "ARABIC": ("أصدرت {} بيانا في ساعة متأخرة", "تقدم مقاتلو {} نحو البلدة"),
        "CYRILLIC": ("Заявление сделала организация {} в четверг",),
    },
    # Short acronyms are many groups', and count where the text speaks of fighters.
    "acronym": {
        "LATIN": (
            "Fighters of {} attacked a checkpoint, the army said.",
            "A commander of {} was killed in the blast.",
        ),
        "CYRILLIC": ("Боевики {} атаковали блокпост",),
    },
    "keyword": {"LATIN": ("They also wrote about {} in the second part.",)},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A text, and whether it speaks of what is watched."""

    kind: str
    watch: str
    text: str
    match: bool
    stratum: str
    #: BCP 47; empty: the feed does not say.
    language: str = ""


def own_cases(kind: str) -> list[Case]:
    """Return the cases of our own set of one kind: place, group or keyword."""
    return [case for line in _lines(f"{kind}s.tsv") for case in _cases(kind, line)]


def held_out_cases() -> list[Case]:
    """Return the cases of the places that were held out."""
    return [
        replace(case, stratum=case.stratum.replace("/", "/held-out-"))
        for line in _lines("places-heldout.tsv")
        for case in _cases("place", line)
    ]


def typed_cases() -> list[Case]:
    """Return the cases of the held-out places as a subscriber may type them.

    Watched is a spelling of the press; in the text stand the name of the list and native ones.
    """
    found = []
    for line in _lines("places-heldout.tsv"):
        name, *columns = line.split("\t")
        forms = dict(column.split(": ", 1) for column in columns)
        native = forms["native"].split(" | ")
        for number, typed in enumerate(forms["spelling"].split(" | ")):
            if not typed.endswith(("'s", "-based")):
                for stratum, form in (("name", name), ("native", native[number % len(native)])):
                    found.append(
                        Case(
                            kind="place",
                            watch=typed,
                            text=_sentence("place", form, number),
                            match=True,
                            stratum=f"place/typed-{stratum}",
                        )
                    )
    return found


def _lines(file: str) -> list[str]:
    lines = (FOLDER / file).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and line[0] != "#"]


def _cases(kind: str, line: str) -> Iterator[Case]:
    watch, *columns = line.split("\t")
    language, _, watch = watch.rpartition("/")
    numbers = count(len(watch))
    for stratum, forms in (column.split(": ", 1) for column in columns):
        for form in forms.split(" | "):
            yield Case(
                kind=kind,
                watch=watch,
                text=_sentence(stratum if stratum in _SENTENCES else kind, form, next(numbers)),
                match=stratum != "not",
                stratum=f"{kind}/{stratum}",
                language=language,
            )


def _sentence(kind: str, form: str, number: int) -> str:
    """Return *form* in one of our sentences in its script; a form that ends like one is one."""
    if form.endswith("."):
        return form
    script = unicodedata.name(form[0]).partition(" ")[0]
    sentences = _SENTENCES[kind].get(script, ("{}",))
    return sentences[number % len(sentences)].format(form)
