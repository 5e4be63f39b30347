"""What is said in a chat, and what is said back: values, and the table of commands.

A command that is typed and a button that is pressed are the same call: what a button says when it is
pressed is a command line.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from alerts.locales import Words
from alerts.model import Address, Button, ChatKind, Subscriber
from alerts.storage.dialogues import Dialogue

if TYPE_CHECKING:
    from alerts.bot.desk import Desk

CHANNEL: Final = "telegram"
Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """Where something was said or pressed."""

    id: int
    #: Without @; empty: it has none.
    username: str = ""
    kind: ChatKind = ChatKind.PRIVATE
    #: The forum topic; None: the chat itself.
    thread: int | None = None

    @property
    def address(self) -> Address:
        """The chat, whatever the topic."""
        return Address(channel=CHANNEL, target=str(self.id))

    @property
    def topic(self) -> Address:
        """The very place: the topic of the chat."""
        return Address(channel=CHANNEL, target=str(self.id), thread=self.thread)

    @property
    def targets(self) -> tuple[str, ...]:
        """Return every name under which rules can have it as an address."""
        return (str(self.id), f"@{self.username}") if self.username else (str(self.id),)

    @property
    def is_private(self) -> bool:
        """Tell whether one person reads it."""
        return self.kind is ChatKind.PRIVATE


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A file that somebody sent: what it is called, and how it is fetched."""

    file: str
    name: str
    #: Bytes, as Telegram says.
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Something that somebody said or pressed, with everything that is known of who and where."""

    #: The number of the update: under one key one thing is said back, however often it is brought.
    key: str
    chat: Chat
    #: Telegram's number of who speaks; 0: the channel itself, or a group in its administrator's name.
    user: int
    #: The command without its slash; empty: plain words.
    command: str = ""
    #: What follows the command, or the words.
    text: str = ""
    #: The number of the message that was written, or whose button was pressed.
    message: int
    is_press: bool = False
    #: The message that it replies to; None: none.
    quoted: int | None = None
    quoted_text: str = ""
    sent: Sent | None = None
    #: Latitude and longitude in degrees.
    location: tuple[float, float] | None = None
    words: Words
    now: datetime
    #: None: a stranger.
    subscriber: Subscriber | None = None
    #: The channel itself, or a group in its administrator's name: only administrators can.
    is_chat_itself: bool = False
    is_operator: bool = False
    #: The tag that the person's app is set to; or empty.
    language: str = ""
    #: What this person was asked here and has not answered; None: nothing.
    dialogue: Dialogue | None = None

    @property
    def person(self) -> str:
        """Who speaks, as tables name it: `telegram:4711`."""
        return f"{CHANNEL}:{self.user or self.chat.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A file that is sent."""

    name: str
    content: bytes
    caption: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Says:
    """What is said back.

    To a press, words take the place of what stood in the message; to a command they are a message.
    """

    #: Telegram's tags; made by `Words`, which escapes what others wrote.  Empty: nothing is written.
    html: str = ""
    buttons: Rows = ()
    #: Pops up where a button was pressed; at most 200 characters, without tags.
    toast: str = ""
    #: It is a question: the app opens the field for the answer.
    asks: bool = False
    #: Of a press: the message stays as it is, and the words are a new one.
    apart: bool = False
    papers: tuple[Paper, ...] = ()
    #: The number of the message that it answers, where that is to be seen; None: of none.
    follows: int | None = None


Does = Callable[[Call, "Desk"], Awaitable[Says]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Something that can be asked for."""

    name: str
    does: Does
    #: For the menu of the app and /help, `marked` for translation; empty: it is not listed.
    about: str = ""
    #: What the chat gets: in groups, only administrators may.
    changes: bool = False
    for_operators: bool = False
    #: Also for those who were not let in.
    for_strangers: bool = False
    #: Its questions wait while something else is asked for; those of others are dropped then.
    waits: bool = False
    #: Goes on when somebody answers a question of this command in plain words.
    continues: Does | None = None


@dataclass(frozen=True, slots=True)
class Commands:
    """All commands, by name."""

    listed: tuple[Command, ...]
    #: What goes on with what a restart broke off.
    resumed: tuple[Callable[[Desk], Coroutine[Any, Any, None]], ...] = ()
    by_name: Mapping[str, Command] = field(init=False)

    def __post_init__(self) -> None:
        """Index them."""
        object.__setattr__(self, "by_name", {each.name: each for each in self.listed})


def button(label: str, command: str) -> Button:
    """Return a button that says *command* when it is pressed.

    Raises:
        ValueError: it is more than Telegram carries: 64 bytes of ASCII.
    """
    if len(command.encode("ascii")) > 64:
        raise ValueError(f"too long for a button: {command}")
    return Button(label=label, action=command)
