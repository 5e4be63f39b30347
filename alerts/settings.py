"""What the operator decides outside the rule files: the environment, checked once at start.

Every secret can also come from a file: NAME_FILE holds its path.  Secrets are `SecretStr`: they
print as stars and are unwrapped only where they are sent.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import parse_qs, urlsplit

from pydantic import (
    BeforeValidator,
    Field,
    HttpUrl,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from alerts import __version__
from alerts.errors import SettingsError

PREFIX = "TOCSIN_"


@dataclass(frozen=True, slots=True)
class AllowedNetwork:
    """A private network that feeds may live in: `10.1.0.0/16` or `127.0.0.1/32:8000`."""

    network: IPv4Network | IPv6Network
    #: None: every port.
    port: int | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `CIDR[:port]`; an IPv6 network with a port stands in brackets.

        Raises:
            ValueError: *text* is neither.
        """
        text = text.strip()
        if text.startswith("["):
            cidr, bracket, port = text[1:].partition("]")
            if not bracket or (port and not port.startswith(":")):
                raise ValueError(f"{text!r} is not CIDR[:port]")
            port = port[1:]
        elif text.count(":") == 1:
            cidr, _, port = text.partition(":")
        else:
            cidr, port = text, ""
        if port and not (port.isdecimal() and 0 < int(port) < 65536):
            raise ValueError(f"{port!r} is not a port")
        return cls(ip_network(cidr, strict=False), int(port) if port else None)

    def holds(self, address: IPv4Address | IPv6Address, port: int) -> bool:
        """Tell whether *address* and *port* are exempt from the guard."""
        return address in self.network and self.port in (None, port)


def _networks(value: object) -> object:
    if isinstance(value, str):
        return tuple(AllowedNetwork.parse(part) for part in value.split(",") if part.strip())
    return value


def _names(value: object) -> object:
    if not isinstance(value, str):
        return value
    names = tuple(part.strip() for part in value.split(",") if part.strip())
    for name in names:
        if not (name.startswith("@") or name.lstrip("-").isdecimal()):
            raise ValueError(f"{name!r} is neither the number of a chat nor an @name")
    return names


class Settings(BaseSettings):
    """Every setting, with the default that a fresh machine needs."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, extra="ignore", frozen=True
    )

    #: The folder of rule files.
    rules: Path = Path("rules")
    #: sqlite:///file.db (relative) or sqlite:////absolute/file.db or postgresql://…
    database_url: SecretStr = SecretStr("sqlite:///tocsin.db")
    telegram_token: SecretStr | None = None
    #: Where the Bot API answers; a self-hosted server fits.
    telegram_api_url: HttpUrl = HttpUrl("https://api.telegram.org")
    telegram_access: Literal["open", "invite", "allowlist"] = "open"
    #: Who is let in without an invitation: numbers of chats and people, @names, with commas between.
    telegram_allowed: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_names)] = ()
    #: How the bot hears what people press and say: it asks, Telegram calls TOCSIN_PUBLIC_URL, or not.
    telegram_updates: Literal["polling", "webhook", "off"] = "polling"
    #: smtp://user:pass@host:587?starttls=required (or if-offered, never); smtps:// for TLS at once.
    smtp_url: SecretStr | None = None
    #: The sender of mails: `Tocsin <tocsin@example.org>`.
    mail_from: str | None = None
    #: Where links in mails point, and the contact in the User-Agent.
    public_url: HttpUrl | None = None
    #: Requests that feeds may cost, on average; whose polls they are is learned (docs/polling.md).
    polls_per_feed_per_day: Annotated[float, Field(gt=0, le=720)] = 96.0
    #: Days after an article has left its feed, and after a message was sent or given up.
    keep_articles_days: Annotated[int, Field(ge=14)] = 90
    keep_sent_days: Annotated[int, Field(ge=1)] = 90
    keep_dead_days: Annotated[int, Field(ge=1)] = 180
    #: Megabytes of the database above which the oldest stories go sooner; none: it may grow.
    keep_articles_mb: Annotated[int, Field(ge=1)] | None = None
    listen: str = "127.0.0.1:8080"
    admin_token: SecretStr | None = None
    allow_networks: Annotated[tuple[AllowedNetwork, ...], NoDecode, BeforeValidator(_networks)] = ()
    log_format: Literal["console", "json"] = Field(
        default_factory=lambda: "console" if sys.stderr.isatty() else "json"
    )
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @property
    def user_agent(self) -> str:
        """Who we are, and where a publisher can complain (FEEDS.md, Etiquette)."""
        contact = f"+{self.public_url}" if self.public_url else "news feed reader"
        return f"Tocsin/{__version__} ({contact})"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read keyword arguments, then NAME, then NAME_FILE."""
        del dotenv_settings, file_secret_settings  # no .env file, no folder of secrets
        return init_settings, env_settings, _SecretFiles(settings_cls)

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith(("sqlite:///", "postgresql://")):
            raise ValueError("must begin with sqlite:/// or postgresql://")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _known_mail_server(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            check_smtp_url(value.get_secret_value())
        return value

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        host, _ = self.listen_address
        if not _is_loopback(host) and self.admin_token is None:
            raise ValueError(
                f"TOCSIN_LISTEN={self.listen} is reachable from other machines:"
                " set TOCSIN_ADMIN_TOKEN, or listen on 127.0.0.1"
            )
        if self.telegram_updates == "webhook" and not self.is_public:
            raise ValueError(
                "TOCSIN_TELEGRAM_UPDATES=webhook needs a TOCSIN_PUBLIC_URL that begins with https://"
            )
        if self.smtp_url is not None and not self.mail_from:
            raise ValueError("TOCSIN_SMTP_URL needs TOCSIN_MAIL_FROM, the sender of the mails")
        return self

    @property
    def listen_address(self) -> tuple[str, int]:
        """Host and port of the pages; port 0 takes a free one.

        Raises:
            ValueError: TOCSIN_LISTEN is not HOST:PORT.
        """
        host, colon, port = self.listen.rpartition(":")
        if not colon or not port.isdecimal() or int(port) > 65535:
            raise ValueError(f"TOCSIN_LISTEN={self.listen} is not HOST:PORT")
        return host.strip("[]"), int(port)

    @property
    def is_public(self) -> bool:
        """Tell whether others can call us over TLS."""
        return self.public_url is not None and self.public_url.scheme == "https"

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every secret in clear, for the log's redaction alone."""
        texts = [
            value.get_secret_value()
            for value in (self.telegram_token, self.smtp_url, self.admin_token, self.database_url)
            if value is not None
        ]
        passwords = [urlsplit(text).password for text in texts if "://" in text]
        return tuple(text for text in (*texts, *passwords) if text and "sqlite:" not in text)


class _SecretFiles(PydanticBaseSettingsSource):
    """NAME_FILE: the value stands in a file, as container platforms mount secrets."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        del field
        path = os.environ.get(f"{PREFIX}{field_name.upper()}_FILE")
        if not path:
            return None, field_name, False
        try:
            return Path(path).read_text(encoding="utf-8").strip(), field_name, False
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
            raise SettingsError(
                f"{PREFIX}{field_name.upper()}_FILE: {path} cannot be read: {reason}"
            ) from error

    def __call__(self) -> dict[str, Any]:
        names = [name for name, field in self.settings_cls.model_fields.items() if _secret(field)]
        values = {name: self.get_field_value(None, name)[0] for name in names}
        # An empty file is no secret: an empty password would open what it should close.
        return {name: value for name, value in values.items() if value}


def _secret(field: Any) -> bool:
    return "SecretStr" in str(field.annotation)


def load_settings(**overrides: Any) -> Settings:
    """Return the settings of this environment; *overrides* are the command line's.

    Raises:
        SettingsError: something is wrong; the text has one line for each finding, names the
            variable and shows no secret.
    """
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        findings = error.errors(include_url=False, include_input=False, include_context=False)
        raise SettingsError("\n".join(map(_finding, findings))) from None


def _finding(error: Mapping[str, Any]) -> str:
    name = "".join(f"{PREFIX}{str(part).upper()}: " for part in error["loc"][:1])
    return name + str(error["msg"]).removeprefix("Value error, ")


def check_smtp_url(url: str) -> None:
    """Refuse a TOCSIN_SMTP_URL that cannot work.

    Raises:
        ValueError: says what is missing, without repeating the URL, which holds a password.
    """
    parts = urlsplit(url)
    try:
        port_is_number = parts.port is None or parts.port > 0
    except ValueError:  # its text would show a password with a "/" or "#" in it
        port_is_number = False
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or not port_is_number:
        raise ValueError(
            "must be smtp://user:pass@host:587 or smtps://user:pass@host;"
            " a password with / # ? or @ in it is percent-encoded"
        )
    starttls = parse_qs(parts.query).get("starttls", ["required"])[-1]
    if starttls not in ("required", "if-offered", "never"):
        raise ValueError("starttls must be required, if-offered or never")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
