"""Words for tests: of every language, of one that is long-winded, and of Arabic that tests know."""

from __future__ import annotations

from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from alerts.delivery.rendering.reader import Reader
from alerts.locales import LANGUAGES, Words, words_of
from alerts.locales.catalogues import compiled
from alerts.locales.updating import TEMPLATE_PATH

_KNOWN: Final = {
    "CRITICAL": "حرج",
    "critical": "حرجة",
    "high": "عالية",
    "language": "اللغة",
    ", ": "، ",
    "matched {words}, watchlist <b>{watchlist}</b>": "طابق {words}، قائمة <b>{watchlist}</b>",
    "matched {words} in the text": "طابق {words} في النص",
    "Watchlist <b>{watchlist}</b>, {severity}": "القائمة <b>{watchlist}</b>، {severity}",
    "{headline} — {publisher}, {age}": "{headline} — {publisher}، {age}",
    "Also reported by {publishers}": "نشره أيضا {publishers}",
    "(not known: {facts})": "(غير معروف: {facts})",
    "Update: now {severity}, was {before}": "تحديث: الدرجة {severity} وكانت {before}",
    "The headline was: {headline}": "كان العنوان: {headline}",
    "Also matches: {watchlists}": "يطابق أيضا: {watchlists}",
    "Mute story 24 h": "كتم الخبر 24 ساعة",
    "Unmute story": "إلغاء كتم الخبر",
    "Mute watchlist": "كتم القائمة",
    "Unmute watchlist": "إلغاء كتم القائمة",
    "Mute “{title}”": "كتم «{title}»",
    "Unmute “{title}”": "إلغاء كتم «{title}»",
    "Why": "لماذا",
    "spelling": "كتابة أخرى",
}
_KNOWN_FORMS: Final = {
    ("{count} min ago", "{count} min ago"): "قبل {count} دقيقة",
    (
        "{count} story since {moment}",
        "{count} stories since {moment}",
    ): "{count} أخبار منذ {moment}",
    ("and {count} more: {url}", "and {count} more: {url}"): "و{count} غيرها: {url}",
    ("{count} alert", "{count} alerts"): "{count} تنبيهات",
}


def arabic_words() -> Words:
    """Return Arabic as far as tests name it, whatever translators do."""
    catalogue = Catalog(locale="ar")
    for text, said in _KNOWN.items():
        catalogue.add(text, said)
    for forms, said in _KNOWN_FORMS.items():
        catalogue.add(forms, (said,) * 6)
    return Words("ar", compiled(catalogue))


def long_winded() -> Words:
    """Return a language from right to left in which every text is twice as long as in English."""
    catalogue = Catalog(locale="ar")
    with TEMPLATE_PATH.open("rb") as file:
        texts = [message.id for message in read_po(file) if message.id]
    for text in texts:
        if isinstance(text, str):
            catalogue.add(text, _longer(text))
        else:
            catalogue.add(tuple(text), (_longer(text[1]),) * 6)
    return Words("ar", compiled(catalogue))


def _longer(text: str) -> str:
    return f"{text} {'ش' * len(text)}"


#: Every reader that a message must fit.
READERS: Final = tuple(
    Reader(words, zone)
    for words in (*map(words_of, LANGUAGES), long_winded())
    for zone in ("UTC", "Asia/Damascus")
)
