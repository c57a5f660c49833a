"""How commands and interactions look on their way to the app. Shapes from docs.slack.dev/reference/interaction-payloads."""

from __future__ import annotations

from typing import Any

from tests.fakes.slack_acts import Act
from tests.fakes.slack_errors import Json
from tests.fakes.slack_shown import Control
from tests.fakes.slack_state import Channel
from tests.fakes.slack_world import World


def _common(kind: str, act: Act, world: World) -> Json:
    user, workspace = act.user, act.user.workspace
    installation = world.installed(workspace)
    enterprise = workspace.enterprise
    said: Json = {
        "type": kind,
        "token": world.app.verification_token,
        "api_app_id": world.app.id,
        "team": world.team_json(workspace),
    }
    said["user"] = {"id": user.id, "username": user.name, "name": user.name, "team_id": workspace.id}
    said["enterprise"] = {"id": enterprise.id, "name": enterprise.name} if enterprise else None
    return said | {"is_enterprise_install": bool(installation and installation.workspace is None)}


def command(act: Act, world: World, name: str, text: str, channel: Channel) -> Json:
    """A slash command. Its text is as typed: escaping of names is off."""
    workspace, enterprise = act.user.workspace, act.user.workspace.enterprise
    installation = world.installed(workspace)
    said: Json = {"token": world.app.verification_token, "team_id": workspace.id, "team_domain": workspace.domain}
    said |= {
        "channel_id": channel.id,
        "channel_name": channel.short_json()["name"],
        "user_id": act.user.id,
        "user_name": act.user.name,
    }
    said |= {
        "command": name,
        "text": text,
        "api_app_id": world.app.id,
        "response_url": act.response_url,
        "trigger_id": act.trigger_id,
    }
    said["is_enterprise_install"] = "true" if installation and installation.workspace is None else "false"
    return said | ({"enterprise_id": enterprise.id, "enterprise_name": enterprise.name} if enterprise else {})


def block_actions(act: Act, world: World, actions: list[Json], state: Json) -> Json:
    """Something in a message or a view was used. Messages that one person sees are not in the payload, only their place."""
    said = _common("block_actions", act, world) | {"trigger_id": act.trigger_id, "actions": actions} | place(act)
    if act.view is None:
        said |= {"response_url": act.response_url, "state": {"values": state}}
    return said


def block_suggestion(act: Act, world: World, control: Control, words: str) -> Json:
    """Somebody types into an external select."""
    said = {"action_id": control.action_id, "block_id": control.block_id, "value": words}
    return _common("block_suggestion", act, world) | said | place(act)


def place(act: Act) -> Json:
    """Where it happened: a view, or a message in a channel."""
    if act.view:
        return {"container": {"type": "view", "view_id": act.view.id}, "view": act.view.json()}
    message, channel = act.message, act.channel
    assert message is not None
    assert channel is not None
    container: Json = {"type": "message", "message_ts": message.ts, "channel_id": channel.id, "is_ephemeral": message.ephemeral}
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    said: Json = {"container": container, "channel": channel.short_json()}
    return said if message.ephemeral else said | {"message": message.json()}


def view_submission(act: Act, world: World) -> Json:
    """A modal is sent."""
    assert act.view is not None
    return _common("view_submission", act, world) | {"trigger_id": act.trigger_id, "view": act.view.json(), "response_urls": []}


def view_closed(act: Act, world: World, *, cleared: bool) -> Json:
    """A modal that asked to be told (`notify_on_close`) is closed."""
    assert act.view is not None
    return _common("view_closed", act, world) | {"view": act.view.json(), "is_cleared": cleared}


def shortcut(act: Act, world: World, callback_id: str) -> Json:
    """A global shortcut, which has no channel and no response_url."""
    return _common("shortcut", act, world) | {"callback_id": callback_id, "trigger_id": act.trigger_id, "action_ts": world.ts()}


def message_action(act: Act, world: World, callback_id: str) -> Json:
    """A shortcut on a message."""
    assert act.message is not None
    assert act.channel is not None
    said: dict[str, Any] = {"callback_id": callback_id, "trigger_id": act.trigger_id, "action_ts": world.ts()}
    said |= {"response_url": act.response_url, "message_ts": act.message.ts, "message": act.message.json()}
    return _common("message_action", act, world) | said | {"channel": act.channel.short_json()}
