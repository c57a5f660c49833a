"""A month of the bot's life, within minutes: does anything grow, is anything lost, does it come at its hour?

    make soak
    python -m tests.soak [--feeds 500] [--destinations 2000] [--days 30] [--postgres] [--folder FOLDER] [--out FOLDER]

The bot is put together as `pressevagt run` does it (`bot.app.start`), with a database in a file or on a server, feeds and a chat on
loopback. Time is simulated (`tests.soak.simulated`): it passes when nothing is under way. The exit code is 1 where something is
lost, doubled, out of order or told at a wrong hour, or where the last third of the time is heavier than the middle one.
"""

from __future__ import annotations

from tests.soak.command import arguments
from tests.soak.simulated import install

if __name__ == "__main__":
    asked = arguments()
    clock = install(asked.plan.start)  # before the bot is imported: some take the time's functions by name

    from tests.soak.run import main

    raise SystemExit(main(asked, clock))
