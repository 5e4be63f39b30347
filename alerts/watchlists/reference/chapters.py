"""The words and examples of docs/rule-files.md; each example loads on its own."""

from __future__ import annotations

from dataclasses import dataclass

from alerts.watchlists.schema import feeds, routing, watchlists
from alerts.watchlists.schema.section import Section

BEGINNING = """\
# Rule files

<!-- Made by `tocsin schema --format markdown`; change alerts/watchlists and run `make docs`. -->

All `*.yml` and `*.yaml` files of the rules folder are read and merged; any file may hold any of the
sections below. `tocsin check` says everything that is wrong with them, each complaint with its
line, column and way out ([complaints.md](complaints.md)).

With this first line, editors that speak yaml-language-server complete keys and values, explain them
and mark what is wrong while you type:

```yaml
# yaml-language-server: $schema=./tocsin.schema.json
version: 1
watchlists:
  - id: idlib-chemical
    title: Chemical weapons in Idlib
    places: [Idlib]
    keywords: [sarin, chlorine]
```

`tocsin schema > rules/tocsin.schema.json` writes the schema beside the files.

**How it is written.** Texts, numbers and lists are those of YAML 1.2: `22:00`, `no` and `on` are
texts. Keys are never guessed: one that is not on this page is refused. Nothing (`key:` without a
value, an empty list or text) is never a value; leave the key out. A single file holds at most
1 MB and 20 levels, and no anchors, aliases or tags. A duration has each of the units `d`, `h`, `m`
and `s` at most once, the larger first: `1h30m`, not `90m1h`."""

END = """\
## What is checked beyond the keys

- **References**: `@id` of an entity, yours or a known one, receivers, time intervals, the watchlists
  and severities that routes ask for. Ids are declared once in all files, routes stand in one file.
- **Terms and queries** are read and compiled: see [query-language.md](query-language.md).
- **Places**: one whose name several places bear is taken as the most populous, and `check` says
  which; a name that no place bears cannot be the centre of `near`.
- **Addresses** of chats and mailboxes. `${NAME}` is filled in from the environment, in receivers
  only; what it holds is never shown.
- **Contradictions**: an interval that ends when it starts, a threshold that no article can reach, a
  test that expects no match and names its evidence.

Everything that can be told from one section alone is also in the JSON Schema: what `check` refuses
there an editor marks, and the other way round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A section of rule files on the page."""

    section: type[Section]
    #: Its name among the definitions of the JSON Schema.
    definition: str
    heading: str
    #: What a table calls one of it.
    one: str
    level: int = 3
    #: What stands behind the first sentence, which is the section's docstring.
    text: str = ""
    example: str = ""

    @property
    def anchor(self) -> str:
        """What links to the heading."""
        return self.heading.lower().replace(" ", "-")


CHAPTERS = (
    Chapter(
        section=feeds.FeedSection,
        definition="feed",
        heading="feeds",
        one="a feed",
        level=2,
        example="""
feeds:
  - url: https://example.org/world/rss
    publisher: Example Times
    country: GB
    reliability: B
    language: en
    tags: [world]
    backfill: 24h
""",
    ),
    Chapter(
        section=feeds.EntitySection,
        definition="entity",
        heading="entities",
        one="an entity",
        level=2,
        text="""Watch one name, get all. Watchlists refer to it by its name, or as `@id`.

Tocsin knows some 1,200 entities already, whatever files there are: armed groups, forces, people,
bases, regions and topics of current conflicts. Watchlists name them as they name your own;
`tocsin entities WORDS` says which there are, with all their names. Write an entity here that is
missing, or to say something else of a known one: under its id it stands in its place, names and
all. Your own names, and what sounds like them, come before known ones.""",
        example="""
entities:
  hts:
    type: group
    name: Hayat Tahrir al-Sham
    aliases: [Levant Liberation Board, "هيئة تحرير الشام"]
    previous_names: [al-Nusra Front]
    weak_aliases: [HTS]
    support: [Syria, Idlib, jihadist]
    mask: ["HTS code*"]
  khmeimim:
    type: place
    name: Khmeimim Air Base
    aliases: [Hmeimim]
    at: [35.401, 35.948]
    in: [SY]
""",
    ),
    Chapter(
        section=watchlists.WatchlistSection,
        definition="watchlist",
        heading="watchlists",
        one="a watchlist",
        level=2,
        text="An article must meet one entry of **every** list that is given, and the query.",
        example="""
watchlists:
  - id: idlib-chemical
    title: Chemical weapons in Idlib
    owner: syria-desk
    severity: critical
    places: [Idlib, {near: [35.93, 36.63], within: 50km}]
    keywords: [sarin, chlorine, nerve agent]
    exclude: 'title:(anniversary OR retrospective)'
    mask: [chemical industry]
    languages: [en, ar]
    publishers: {except: [Example Satire], reliability: C}
    max_age: 24h
    tests:
      - {name: a gas attack, article: {title: Sarin used in Idlib}, expect: match}
      - {name: a fair, article: {title: Chemical industry fair in Idlib}, expect: no-match}
  - id: port-blast
    title: Explosion in a port
    query: '(explosion OR blast) NEAR/10 (port OR harbour)'
    in: [title, summary]
""",
    ),
    Chapter(
        section=watchlists.CountryPlace,
        definition="country-place",
        heading="places by name and country",
        one="`{place: …, country: …}`",
        text="A plain name, or `@id`, is enough where no other place bears it.",
        example="""
watchlists:
  - id: tripoli-lebanon
    title: Tripoli in Lebanon
    places: [{place: Tripoli, country: LB}]
""",
    ),
    Chapter(
        section=watchlists.AroundPlace,
        definition="around-place",
        heading="places near another",
        one="`{near: …, within: …}`",
        example="""
watchlists:
  - id: around-homs
    title: Around Homs
    places: [{near: Homs, within: 30km}]
""",
    ),
    Chapter(
        section=watchlists.InsidePlace,
        definition="inside-place",
        heading="places inside a country",
        one="`{in: …}`",
        text="`Syria` is the name, `{in: SY}` is everything in it.",
        example="""
watchlists:
  - id: all-of-syria
    title: Anywhere in Syria
    places: [{in: SY}]
    keywords: [air strike]
""",
    ),
    Chapter(
        section=watchlists.PublishersSection,
        definition="publishers",
        heading="publishers",
        one="`{only: …, except: …}`",
    ),
    Chapter(
        section=watchlists.ScoreSection,
        definition="score",
        heading="score",
        one="a score",
        example="""
watchlists:
  - id: gas-or-fertiliser
    title: Gas attacks
    score:
      threshold: 5
      terms: {sarin: 5, chlorine: 3, 'gas NEAR/3 attack*': 4, 'fertili*': -4}
      title_factor: 2
""",
    ),
    Chapter(
        section=watchlists.RuleTestSection,
        definition="rule-test",
        heading="tests",
        one="a test",
    ),
    Chapter(
        section=watchlists.ArticleSection,
        definition="article",
        heading="the article of a test",
        one="an article",
    ),
    Chapter(
        section=routing.RouteSection,
        definition="route",
        heading="routes",
        one="a node",
        level=2,
        text="The root has a receiver and no matchers: it takes what no node below it takes. A"
        " matcher is `label=value`, `!=`, or `=~` and `!~` with a regex for the whole value; labels"
        " are `watchlist`, `severity`, `owner`, `publisher`, `place`, `group` and `tag`.",
        example="""
routes:
  receiver: desk
  group_wait: 30s
  routes:
    - match: ['severity=~"high|critical"']
      receiver: ops
      continue: true
receivers:
  ops: {telegram: {chat: "${OPS_CHAT}", thread: 7}}
  desk: {email: {to: [desk@example.org]}}
""",
    ),
    Chapter(
        section=routing.IntervalSection,
        definition="interval",
        heading="time_intervals",
        one="an interval",
        level=2,
        example="""
time_intervals:
  night: {times: [{start: "22:00", end: "06:30"}], location: Europe/Berlin}
  weekend: {days: [sat, sun]}
""",
    ),
    Chapter(
        section=routing.TimesSection,
        definition="times",
        heading="times",
        one="`{start: …, end: …}`",
    ),
    Chapter(
        section=routing.ReceiverSection,
        definition="receiver",
        heading="receivers",
        one="a receiver",
        level=2,
        example="""
receivers:
  ops:
    telegram: {chat: "${OPS_CHAT}", thread: 7}
    quiet: {during: night, below: critical, then: bundle}
    max_per_hour: 20
    fallback: desk
  desk:
    email: {to: [desk@example.org]}
    digest: {at: ["07:00", "17:00"], days: [mon, tue, wed, thu, fri], location: Europe/Berlin}
time_intervals:
  night: {times: [{start: "22:00", end: "06:30"}], location: Europe/Berlin}
""",
    ),
    Chapter(
        section=routing.TelegramSection,
        definition="telegram",
        heading="telegram",
        one="a chat",
    ),
    Chapter(
        section=routing.EmailSection,
        definition="email",
        heading="email",
        one="`{to: …}`",
    ),
    Chapter(
        section=routing.WebhookSection,
        definition="webhook",
        heading="webhook",
        one="a webhook",
        text="What it is sent, and what its answers mean, is on [webhooks](webhook.md); the URLs under"
        " `apprise` are on [Apprise](apprise.md).",
        example="""
receivers:
  desk:
    webhook: {url: "${DESK_HOOK_URL}", secret: "${DESK_HOOK_SECRET}"}
    apprise: ["${PHONES_URL}", "${MATRIX_URL}"]
""",
    ),
    Chapter(
        section=routing.ConsoleSection,
        definition="console",
        heading="console",
        one="`{}`",
        text="Write `console: {}`.",
    ),
    Chapter(
        section=routing.QuietSection,
        definition="quiet",
        heading="quiet",
        one="quiet hours",
    ),
    Chapter(
        section=routing.DigestSection,
        definition="digest",
        heading="digest",
        one="a digest",
    ),
)
