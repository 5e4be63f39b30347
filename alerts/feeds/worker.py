"""A parser process: `python -m alerts.feeds.worker MEMORY_BYTES CPU_SECONDS`.

It reads jobs from its standard input and writes answers to its standard output until that input
ends, which also happens when the program dies.  It limits its own memory and time; the program
kills it when that is not enough (`alerts.feeds.workers`).  It has no business with files or the
network and can open next to none.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from alerts.errors import ParseError
from alerts.feeds.frames import LENGTH, json_frame
from alerts.feeds.parse import parse_document
from alerts.feeds.parsed import ParsedFeed, write_feed, write_item

#: Enough for the three pipes and a codec that Python loads when it is first asked for.
_OPEN_FILES = 16
#: The loops of the program go first.
_NICE = 5
#: Pages: all, resident, ... (proc(5)); Linux only.
_STATM = Path("/proc/self/statm")
#: `alerts.feeds.parse.parse_document`, or what takes its place.
Parse = Callable[..., ParsedFeed]
#: Exit code of a process that ran out of memory and does not trust itself any more.
OUT_OF_MEMORY = 3


def main(parse: Parse = parse_document) -> None:
    """Serve until the input ends; *parse* is what it does (`alerts.feeds.page_worker`)."""
    memory_bytes, cpu_seconds = int(sys.argv[1]), int(sys.argv[2])
    # Ctrl-C and a service manager's TERM reach the whole group; our word is the end of the input,
    # which comes when the program has had its answers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.nice(_NICE)
    _limit(memory_bytes)
    jobs, answers = sys.stdin.buffer, sys.stdout.buffer
    while (head := _read(jobs)) is not None and (body := _read(jobs)) is not None:
        _allow_cpu(cpu_seconds)
        try:
            frames = _answer(parse, head, body)
        except MemoryError:
            sys.exit(OUT_OF_MEMORY)
        answers.write(b"".join(frames))
        answers.flush()


def _answer(parse: Parse, head: bytes, body: bytes) -> list[bytes]:
    """Return the frames that answer one job."""
    job = json.loads(head)
    try:
        feed = parse(
            body, url=job["url"], content_type=job["content_type"], seen=frozenset(job["seen"])
        )
    except MemoryError:
        raise
    except ParseError as error:
        return [json_frame({"error": str(error)})]
    # feedparser fails in as many ways as documents are broken.
    except Exception as error:  # noqa: BLE001
        return [json_frame({"error": f"the document broke the parser ({type(error).__name__})"})]
    answer = {
        "feed": write_feed(feed),
        "items": len(feed.items),
        "resident_bytes": _resident_bytes(),
    }
    return [json_frame(answer), *(json_frame(write_item(item)) for item in feed.items)]


def _resident_bytes() -> int:
    """Return how much memory this process holds; 0 where that is not to be learned."""
    # Not getrusage: its maximum begins with that of the program that started us.
    try:
        return int(_STATM.read_text(encoding="ascii").split()[1]) * resource.getpagesize()
    except OSError:
        return 0


def _read(source: BinaryIO) -> bytes | None:
    """Return the next frame, or None at the end of the input."""
    length = source.read(LENGTH.size)
    if len(length) < LENGTH.size:
        return None
    (size,) = LENGTH.unpack(length)
    payload = source.read(size)
    return payload if len(payload) == size else None


def _limit(memory_bytes: int) -> None:
    for what, most in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        resource.setrlimit(what, (most, most))


def _allow_cpu(seconds: int) -> None:
    # The limit counts from the birth of the process and in whole seconds: raise it for each job.
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + 1 + seconds, hard))


if __name__ == "__main__":
    main()
