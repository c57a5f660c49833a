"""Asking the web: conditionally, politely, within limits, and never a private address. `fetch` is the way in."""
