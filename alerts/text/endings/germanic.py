"""German, Dutch and the languages of Scandinavia."""

from __future__ import annotations

import re

from alerts.text.endings.found import NOTHING, Found, Stem

# An infinitive, then the other stems of the verb.
_STRONG_VERBS = """
befehlen befiehl befahl befohl
beginnen begann begonn
beißen biss
bergen birg barg borg
bieten bot
binden band bund
bitten bat gebet
bleiben blieb
brechen brich brach broch
brennen brann brannt
bringen bracht
denken dacht
dringen drang drung
essen iss gegess
fahren fähr fuhr
fallen fäll fiel
fangen fäng fing
finden fand fund
fliegen flog
fliehen floh
fließen floss
geben gib gab
gehen ging gang
gewinnen gewann gewonn
graben gräb grub
greifen griff
halten häl hält hielt
heben hob
helfen hilf half holf
kommen kam
laden läd lud
lassen läss ließ
laufen läuf lief
leiden litt
lesen lies las
lügen log
nehmen nimm nahm nomm
reißen riss
rufen rief
schießen schoss
schlagen schläg schlug
schließen schloss
schneiden schnitt
schreiben schrieb
schreiten schritt
schweigen schwieg
schwören schwor
sehen sieh sah
senden sandt
singen sang sung
sinken sank sunk
sitzen saß sess
sprechen sprich sprach sproch
springen sprang sprung
stehen stand
stehlen stiehl stahl stohl
steigen stieg
sterben stirb starb storb
stoßen stöß stieß
streiten stritt
tragen träg trug
treffen triff traf troff
treiben trieb
treten tritt trat
verlieren verlor
wachsen wächs wuchs
weichen wich
weisen wies
werben wirb warb worb
werfen wirf warf worf
ziehen zog
zwingen zwang zwung
"""
_STRONG = {
    stem: verb
    for verb, *stems in map(str.split, _STRONG_VERBS.strip().splitlines())
    for stem in (verb.removesuffix("en"), *stems)
}
_GERMAN_PREFIXES = """
ab an auf aus be bei durch ein ent er fest frei gegen gefangen her hin los mit nach nieder
statt über um unter ver vor weg wider wieder zer zu zurück zusammen
"""
_GERMAN_SPLIT = re.compile(
    rf"(?:{'|'.join(sorted(_GERMAN_PREFIXES.split(), key=len, reverse=True))})\B"
)
_GERMAN_PARTICIPLE = re.compile(r"ge(.{3,}?)e?t")
# The stemmer makes them what they are made of: ruhig, Ruhe; menschlich, Mensch.
_GERMAN_ADJECTIVE = re.compile(r"\A(.{3,}(?:ig|lich|isch|heit|keit))(?:e[nmrs]?|en)?\Z")
_GERMAN_FINITE = re.compile(r"(.{3,}?)e?t(?:e[nt]?)?")
_GERMAN_ENDINGS = ("", "en", "e", "n", "st", "t", "et", "te", "ten")


def german(word: str) -> Found:
    """Return what is known of a German word, which keeps its capital: nouns have one."""
    if found := _GERMAN_ADJECTIVE.match(word):
        return Found(both=(f"{found[1].lower()}-",), stem=Stem.NOTHING)
    if word[:1].isupper():
        return NOTHING
    verbs = [
        f"{prefix}{verb}" for prefix, rest in _german_parts(word) for verb in _german_verbs(rest)
    ]
    return Found(perhaps=tuple(verbs))


def _german_parts(word: str) -> list[tuple[str, str]]:
    """Return *word* with and without the prefix of its verb."""
    parts = [("", word)]
    found = _GERMAN_SPLIT.match(word)
    if found and len(word) - found.end() > 3:
        parts.append((found.group(), word[found.end() :].removeprefix("zu")))
    return parts


def _german_verbs(form: str) -> list[str]:
    """Return the infinitives of which *form* may be a form."""
    stems = [
        one.removesuffix(ending)
        for one in (form, form.removeprefix("ge"))
        for ending in _GERMAN_ENDINGS
        if one.endswith(ending)
    ]
    verbs = [_STRONG[stem] for stem in stems if stem in _STRONG]
    regular = (_GERMAN_PARTICIPLE.fullmatch(form), _GERMAN_FINITE.fullmatch(form))
    return verbs + [f"{found[1]}en" for found in regular if found]


_NORDIC_ADJECTIVE = re.compile(r"\A(.{2,}lig)(?:a|t|e|are|ast|en|het|heten)?\Z")
_NORDIC_AGENT = re.compile(r"\A(.{3,}are)(?:ns?|na|nas|s)?\Z")
# kidnappades: with the -s of the passive.
_NORDIC_PASSIVE = re.compile(r"(?<=...)(?:a|at|e|et|ade|ede|te)s\Z")

# förstörde, förstört, förstörts; förstöra.
_NORDIC_PAST = re.compile(r"(?<=..[lnrmgjv])(?:des?|ts?)\Z")


def nordic(word: str) -> Found:
    """Return what is known of a word in Danish, Norwegian or Swedish."""
    if found := _NORDIC_ADJECTIVE.match(word):
        return Found(both=(f"{found[1]}-",), stem=Stem.NOTHING)
    if agent := _NORDIC_AGENT.match(word):
        return Found(both=(f"{agent[1]}-",), stem=Stem.ANSWERS)
    if _NORDIC_PASSIVE.search(word):
        return Found(perhaps=(word[:-1],))
    if past := _NORDIC_PAST.search(word):
        return Found(perhaps=(word[: past.start()] + "a",))
    return NOTHING


# Plurals whose vowel is long and whose singular's is short.
_DUTCH_SHORT = re.compile(r"(slag|dag|weg|graf|hof|oorlog|bod|glas|vat|schot|lot|trek)en\Z")


def dutch(word: str) -> Found:
    """Return what is known of a Dutch word."""
    word = word.replace("graven", "grafen").replace("hoven", "hofen")
    if found := _DUTCH_SHORT.search(word):
        return Found(also=(word[: found.end(1)],))
    if word.endswith("eren"):
        return Found(also=(word[:-4] + "eer",))
    # ontvoert, ontvoerd.
    if word.endswith(("t", "d")) and len(word) > 4:
        return Found(perhaps=(word[:-1] + "en",))
    return NOTHING
