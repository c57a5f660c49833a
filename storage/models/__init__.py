"""The tables. Promises live in constraints; times are aware UTC; the words are those of ARCHITECTURE.md."""

from storage.models.conversations import (
    AccountRow,
    AuditRow,
    CircleRow,
    DestinationRow,
    InstallationRow,
    LinkCodeRow,
    SubscriptionRow,
    TakerRow,
)
from storage.models.newsrooms import FeedRow, HistoryRow, LookupRow, NewsroomRow, PinRow, ReleaseRow, RevisionRow, StatementRow
from storage.models.operating import BroadcastRow, DeedRow, PauseRow, SummaryRow
from storage.models.outbox import DeliveryRow, FanOutRow, LaneRow, PostReleaseRow, PostRow
from storage.models.running import ButtonRow, LeaseRow, MarkRow, ShownRow, WorkerRow
from storage.models.schema import Base, UtcDateTime

__all__ = [
    "AccountRow",
    "AuditRow",
    "Base",
    "BroadcastRow",
    "ButtonRow",
    "CircleRow",
    "DeedRow",
    "DeliveryRow",
    "DestinationRow",
    "FanOutRow",
    "FeedRow",
    "HistoryRow",
    "InstallationRow",
    "LaneRow",
    "LeaseRow",
    "LinkCodeRow",
    "LookupRow",
    "MarkRow",
    "NewsroomRow",
    "PauseRow",
    "PinRow",
    "PostReleaseRow",
    "PostRow",
    "ReleaseRow",
    "RevisionRow",
    "ShownRow",
    "StatementRow",
    "SubscriptionRow",
    "SummaryRow",
    "TakerRow",
    "UtcDateTime",
    "WorkerRow",
]
