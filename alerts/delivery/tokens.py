"""Signed words in links: who reads, which list, and how often that changed hands.  Pure.

A token is the claim in clear and an HMAC-SHA256 over it and its purpose (RFC 2104, FIPS 198-1), both
url-safe: `claim.mac`.  Nothing about it is stored, so that a link works for as long as its key is
believed.  It hides nothing; who holds a mail may do what its links do.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from hmac import compare_digest, digest

#: Longer ones are not even looked at: a mailbox and a list have some 400 bytes at most.
_LONGEST = 2000


class Purpose(StrEnum):
    """The page that a token opens; it opens no other."""

    LEAVE = "leave"
    PREFERENCES = "preferences"
    CONFIRM = "confirm"
    DIGEST = "digest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a token says."""

    #: `Address.key`
    subscriber: str
    #: The receiver; empty: every one.
    list: str
    #: Of the consent (`storage.consents`): a claim of an older one is a replay.
    version: int = 0
    #: What else it is about: a digest's delivery, the mailbox that moves.
    about: str = ""


def sign(claim: Claim, purpose: Purpose, keys: Sequence[str]) -> str:
    """Return the token of *claim*, signed with the first of *keys*, which is the newest."""
    words = [claim.subscriber, claim.list, claim.version, claim.about]
    text = _encoded(json.dumps(words, separators=(",", ":"), ensure_ascii=False).encode())
    return f"{text}.{_mac(text, purpose, keys[0])}"


def read(token: str, purpose: Purpose, keys: Sequence[str]) -> Claim | None:
    """Return what *token* claims if one of *keys* signed it for *purpose*; else None."""
    text, _, mac = token.partition(".")
    if len(token) > _LONGEST or not token.isascii():
        return None
    # Every key is tried, however soon one fits: the time tells nothing.
    fitting = [compare_digest(_mac(text, purpose, key), mac) for key in keys]
    if not any(fitting):
        return None
    subscriber, of, version, about = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return Claim(subscriber=subscriber, list=of, version=version, about=about)


def _mac(text: str, purpose: Purpose, key: str) -> str:
    return _encoded(digest(key.encode(), f"{purpose}\0{text}".encode(), sha256))


def _encoded(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode("ascii")
