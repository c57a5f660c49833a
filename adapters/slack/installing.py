"""Who lets us in, and who does not want us any more: by a token in the settings, by installing, by uninstalling."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

from slack_sdk.errors import SlackApiError

from adapters.slack.outcomes import FAULTS, code_of, word_of
from adapters.slack.workspaces import PLATFORM, Installation, Workspaces, introduced
from bot.errors import SettingsError
from bot.ports import AccountAdded, AccountRemoved, OnEvent

log = logging.getLogger(__name__)

RETRY = 15.0
WRONG = frozenset({"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "not_allowed_token_type"})
"""What is said of a bot token that is not right, or is no more."""


class Installing:
    """Keeps installations and erases them; `on_event` hears of it.

    `reached`: Slack answered when it was last asked whose the token of the settings is.
    """

    def __init__(self, workspaces: Workspaces, on_event: OnEvent) -> None:
        self._workspaces, self._on_event = workspaces, on_event
        self.reached = True

    async def introduce(self, token: str) -> bool:
        """Learn whose the token of the settings is; False if Slack cannot be reached. Raises SettingsError for a wrong one."""
        try:
            said = await self._workspaces.client(token).auth_test()
        except FAULTS as error:
            if code_of(error) in WRONG:
                message = "SLACK_BOT_TOKEN: Slack does not know this token; the right one stands under OAuth & Permissions"
                raise SettingsError(message) from None
            log.warning("Slack cannot be reached: %s", word_of(error))
            self.reached = False
            return False
        self.reached = True
        installation = introduced(said, token)
        await self._keep(installation)
        log.info("connected to Slack, in %s", installation.name)
        return True

    async def knock(self, token: str) -> None:
        """Do so until Slack can be reached."""
        reached = False
        while not reached:
            await asyncio.sleep(RETRY)
            try:
                reached = await self.introduce(token)
            except SettingsError as error:
                log.error("%s", error)

    async def granted(self, installation: Installation) -> None:
        """Somebody installed us. Raises what is in FAULTS, and StorageError: then nothing was kept."""
        said = introduced(await self._workspaces.client(installation.token).auth_test(), installation.token)
        await self._keep(replace(installation, handle=said.handle))
        log.info("installed in %s (%s)", installation.account, installation.name)

    async def uninstalled(self, account: str) -> None:
        """Erase the token of a workspace, unless Slack takes it still: then we were installed again meanwhile."""
        installation = self._workspaces.find(account)
        if installation is None or not await self._is_dead(installation):
            return
        log.warning("uninstalled from %s (%s)", installation.account, installation.name)
        covered = self._workspaces.covered(installation)
        await self._workspaces.forget(installation.account)
        for gone in sorted(covered):
            await self._on_event(AccountRemoved(PLATFORM, gone))

    async def _keep(self, installation: Installation) -> None:
        await self._workspaces.keep(installation)
        for account in sorted(self._workspaces.covered(installation)):
            await self._on_event(AccountAdded(PLATFORM, account))

    async def _is_dead(self, installation: Installation) -> bool:
        try:
            await self._workspaces.client(installation.token).auth_test()
        except FAULTS as error:
            return isinstance(error, SlackApiError) and code_of(error) in WRONG
        return False
