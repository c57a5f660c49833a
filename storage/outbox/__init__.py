"""The outbox: lanes, leases, claims and settlements.

A lane is one destination's queue. `pending` counts its deliveries in state pending; `due_at` is when its head may be tried, and
is empty when there is nothing to do or the destination is paused. `owner` and `in_flight` say who has which delivery in hand.
"""

from __future__ import annotations

from storage.outbox.accounts import Accounts
from storage.outbox.claiming import Claiming
from storage.outbox.hurry import Hurrying
from storage.outbox.late import Late
from storage.outbox.letters import Letters
from storage.outbox.rescheduling import Rescheduling
from storage.outbox.settling import Settling
from storage.outbox.story import Telling


class SqlOutbox(Accounts, Late, Letters, Claiming, Settling, Telling, Rescheduling, Hurrying):
    """`bot.ports.Outbox` in SQL, put together from its parts."""
