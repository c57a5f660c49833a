"""Messages and views: what was said, who sees it, and what people see of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.fakes import slack_shown
from tests.fakes.slack_errors import Json
from tests.fakes.slack_mrkdwn import Link, Marked
from tests.fakes.slack_shown import Control

if TYPE_CHECKING:
    from tests.fakes.slack_state import Channel, User, Workspace


@dataclass(slots=True, eq=False)
class Message:
    """A message. `to`: the only one who sees it, where it is ephemeral. `at`: seconds of the monotonic clock.

    `asked`: the call's arguments. `frozen`: the time for edits is over.
    `unfurls`: what chat.unfurl attached, by address. `versions`: earlier (text, blocks), oldest first.
    """

    ts: str
    channel: Channel
    user: User
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    thread_ts: str = ""
    to: User | None = None
    at: float = 0.0
    app_id: str = ""
    username: str = ""
    subtype: str = ""
    edited: str = ""
    deleted: bool = False
    broadcast: bool = False
    files: list[Json] = field(default_factory=list)
    asked: Json = field(default_factory=dict)
    metadata: Json | None = None
    unfurls: dict[str, Json] = field(default_factory=dict)
    versions: list[tuple[str, list[Json]]] = field(default_factory=list)
    frozen: bool = False

    @property
    def by_bot(self) -> bool:
        """Whether an app posted it."""
        return bool(self.app_id)

    @property
    def ephemeral(self) -> bool:
        """Whether one person alone sees it."""
        return self.to is not None

    @property
    def shown(self) -> Marked:
        """What its readers see."""
        unfurled = [{**what, "from_url": url} for url, what in self.unfurls.items()]
        return slack_shown.of_message(self.text, self.blocks, [*self.attachments, *unfurled])

    @property
    def words(self) -> str:
        """All that a reader sees as text."""
        return self.shown.words

    @property
    def notification(self) -> str:
        """What a notification says: the `text`, as words."""
        return slack_shown.of_message(self.text, [], []).words

    @property
    def pings(self) -> list[str]:
        """Whom it pings: user ids, group ids, "@channel", "@here", "@everyone"."""
        return self.shown.pings

    @property
    def links(self) -> list[Link]:
        """Its links, buttons that lead somewhere included."""
        return self.shown.links

    @property
    def controls(self) -> list[Control]:
        """What can be used in it."""
        return list(slack_shown.controls([*self.blocks, *(block for one in self.attachments for block in one.get("blocks", ()))]))

    @property
    def buttons(self) -> list[Control]:
        """Its buttons."""
        return [control for control in self.controls if control.kind == "button"]

    @property
    def pictures(self) -> list[tuple[str, str]]:
        """Its pictures: address and alternative text."""
        return slack_shown.pictures(self.blocks)

    def json(self) -> Json:
        """A message as events, answers and interactions have it."""
        said: Json = {"type": "message", "user": self.user.id, "text": self.text, "ts": self.ts, "team": self.user.workspace.id}
        if self.subtype:
            said["subtype"] = self.subtype
        if self.by_bot:
            said |= {"bot_id": self.user.bot_id, "app_id": self.app_id}
            said["bot_profile"] = {
                "id": self.user.bot_id,
                "app_id": self.app_id,
                "name": self.user.real_name,
                "team_id": said["team"],
            }
        for name, value in (
            ("blocks", self.blocks),
            ("attachments", self._attached()),
            ("thread_ts", self.thread_ts),
            ("files", self.files),
            ("metadata", self.metadata),
            ("username", self.username),
            ("edited", self.edited and {"user": self.user.id, "ts": self.edited}),
        ):
            if value:
                said[name] = value
        return said

    def _attached(self) -> list[Json]:
        unfurled = [{"from_url": url, "is_app_unfurl": True, **what} for url, what in self.unfurls.items()]
        return [{"id": place, **one} for place, one in enumerate([*self.attachments, *unfurled], 1)]


@dataclass(slots=True, eq=False)
class View:
    """A modal or a Home tab, as it is shown to `user` now. `state`: what is chosen and written in it, as a submission says it.

    `versions`: the views it was before. `open`: it is on somebody's screen.
    """

    id: str
    user: User
    workspace: Workspace
    said: Json
    hash: str
    root: View | None = None
    previous: View | None = None
    open: bool = True
    state: dict[str, dict[str, Json]] = field(default_factory=dict)
    versions: list[Json] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    bot_id: str = ""

    @property
    def type(self) -> str:
        """Which of the two: modal or home."""
        return str(self.said["type"])

    @property
    def blocks(self) -> list[Json]:
        """Its blocks."""
        found: list[Json] = self.said["blocks"]
        return found

    @property
    def title(self) -> str:
        """A modal's title."""
        return str(self.said.get("title", {}).get("text", ""))

    @property
    def callback_id(self) -> str:
        """What the app calls it."""
        return str(self.said.get("callback_id", ""))

    @property
    def private_metadata(self) -> str:
        """What the app noted in it."""
        return str(self.said.get("private_metadata", ""))

    @property
    def shown(self) -> Marked:
        """What people see of its blocks."""
        return slack_shown.of_blocks(self.blocks)

    @property
    def words(self) -> str:
        """All that is read in it, its title aside."""
        return self.shown.words

    @property
    def links(self) -> list[Link]:
        """Its links."""
        return self.shown.links

    @property
    def pings(self) -> list[str]:
        """Whom it would ping."""
        return self.shown.pings

    @property
    def controls(self) -> list[Control]:
        """What can be used in it."""
        return list(slack_shown.controls(self.blocks))

    @property
    def buttons(self) -> list[Control]:
        """Its buttons."""
        return [control for control in self.controls if control.kind == "button"]

    def json(self) -> Json:
        """A view as answers and interactions have it."""
        said = {
            "private_metadata": "",
            "callback_id": "",
            "external_id": "",
            "close": None,
            "submit": None,
            "title": None,
            **self.said,
        }
        said |= {
            "clear_on_close": self.said.get("clear_on_close", False),
            "notify_on_close": self.said.get("notify_on_close", False),
        }
        said |= {"id": self.id, "team_id": self.workspace.id, "hash": self.hash, "state": {"values": self.state}}
        said |= {"root_view_id": (self.root or self).id, "previous_view_id": self.previous.id if self.previous else None}
        return said | {"app_id": "A0PRESSE01", "app_installed_team_id": self.workspace.id, "bot_id": self.bot_id}
