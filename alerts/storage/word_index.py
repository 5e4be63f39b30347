"""The tables of the full-text search, which SQLite and PostgreSQL have each in a way of their own.

Not in `tables.metadata`: their shapes have nothing in common.  Both keep the words of the articles and
no second copy of their texts; both forget what was deleted or changed by themselves, by a trigger,
so that no other statement needs to know of them.  `alerts.storage.indexing` fills them.

On SQLite the key of an article is text, and numbers that SQLite gives by itself change when the file
is copied: `article_numbers` keeps ours.  An index without contents (`content=''`) takes an entry back
only by the very words that it was made of; the trigger has them, since nothing but this trigger
stands between an article and its entry.
"""

from __future__ import annotations

from sqlalchemy import Select, Text, column, select, table, text

_COLUMNS = "title, summary, content, author"
_OLD = "OLD.title, OLD.summary, OLD.content, OLD.author"

#: Marks belong to their words: without them, each vowel sign of Hindi would part a word in two.
_TOKENIZER = "unicode61 remove_diacritics 2 categories ''L* N* M* Co''"

_FORGET = f"""
    INSERT INTO article_words (article_words, rowid, {_COLUMNS})
        SELECT 'delete', number, {_OLD} FROM article_numbers WHERE article = OLD.id;
    DELETE FROM article_numbers WHERE article = OLD.id;
"""  # noqa: S608 - our own names alone

_SQLITE = (
    """
    CREATE TABLE article_numbers (number INTEGER PRIMARY KEY, article TEXT NOT NULL UNIQUE)
    """,
    f"""
    CREATE VIRTUAL TABLE article_words
        USING fts5 ({_COLUMNS}, content='', tokenize='{_TOKENIZER}')
    """,
    f"""
    CREATE TRIGGER article_gone AFTER DELETE ON articles
        BEGIN {_FORGET} END
    """,
    f"""
    CREATE TRIGGER article_changed AFTER UPDATE OF {_COLUMNS} ON articles
        BEGIN {_FORGET} END
    """,
)

_POSTGRESQL = (
    """
    CREATE TABLE article_words (
        article TEXT PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
        words TSVECTOR NOT NULL
    )
    """,
    # fastupdate would have a search pay for what was indexed before it.
    """
    CREATE INDEX ix_article_words ON article_words USING gin (words) WITH (fastupdate = off)
    """,
    """
    CREATE FUNCTION forget_article_words() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN DELETE FROM article_words WHERE article = OLD.id; RETURN NULL; END
    $$
    """,
    f"""
    CREATE TRIGGER article_changed AFTER UPDATE OF {_COLUMNS} ON articles
        FOR EACH ROW EXECUTE FUNCTION forget_article_words()
    """,
)


_FOUND = "number IN (SELECT rowid FROM article_words WHERE article_words MATCH :sought)"


def made(dialect: str) -> tuple[str, ...]:
    """Return the statements that make the index."""
    return _POSTGRESQL if dialect == "postgresql" else _SQLITE


def indexed(dialect: str) -> Select[str]:
    """Return the query for the ids of all articles that are indexed."""
    name = "article_words" if dialect == "postgresql" else "article_numbers"
    return select(column("article", Text)).select_from(table(name))


def holding(dialect: str, query: str) -> Select[str]:
    """Return the query for the ids of the articles that meet *query*, of the database's own language."""
    if dialect == "postgresql":
        return indexed(dialect).where(
            text("words @@ CAST(:sought AS tsquery)").bindparams(sought=query)
        )
    return indexed(dialect).where(text(_FOUND).bindparams(sought=query))


def is_ours(table: str | None) -> bool:
    """Tell whether *table* belongs to the index, or is one of those that FTS5 makes for itself."""
    return (table or "").startswith(("article_words", "article_numbers"))
