"""What somebody does and what the app makes of it: triggers, response addresses, and the answers that come back.

From docs.slack.dev/interactivity/handling-user-interaction: a response_url is good five times within thirty minutes, a trigger_id
three seconds and once. Not verified: the words of the refusals (`used_url`, `expired_url`) and that `replace_original` on the
address of a command simply posts.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.slack_blocks import check_message, with_ids
from tests.fakes.slack_deliveries import Answer, Delivery
from tests.fakes.slack_errors import Json, SlackError, invalid_view
from tests.fakes.slack_messages import Message, View
from tests.fakes.slack_schema import problem
from tests.fakes.slack_state import Channel, User
from tests.fakes.slack_world import World

USES = 5
URL_SECONDS = 30 * 60.0
TRIGGER_SECONDS = 3.0


@dataclass(slots=True, eq=False)
class Act:
    """Something that somebody did, and what came of it.

    `answers`: what they were shown for it, by the acknowledgement or the response_url, replacements included. `views`: opened by
    its trigger. For a submission: `errors` by block_id, `screen` the view that stands now, `closed`. For a search: `options`.
    """

    kind: str
    user: User
    world: World
    channel: Channel | None = None
    message: Message | None = None
    view: View | None = None
    trigger_id: str = ""
    response_url: str = ""
    began: float = 0.0
    delivery: Delivery | None = None
    answers: list[Message] = field(default_factory=list)
    views: list[View] = field(default_factory=list)
    uses: int = 0
    exchanged: bool = False
    errors: dict[str, str] = field(default_factory=dict)
    screen: View | None = None
    closed: bool = False
    options: list[Json] = field(default_factory=list)

    @property
    def ack(self) -> Answer | None:
        """What the app acknowledged it with; None where it did not in time."""
        return self.delivery.answer if self.delivery else None

    @property
    def error(self) -> str:
        """What the person sees where the app did not answer: operation_timeout or dispatch_failed."""
        if self.delivery is None or self.delivery.state == "answered":
            return ""
        return "operation_timeout" if self.delivery.failures[-1].endswith("timeout") else "dispatch_failed"

    async def answer(self, number: int = 1, seconds: float = 5.0) -> Message:
        """Its first answer, or a later one. Raises TimeoutError."""
        await self.world.until(lambda: len(self.answers) >= number, seconds)
        return self.answers[number - 1]

    async def opened(self, seconds: float = 5.0) -> View:
        """The view that it opens. Raises TimeoutError."""
        await self.world.until(lambda: self.views, seconds)
        return self.views[0]


class Acts:
    """All acts. `base`: the fake's own address."""

    def __init__(self, world: World, base: Callable[[], str]) -> None:
        self.all: list[Act] = []
        self._world = world
        self._base = base
        self._by_url: dict[str, Act] = {}
        self._by_trigger: dict[str, Act] = {}

    def begin(self, kind: str, user: User, *, answerable: bool = True, **about: Any) -> Act:
        """Somebody does something. `answerable`: it gets a response_url."""
        act = Act(kind, user, self._world, began=self._world.clock(), **about)
        act.trigger_id = f"{self._world.number()}.{user.workspace.id}.{self._world.number():032x}"
        self._by_trigger[act.trigger_id] = act
        if answerable:
            place = "commands" if kind == "command" else "actions"
            path = f"/{place}/{user.workspace.id}/{self._world.number()}/fakeResponseUrl{self._world.number()}"
            act.response_url = f"{self._base()}{path}"
            self._by_url[path] = act
        self.all.append(act)
        return act

    def exchange(self, trigger_id: str) -> Act:
        """The act whose trigger this is, now used up. Raises SlackError."""
        act = self._by_trigger.get(trigger_id)
        if act is None:
            if trigger_id.count(".") < 2:
                raise invalid_view([problem("invalid `trigger_id`", "/trigger_id")])
            raise SlackError("invalid_trigger_id", violates=True)
        if act.exchanged:
            raise SlackError("exchanged_trigger_id", violates=True)
        if self._world.clock() - act.began > TRIGGER_SECONDS:
            raise SlackError("expired_trigger_id", violates=True)
        act.exchanged = True
        return act

    # -- Answers

    def acknowledged(self, act: Act) -> None:
        """Show what the acknowledgement of a command says."""
        said = act.ack.payload if act.ack else None
        if isinstance(said, str):
            said = {"text": said}
        if said:
            self._shown(act, said)

    def is_hook(self, path: str) -> bool:
        """Whether this is a response address."""
        return path.startswith(("/commands/", "/actions/"))

    def respond(self, path: str, said: Json) -> tuple[int, str]:
        """A post to a response_url: the status and words of Slack's answer."""
        act = self._by_url.get(path)
        if act is None:
            return 404, '{"ok":false,"error":"invalid_url"}'
        if self._world.clock() - act.began > URL_SECONDS:
            self._world.violated("a response_url was used after thirty minutes", said)
            return 404, '{"ok":false,"error":"expired_url"}'
        if act.uses >= USES:
            self._world.violated("a response_url was used more than five times", said)
            return 404, '{"ok":false,"error":"used_url"}'
        act.uses += 1
        try:
            self._shown(act, said)
        except SlackError as error:
            self._world.violated(f"a post to a response_url was refused: {error.code}", said)
            return 400, error.code
        return 200, "ok"

    def _shown(self, act: Act, said: Json) -> None:
        if said.get("delete_original") in (True, "true"):
            self._deleted(act)
            return
        blocks = said.get("blocks") or []
        check_message(blocks, self._world.fetchable)
        if not (said.get("text") or blocks or said.get("attachments")):
            raise SlackError("no_text")
        content = {"text": said.get("text", ""), "blocks": with_ids(blocks, self._world.number)}
        content["attachments"] = said.get("attachments") or []
        if said.get("replace_original") in (True, "true") and act.message:
            self._replaced(act, act.message, content)
        else:
            act.answers.append(self._posted(act, said, content))
        self._world.touch()

    def _posted(self, act: Act, said: Json, content: Json) -> Message:
        here = self._world.present(act.channel) if act.channel else []  # strangers of a shared channel use the app that is in it
        installation = self._world.installed(act.user.workspace) or next(iter(here), None)
        assert installation is not None, "nobody uses an app that is not installed"
        channel = act.channel or self._world.dm(act.user, installation.bot)
        to = None if said.get("response_type") == "in_channel" else act.user
        thread = said.get("thread_ts") or (act.message.thread_ts if act.message else "")
        return self._world.post(
            channel, installation.bot, app_id=installation.app.id, to=to, thread_ts=thread, asked=said, **content
        )

    def _replaced(self, act: Act, message: Message, content: Json) -> None:
        message.versions.append((message.text, message.blocks))
        message.text, message.blocks, message.attachments = content["text"], content["blocks"], content["attachments"]
        message.edited = "" if message.ephemeral else f"{time.time():.6f}"
        act.answers.append(message)

    def _deleted(self, act: Act) -> None:
        if act.message:
            act.message.deleted = True
        self._world.touch()
