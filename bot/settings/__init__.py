"""The settings, from the environment and `.env`: typed, checked, and explained when they are wrong.

Every variable stands in `.env.example` with its purpose and default; a test holds the two together.
"""

from bot.settings.loading import PREFIX, load, variables
from bot.settings.shared import Settings, data_folder

__all__ = ["PREFIX", "Settings", "data_folder", "load", "variables"]
