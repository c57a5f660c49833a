"""The curves as a picture: plain SVG, one small chart above the other."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from tests.soak.measure import Sample

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _GAP = 620, 90, 190, 70, 26
_MEGABYTES = ("memory", "file", "wal")
_CHARTS = {
    "memory": "memory in use, MB",
    "blocks": "blocks of memory in Python",
    "objects": "objects of Python",
    "files": "open files",
    "tasks": "tasks",
    "connections": "database connections",
    "wal": "write-ahead log, MB",
    "file": "database, MB",
    "lively": "deliveries of lively feeds",
    "rows of delivery": "all deliveries",
    "rows of release": "releases (kept for good)",
    "rows of audit": "changes by people",
}


def picture(samples: Sequence[Sample], title: str) -> str:
    """An SVG document."""
    height = 60 + len(_CHARTS) * (_HEIGHT + _GAP)
    charts = "".join(_chart(samples, name, label, 50 + n * (_HEIGHT + _GAP)) for n, (name, label) in enumerate(_CHARTS.items()))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_LEFT + _WIDTH + _RIGHT}" height="{height}" font-family="sans-serif" '
        f'font-size="13"><rect width="100%" height="100%" fill="white"/><text x="12" y="26" font-size="16">{escape(title)}</text>'
        f"{charts}</svg>\n"
    )


def _chart(samples: Sequence[Sample], name: str, label: str, top: int) -> str:
    values = [_value(sample, name) for sample in samples]
    most = max([*values, 1e-9]) * 1.05
    across = _WIDTH / max(len(samples) - 1, 1)
    points = " ".join(f"{_LEFT + n * across:.1f},{top + _HEIGHT * (1 - value / most):.1f}" for n, value in enumerate(values))
    thirds = "".join(
        f'<line x1="{x}" x2="{x}" y1="{top}" y2="{top + _HEIGHT}" stroke="#ddd"/>'
        for x in (_LEFT + _WIDTH // 3, _LEFT + 2 * _WIDTH // 3)
    )
    return (
        f'<rect x="{_LEFT}" y="{top}" width="{_WIDTH}" height="{_HEIGHT}" fill="#fafafa" stroke="#ccc"/>{thirds}'
        f'<text x="{_LEFT - 10}" y="{top + _HEIGHT / 2}" text-anchor="end">{escape(label)}</text>'
        f'<polyline points="{points}" fill="none" stroke="#0b6" stroke-width="2"/>'
        f'<text x="{_LEFT + _WIDTH + 8}" y="{top + _HEIGHT * (1 - values[-1] / most) + 4:.0f}">{_written(values[-1])}</text>'
    )


def _value(sample: Sample, name: str) -> float:
    if name in _MEGABYTES:
        return float(getattr(sample, name)) / 2**20
    return float(sample.figures.get(name, 0))


def _written(value: float) -> str:
    return f"{value:.1f}" if value < 1000 and value != int(value) else f"{value:,.0f}"
