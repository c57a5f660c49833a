"""Slack, by its Web API, Block Kit and Bolt. Importing this package loads nothing of the SDK."""
