"""The channels of this installation, as `var/channels.toml` sets them up. One folder below is one kind of channel."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings

from anlan.kernel.messaging.channels.base import Absent, Builder, Channel, Config
from anlan.kernel.messaging.channels.drill.client import DrillChannel
from anlan.kernel.messaging.channels.in_app.client import InAppChannel
from anlan.kernel.messaging.channels.sms_http.client import SmsChannel
from anlan.kernel.messaging.channels.smtp.client import MailChannel
from anlan.kernel.messaging.channels.voice_http.client import VoiceChannel
from anlan.kernel.messaging.channels.web_push.client import WebPushChannel
from anlan.kernel.messaging.channels.webhook.client import WebhookChannel
from anlan.kernel.messaging.spec import DRILL, IN_APP, MAIL, SMS, VOICE, WEB_PUSH

KINDS: Mapping[str, Builder] = {
    "in_app": InAppChannel,
    "drill": DrillChannel,
    "sms_http": SmsChannel,
    "voice_http": VoiceChannel,
    "smtp": MailChannel,
    "web_push": WebPushChannel,
    "webhook": WebhookChannel,
}
# Channels that need nothing from outside the house.
_OURS: Mapping[str, Config] = {
    IN_APP: {"kind": "in_app"},
    DRILL: {"kind": "drill"},
    WEB_PUSH: {"kind": "web_push"},
}
SENT_BY_WORKER = (IN_APP, WEB_PUSH, SMS, VOICE, MAIL, DRILL)


class Channels:
    """The channels by name (in_app, web_push, sms, voice, mail, drill) and the group robots by target."""

    def __init__(self, channels: Mapping[str, Channel], robots: Mapping[str, Channel] | None = None) -> None:
        self._channels = dict(channels)
        self._robots = dict(robots or {})

    def channel(self, name: str) -> Channel:
        """The channel, or one that says that it is not set up."""
        return self._channels.get(name) or Absent(f"channel “{name}” is not set up (channels.toml)")

    def robot(self, target: str) -> Channel:
        """The robot of a group, or one that says that it is not set up."""
        return self._robots.get(target) or Absent(f"group robot “{target}” is not set up (channels.toml)")

    @property
    def robots(self) -> list[str]:
        """The targets an announcement may name."""
        return sorted(self._robots)


def config_file() -> Path:
    """Where this installation's channels are written down."""
    return Path(settings.ANLAN_VAR) / "channels.toml"


def read_config() -> dict[str, Config]:
    """The tables of channels.toml over our own channels; a robot's table is `[robots.<target>]`."""
    path = config_file()
    given = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return {**_OURS, **given}


def open_channels(config: Mapping[str, Config] | None = None) -> Channels:
    """Every channel that is set up. Raises ValueError naming the setting at fault."""
    tables = dict(read_config() if config is None else {**_OURS, **config})
    robots = tables.pop("robots", {})
    return Channels(
        {name: _build(table) for name, table in tables.items()},
        {target: _build({"kind": "webhook", **_table(table)}) for target, table in robots.items()},
    )


def secret_of(name: str) -> str:
    """The secret shared with a channel's gateway, for its call-backs; "" = not set up."""
    table = read_config().get(name, {})
    return str(table.get("secret") or "") or read_secret(str(table.get("secret_file") or ""))


def read_secret(file_name: str) -> str:
    """A secret kept in var/keys; "" when there is none."""
    path = Path(settings.ANLAN_VAR) / "keys" / file_name
    return path.read_text(encoding="utf-8").strip() if file_name and path.is_file() else ""


def _build(table: Config) -> Channel:
    kind = str(table.get("kind", ""))
    if kind not in KINDS:
        raise ValueError(f"channels.toml: no channel kind {kind!r}; known: {', '.join(sorted(KINDS))}")
    secret = str(table.get("secret") or "") or read_secret(str(table.get("secret_file") or ""))
    return KINDS[kind]({**table, "secret": secret})


def _table(table: object) -> Config:
    if not isinstance(table, Mapping):
        raise ValueError("channels.toml: [robots] holds tables, one a group")  # noqa: TRY004 - a wrong setting
    return table
