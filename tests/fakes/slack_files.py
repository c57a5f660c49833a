"""Files: files.getUploadURLExternal, the upload, files.completeUploadExternal (docs.slack.dev/messaging/working-with-files).

And those that people send: files.info, and their addresses, which take a token with the scope files:read.
"""

from __future__ import annotations

import json

from tests.fakes.slack_callers import Caller
from tests.fakes.slack_errors import Json, SlackError
from tests.fakes.slack_events import Events
from tests.fakes.slack_state import Channel, File, User
from tests.fakes.slack_world import World

UPLOADS = "/upload/v1/"
PRIVATE = "/files-pri/"


class Files:
    """`methods`: the calls by name. `base`: the fake's address is asked for when it is known."""

    def __init__(self, world: World, events: Events) -> None:
        self._world = world
        self._events = events
        self.base = ""
        self.methods = {
            "files.getUploadURLExternal": self._begin,
            "files.completeUploadExternal": self._complete,
            "files.info": self._info,
        }

    def _begin(self, caller: Caller, params: Json) -> Json:
        workspace = caller.installation.workspace or next(iter(self._world.workspaces.values()))
        file = File(self._world.new_id("F"), params["filename"], int(params["length"]), workspace, caller.me)
        file.alt_text, file.snippet_type = params.get("alt_txt", ""), params.get("snippet_type", "")
        self._world.files[file.id] = file
        return {"ok": True, "upload_url": f"{self.base}{UPLOADS}{file.id}", "file_id": file.id}

    def sent(self, owner: User, name: str, content: bytes, channel: Channel) -> File:
        """Somebody uploads a file for a message of theirs."""
        file = File(
            self._world.new_id("F"), name, len(content), owner.workspace, owner, body=content, state="shared", base=self.base
        )
        file.channels.append(channel.id)
        self._world.files[file.id] = file
        return file

    def _info(self, caller: Caller, params: Json) -> Json:
        file = self._world.files.get(str(params["file"]))
        if file is None or not self._reaches(caller.me, file):
            raise SlackError("file_not_found")
        return {"ok": True, "file": file.json(), "comments": []}

    def _reaches(self, user: User, file: File) -> bool:
        return any(user.id in self._world.channels[each].members for each in file.channels)

    def fetched(self, path: str, token: str) -> tuple[int, bytes, str]:
        """Status, content and type of what stands at an address below files-pri.

        Who may not read it sees the page to log in on, with status 200, as public reports of the real server say.
        """
        ident = path.removeprefix(PRIVATE).partition("/")[0].partition("-")[2]
        file, known = self._world.files.get(ident), self._world.tokens.get(token)
        installation = known.installation if known and known.state == "live" and "files:read" in known.scopes else None
        if installation is None:
            return 200, b"<!DOCTYPE html><html><head><title>Slack</title></head><body>Log ind</body></html>", "text/html"
        if file is None or not self._reaches(installation.bot, file):
            return 404, b"", "text/html"
        return 200, file.body, "application/octet-stream"

    def uploaded(self, path: str, body: bytes) -> tuple[int, str]:
        """The upload's status and words."""
        file = self._world.files.get(path.removeprefix(UPLOADS))
        if file is None:
            return 404, "not found"
        if len(body) != file.length:
            self._world.violated(f"an upload of {len(body)} bytes where {file.length} were announced")
            return 400, "length mismatch"
        file.body, file.state = body, "uploaded"
        return 200, f"OK - {len(body)}"

    def _complete(self, caller: Caller, params: Json) -> Json:
        said = params["files"]
        named = json.loads(said) if isinstance(said, str) else said
        files = [self._world.files.get(one["id"]) for one in named]
        ready = [file for file in files if file and file.state == "uploaded"]
        if len(ready) != len(named):
            raise SlackError("file_not_found")
        for file, one in zip(ready, named, strict=True):
            file.title = one.get("title", "")
        if params.get("channel_id"):
            self._share(caller, ready, params)
        return {"ok": True, "files": [file.json() for file in ready]}

    def _share(self, caller: Caller, files: list[File], params: Json) -> None:
        channel = caller.target(params["channel_id"])
        for file in files:
            file.state = "shared"
            file.channels.append(channel.id)
        message = self._world.post(
            channel,
            caller.me,
            app_id=self._world.app.id,
            subtype="file_share",
            text=params.get("initial_comment", ""),
            thread_ts=params.get("thread_ts", ""),
            files=[file.json() for file in files],
            asked=params,
        )
        self._events.message(message)
