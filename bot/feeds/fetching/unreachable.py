"""Why a request got no answer, in plain words."""

from __future__ import annotations

import errno
import socket
from typing import Protocol

import aiohttp


class Patience(Protocol):
    """The time limits of a request, in seconds."""

    @property
    def connect(self) -> float:  # noqa: D102
        ...
    @property
    def read(self) -> float:  # noqa: D102
        ...
    @property
    def total(self) -> float:  # noqa: D102
        ...


# The first that fits counts, so each class stands before those it is a kind of.
_WORDS: tuple[tuple[type[BaseException], str], ...] = (
    (aiohttp.ClientConnectorCertificateError, "the certificate of {host} is not trusted{certificate}"),
    (aiohttp.ClientSSLError, "no secure connection to {host} could be made (TLS)"),
    (aiohttp.ClientProxyConnectionError, "the proxy in PRESSEVAGT_PROXY cannot be reached"),
    (aiohttp.ClientHttpProxyError, "the proxy in PRESSEVAGT_PROXY did not let the request through"),
    (aiohttp.ConnectionTimeoutError, "no connection to {host} in {patience.connect:g} s"),
    (aiohttp.SocketTimeoutError, "{host} said nothing for {patience.read:g} s"),
    (aiohttp.ClientConnectorError, "{system}"),
    (TimeoutError, "no whole answer from {host} in {patience.total:g} s"),
    (aiohttp.ClientPayloadError, "the answer of {host} broke off, or cannot be decompressed"),
    (aiohttp.ServerDisconnectedError, "{host} closed the connection without an answer"),
    (ConnectionError, "{host} closed the connection without an answer"),
    (aiohttp.InvalidURL, "that is not a web address; it should look like https://host/path"),
    (aiohttp.ClientResponseError, "{host} does not speak proper HTTP"),
    (OSError, "{system}"),
    (Exception, "the request to {host} failed ({error.__class__.__name__})"),
)


def why(error: Exception, host: str, patience: Patience) -> str:
    """One line about an error of aiohttp or the system: what happened, and with which host. It quotes nothing a server said."""
    words = next(words for kind, words in _WORDS if isinstance(error, kind))
    return words.format(host=host, patience=patience, error=error, system=_system(error, host), certificate=_certificate(error))


def _system(error: Exception, host: str) -> str:
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    if isinstance(cause, socket.gaierror):
        unknown = cause.errno != socket.EAI_AGAIN
        return f"there is no host {host} (DNS)" if unknown else f"the name {host} could not be looked up just now (DNS)"
    if isinstance(cause, ConnectionRefusedError):
        return f"{host} refused the connection"
    if isinstance(cause, OSError) and cause.errno in (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN):
        return f"there is no way to {host} on the network"
    return f"no connection to {host} ({type(cause).__name__})"


def _certificate(error: Exception) -> str:
    reason = getattr(getattr(error, "certificate_error", None), "verify_message", "")
    return f" ({reason})" if reason else ""
