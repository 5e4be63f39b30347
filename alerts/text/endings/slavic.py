"""Russian, Ukrainian and Polish."""

from __future__ import annotations

import re

from alerts.text.endings.found import Found, Stem

_RUSSIAN_VERBS = (
    # погибнуть, погиб, погибла; захватить, захватили.
    (re.compile(r"(?<=...)нуть(?:ся)?\Z"), ""),
    (re.compile(r"(?<=...[бгкпрсхз])л[аои]\Z"), ""),
)
# The vowel of the last syllable: боец, бойцы; рынок, рынка; день, дни.
_RUSSIAN_FLEETING = (
    (re.compile(r"(?<=[^аеиоуыэюя])ец\Z"), "ц"),
    (re.compile(r"(?<=[аеиоуыэюя])ец\Z"), "йц"),
    (re.compile(r"(?<=..[^аеиоуыэюяй])[оеё]к\Z"), "к"),
    (re.compile(r"(?<=[^аеиоуыэюя])ень\Z"), "н"),
)
# отравить, отравлен; захватить, захвачен; освободить, освобождён.
_RUSSIAN_PARTICIPLE = re.compile(r"(?<=..)(?:([бвмпф])л|(жд|[чщжш]))[её]н(?:[аоы]|н\w+)?\Z")
_RUSSIAN_HARD = {"ч": "т", "щ": "т", "ж": "дз", "ш": "с", "жд": "д"}


def russian(word: str) -> Found:
    """Return what is known of a Russian word."""
    if found := _RUSSIAN_PARTICIPLE.search(word):
        before = word[: found.start()]
        consonants = found[1] or _RUSSIAN_HARD[found[2]]
        return Found(also=tuple(f"{before}{consonant}ить" for consonant in consonants))
    rules = (*_RUSSIAN_VERBS, *_RUSSIAN_FLEETING)
    return Found(also=tuple(rule.sub(by, word) for rule, by in rules if rule.search(word)))


_UKRAINIAN_CASES = re.compile(
    r"(?<=..)(?:ами|ями|ові|еві|єві|ього|ьому|ими|іми|ого|ому|ої|ою|єю|ею|ів|їв|ам|ям|ах|ях|ом|ем|єм"
    r"|им|ій|ий|их|іх|[аяуюоеєиіїьй])\Z"
)
_UKRAINIAN_FLEETING = (
    (re.compile(r"(?<=[^аеиіоуюяєї])ець\Z"), "ц"),
    (re.compile(r"(?<=[аеиіоуюяєї])(?:є|е)ць\Z"), "йц"),
    (re.compile(r"(?<=..[^аеиіоуюяєїй])[оеє]к\Z"), "к"),
)
# Before the ending -і: атака, атаці.
_UKRAINIAN_HARD = {"ц": "к", "з": "г", "с": "х"}
_UKRAINIAN_VERB = re.compile(
    r"(?<=..)(?:(?:ти|в|ла|ло|ли|вши)(?:ся|сь)?"
    r"|(?:(?<=[аеєоя])н|(?<=[аиіуюя])т)(?:ий|а|о|і|их|ого|им|ими|ою))\Z"
)
# захопити, захоплено.
_UKRAINIAN_LABIAL = re.compile(r"([бвмпф])л(?=ен)")


# зруйнувати, зруйновано; стратити, страчено; захистити, захищено.
_UKRAINIAN_VERB_STEMS = (
    (re.compile(r"ув\Z"), "ов"),
    (re.compile(r"ч\Z"), "т"),
    (re.compile(r"щ\Z"), "ст"),
    (re.compile(r"дж\Z"), "д"),
)
_DOUBLED = re.compile(r"(.)\1\Z")


def ukrainian(word: str) -> Found:
    """Return what is known of a Ukrainian word: all, for no stemmer of Ukrainian is kept."""
    # Doubled before an ending alone: зіткнення, зіткнень.
    noun = _DOUBLED.sub(r"\1", _UKRAINIAN_CASES.sub("", word))
    keys = [noun]
    if word.endswith(("ою", "ої", "ій", "єю", "ові")):
        # Of the ending or of the stem: зброю, зброя; санкцій, санкція.
        keys.append(word[:-1])
    if word.endswith("і") and noun[-1] in _UKRAINIAN_HARD:
        keys.append(noun[:-1] + _UKRAINIAN_HARD[noun[-1]])
    keys += (rule.sub(by, word) for rule, by in _UKRAINIAN_FLEETING if rule.search(word))
    both = [f"{key}-" for key in keys]
    if _UKRAINIAN_VERB.search(word):
        verb = _UKRAINIAN_VERB.sub("", _UKRAINIAN_LABIAL.sub(r"\1", word))
        # поранити, поранено; зруйнувати, зруйновано.
        verb = verb if len(verb) < 4 else verb.rstrip("аеиіоуюяєї")
        for ending, instead in _UKRAINIAN_VERB_STEMS:
            verb = ending.sub(instead, verb)
        both.append(verb + "--")
    return Found(both=tuple(both), stem=Stem.NOTHING)


_POLISH_CASES = re.compile(r"(?<=...)(?:ami|ach|owie|owi|ów|om|em|[ąęayiueo])\Z")
_POLISH_PAST = re.compile(r"(?<=...)(?:ć|ł[aoy]?|li|to|ty|ta|te|ci|tych|no|ny|na|ne|ni|nych)\Z")
# więzień, więźnia.
_POLISH_FLEETING = re.compile(r"(?<=..)i?e([ńckl])\Z")
# atakować, atakują; bojownik, bojownicy.
_POLISH_UJ = re.compile(r"(?<=..)uj(?:e|ą|ę|emy|ecie|esz|ąc)\Z")


def polish(word: str) -> Found:
    """Return what is known of a Polish word; its cases are compared beside its stem."""
    also = (_POLISH_UJ.sub("ować", word),) if _POLISH_UJ.search(word) else ()
    if word.endswith("icy"):
        also = (word[:-2] + "k",)
    noun = _POLISH_CASES.sub("", word)
    # Before a vowel -ni- is -ń.
    keys = (noun.removesuffix("i"), _POLISH_FLEETING.sub(r"\1", word))
    both = tuple(f"{key}-" for key in keys)
    if _POLISH_PAST.search(word):
        verb = _POLISH_PAST.sub("", word)
        # zniszczyć, zniszczono.
        verb = verb if len(verb) < 5 else verb.rstrip("aeioy")
        return Found(both=(*both, f"{verb}--"), also=also)
    return Found(both=both, also=also)
