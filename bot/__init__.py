"""Pressevagt: the press duty desk in chat."""

__version__ = "0.1.0"
