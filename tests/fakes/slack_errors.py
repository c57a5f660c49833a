"""How the fake Slack refuses: the codes of the Web API, with the words that come with them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Json = dict[str, Any]


class SlackError(Exception):
    """A refused call: `{"ok": false, "error": code, ...}`. `violates`: no correct client ever gets this one."""

    def __init__(self, code: str, *, violates: bool = False, status: int = 200, **more: Any) -> None:
        super().__init__(code)
        self.code = code
        self.violates = violates
        self.status = status
        self.more = more

    def body(self) -> Json:
        """The answer's JSON."""
        return {"ok": False, "error": self.code, **self.more}

    @property
    def retry_after(self) -> int | None:
        """Seconds to wait, where Slack says so."""
        return self.more.get("retry_after") if self.code == "ratelimited" else None


def missing_scope(needed: str, provided: Iterable[str]) -> SlackError:
    """A token that may not do this."""
    return SlackError("missing_scope", needed=needed, provided=",".join(sorted(provided)))


def missing_argument(name: str) -> SlackError:
    """A required argument is not there; Slack calls it invalid_arguments and says which."""
    return SlackError(
        "invalid_arguments",
        violates=True,
        response_metadata={"messages": [f"[ERROR] missing required field: {name}"]},
    )


def invalid_blocks(problems: list[str]) -> SlackError:
    """Blocks of a message that break the rules."""
    return SlackError(
        "invalid_blocks", errors=problems, response_metadata={"messages": [f"[ERROR] {problem}" for problem in problems]}
    )


def invalid_view(problems: list[str]) -> SlackError:
    """A view that breaks the rules: views.* say invalid_arguments, and first that no schema fits."""
    whole = [] if any(problem.endswith("[json-pointer:/trigger_id]") for problem in problems) else [_NO_SCHEMA]
    return SlackError("invalid_arguments", response_metadata={"messages": [f"[ERROR] {words}" for words in (*whole, *problems)]})


_NO_SCHEMA = "failed to match all allowed schemas [json-pointer:/view]"


def ratelimited(seconds: int) -> SlackError:
    """Too many calls: HTTP 429 with Retry-After."""
    return SlackError("ratelimited", status=429, retry_after=seconds)
