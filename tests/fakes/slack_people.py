"""People who use the fake Slack: they write, run commands, press, choose, search, fill in modals, look at Home, use shortcuts.

Each act reaches the app as the events or interactions that Slack sends of it, by whichever way the app is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.fakes import slack_payloads as payloads
from tests.fakes.slack_acts import Act
from tests.fakes.slack_choices import action, chosen, is_empty
from tests.fakes.slack_elements import options_of_load
from tests.fakes.slack_errors import Json
from tests.fakes.slack_messages import Message, View
from tests.fakes.slack_places import Places
from tests.fakes.slack_shown import Control
from tests.fakes.slack_state import Channel

Shown = Message | View


@dataclass(slots=True, eq=False)
class Person(Places):
    """Somebody with a Slack account. `dm`: their direct messages with the app's bot."""

    # -- Writing

    async def says(self, text: str, channel: Channel | None = None, *, thread: Message | None = None) -> Message:
        """Write in a channel, by default directly to the bot; `@name` and addresses become tokens. `thread`: as a reply to this."""
        channel = channel or self.dm
        self._sees(channel)
        ts = (thread.thread_ts or thread.ts) if thread else ""
        message = self.world.post(channel, self.user, text=self.world.typed(text), thread_ts=ts)
        self.events.message(message)
        return message

    async def sends(self, name: str, content: bytes, text: str = "", channel: Channel | None = None) -> Message:
        """Send a file with words beside it, by default directly to the bot; `<@…>` mentions it."""
        channel = channel or self.dm
        self._sees(channel)
        told = self.files.sent(self.user, name, content, channel).told(apart=channel.external)
        message = self.world.post(channel, self.user, text=self.world.typed(text), subtype="file_share", files=[told])
        self.events.message(message)
        return message

    async def mentions(self, text: str, channel: Channel, *, thread: Message | None = None) -> Message:
        """Write to the bot in a channel by its name."""
        return await self.says(f"<@{self.bot.id}> {text}", channel, thread=thread)

    async def edits(self, message: Message, text: str) -> Message:
        """Change a message of one's own."""
        before = message.json()
        message.text, message.edited = self.world.typed(text), self.world.ts()
        self.events.changed(message, before)
        return message

    async def deletes(self, message: Message) -> None:
        """Delete a message."""
        message.deleted = True
        self.events.deleted(message)

    async def shares_link(self, url: str, channel: Channel, *, thread: Message | None = None) -> Message:
        """Write a message that is a link."""
        return await self.says(url, channel, thread=thread)

    async def composes(self, url: str, channel: Channel) -> None:
        """Type a link without sending it yet."""
        self.events.links([url], self.user, channel, None)

    def sees(self, channel: Channel) -> list[Message]:
        """What stands in a channel for this person, in order, with what only they see."""
        mine = [one for one in self.world.ephemerals if one.channel is channel and one.to is self.user]
        return sorted((one for one in (*channel.messages.values(), *mine) if not one.deleted), key=lambda one: one.ts)

    # -- Commands and shortcuts

    async def runs(self, line: str, channel: Channel | None = None) -> Act:
        """Run a slash command, such as "/presse latest um". Raises LookupError where it is not registered."""
        name, _, text = line.partition(" ")
        if name not in self.world.app.commands:
            raise LookupError(f"{name} is not a valid command")
        channel = channel or self.dm
        self._sees(channel)
        act = self.acts.begin("command", self.user, channel=channel)
        act.delivery = await self.deliveries.ask("slash_commands", payloads.command(act, self.world, name, text.strip(), channel))
        self.acts.acknowledged(act)
        return act

    async def uses_shortcut(self, callback_id: str) -> Act:
        """Use a global shortcut."""
        act = self.acts.begin("shortcut", self.user, answerable=False)
        return await self._asks(act, payloads.shortcut(act, self.world, callback_id))

    async def uses_message_shortcut(self, callback_id: str, message: Message) -> Act:
        """Use a shortcut on a message."""
        act = self.acts.begin("message_action", self.user, channel=message.channel, message=message)
        return await self._asks(act, payloads.message_action(act, self.world, callback_id))

    # -- Controls

    async def presses(self, where: Shown, button: str) -> Act:
        """Press a button, found by its words, action_id or value. Raises LookupError; the act has what came of it."""
        control = self._control(where, button, "button")
        return await self._acts_on(where, control, {"type": "button"})

    async def selects(self, where: Shown, menu: str, *values: Any) -> Act:
        """Choose in a menu, picker or boxes, found by placeholder, label or action_id; by the options' words or values, or ids."""
        control = self._control(where, menu)
        value: Any = list(values) if control.kind.startswith("multi_") or control.kind == "checkboxes" else values[0]
        state = await self._chosen(where, control, value)
        return await self._acts_on(where, control, state)

    async def enters(self, where: Shown, field: str, text: str) -> Act:
        """Write in a field that tells the app at once (`dispatch_action`), and press Enter."""
        control = self._control(where, field)
        if not control.block.get("dispatch_action"):
            raise LookupError(f"{field!r} does not tell the app before the form is sent")
        return await self._acts_on(where, control, {"type": control.kind, "value": text})

    async def searches(self, where: Shown, menu: str, words: str) -> list[Json]:
        """Type into an external select and see what is offered. Raises TimeoutError where the app does not answer."""
        act = self._at("block_suggestion", where)
        control = self._control(where, menu)
        if len(words) < control.element.get("min_query_length", 3):
            return []
        await self._asks(act, payloads.block_suggestion(act, self.world, control, words))
        if act.error:
            raise TimeoutError(f"the options of {menu!r} were not loaded: {act.error}")
        said: Any = act.ack.payload if act.ack else None
        if problems := options_of_load(said):
            self.world.violated(f"options that Slack does not take: {problems}", said)
            return []
        act.options = said.get("options") or [one for group in said.get("option_groups", ()) for one in group["options"]]
        return act.options

    # -- Views

    async def opens_home(self) -> View | None:
        """Look at the app's Home tab; what stands there now (the app may publish another when told)."""
        self.events.home_opened(self.user, self.home)
        return self.home

    async def opens_messages(self) -> None:
        """Look at the app's Messages tab."""
        self.events.home_opened(self.user, None, "messages")

    @property
    def home(self) -> View | None:
        """The Home tab as it is."""
        return self.world.homes.get(self.user.id)

    @property
    def screen(self) -> View | None:
        """The modal on top, if any."""
        stack = self.views.stack(self.user)
        return stack[-1] if stack else None

    async def submits(self, view: View, values: Mapping[str, Any] | None = None) -> Act:
        """Fill in a modal, by labels, block_ids or action_ids, and send it.

        Raises LookupError where Slack would not let it be sent (a required field is empty).
        """
        for name, value in (values or {}).items():
            control = self._control(view, name)
            state = await self._chosen(view, control, value)
            view.state.setdefault(control.block_id, {})[control.action_id] = state
        self._ready(view)
        act = self._at("view_submission", view)
        await self._asks(act, payloads.view_submission(act, self.world))
        if act.ack:
            self.views.answered(act, act.ack.payload)
        return act

    async def closes(self, view: View, *, all_of_them: bool = False) -> Act | None:
        """Close a modal, or with it the whole stack; the app hears of it where it asked to."""
        act = self._at("view_closed", view)
        self.views.closed(view, all_of_them=all_of_them or view.said.get("clear_on_close", False))
        if not view.said.get("notify_on_close"):
            return None
        return await self._asks(act, payloads.view_closed(act, self.world, cleared=all_of_them))

    # -- How it is done

    def _at(self, kind: str, where: Shown) -> Act:
        if isinstance(where, View):
            return self.acts.begin(kind, self.user, view=where, answerable=False)
        if where.to not in (None, self.user):
            raise LookupError("that message is shown to somebody else")
        return self.acts.begin(kind, self.user, channel=where.channel, message=where)

    def _control(self, where: Shown, name: str, kind: str = "") -> Control:
        if isinstance(where, Message) and where.deleted:
            raise LookupError("that message is no longer there")
        found = next((one for one in where.controls if one.answers_to(name) and kind in ("", one.kind)), None)
        if found is None:
            raise LookupError(f"nothing is called {name!r} among {[one.label for one in where.controls]}")
        return found

    async def _chosen(self, where: Shown, control: Control, value: Any) -> Json:
        options: dict[str, Json] = {}
        if "external" in control.kind:
            for words in value if isinstance(value, list) else [value]:
                if isinstance(words, str):
                    for one in await self.searches(where, control.action_id, words):
                        options |= {one["value"]: one, one["text"]["text"]: one}
        return chosen(control, value, options.get)

    async def _acts_on(self, where: Shown, control: Control, state: Json) -> Act:
        if isinstance(where, View) and control.kind not in ("button", "overflow"):
            where.state.setdefault(control.block_id, {})[control.action_id] = state
        act = self._at("block_actions", where)
        said = action(control, state, self.world.ts())
        kept = {} if control.kind in ("button", "overflow") else {control.block_id: {control.action_id: state}}
        return await self._asks(act, payloads.block_actions(act, self.world, [said], kept))

    async def _asks(self, act: Act, payload: Json) -> Act:
        act.delivery = await self.deliveries.ask("interactive", payload)
        return act

    def _ready(self, view: View) -> None:
        for control in view.controls:
            if control.block["type"] != "input":
                continue
            state = view.state.get(control.block_id, {}).get(control.action_id, {})
            written = state.get("value") or ""
            if is_empty(state):
                if not control.block.get("optional"):
                    raise LookupError(f"{control.label!r} must be filled in")
            elif len(written) > control.element.get("max_length", 3000) or len(written) < control.element.get("min_length", 0):
                raise LookupError(f"{control.label!r} is too long or too short")
