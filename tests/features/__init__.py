"""Journeys: what goes in at one end of the bot, and what comes out at the other."""
