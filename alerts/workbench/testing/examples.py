"""The test that would notice a mutant: found by trying, so that it holds now and would not then.

Articles are made of those of the watchlist's own tests, with the words of the missing part put in the place
of others, beside them, or left out; or else of nothing but the words that the watchlist asks for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from alerts.model import Article, EntityRef, Match, Severity, Term, Watchlist
from alerts.text.languages import with_language
from alerts.watchlists.layout.quoting import spellings
from alerts.watchlists.meaning.lexicon import Lexicon
from alerts.watchlists.rule_tests import RuleTest
from alerts.workbench.testing.cutting import leaves
from alerts.workbench.testing.mutants import Mutant
from alerts.workbench.testing.trial import Trial
from alerts.workbench.testing.variants import (
    appended,
    moved,
    removed,
    replaced,
    spread,
    titled,
)
from alerts.workbench.testing.words import Writer

#: Articles of tests that are varied; ways to write the missing part, those that are put into each of the
#: articles; and all that is tried.
_ARTICLES, _WAYS, _FIRST_WAYS, _MOST = 3, 40, 3, 150


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A test to be written into a watchlist."""

    watchlist: str
    name: str
    article: Article
    expects_match: bool
    severity: Severity | None = None

    def as_yaml(self) -> str:
        """Return an entry for `tests`, on lines that are not indented."""
        lines = [f"- name: {spellings(self.name)[0]}"]
        lines.append(f"  article: {{{', '.join(self._article())}}}")
        lines.append(f"  expect: {'match' if self.expects_match else 'no-match'}")
        if self.severity:
            lines.append(f"  severity: {self.severity.value}")
        return "\n".join(lines)

    def _article(self) -> Iterator[str]:
        for key in ("title", "summary", "content", "author", "publisher"):
            if text := getattr(self.article, key):
                yield f"{key}: {spellings(text)[1]}"
        if self.article.tags:
            yield f"tags: [{', '.join(spellings(tag)[1] for tag in self.article.tags)}]"
        if with_language(replace(self.article, language="")).language != self.article.language:
            yield f"language: {spellings(self.article.language)[1]}"
        if self.article.published_at:
            yield f'published_at: "{self.article.published_at.isoformat()}"'


@dataclass(frozen=True, slots=True)
class _Try:
    """An article, with the words that were put into it, if any were."""

    article: Article
    words: str = ""
    #: They were put beside what matches, to keep it from that.
    is_veto: bool = False


@dataclass(slots=True, kw_only=True)
class Seeker:
    """Looks for the test that tells one watchlist from its mutant."""

    mutant: Mutant
    before: Watchlist
    after: Watchlist | None
    tests: Sequence[RuleTest]
    original: Trial
    changed: Trial
    lexicon: Lexicon
    #: Whether the mutant did all the same whatever the missing part does, as far as was tried.
    is_needless: bool = False
    _same: dict[str, bool] = field(default_factory=dict)

    def example(self) -> Example | None:
        """Return a test that holds, and would not for the mutant; None: none was found."""
        if self.before == self.after and not self.mutant.entities:
            self.is_needless = True
            return None
        tries = (each for one in self._tries() for each in _in_languages(one))
        for one in islice(tries, _MOST):
            test = self._test(one.article)
            here, there = self.original.outcome(test), self.changed.outcome(test)
            if (here is None) is not (there is None):
                return self._example(one, expects_match=here is not None)
            if one.is_veto:
                self._note(one.words, is_same=here is None)
            elif one.words and there is not None:
                self._note(one.words, is_same=_finds(there.match, one.words))
        self.is_needless = bool(self._same) and all(self._same.values())
        return None

    def _note(self, words: str, *, is_same: bool) -> None:
        self._same[words] = self._same.get(words, False) or is_same

    def of_severity(self) -> Example | None:
        """Return a test that asks for the severity."""
        for article, _ in self._matched():
            severity = self.before.severity
            example = self._example(_Try(article, f"it is {severity}"), expects_match=True)
            return replace(example, severity=severity)
        return None

    def _test(self, article: Article) -> RuleTest:
        return RuleTest(
            spot=self.mutant.spot,
            watchlist=self.before.id,
            name="",
            article=article,
            expects_match=True,
        )

    def _example(self, one: _Try, *, expects_match: bool) -> Example:
        return Example(
            watchlist=self.before.id,
            name=_name(self.mutant, one.words, expects_match=expects_match),
            article=one.article,
            expects_match=expects_match,
        )

    # --- articles -----------------------------------------------------------------------------

    def _matched(self) -> Iterator[tuple[Article, Match]]:
        """Yield articles that match: of tests, the shortest first, and one made of bare words."""
        of_tests = sorted(
            (test.article for test in self.tests if test.expects_match),
            key=lambda article: len(article.title + article.summary + article.content),
        )
        bare = titled(Writer(self.lexicon).text(self.before.condition))
        for article in (*of_tests[:_ARTICLES], bare):
            found = self.original.outcome(self._test(article))
            if found is not None:
                yield article, found.match

    def _tries(self) -> Iterator[_Try]:
        lost, ways = self._lost(), tuple(islice(self._ways(), _WAYS))
        matched = sorted(self._matched(), key=lambda each: not _agree(each[0], ways))
        for number, words in enumerate(ways):
            if number < _FIRST_WAYS:
                for article, match in matched:
                    for each in replaced(article, match, words):
                        yield _Try(each, words, self.mutant.kind == "mask")
            given = Writer(self.lexicon, dict.fromkeys(lost, words))
            yield _Try(titled(given.text(self.before.condition)), words)
            if number == _FIRST_WAYS - 1:
                yield from self._varied(matched, ways)
        if len(ways) < _FIRST_WAYS:
            yield from self._varied(matched, ways)

    def _varied(
        self, matched: Sequence[tuple[Article, Match]], ways: Sequence[str]
    ) -> Iterator[_Try]:
        """Yield articles that say more than those that match, or less, or elsewhere."""
        is_veto = self.mutant.kind == "exclusion"
        for article, match in matched:
            for words in ways[:_FIRST_WAYS]:
                yield from (_Try(each, words, is_veto) for each in appended(article, words))
            for words in self._unwanted():
                yield from map(_Try, appended(article, words))
            yield from map(_Try, removed(article, match))
            yield from map(_Try, spread(article, match, self.mutant.part))
            yield from map(_Try, moved(article))
        brief = Writer(self.lexicon, is_brief=True)
        yield _Try(titled(brief.text(self.before.condition)))

    def _unwanted(self) -> Iterator[str]:
        """Yield words that the watchlist excludes, each alone and all together."""
        if self.before.exclude is not None:
            writer = Writer(self.lexicon)
            yield writer.text(self.before.exclude)
            for term in islice(leaves(self.before.exclude), _FIRST_WAYS):
                yield writer.text(term)

    # --- what is missing ----------------------------------------------------------------------

    def _lost(self) -> tuple[Term, ...]:
        """Return the terms that the mutant asks for no more, or that mean less."""
        if self.mutant.entities:
            return tuple(EntityRef(id_) for id_ in self.mutant.entities)
        kept = set(_terms(self.after)) if self.after else set()
        return tuple(dict.fromkeys(term for term in _terms(self.before) if term not in kept))

    def _ways(self) -> Iterator[str]:
        """Yield how the missing part is written."""
        writer = Writer(self.lexicon)
        if not self.mutant.entities:
            terms = self._lost()
            for ways in map(writer.ways, terms):
                yield from islice(ways, max(1, _WAYS // len(terms)))
            return
        for id_, after in self.mutant.entities.items():
            if (before := self.lexicon.entity(id_)) is None:
                continue
            for key in ("aliases", "previous_names"):
                yield from sorted({*getattr(before, key)} - {*getattr(after, key)})
            for name in sorted({*before.weak_aliases} - {*after.weak_aliases}):
                yield from (f"{name} ({writer.text(term)})" for term in before.support)
            for term in (term for term in before.mask if term not in after.mask):
                yield from writer.ways(term)


def _terms(watchlist: Watchlist) -> Iterator[Term]:
    yield from leaves(watchlist.condition)
    if watchlist.exclude is not None:
        yield from leaves(watchlist.exclude)
    yield from watchlist.mask


def _in_languages(one: _Try) -> Iterator[_Try]:
    """Yield *one* in the language that its words are told to be in, and in the one that was said."""
    told = with_language(replace(one.article, language=""))
    yield replace(one, article=told)
    if one.article.language not in ("", told.language):
        yield one


def _agree(article: Article, ways: Sequence[str]) -> bool:
    """Tell whether the words of *article* and those to be put there may be of one script."""
    return article.title.isascii() == all(map(str.isascii, ways[:1]))


def _name(mutant: Mutant, words: str, *, expects_match: bool) -> str:
    if words:
        return words if expects_match else f"not with {words}"
    part = mutant.part.strip("'\"")
    if mutant.kind != "operator":
        return f"needs {part}"
    if part.endswith(":"):
        return f"not outside {part[:-1]}"
    return f"{'fewer than' if part.startswith('ATLEAST') else 'beyond'} {part}"


def _finds(match: Match, words: str) -> bool:
    """Tell whether *match* rests on some of the *words* that were put into the article."""
    put = words.casefold()
    return any(
        one.surface.casefold() in put or put in one.surface.casefold() for one in match.evidence
    )
