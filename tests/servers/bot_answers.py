"""The envelope of the Bot API's answers."""

from __future__ import annotations

from typing import Any

#: An object of the Bot API.
Json = dict[str, Any]
Answer = dict[str, Any]
Parameters = dict[str, str]


class RefusedError(Exception):
    """What was asked is refused, in Telegram's words."""

    def __init__(self, description: str, *, code: int = 400, **parameters: int) -> None:
        super().__init__(description)
        kind = {400: "Bad Request", 403: "Forbidden", 409: "Conflict"}.get(code)
        #: The answer that says so.
        self.answer = refusal(code, f"{kind}: {description}" if kind else description, **parameters)


def result(result: object) -> Answer:
    """Return the answer that gives *result*."""
    return {"ok": True, "result": result}


def refusal(code: int, description: str, **parameters: int) -> Answer:
    """Return the answer that refuses."""
    answer: Answer = {"ok": False, "error_code": code, "description": description}
    return answer | {"parameters": parameters} if parameters else answer
