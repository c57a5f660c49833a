"""To which addresses the token may go."""

from __future__ import annotations

import pytest

from adapters.slack.incoming import is_slacks

API = "https://slack.com/api/"


@pytest.mark.parametrize(
    ("url", "api", "ours"),
    [
        ("https://files.slack.com/files-pri/T1-F1/download/a.json", API, True),
        ("https://slack.com/files", API, True),
        ("https://FILES.SLACK.COM/a", API, True),
        ("https://files.slack-gov.com/a", "https://slack-gov.com/api/", True),
        ("http://127.0.0.1:8065/files-pri/T1-F1/a", "http://127.0.0.1:8065/api/", True),
        ("http://files.slack.com/a", API, False),
        ("https://files.slack.com:8443/a", API, False),
        ("https://evilslack.com/a", API, False),
        ("https://slack.com.evil.example/a", API, False),
        ("https://evil.example/#@files.slack.com", API, False),
        ("https://evil.example\\.slack.com/a", API, False),
        ("https://slack.com@evil.example/a", API, False),
        ("https://evil@files.slack.com/a", API, False),
        ("http://127.0.0.1:9/a", "http://127.0.0.1:8065/api/", False),
        ("https://files.slack.com/a", "http://127.0.0.1:8065/api/", False),
        ("https://[::1/a", API, False),
        ("", API, False),
    ],
)
def test_the_token_goes_to_the_hosts_of_the_web_api_alone(url: str, api: str, ours: bool) -> None:
    """Its own host and those below it, by the same scheme and port, and however an address is dressed up."""
    assert is_slacks(url, api) is ours
