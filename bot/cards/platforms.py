"""Chat platforms as readers know them."""

from __future__ import annotations

_NAMES = {"telegram": "Telegram", "slack": "Slack", "console": "Terminal"}


def platform_name(platform: str) -> str:
    """Its name; as addresses write it, where nobody knows a better one."""
    return _NAMES.get(platform, platform)
