"""All the methods of the fake by name: what each needs of arguments, scopes and tokens, and its rate tier (0: none, or special).

`form`: methods that read, which take their arguments from the address or a form, and ignore a JSON body.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.fakes.slack_callers import Caller, authenticate
from tests.fakes.slack_errors import Json, SlackError, missing_argument
from tests.fakes.slack_limits import Gate
from tests.fakes.slack_oauth import OAuth
from tests.fakes.slack_world import World

Run = Callable[[Caller, Json], Json]


@dataclass(frozen=True, slots=True)
class Method:
    """A line of the table. `missing`: Slack's own code for a missing argument, by its name."""

    required: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    tier: int = 3
    form: bool = False
    missing: tuple[tuple[str, str], ...] = ()


def _method(required: str = "", scopes: str = "", tier: int = 3, *, form: bool = False, **missing: str) -> Method:
    return Method(tuple(required.split()), tuple(scopes.split()), tier, form, tuple(missing.items()))


_NO_CHANNEL: dict[str, Any] = {"channel": "channel_not_found"}
METHODS: dict[str, Method] = {
    "api.test": _method(tier=4),
    "auth.test": _method(tier=0),
    "auth.revoke": _method(),
    "apps.uninstall": _method("client_id client_secret", tier=1),
    "apps.connections.open": _method(tier=1),
    "oauth.v2.access": _method(tier=4, form=True),
    "chat.postMessage": _method("channel", "chat:write", 0, **_NO_CHANNEL),
    "chat.postEphemeral": _method("channel user", "chat:write", 4, **_NO_CHANNEL),
    "chat.update": _method("channel ts", "chat:write", 3, **_NO_CHANNEL),
    "chat.delete": _method("channel ts", "chat:write", 3, **_NO_CHANNEL),
    "chat.getPermalink": _method("channel message_ts", "", 0, form=True, **_NO_CHANNEL),
    "chat.unfurl": _method("unfurls", "links:write", 3, unfurls="missing_unfurls"),
    "conversations.info": _method("channel", "channels:read groups:read im:read mpim:read", 3, form=True, **_NO_CHANNEL),
    "conversations.join": _method("channel", "channels:join", 3, **_NO_CHANNEL),
    "conversations.list": _method("", "channels:read groups:read im:read mpim:read", 2, form=True),
    "conversations.members": _method("channel", "channels:read groups:read im:read mpim:read", 4, form=True, **_NO_CHANNEL),
    "conversations.open": _method("", "im:write mpim:write", 3),
    "users.info": _method("user", "users:read", 4, form=True, user="user_not_found"),
    "users.list": _method("", "users:read", 2, form=True),
    "users.conversations": _method("", "channels:read groups:read im:read mpim:read", 3, form=True),
    "team.info": _method("", "team:read", 3, form=True),
    "views.open": _method("trigger_id view", "", 4),
    "views.push": _method("trigger_id view", "", 4),
    "views.update": _method("view", "", 4),
    "views.publish": _method("user_id view", "", 4),
    "files.info": _method("file", "files:read", 4, form=True),
    "files.getUploadURLExternal": _method("filename length", "files:write", 4, form=True),
    "files.completeUploadExternal": _method("files", "files:write", 4),
}
WRITES = frozenset({"chat.postMessage", "chat.postEphemeral", "chat.update"})


class Methods:
    """`await`-free: a call is carried out at once. `socket_url`: makes the address of a new Socket Mode connection."""

    def __init__(self, world: World, gate: Gate, oauth: OAuth, parts: list[dict[str, Run]], socket_url: Callable[[], str]) -> None:
        self._world = world
        self._gate = gate
        self._oauth = oauth
        self._socket_url = socket_url
        self._by_name: dict[str, Run] = {name: run for part in parts for name, run in part.items()} | oauth.methods

    def call(self, name: str, params: Json, token: str, basic: tuple[str, str] | None) -> Json:
        """The answer of a call. Raises SlackError."""
        method = METHODS.get(name)
        if method is None:
            raise SlackError("unknown_method", violates=True, req_method=name)
        if name == "api.test":
            return self._api_test(params)
        if name == "oauth.v2.access":
            return self._oauth.access(params, basic or (params.get("client_id", ""), params.get("client_secret", "")))
        known = authenticate(self._world, token)
        if name == "apps.connections.open":
            return self._open_socket(known.installation is None, known.scopes)
        return self._called(name, method, Caller(self._world, known), params)

    def _called(self, name: str, method: Method, caller: Caller, params: Json) -> Json:
        workspace = caller.installation.workspace or caller.installation.enterprise
        self._gate.admit(name, workspace.id if workspace else "", str(params.get("channel", "")), method.tier)
        caller.needs(*method.scopes)
        for argument in method.required:
            if params.get(argument) in (None, ""):
                code = dict(method.missing).get(argument)
                raise SlackError(code, violates=True) if code else missing_argument(argument)
        return self._by_name[name](caller, params)

    def _open_socket(self, by_app: bool, scopes: frozenset[str]) -> Json:
        if not by_app:
            raise SlackError("not_allowed_token_type", violates=True)
        if "connections:write" not in scopes:
            raise SlackError("missing_scope", needed="connections:write", provided=",".join(scopes))
        return {"ok": True, "url": self._socket_url()}

    def _api_test(self, params: Json) -> Json:
        if params.get("error"):
            raise SlackError(params["error"], args=params)
        return {"ok": True, "args": params}


def basic_of(header: str) -> tuple[str, str] | None:
    """Client id and secret from an Authorization header, where they are there."""
    if not header.startswith("Basic "):
        return None
    name, _, secret = base64.b64decode(header.removeprefix("Basic ")).decode().partition(":")
    return name, secret
