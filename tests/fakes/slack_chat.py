"""The chat.* methods: what the bot writes, changes, deletes, shows to one person and unfurls.

Rules and codes from the methods' pages on docs.slack.dev. Not verified: a reply to a message that never was gets
cannot_reply_to_message; a reply to a deleted one stands. `text` without `blocks` in chat.update takes the blocks away.
"""

from __future__ import annotations

import json
from typing import Any

from tests.fakes.slack_blocks import TEXT_LIMIT, UPDATE_TEXT_LIMIT, check_message, with_ids
from tests.fakes.slack_callers import Caller
from tests.fakes.slack_errors import Json, SlackError
from tests.fakes.slack_events import Events
from tests.fakes.slack_messages import Message
from tests.fakes.slack_state import Channel
from tests.fakes.slack_world import World

_REFUSED_UNFURLS = "invalid_unfurls_format"


class Chat:
    """`methods`: the calls by name."""

    def __init__(self, world: World, events: Events) -> None:
        self._world = world
        self._events = events
        self.methods = {
            "chat.postMessage": self._post,
            "chat.postEphemeral": self._whisper,
            "chat.update": self._update,
            "chat.delete": self._delete,
            "chat.getPermalink": self._permalink,
            "chat.unfurl": self._unfurl,
        }

    # -- Writing

    def _post(self, caller: Caller, params: Json) -> Json:
        channel = caller.target(params["channel"])
        content = self._content(params)
        message = self._world.post(
            channel,
            caller.me,
            app_id=self._world.app.id,
            thread_ts=self._thread(channel, params),
            broadcast=params.get("reply_broadcast") in (True, "true", "1"),
            username=params.get("username", ""),
            metadata=_decoded(params.get("metadata"), "invalid_metadata_format"),
            asked=params,
            **content,
        )
        self._events.message(message)
        return {"ok": True, "channel": channel.id, "ts": message.ts, "message": message.json()}

    def _whisper(self, caller: Caller, params: Json) -> Json:
        channel = caller.target(params["channel"])
        user = self._world.users.get(params["user"])
        if user is None or user.id not in channel.members:
            raise SlackError("user_not_in_channel")
        thread = self._thread(channel, params)
        message = self._world.post(
            channel, caller.me, app_id=self._world.app.id, to=user, thread_ts=thread, asked=params, **self._content(params)
        )
        return {"ok": True, "message_ts": message.ts}

    def _content(self, params: Json) -> Json:
        text, blocks = params.get("text") or "", _decoded(params.get("blocks"), "invalid_blocks_format") or []
        attachments = _decoded(params.get("attachments"), "invalid_attachments") or []
        if not (text or blocks or attachments):
            raise SlackError("no_text")
        check_message(blocks, self._world.fetchable)
        if len(attachments) > 100:
            raise SlackError("too_many_attachments")
        kept = with_ids(blocks, self._world.number)
        return {"text": text[:TEXT_LIMIT], "blocks": kept, "attachments": attachments}

    def _thread(self, channel: Channel, params: Json) -> str:
        ts = str(params.get("thread_ts") or "")
        if not ts:
            return ""
        parent = channel.messages.get(ts)
        if parent is None:
            raise SlackError("cannot_reply_to_message")
        ts = parent.thread_ts or ts
        if ts in channel.locked_threads:
            raise SlackError("restricted_action_thread_locked")
        channel.messages[ts].thread_ts = ts
        return ts

    # -- Changing

    def _own(self, caller: Caller, params: Json, refusal: str) -> Message:
        channel = caller.channel(params["channel"])
        message = channel.messages.get(str(params["ts"]))
        if message is None or message.deleted:
            raise SlackError("message_not_found")
        if message.user is not caller.me:
            raise SlackError(refusal)
        if channel.archived:
            raise SlackError("is_archived")
        return message

    def _update(self, caller: Caller, params: Json) -> Json:
        message = self._own(caller, params, "cant_update_message")
        if message.frozen:
            raise SlackError("edit_window_closed")
        if len(params.get("text") or "") > UPDATE_TEXT_LIMIT:
            raise SlackError("msg_too_long")
        content, before = self._content(params), message.json()
        message.versions.append((message.text, message.blocks))
        if params.get("text") is not None:
            message.text, message.blocks = content["text"], []
        if params.get("blocks") is not None:
            message.blocks = content["blocks"]
        if params.get("attachments") is not None:
            message.attachments = content["attachments"]
        message.edited = self._world.ts()
        self._events.changed(message, before)
        self._world.touch()
        return {"ok": True, "channel": message.channel.id, "ts": message.ts, "text": message.text, "message": message.json()}

    def _delete(self, caller: Caller, params: Json) -> Json:
        message = self._own(caller, params, "cant_delete_message")
        message.deleted = True
        self._events.deleted(message)
        self._world.touch()
        return {"ok": True, "channel": message.channel.id, "ts": message.ts}

    def _permalink(self, caller: Caller, params: Json) -> Json:
        channel = caller.channel(params["channel"])
        message = channel.messages.get(str(params["message_ts"]))
        if message is None or message.deleted:
            raise SlackError("message_not_found")
        link = f"{channel.link}/p{message.ts.replace('.', '')}"
        if message.thread_ts and message.thread_ts != message.ts:
            link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
        return {"ok": True, "channel": channel.id, "permalink": link}

    # -- Unfurling

    def _unfurl(self, caller: Caller, params: Json) -> Json:
        unfurls = _decoded(params.get("unfurls"), _REFUSED_UNFURLS)
        if not unfurls:
            raise SlackError("missing_unfurls", violates=True)
        if not isinstance(unfurls, dict):
            raise SlackError(_REFUSED_UNFURLS, violates=True)
        for what in unfurls.values():
            if what.get("blocks"):
                check_message(what["blocks"], self._world.fetchable)
        if message := self._unfurled(caller, params):
            shown = {told for link in message.shown.links for told in (link.url, link.url.replace("&", "&amp;"))}
            if any(url not in shown or not self._ours(url) for url in unfurls):
                raise SlackError("cannot_unfurl_url")
            message.unfurls |= unfurls
        self._world.touch()
        return {"ok": True}

    def _unfurled(self, caller: Caller, params: Json) -> Message | None:
        """The message to unfurl in; None for what is still in somebody's composer."""
        where, ts = params.get("channel"), params.get("ts")
        if params.get("unfurl_id"):
            if params.get("source") not in ("composer", "conversations_history"):
                raise SlackError("invalid_source" if params.get("source") else "missing_source", violates=True)
            if params["source"] == "composer":
                return None
            where, _, ts = params["unfurl_id"].partition("-")
        if not where or not ts:
            raise SlackError("missing_ts" if where else "missing_channel", violates=True)
        channel = self._world.channels.get(where)
        if channel is None or not caller.covers(channel):
            raise SlackError("cannot_find_channel")
        message = channel.messages.get(str(ts))
        if message is None or message.deleted:
            raise SlackError("cannot_find_message")
        return message

    def _ours(self, url: str) -> bool:
        return bool(self._events.domain(url))


def _decoded(value: Any, refusal: str) -> Any:
    """What is given as JSON, whether as text or in a JSON body."""
    if not isinstance(value, str) or not value:
        return value or None
    try:
        return json.loads(value)
    except ValueError:
        raise SlackError(refusal, violates=True) from None
