"""What can be typed wrong in a watchlist's places, limits and weights is told at its place."""

from __future__ import annotations

import pytest

from tests.watchlists.marked import WITH_KEYWORD, W, assert_refused, rules_of, watchlist_of

PLACES = [
    ("R202", "‸{near: Idlib}", ""),
    ("R202", "‸{within: 50km}", ""),
    ("R202", "‸{admin: Idlib}", ""),
    ("R202", "‸{country: LB}", ""),
    ("R202", "‸{place: Tripoli}", ""),
    ("R201", "{near: Idlib, within: 50km, ‸witin: 5km}", "'within'"),
    ("R201", "{near: Idlib, within: 50km, ‸radius: 5km}", "known here"),
    ("R201", "{in: SY, ‸admim: Idlib}", "'admin'"),
    ("R201", "{near: Idlib, within: 50km, ‸in: SY}", ""),
    ("R201", "{near: Idlib, within: 50km, ‸country: SY}", ""),
    ("R201", "{‸in: LB, place: Tripoli}", "country: LB"),
    ("R213", "{near: Idlib, within: ‸50}", "50km"),
    ("R213", "{near: Idlib, within: ‸50 miles}", "50km"),
    ("R213", "{near: Idlib, within: ‸50m}", "50km"),
    ("R213", "{near: Idlib, within: ‸-50km}", "50km"),
    ("R213", "{near: Idlib, within: ‸[50km]}", "50km"),
    ("R206", "{near: Idlib, within: ‸0km}", ""),
    ("R206", "{near: Idlib, within: ‸2000km}", ""),
    ("R205", "{near: Idlib, ‸within: }", "delete the key"),
    ("R205", "{‸near: , within: 50km}", "delete the key"),
    ("R205", "{near: ‸'', within: 50km}", ""),
    ("R206", "{near: [‸95, 10], within: 50km}", ""),
    ("R206", "{near: [35, ‸-181], within: 50km}", ""),
    ("R206", "{near: ‸[1], within: 50km}", ""),
    ("R206", "{near: ‸[1, 2, 3], within: 50km}", ""),
    ("R203", "{near: [‸north, 36.6], within: 50km}", ""),
    ("R203", "{near: [35.9, ‸'36.6'], within: 50km}", ""),
    ("R203", "{near: ‸12, within: 50km}", "quotes"),
    ("R203", "{near: ‸{place: Idlib}, within: 50km}", ""),
    ("R211", "{in: ‸XX}", "such as"),
    ("R211", "{in: ‸sy}", "'SY'"),
    ("R211", "{in: ‸UK}", "'GB'"),
    ("R203", "{in: ‸[SY]}", ""),
    ("R205", "{‸in: }", "delete the key"),
    ("R205", "{in: SY, ‸admin: }", "delete the key"),
    ("R203", "{in: SY, admin: ‸[Idlib]}", ""),
]

LIMITS = [
    ("R203", "demonyms: ‸yes", ""),
    ("R203", "demonyms: ‸1", ""),
    ("R203", "demonyms: ‸[Syria]", ""),
    ("R205", "‸demonyms:", "delete the key"),
    ("R203", "languages: ‸en", "[first, second]"),
    ("R203", "languages: [‸12]", "quotes"),
    ("R203", "languages: [‸false]", "quotes"),
    ("R211", "languages: [en, ‸english]", "'en'"),
    ("R211", "languages: [‸xx]", ""),
    ("R211", "languages: [‸en_GB]", "'en-GB'"),
    ("R205", "languages: ‸[]", "delete the key"),
    ("R203", "publishers: ‸Example Times", ""),
    ("R203", "publishers: ‸[Example Times]", ""),
    ("R212", "publishers: ‸{}", "reliability"),
    ("R205", "‸publishers:", "delete the key"),
    ("R201", "publishers: {‸exept: [Satire]}", "'except'"),
    ("R201", "publishers: {‸country: [GB]}", "'countries'"),
    ("R203", "publishers: {except: ‸Satire}", "[first, second]"),
    ("R203", "publishers: {only: [‸12]}", "quotes"),
    ("R205", "publishers: {only: ‸[]}", "delete the key"),
    ("R204", "publishers: {reliability: ‸G}", ""),
    ("R204", "publishers: {reliability: ‸c}", ""),
    ("R211", "publishers: {countries: [GB, ‸UK]}", "'GB'"),
    ("R209", "max_age: ‸24", "2h"),
    ("R209", "max_age: ‸1y", "2h"),
    ("R206", "max_age: ‸30s", ""),
    ("R206", "max_age: ‸366d", ""),
    ("R205", "‸max_age:", "delete the key"),
    ("R204", "unknown: ‸ignore", ""),
    ("R204", "unknown: ‸dropp", "'drop'"),
    ("R204", "unknown: ‸no", ""),
    ("R209", "repeat_after: ‸6", "2h"),
    ("R209", "repeat_after: ‸never", "2h"),
    ("R206", "repeat_after: ‸31d", ""),
    ("R206", "repeat_after: ‸0s", ""),
    ("R201", "‸repeat_aftr: 6h", "'repeat_after'"),
    ("R209", "expect: ‸7", "2h"),
    ("R206", "expect: ‸59m", ""),
    ("R206", "expect: ‸91d", ""),
    ("R205", "‸expect:", "delete the key"),
    ("R201", "‸expects: 7d", "'expect'"),
]

SCORES = [
    ("R203", "score: ‸5", ""),
    ("R205", "‸score:", "delete the key"),
    ("R202", "score: ‸{terms: {sarin: 5}}", ""),
    ("R202", "score: ‸{threshold: 5}", ""),
    ("R206", "score: {threshold: ‸0, terms: {sarin: 5}}", ""),
    ("R206", "score: {threshold: ‸-1, terms: {sarin: 5}}", ""),
    ("R203", "score: {threshold: ‸five, terms: {sarin: 5}}", ""),
    ("R203", "score: {threshold: ‸true, terms: {sarin: 5}}", ""),
    ("R203", "score: {threshold: ‸.inf, terms: {sarin: 5}}", ""),
    ("R203", "score: {threshold: 5, terms: {sarin: ‸five}}", ""),
    ("R203", "score: {threshold: 5, terms: {sarin: ‸'5'}}", ""),
    ("R206", "score: {threshold: 5, terms: {sarin: ‸1001}}", ""),
    ("R206", "score: {threshold: 5, terms: {sarin: ‸-1001}}", ""),
    ("R205", "score: {threshold: 5, terms: {‸sarin: }}", "delete the key"),
    ("R205", "score: {threshold: 5, terms: {‸'': 5}}", ""),
    ("R205", "score: {threshold: 5, terms: ‸{}}", "delete the key"),
    ("R203", "score: {threshold: 5, terms: ‸[sarin]}", ""),
    ("R113", "score: {threshold: 5, terms: {‸313: 5}}", "quotes"),
    ("R206", "score: {threshold: 5, terms: {sarin: 5}, title_factor: ‸-1}", ""),
    ("R203", "score: {threshold: 5, terms: {sarin: 5}, title_factor: ‸twice}", ""),
    ("R201", "score: {threshold: 5, terms: {sarin: 5}, ‸title_facter: 2}", "'title_factor'"),
]


@pytest.mark.parametrize(("code", "place", "hint"), PLACES)
def test_places_that_are_nowhere_are_refused(code: str, place: str, hint: str) -> None:
    assert_refused(W + f"    places: [Homs, {place}]\n", code, hint)


@pytest.mark.parametrize(("code", "line", "hint"), LIMITS + SCORES)
def test_limits_and_weights_that_mean_nothing_are_refused(code: str, line: str, hint: str) -> None:
    assert_refused(f"{WITH_KEYWORD}    {line}\n", code, hint)


@pytest.mark.parametrize("written", ["no", "'no'"])
def test_norwegian_needs_no_quotes(written: str) -> None:
    """YAML 1.1 would read false."""
    assert watchlist_of(f"keywords: [sarin], languages: [{written}]").languages == ("no",)


@pytest.mark.parametrize(
    "text", ["{in: SY}", "{near: Idlib, within: 50km}", "{in: SY, admin: Idlib}"]
)
def test_a_mapping_may_stand_for_places(text: str) -> None:
    assert rules_of(W + f"    places: [{text}]\n").watchlists
