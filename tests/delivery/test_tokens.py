"""A token opens one page for one reader, and nothing that was altered opens any."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.delivery.links import ReaderPages
from alerts.delivery.tokens import Claim, Purpose, read, sign
from alerts.model import Address, DeliveryKind
from tests.delivery.digests import digest
from tests.delivery.samples import delivery, khmeimim

OLD, NEW, FOREIGN = "old" * 12, "new" * 12, "not ours" * 5
CLAIM = Claim(subscriber="email:reader@example.net", list="desk", version=2)
TOKEN = sign(CLAIM, Purpose.LEAVE, [NEW])

claims = st.builds(
    Claim,
    subscriber=st.text(max_size=80),
    list=st.text(max_size=40),
    version=st.integers(0, 2**31),
    about=st.text(max_size=64),
)


@given(claims, st.sampled_from(Purpose))
def test_what_was_signed_is_read_and_fits_into_an_address(claim: Claim, purpose: Purpose) -> None:
    token = sign(claim, purpose, [NEW])
    assert read(token, purpose, [NEW]) == claim
    assert token.replace("-", "").replace("_", "").replace(".", "").isalnum()


@given(st.integers(0, len(TOKEN) - 1), st.characters())
def test_no_letter_can_be_another(place: int, letter: str) -> None:
    forged = TOKEN[:place] + letter + TOKEN[place + 1 :]
    assert (read(forged, Purpose.LEAVE, [NEW]) is None) is (forged != TOKEN)


@given(st.integers(0, len(TOKEN) - 1))
def test_a_cut_token_opens_nothing(length: int) -> None:
    assert read(TOKEN[:length], Purpose.LEAVE, [NEW]) is None
    assert read(TOKEN[length + 1 :], Purpose.LEAVE, [NEW]) is None


@given(st.text(max_size=200))
def test_no_other_text_is_a_token(text: str) -> None:
    assert read(text, Purpose.LEAVE, [NEW]) is None


@pytest.mark.parametrize("junk", ["=", "\n", ".", "%0A", "é", "A" * 3000])
def test_nothing_can_be_added(junk: str) -> None:
    assert read(TOKEN + junk, Purpose.LEAVE, [NEW]) is None
    assert read(junk + TOKEN, Purpose.LEAVE, [NEW]) is None


def test_a_token_opens_no_other_page() -> None:
    opened = [purpose for purpose in Purpose if read(TOKEN, purpose, [NEW])]
    assert opened == [Purpose.LEAVE]


def test_the_newest_key_signs_and_older_ones_are_believed() -> None:
    before = sign(CLAIM, Purpose.LEAVE, [OLD])
    after = sign(CLAIM, Purpose.LEAVE, [NEW, OLD])
    assert after == TOKEN != before
    for token in (before, after):
        assert read(token, Purpose.LEAVE, [NEW, OLD]) == CLAIM
    assert read(before, Purpose.LEAVE, [NEW]) is None
    assert read(TOKEN, Purpose.LEAVE, [FOREIGN]) is None
    assert read(TOKEN, Purpose.LEAVE, []) is None


class Desk:
    keys = (NEW,)

    def version(self, address: Address, receiver: str) -> int:
        return len(receiver) + len(address.channel)


def test_links_are_those_of_the_reader() -> None:
    pages = ReaderPages("https://tocsin.example/", Desk())
    links = pages.links(digest(khmeimim()))
    told = read(
        links.whole.removeprefix("https://tocsin.example/mail/digest/"), Purpose.DIGEST, [NEW]
    )
    assert told is not None
    assert told.about == "d1" * 32
    left = read(
        links.leave.removeprefix("https://tocsin.example/mail/leave/"), Purpose.LEAVE, [NEW]
    )
    assert left is not None
    assert (left.subscriber, left.version) == ("email:reader@example.net", 9)
    assert pages.links(delivery(khmeimim())).whole == ""


def test_an_operator_cannot_leave_by_a_link() -> None:
    pages = ReaderPages("https://tocsin.example", Desk())
    assert pages.links(delivery(khmeimim(), kind=DeliveryKind.NOTICE)).leave == ""
