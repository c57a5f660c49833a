"""How does somebody get a file? Where they asked for it if we are in there, else in their direct messages."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from slack_sdk.errors import SlackApiError

from adapters.slack.answers import Answers, in_words
from adapters.slack.channels import Channels
from adapters.slack.heard import Spot
from adapters.slack.outcomes import FAULTS, code_of, outcome_of, word_of
from adapters.slack.workspaces import PLATFORM, Workspaces
from bot.domain.card import Tone
from bot.domain.delivery import DestinationGone
from bot.domain.file import File
from bot.domain.subscription import Address
from bot.i18n import Texts
from bot.ports import CommandCall, Reply

log = logging.getLogger(__name__)

HandOver = Callable[[CommandCall, Spot, Reply], Awaitable[None]]
"""Gives somebody the files of a reply."""
_MISSING_SCOPE = "missing_scope"


class Files:
    """Uploads what replies bring along, all of a reply at once."""

    def __init__(self, workspaces: Workspaces, channels: Channels, answers: Answers, speak: Callable[[str], Texts]) -> None:
        self._workspaces, self._channels, self._answers, self._texts = workspaces, channels, answers, speak

    async def hand_over(self, call: CommandCall, spot: Spot, reply: Reply) -> None:
        """Share the files of a reply, if it has any, or say that Slack refuses. Raises what is in FAULTS where that fails."""
        if not reply.files:
            return
        account = call.address.account
        direct = Address(PLATFORM, account, spot.user)
        there = direct if reply.private or not spot.channel else Address(PLATFORM, account, spot.channel, spot.thread)
        try:
            await self._share(there, direct, reply.files)
        except FAULTS as error:
            log.warning("slack took no file in %s: %s", account, word_of(error))
            said = _refusal(code_of(error), self._texts(call.language))
            await self._answers.say(call.address, spot, in_words(said, Tone.WARNING), private=True)

    async def in_private(self, call: CommandCall, spot: Spot, reply: Reply) -> None:
        """The same in direct messages: what was asked for where nobody else looks."""
        await self.hand_over(call, spot, replace(reply, private=True))

    async def _share(self, there: Address, direct: Address, files: Sequence[File]) -> None:
        try:
            await self._upload(there, files)
        except SlackApiError as error:
            if there == direct or not isinstance(outcome_of(error), DestinationGone):
                raise
            await self._upload(direct, files)

    async def _upload(self, address: Address, files: Sequence[File]) -> None:
        reached = await self._channels.reached(address)
        client = await self._workspaces.client_for(address.account)
        await client.files_upload_v2(
            file_uploads=[{"filename": file.name, "title": file.name, "content": file.content} for file in files],
            channel=reached.conversation,
            thread_ts=reached.thread or None,
        )


def _refusal(code: str, texts: Texts) -> str:
    if code == _MISSING_SCOPE:
        return texts.t("I may not send files in this workspace yet: an administrator has to install me again.")
    return texts.t("The file could not be sent. Please try again in a moment.")
