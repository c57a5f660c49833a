"""The metrics that are not counted but read at the moment when they are asked for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from bot.domain.newsroom import FeedState
from bot.standing import Standing

NEWSROOMS_AT_MOST = 2000
"""So many newsrooms have a label of their own: people may add feeds without end."""

Samples = Iterable[tuple[tuple[str, ...], float]]


def seconds_between(since: datetime, until: datetime) -> float:
    """Newsrooms date ahead now and then: what was posted before it was published took no time."""
    return max((until - since).total_seconds(), 0)


class AsItStands(Collector):
    """The metrics that are not counted but read. What could not be read is left out: an old figure would pass for a new one."""

    standing: Standing | None = None

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Every family, so that each can be looked up by its name before anything was read."""
        standing = self.standing or Standing()
        yield _gauge("database_up", "Whether the database answered when it was last asked.", [((), float(standing.database_up))])
        yield from _of_the_outbox(standing)
        yield from _of_feeds(standing)
        yield from _of_platforms(standing)


def _gauge(name: str, what: str, samples: Samples, *labels: str) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"pressevagt_{name}", what, labels=labels)
    for values, value in samples:
        family.add_metric(values, value)
    return family


def _of_the_outbox(standing: Standing) -> Iterable[GaugeMetricFamily]:
    outbox = standing.outbox
    states = [(("pending",), outbox.pending), (("held",), outbox.held), (("dead",), outbox.dead)] if outbox else []
    oldest = seconds_between(outbox.oldest_pending, standing.at) if outbox and outbox.oldest_pending and standing.at else 0.0
    yield _gauge("outbox_deliveries", "Deliveries that are pending, held back, or dead letters.", states, "state")
    overdue = seconds_between(outbox.overdue_since, standing.at) if outbox and outbox.overdue_since and standing.at else 0.0
    yield _gauge("outbox_oldest_pending_seconds", "Age of the oldest pending delivery.", [((), oldest)] if outbox else [])
    what = "For how long the destination that waits longest could have been served; paused ones do not wait."
    yield _gauge("outbox_overdue_seconds", what, [((), overdue)] if outbox else [])
    yield _gauge("outbox_fan_outs", "Fan-outs that are not dealt out yet.", [((), outbox.cursors)] if outbox else [])
    # No counter: the database holds the sum, over all processes and restarts, and forgets it with the deliveries it belongs to.
    what = "Sends that may stand twice: answers that were lost, and what was in flight when another process took over."
    yield _gauge("ambiguous_sends", what, [((), outbox.ambiguous)] if outbox else [])


def _of_feeds(standing: Standing) -> Iterable[GaugeMetricFamily]:
    feeds = standing.feeds or ()
    by_state = [((state.value,), float(sum(feed.state is state for feed in feeds))) for state in FeedState]
    yield _gauge("feeds", "Wanted feeds by state.", by_state if standing.feeds is not None else [], "state")
    shown: dict[str, tuple[float, float | None]] = {}
    for feed in feeds[:NEWSROOMS_AT_MOST]:  # of a newsroom's feeds the worst
        failures, good_at = shown.get(feed.newsroom.slug, (0.0, None))
        at = feed.last_good_at.timestamp() if feed.last_good_at else 0.0
        shown[feed.newsroom.slug] = max(failures, feed.failures), at if good_at is None else min(at, good_at)
    failing = [((slug,), failures) for slug, (failures, _) in shown.items()]
    good = [((slug,), at or 0.0) for slug, (_, at) in shown.items()]
    yield _gauge("feed_failures", "Failed polls in a row of a newsroom's feed.", failing, "newsroom")
    yield _gauge("feed_last_good_timestamp_seconds", "When it was last polled well (Unix time; 0: never).", good, "newsroom")


def _of_platforms(standing: Standing) -> Iterable[GaugeMetricFamily]:
    each = standing.platforms
    accounts = [((one.name,), float(len(one.owned))) for one in each if one.owned is not None]
    owned = [((one.name,), float(sum(one.owned))) for one in each if one.owned is not None]
    yield _gauge("accounts", "Accounts of ours that this process may send through.", accounts, "platform")
    yield _gauge("accounts_owned", "Those of them that it owns now.", owned, "platform")
    paused = {pause.platform for pause in standing.pauses}
    pauses = [((name,), float(name in paused)) for name in dict.fromkeys((*(one.name for one in each), *sorted(paused)))]
    what = "Whether an operator has paused the platform, or an account of it (1), or not (0)."
    yield _gauge("platform_paused", what, pauses if standing.feeds is not None else [], "platform")
    connected = [((one.name,), float(one.connected)) for one in each if one.connected is not None]
    yield _gauge("adapter_connected", "Whether the platform is connected, where its adapter says so.", connected, "platform")
