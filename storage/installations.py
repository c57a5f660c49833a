"""What adapters were given when their accounts were installed, sealed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ports import Hint
from storage.dialects import insert_into
from storage.hints import hint
from storage.models import InstallationRow


class SqlInstallations:
    """`bot.ports.Installations` in SQL."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def keep(self, platform: str, account: str, sealed: str, now: datetime) -> None:
        """Write an installation down, in place of the account's former one."""
        made = insert_into(self._db, InstallationRow).values(platform=platform, account=account, sealed=sealed, kept_at=now)
        again = {"sealed": made.excluded.sealed, "kept_at": made.excluded.kept_at}
        await self._db.execute(made.on_conflict_do_update(index_elements=["platform", "account"], set_=again))
        hint(self._db, Hint.ACCOUNTS)

    async def get(self, platform: str, account: str) -> str | None:
        """What is kept for an account."""
        this = (InstallationRow.platform == platform, InstallationRow.account == account)
        return (await self._db.execute(select(InstallationRow.sealed).where(*this))).scalar_one_or_none()

    async def all(self, platform: str) -> dict[str, str]:
        """What is kept for a platform, by account."""
        query = select(InstallationRow.account, InstallationRow.sealed).where(InstallationRow.platform == platform)
        return {account: sealed for account, sealed in await self._db.execute(query.order_by(InstallationRow.account))}  # noqa: C416

    async def remove(self, platform: str, account: str) -> None:
        """Forget an installation."""
        this = (InstallationRow.platform == platform, InstallationRow.account == account)
        if (await self._db.execute(delete(InstallationRow).where(*this))).rowcount:
            hint(self._db, Hint.ACCOUNTS)
