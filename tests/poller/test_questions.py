"""Questions that come while one is being answered are answered together."""

from __future__ import annotations

import asyncio

import pytest

from alerts.errors import StorageError
from alerts.poller.questions import Questions


class Oracle:
    """Answers when it is told to, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[frozenset[int]] = []
        self.may_answer = asyncio.Event()
        self.error: Exception | None = None

    async def answer(self, keys: frozenset[int]) -> dict[int, str]:
        self.asked.append(keys)
        await self.may_answer.wait()
        if self.error is not None:
            raise self.error
        return {key: str(key) for key in keys if key < 10}


async def _asking(
    questions: Questions[int, str], *keys: tuple[int, ...]
) -> list[asyncio.Task[dict[int, str]]]:
    tasks = []
    for each in keys:
        tasks.append(asyncio.create_task(questions.ask(each)))
        await asyncio.sleep(0)
        await asyncio.sleep(0)  # the first is being answered by now
    return tasks


async def test_each_gets_the_answer_to_its_own_question() -> None:
    oracle = Oracle()
    tasks = await _asking(Questions(oracle.answer), (1, 2), (2, 3), (4, 99), ())
    oracle.may_answer.set()
    answers = await asyncio.gather(*tasks)
    assert answers == [{1: "1", 2: "2"}, {2: "2", 3: "3"}, {4: "4"}, {}]
    assert oracle.asked == [{1, 2}, {2, 3, 4, 99}]


async def test_an_error_is_told_to_all_who_asked_and_to_nobody_later() -> None:
    oracle = Oracle()
    questions = Questions(oracle.answer)
    oracle.error = StorageError("gone")
    tasks = await _asking(questions, (1,), (2,), (3,))
    oracle.may_answer.set()
    for task in tasks:
        with pytest.raises(StorageError):
            await task
    oracle.error = None
    assert await questions.ask((5,)) == {5: "5"}


async def test_whoever_stops_asking_harms_nobody() -> None:
    oracle = Oracle()
    tasks = await _asking(Questions(oracle.answer), (1,), (2,), (3,))
    tasks[0].cancel()
    tasks[1].cancel()
    oracle.may_answer.set()
    assert await tasks[2] == {3: "3"}
