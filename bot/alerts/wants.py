"""Who wants a release: what the subscriptions that bring it make of it. Pure.

A release is told where any of them lets it through. A fact that is not known yet (what sort of release it is, above all) decides
when it is sent; one that is not known then either keeps nothing out: better told than lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.alerts.when import Hours, held_until
from bot.domain.delivery import UNDECIDED
from bot.domain.options import EVERYTHING, Frequency, SubscriptionOptions
from bot.domain.release import Release
from bot.domain.subscription import SubscriptionId, Wish
from bot.text.matching import Fit, Said, fits, keeps, read


class Rule(StrEnum):
    """Why a release is told, held back or kept out."""

    WANTED = "wanted"
    """The subscription keeps to nothing."""
    MATCHED = "matched"
    """It is of the kinds, in the languages and of the words that the subscription keeps to."""
    URGENT = "urgent"
    """It has words that break quiet hours."""
    UNDECIDED = UNDECIDED
    """It depends on what is not known of it yet, and is decided when it is sent."""
    UNKNOWN = "unknown"
    """It depended on what was not known when it was sent, so it was told."""
    KIND = "kind"
    LANGUAGE = "language"
    FILTERED_OUT = "filtered_out"
    MUTED = "muted"
    HELD_QUIET = "held_quiet"
    HELD_DIGEST = "held_digest"


_TOLD = (Rule.URGENT, Rule.WANTED, Rule.MATCHED, Rule.UNKNOWN, Rule.UNDECIDED)
_KEPT_OUT_BY = {Fit.KIND: Rule.KIND, Fit.LANGUAGE: Rule.LANGUAGE, Fit.NEWSROOM: Rule.FILTERED_OUT, Fit.WORDS: Rule.FILTERED_OUT}
BY = "by"
"""Of a payload: the ids of the subscriptions that let the release through, with spaces between them."""
KEPT_OUT = "kept out: "
"""What the reason of a delivery begins with that nobody wanted any more when all was known; the rule follows."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a release at one destination.

    `rule`: the strongest reason, for or against; `by`: the subscription that it is the reason of. `rules`: that of each. `silent`
    where all that let it through are, and it is not urgent. `held_until`, `held_by`: until when it waits, and the rule for it.
    """

    rule: Rule
    by: SubscriptionId | None = None
    rules: tuple[tuple[SubscriptionId, Rule], ...] = ()
    silent: bool = False
    pings: tuple[str, ...] = ()
    held_until: datetime | None = None
    held_by: Rule | None = None

    @property
    def told(self) -> bool:
        """Whether it is told, now or later; perhaps, where it is undecided."""
        return self.rule in _TOLD

    @property
    def undecided(self) -> bool:
        """Whether it has to be asked again when it is sent."""
        return self.rule is Rule.UNDECIDED

    @property
    def payload(self) -> Mapping[str, str]:
        """What the delivery keeps of it, for its sending, for hours that are chosen anew, and for whoever asks why."""
        kept = {"why": self.rule, BY: self.brought_by, "held": self.held_by, "pings": " ".join(self.pings)}
        return {name: str(value) for name, value in kept.items() if value}

    @property
    def brought_by(self) -> str:
        """The ids of the subscriptions that let it through, as payloads have them."""
        return " ".join(str(ident) for ident, rule in self.rules if rule in _TOLD)


class Wanting:
    """What subscriptions want of one release. Each set of options is held against it once, however many have it.

    `final`: it is about to be sent, so that what is not known now counts as not known. `awaited`: its document is looked at before
    it is sent, and may bring its text and other languages.
    """

    def __init__(self, release: Release, *, final: bool = False, awaited: bool = False) -> None:
        self._said = Said(release.newsroom, release.versions)
        self._language = release.newsroom.language
        self._final = final
        self._open = {Rule.LANGUAGE} if awaited else set()
        if awaited and not all(version.body for version in release.versions):
            self._open.add(Rule.FILTERED_OUT)
        self._known: dict[SubscriptionOptions, Rule] = {}

    def rule(self, options: SubscriptionOptions) -> Rule:
        """What a subscription makes of it."""
        found = self._known.get(options)
        if found is None:
            found = self._known[options] = self._decide(options)
        return found

    def verdict(self, wishes: Sequence[Wish], hours: Hours, now: datetime) -> Verdict:
        """What becomes of it where these subscriptions bring it, if it comes out now. Without any, it was muted for all."""
        rules = [(self.rule(wish.options), wish) for wish in wishes]
        told = [(rule, wish) for rule, wish in rules if rule in _TOLD]
        of_each = tuple((wish.id, rule) for rule, wish in rules)
        if not told:
            rule, wish = rules[0] if rules else (Rule.MUTED, None)
            return Verdict(rule, wish.id if wish else None, of_each)
        rule, wish = min(told, key=lambda pair: _TOLD.index(pair[0]))
        urgent = rule is Rule.URGENT
        held = _sooner(told, hours, now, urgent=urgent)
        return Verdict(
            rule,
            wish.id,
            of_each,
            silent=not urgent and all(wish.silent for _, wish in told),
            pings=_pings(told),
            held_until=held[0] if held else None,
            held_by=held[1] if held else None,
        )

    def _decide(self, options: SubscriptionOptions) -> Rule:
        if options is EVERYTHING:
            return Rule.WANTED
        rule = self._kept_out(options)
        rule = Rule.UNDECIDED if rule in self._open else rule
        if rule in _TOLD and options.urgent:
            urgent = read(options.urgent, self._language)
            if not urgent.is_empty and fits(urgent, self._said) is Fit.YES:
                return Rule.URGENT
        return Rule.UNKNOWN if rule is Rule.UNDECIDED and self._final else rule

    def _kept_out(self, options: SubscriptionOptions) -> Rule:
        asked = read(options.filter, self._language)
        fit = fits(asked, self._said)
        if not keeps(self._said.kinds, options.kinds):
            return Rule.KIND
        if not keeps(self._said.languages, options.languages):
            return Rule.LANGUAGE
        if fit in _KEPT_OUT_BY:
            return _KEPT_OUT_BY[fit]
        unknown = (options.kinds and not self._said.kinds) or (options.languages and not self._said.languages)
        if unknown or fit is Fit.UNKNOWN:
            return Rule.UNDECIDED
        return Rule.WANTED if asked.is_empty and not options.kinds and not options.languages else Rule.MATCHED


def _sooner(told: Sequence[tuple[Rule, Wish]], hours: Hours, now: datetime, *, urgent: bool) -> tuple[datetime, Rule] | None:
    """Until when it waits, and why: the sooner of what the subscriptions say; None where any of them says at once."""
    found: list[tuple[datetime, Rule]] = []
    for _, wish in told:
        until = held_until(now, hours, wish.options.frequency, urgent=urgent)
        if until is None:
            return None
        found.append((until, Rule.HELD_QUIET if wish.options.frequency is Frequency.AT_ONCE else Rule.HELD_DIGEST))
    return min(found, key=lambda pair: pair[0])


def _pings(told: Sequence[tuple[Rule, Wish]]) -> tuple[str, ...]:
    """Whom the subscriptions call that find it urgent, nobody twice."""
    return tuple(dict.fromkeys(name for rule, wish in told if rule is Rule.URGENT for name in wish.options.pings))
