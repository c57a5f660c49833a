"""From feed bytes to what is owed: fetch, parse, decide, store."""
