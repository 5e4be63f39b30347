"""One module for each command; here they are put in the order in which /help lists them."""

from __future__ import annotations

from alerts.bot.commands import (
    broadcast,
    cancel,
    delete_me,
    digest,
    drafting,
    edit,
    email,
    export,
    feedback,
    feeds,
    import_,
    invite,
    language,
    last,
    mute,
    pause,
    privacy,
    quiet,
    silence,
    start,
    stats,
    status,
    subscribing,
    test,
    timezone,
    watch,
    watchlists,
    why,
)
from alerts.bot.commands.help import make_help
from alerts.bot.talk import Command, Commands


def all_commands() -> Commands:
    """Return every command; what they remember of who asked how often is one bot's."""
    listed: list[Command] = []
    told = make_help(lambda: listed)
    listed += [
        *(start.COMMAND, told),
        *(watch.COMMAND, watchlists.COMMAND, edit.COMMAND, pause.PAUSE, pause.RESUME, mute.COMMAND),
        *(quiet.COMMAND, digest.COMMAND, timezone.COMMAND, language.COMMAND, email.make_email()),
        *(test.COMMAND, why.COMMAND, last.COMMAND, status.COMMAND, feedback.make_feedback()),
        *(export.COMMAND, import_.COMMAND, cancel.COMMAND, privacy.COMMAND, delete_me.COMMAND),
        *(feeds.COMMAND, silence.COMMAND, stats.COMMAND, invite.COMMAND, broadcast.COMMAND),
        # Not listed: what buttons say.
        *(watchlists.UNWATCH, subscribing.SUBSCRIBE, subscribing.UNSUBSCRIBE),
        *(edit.RENAME, mute.UNMUTE),
    ]
    return Commands(tuple(listed), resumed=(drafting.resume, broadcast.resume))
