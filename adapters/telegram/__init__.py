"""Telegram, by the Bot API and python-telegram-bot. Importing this package loads nothing of the SDK."""

import os

# Read by the SDK when it is imported: without it the first RetryAfter warns about a type that is going away.
os.environ.setdefault("PTB_TIMEDELTA", "true")
