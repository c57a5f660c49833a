"""The dashboard and the alert rules name metrics, labels and values that there are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bot.domain.delivery import DeliveryKind, DeliveryState
from bot.domain.newsroom import FeedState
from bot.metrics import Became, Metrics

DEPLOY = Path(__file__).parents[2] / "deploy"
PROMETHEUS_OWN = {"up", "process_resident_memory_bytes", "process_cpu_seconds_total", "process_start_time_seconds"}
TARGET_LABELS = {"job", "instance"}
FUNCTIONS = {
    *("abs", "absent", "changes", "count", "delta", "histogram_quantile", "increase", "max", "min", "rate", "sum", "vector"),
}
WORDS = {"by", "on", "and", "or", "unless", "offset", "without", "group_left", "group_right", "ignoring"}
VALUES: dict[tuple[str, str], set[str]] = {
    ("pressevagt_deliveries_total", "outcome"): {each.value for each in Became},
    ("pressevagt_deliveries_total", "kind"): {each.value for each in DeliveryKind},
    ("pressevagt_outbox_deliveries", "state"): {each.value for each in DeliveryState},
    ("pressevagt_feeds", "state"): {each.value for each in FeedState},
    ("pressevagt_releases_total", "what"): {"new", "silent", "corrected", "withdrawn"},
    ("pressevagt_updates_total", "what"): {"command", "event"},
    ("pressevagt_command_seconds_count", "outcome"): {"done", "refused", "no_database", "failed"},
    ("up", "job"): {"pressevagt"},
}
_TOKEN = re.compile(
    r"""\s*(?:(?P<duration>\d+(?:ms|[smhdwy]))(?![\w.]) | (?P<number>\d+(?:\.\d+)?) | (?P<name>[A-Za-z_:][\w:]*)
        | (?P<string>"(?:[^"\\]|\\.)*") | (?P<sign>=~|!~|!=|==|>=|<=|[-+*/%^<>=(){}\[\],]))""",
    re.VERBOSE,
)
Token = tuple[str, str]


def tokens(expression: str) -> list[Token]:
    """An expression's tokens, by kind; raises ValueError for what is none."""
    found: list[Token] = []
    at = 0
    while at < len(expression.rstrip()):
        match = _TOKEN.match(expression, at)
        if match is None:
            raise ValueError(f"no token: {expression[at:]!r}")
        found.append((match.lastgroup or "", match[0].strip()))
        at = match.end()
    return found


@cache
def samples() -> dict[str, set[str]]:
    """Every sample that a bot can have, with its labels: of a metric without samples by what its kind makes of its name."""
    found = {name: set(TARGET_LABELS) for name in PROMETHEUS_OWN}
    metrics = Metrics()
    names = {str(name): set(collector._labelnames) for collector, name in _counted(metrics)}
    for family in metrics.registry.collect():
        labels = (
            names.get(family.name, set())
            | set(getattr(family, "_labelnames", ()))
            | {key for s in family.samples for key in s.labels}
        )
        endings = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}.get(family.type, ("",))
        for ending in endings:
            found.setdefault(family.name + ending, set()).update(
                labels | TARGET_LABELS | ({"le"} if ending == "_bucket" else set())
            )
    return found


def _counted(metrics: Metrics) -> Iterator[tuple[Any, str]]:
    for collector in metrics.registry._collector_to_names:
        if hasattr(collector, "_labelnames"):
            yield collector, collector._name  # type: ignore[attr-defined]


def faults(expression: str) -> list[str]:
    """What is wrong with an expression: brackets, functions, metrics, labels, values."""
    found = tokens(expression)
    wrong = _unbalanced(found)
    inside, metric = "", ""
    for place, (kind, text) in enumerate(found):
        after = found[place + 1][1] if place + 1 < len(found) else ""
        if text in ("{", "["):
            inside = text
        elif text in ("}", "]"):
            inside = ""
        elif kind == "name" and inside == "{":
            wrong += _label(metric, text, found[place + 2][1], after)
        elif kind == "name" and text not in WORDS and not _listed(found, place):
            if after in ("(", "by", "without"):
                wrong += [] if text in FUNCTIONS else [f"no function: {text}"]
            else:
                metric = text
                wrong += [] if text in samples() else [f"no metric: {text}"]
    named = {label for _, text in found for label in samples().get(text, ())}
    wrong += [f"no label: {label}" for label in _grouped(found) if label not in named]
    return wrong


def _unbalanced(found: list[Token]) -> list[str]:
    pairs, open_ones = {")": "(", "}": "{", "]": "["}, []
    for _, text in found:
        if text in pairs.values():
            open_ones.append(text)
        elif text in pairs and (not open_ones or open_ones.pop() != pairs[text]):
            return [f"unbalanced {text}"]
    return [f"unbalanced {text}" for text in open_ones]


def _label(metric: str, label: str, said: str, operator: str) -> list[str]:
    if label not in samples().get(metric, ()):
        return [f"no label of {metric}: {label}"]
    wanted = set(said.strip('"').split("|")) if "~" in operator else {said.strip('"')}
    known = VALUES.get((metric, label))
    if known is None:
        return [f"unknown which values {metric} has for {label}"]
    return [f"no value of {metric}'s {label}: {value}" for value in wanted - known]


def _listed(found: list[Token], place: int) -> bool:
    """Whether a name stands in the list after `by` or `on`."""
    before = [text for _, text in found[:place]]
    if "(" not in before:
        return False
    opened = len(before) - 1 - before[::-1].index("(")
    return ")" not in before[opened:] and opened > 0 and before[opened - 1] in ("by", "on", "without", "ignoring")


def _grouped(found: list[Token]) -> set[str]:
    return {text for place, (kind, text) in enumerate(found) if kind == "name" and _listed(found, place)}


def rules() -> dict[str, str]:
    """The expressions of the alert rules, by name."""
    text = (DEPLOY / "alerts.yml").read_text(encoding="utf-8")
    return dict(re.findall(r"^ +- alert: (\w+)\n +expr: (.+)$", text, re.MULTILINE))


def panels() -> dict[str, list[str]]:
    """The expressions of the dashboard's panels, by title."""
    dashboard = json.loads((DEPLOY / "grafana-dashboard.json").read_text(encoding="utf-8"))
    found = {panel["title"]: [target["expr"] for target in panel["targets"]] for panel in dashboard["panels"]}
    return found | {"annotations": [each["expr"] for each in dashboard["annotations"]["list"]]}


@pytest.mark.parametrize("name", rules())
def test_an_alert_rule_asks_for_what_there_is(name: str) -> None:
    """Metrics, labels, values and functions."""
    assert faults(rules()[name]) == []


@pytest.mark.parametrize("title", panels())
def test_a_panel_asks_for_what_there_is(title: str) -> None:
    """The same."""
    for expression in panels()[title]:
        assert faults(expression) == [], expression


def test_every_metric_of_ours_is_looked_at() -> None:
    """What nobody would look at need not be counted; the builds are looked at in the table of Prometheus itself."""
    looked_at = " ".join([*rules().values(), *(each for expressions in panels().values() for each in expressions)])
    ours = {re.sub(r"_(bucket|sum|count)$", "", name) for name in samples() if name.startswith("pressevagt_")}
    assert {name for name in ours if name not in looked_at} == set()


def test_what_the_rules_must_watch() -> None:
    """The ways in which it goes wrong quietly."""
    assert rules().keys() >= {
        *("PressevagtDown", "PressevagtOutboxOld", "PressevagtFeedFailing", "PressevagtNoPolls", "PressevagtDeadLetters"),
        "PressevagtAmbiguous",
    }


def test_every_rule_says_how_bad_it_is_and_what_to_do() -> None:
    """As the rule file promises; and as YAML reads it, since nothing in a value looks like a key or a remark."""
    text = (DEPLOY / "alerts.yml").read_text(encoding="utf-8")
    each = re.split(r"^ +- alert: ", text, flags=re.MULTILINE)[1:]
    assert len(each) == len(rules())
    for rule in each:
        assert re.search(r"^ +labels: \{severity: (page|ticket)\}$", rule, re.MULTILINE), rule
        assert re.search(r"^ +summary: \S.+\.\"?$", rule, re.MULTILINE), rule
        assert re.search(r"^ +remedy: \S.+\.$", rule, re.MULTILINE), rule
        for value in re.findall(r"^ +(?:expr|summary|remedy): (?!\")(.+)$", rule, re.MULTILINE):
            assert not re.search(r": | #|^[&*!|>%@`{\[\"'#-]", value), value


@pytest.mark.parametrize(
    ("expression", "fault"),
    [
        ("sum(pressevagt_pols_total)", "no metric: pressevagt_pols_total"),
        ("sum(pressevagt_polls_total", "unbalanced ("),
        ("summe(pressevagt_polls_total)", "no function: summe"),
        ('pressevagt_deliveries_total{outcome="sendt"}', "no value of pressevagt_deliveries_total's outcome: sendt"),
        ('pressevagt_deliveries_total{newsroom="x"}', "no label of pressevagt_deliveries_total: newsroom"),
        ("sum by (platfrom) (pressevagt_accounts)", "no label: platfrom"),
        ("pressevagt_command_seconds", "no metric: pressevagt_command_seconds"),
    ],
)
def test_the_test_finds_what_is_wrong(expression: str, fault: str) -> None:
    """A slip of the pen in a rule would else be a rule that never fires."""
    assert fault in faults(expression)


def test_no_token_is_guessed() -> None:
    """What is no expression is none."""
    with pytest.raises(ValueError, match="no token"):
        tokens("sum(up) ; drop")
