"""Which words of a name ask for capitals in a text: "IS" does, "AL SHABAAB" does not.

And where a capital says nothing.  Pure.
"""

from __future__ import annotations

from alerts.text.tokens import Token

#: A name of all capitals, at most so long, asks for capitals in the text: "IS", "HTS".
SHORT = 4
#: What may stand before the first word of a sentence, of a quotation, or behind the kicker of a title.
_ENDS = ".!?…:|\n\r\"“”„«»‘'"


def asked_capitals(tokens: tuple[Token, ...]) -> tuple[bool, ...]:
    """Tell which words of a name ask for capitals.

    A short word in capitals does, alone ("IS") or in a name that also has other words ("IS
    Khorasan"); in a long name that is typed in capitals throughout ("AL SHABAAB") they say nothing.
    """
    words = [token.word for token in tokens]
    letters = sum(len(word.written) for word in words)
    shouted = letters > SHORT and all(word.capitals for word in words)
    return tuple(
        word.capitals and len(word.written) <= SHORT and not (shouted and len(words) > 1)
        for word in words
    )


def begins_sentence(text: str, start: int) -> bool:
    """Tell whether the word at *start* begins *text* or a sentence of it: there all have a capital."""
    before = text[:start].rstrip(" \t\u00a0")
    return not before or before[-1] in _ENDS
