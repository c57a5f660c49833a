"""Modals and Home tabs: opening, pushing, updating, publishing, and what a submission's answer does.

From docs.slack.dev/surfaces/modals: three views in a stack, a hash against crossing updates, `response_action` of submissions.
"""

from __future__ import annotations

import json
from typing import Any

from tests.fakes.slack_acts import Act, Acts
from tests.fakes.slack_blocks import lost_pictures, view_problems, with_ids
from tests.fakes.slack_callers import Caller
from tests.fakes.slack_choices import initial
from tests.fakes.slack_errors import Json, SlackError, invalid_view
from tests.fakes.slack_messages import View
from tests.fakes.slack_schema import problem
from tests.fakes.slack_shown import controls
from tests.fakes.slack_state import User
from tests.fakes.slack_world import World

STACK = 3
LARGEST = 250_000


class Views:
    """All views. `methods`: the calls that are about them."""

    def __init__(self, world: World, acts: Acts) -> None:
        self._world = world
        self._acts = acts
        self._stacks: dict[str, list[View]] = {}
        self.methods = {
            "views.open": self._open,
            "views.push": self._push,
            "views.update": self._update,
            "views.publish": self._publish,
        }

    def stack(self, user: User) -> list[View]:
        """The modals on somebody's screen, the top one last."""
        return self._stacks.setdefault(user.id, [])

    # -- Calls

    def _open(self, _: Caller, params: Json) -> Json:
        said = self._checked(params["view"], "modal")
        act = self._acts.exchange(params["trigger_id"])
        return self._put(act, said, None)

    def _push(self, _: Caller, params: Json) -> Json:
        said = self._checked(params["view"], "modal")
        act = self._acts.exchange(params["trigger_id"])
        if act.view is None or act.view.type != "modal":
            raise invalid_view([problem("must match the `type` of the root view whose stack we're pushing onto", "/view/type")])
        if len(self.stack(act.user)) >= STACK:
            raise SlackError("push_limit_reached", violates=True)
        return self._put(act, said, act.view)

    def _put(self, act: Act, said: Json, below: View | None) -> Json:
        view = self._new(act.user, said, below)
        self.stack(act.user).append(view)
        act.views.append(view)
        self._world.touch()
        return {"ok": True, "view": view.json()}

    def _update(self, _: Caller, params: Json) -> Json:
        view = self._world.views.get(params.get("view_id", "")) or self._by_external(params.get("external_id"))
        if view is None or not view.open:
            raise SlackError("not_found")
        said = self._checked(params["view"], view.type)
        self._unchanged(view, params)
        self._change(view, said)
        return {"ok": True, "view": view.json()}

    def _publish(self, caller: Caller, params: Json) -> Json:
        said = self._checked(params["view"], "home")
        user = caller.user(params["user_id"])
        view = self._world.homes.get(user.id)
        if view is None:
            view = self._world.homes[user.id] = self._new(user, said, None)
        else:
            self._unchanged(view, params)
            self._change(view, said)
        self._world.touch()
        return {"ok": True, "view": view.json()}

    def _checked(self, view: Any, kind: str) -> Json:
        try:
            said = json.loads(view) if isinstance(view, str) else view
        except ValueError:
            raise SlackError("invalid_arguments", violates=True) from None
        problems = view_problems(said)
        if not problems and said["type"] != kind:
            problems = [problem("must be a valid enum value", "/view/type")]
        problems = problems or lost_pictures(said["blocks"], "/view/blocks", self._world.fetchable)
        if problems:
            raise invalid_view(problems)
        if len(json.dumps(said)) > LARGEST:
            raise SlackError("view_too_large")
        named: Json = {**said, "blocks": with_ids(said["blocks"], self._world.number)}
        return named

    def _by_external(self, name: str | None) -> View | None:
        return next((view for view in self._world.views.values() if name and view.said.get("external_id") == name), None)

    def _unchanged(self, view: View, params: Json) -> None:
        if params.get("hash") and params["hash"] != view.hash:
            raise SlackError("hash_conflict")

    def _new(self, user: User, said: Json, below: View | None) -> View:
        external = said.get("external_id")
        if external and self._by_external(external):
            raise SlackError("duplicate_external_id", violates=True)
        view = View(self._world.new_id("V"), user, user.workspace, said, self._hash())
        view.previous, view.root = below, (below.root or below) if below else None
        view.state = initial(controls(view.blocks))
        installation = self._world.installed(user.workspace)
        view.bot_id = installation.bot.bot_id if installation else ""
        self._world.views[view.id] = view
        return view

    def _change(self, view: View, said: Json) -> None:
        """What was chosen stays chosen where the block and the action are called the same."""
        view.versions.append(view.said)
        kept, view.said, view.hash = view.state, said, self._hash()
        view.state = initial(controls(view.blocks))
        for block, actions in view.state.items():
            for action in actions:
                actions[action] = kept.get(block, {}).get(action, actions[action])
        view.errors = {}
        self._world.touch()

    def _hash(self) -> str:
        return f"{self._world.ts()}.{self._world.number():x}"

    # -- Submissions

    def answered(self, act: Act, said: Any) -> None:
        """What the answer to a submission does to the screen."""
        view = act.view
        assert view is not None
        try:
            self._act_on(act, view, said or {})
        except SlackError as error:
            # People see "We had some trouble connecting", and the modal stays.
            self._world.violated(f"the answer to a submission was refused: {error.code}", [said, error.more])
        stack = self.stack(act.user)
        act.screen = stack[-1] if stack else None
        act.closed = not stack
        act.errors = view.errors
        self._world.touch()

    def _act_on(self, act: Act, view: View, said: Json) -> None:
        match said.get("response_action"):
            case "errors":
                known = {block["block_id"] for block in view.blocks if block["type"] == "input"}
                if not said.get("errors") or set(said["errors"]) - known:
                    raise SlackError("invalid_errors", errors=said.get("errors"))
                view.errors = dict(said["errors"])
            case "update":
                self._change(view, self._checked(said.get("view"), "modal"))
            case "push":
                if len(self.stack(act.user)) >= STACK:
                    raise SlackError("push_limit_reached")
                self._put(act, self._checked(said.get("view"), "modal"), view)
            case "clear":
                self.closed(view, all_of_them=True)
            case None if not said:
                self.closed(view)
            case _:
                raise SlackError("invalid_response_action")

    def closed(self, view: View, *, all_of_them: bool = False) -> None:
        """A modal goes from the screen, with those above it, or all of them."""
        stack = self.stack(view.user)
        place = 0 if all_of_them or view not in stack else stack.index(view)
        for gone in stack[place:]:
            gone.open = False
        del stack[place:]
        self._world.touch()
