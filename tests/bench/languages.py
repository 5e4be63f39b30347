"""How many headlines and summaries are told their language, and how long does it take?

`python -m tests.bench.languages` prints a line for each language of tests/text/languages.tsv.
"""

from __future__ import annotations

from time import perf_counter

from alerts.text.languages import detected
from tests.text.sentences import summaries, titles


def main() -> None:
    headlines, longer = titles(), summaries()
    print("language  headlines: right wrong open   summaries: right wrong open")
    total = [0] * 6
    for language, texts in headlines.items():
        counts = _counts(language, texts) + _counts(language, longer[language])
        total = [one + other for one, other in zip(total, counts, strict=True)]
        print(_line(language, counts))
    print(_line("all", total))
    began = perf_counter()
    every = [text for texts in longer.values() for text in texts]
    for text in every:
        detected([text])
    print(f"{(perf_counter() - began) / len(every) * 1_000:.2f} ms a summary")


def _counts(language: str, texts: list[str]) -> list[int]:
    found = [detected([text]) for text in texts]
    right, none = found.count(language), found.count(None)
    return [right, len(found) - right - none, none]


def _line(name: str, counts: list[int]) -> str:
    return (
        f"{name:<20}"
        + "".join(f"{count:>6}" for count in counts[:3])
        + " " * 12
        + "".join(f"{count:>6}" for count in counts[3:])
    )


if __name__ == "__main__":
    main()
