"""What compiled code says of a simple chunk is what the slow way says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from alerts.matching.engine.hashing import SEED, units_of
from alerts.matching.engine.kinds import LANGUAGE_NUMBERS, Wants
from alerts.matching.engine.learning import lesson
from alerts.matching.engine.memory import empty
from alerts.matching.engine.simple import exceptions, learn_simple
from alerts.text import english_words
from alerts.text import spelling as spelling_package

_ENDINGS = ["", "s", "ed", "ing", "men", "tion", "ize", "iser", "yse", "ll", "y", "ied"]
_WANTS = st.builds(
    Wants, written=st.booleans(), lengths=st.integers(0, 2**20), sounds=st.booleans()
)
_chunks = st.one_of(
    st.from_regex(r"[A-Za-z]{1,12}", fullmatch=True),
    st.builds(str.__add__, st.from_regex(r"[a-z]{0,9}", fullmatch=True), st.sampled_from(_ENDINGS)),
    st.from_regex(r"[0-9]{1,10}", fullmatch=True),
    st.text(max_size=6),
)


def simple(chunk: str, language: str, wants: Wants) -> list[int] | None:
    """Return the record that compiled code makes of *chunk*; None: it leaves it alone."""
    memory = empty(64)
    place = learn_simple(
        units_of(chunk),
        0,
        len(chunk),
        np.uint64(1),
        LANGUAGE_NUMBERS[language],
        wants.array(),
        exceptions(),
        SEED,
        memory,
    )
    return None if place < 0 else [int(word) for word in memory.words[: memory.used[1]]]


def slow(chunk: str, language: str, wants: Wants) -> list[int]:
    head, *rest = (int(word) for word in lesson([chunk], language, wants).words)
    # In which order the classes of one kind stand means nothing.
    return [head, *sorted(rest)]


@given(_chunks.filter(bool), st.sampled_from(["en", "fr", "ar", "ru", "fa", "zh"]), _WANTS)
@example("took", "en", Wants())
@example("al", "en", Wants(sounds=True))
@example("Abu", "en", Wants(sounds=True))
@example("HTS", "en", Wants(written=True))
@example("123456", "ar", Wants(lengths=0b111110))
def test_a_simple_chunk_is_what_the_slow_way_makes_of_it(
    chunk: str, language: str, wants: Wants
) -> None:
    language = language if language in LANGUAGE_NUMBERS else "en"
    found = simple(chunk, language, wants)
    if found is not None:
        head, *rest = found
        assert [head, *sorted(rest)] == slow(chunk, language, wants)


def test_every_word_that_we_know_is_what_the_slow_way_makes_of_it() -> None:
    listed = Path(spelling_package.__file__).parent.joinpath("words.txt").read_text().split()
    tables = f"{english_words.FORMS} {english_words.ALONE} {english_words.COMPOUNDS}"
    words = [word for word in {*listed, *tables.replace("~", "").split()} if word.isascii()]
    taken = 0
    for word in words:
        found = simple(word, "en", Wants())
        if found is not None:
            taken += 1
            head, *rest = found
            assert [head, *sorted(rest)] == slow(word, "en", Wants()), word
    # Else the test would tell nothing.
    assert taken > len(words) / 5


def test_words_that_may_be_inflected_are_left_to_the_slow_way() -> None:
    assert [simple(word, "en", Wants()) for word in ("strikes", "took", "realise", "abandon")] == [
        None
    ] * 4
    assert simple("Krobat", "en", Wants(sounds=True)) is None
    assert simple("frappa", "fr", Wants()) is None
