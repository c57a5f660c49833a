"""The `pressevagt` command. It imports lazily, so that `--help` is instant."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import ParamSpec

import click

from bot import __version__

P = ParamSpec("P")

language_option = click.option("--language", type=click.Choice(["da", "en"]), help="The language to speak.")


def explained(command: Callable[P, None]) -> Callable[P, None]:
    """Show the errors that we raise on purpose as their one line, without a traceback."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        from bot.errors import PressevagtError

        try:
            command(*args, **kwargs)
        except PressevagtError as error:
            _fail(error)

    return run


def _fail(error: BaseException) -> None:
    click.echo(f"pressevagt: {error}", err=True)
    sys.exit(2)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="pressevagt")
@click.option("--env-file", type=click.Path(path_type=Path), help="Read settings from this file instead of .env.")
@click.pass_context
def main(context: click.Context, env_file: Path | None) -> None:
    """Pressevagt: the press duty desk in chat.

    Polls the feeds of newsrooms, alerts channels to new press releases, and answers commands such as /latest, /search and /contact.
    """
    context.obj = env_file


@main.command()
@click.option("--only", metavar="ROLES", help="Do only these, of: poll, dispatch, telegram, slack. Needs PostgreSQL.")
@click.pass_obj
@explained
def run(env_file: Path | None, only: str | None) -> None:
    """Run the bot with the settings of .env.

    Without a chat platform it speaks in this terminal. On PostgreSQL any number of processes may run, each doing everything or, by
    --only poll,dispatch and the like, its part.
    """
    from bot.settings import load

    settings = load(env_file)
    roles = [role for role in (only or "").replace(" ", "").split(",") if role]
    if settings.has_platform or roles:
        from bot.service import run_service

        run_service(settings, roles or None)
    else:
        from bot.terminal import run_terminal

        run_terminal(settings)


@main.command()
@click.option("--as", "role", type=click.Choice(["admin", "reader"]), default="admin", help="Who you are in the chat.")
@language_option
@click.pass_obj
@explained
def chat(env_file: Path | None, role: str, language: str | None) -> None:
    """Chat in this terminal, beside a bot that runs."""
    from bot.terminal import chat_only

    chat_only(env_file, role, language)


@main.command()
@language_option
@click.pass_obj
@explained
def status(env_file: Path | None, language: str | None) -> None:
    """Say how the bot stands, beside one that runs.

    Its feeds, its outbox, and what it gave up.
    """
    from bot.terminal import ask_once

    ask_once(env_file, "/status", language)


@main.command()
@click.option("--offline", is_flag=True, help="Ask nobody outside this machine and the database's.")
@click.option("--env-file", "own_file", type=click.Path(path_type=Path), help="Read settings from this file instead of .env.")
@language_option
@click.pass_obj
def check(env_file: Path | None, own_file: Path | None, language: str | None, *, offline: bool) -> None:
    """Say what would go wrong, before it does.

    Settings, database, ports, tokens, webhooks and every feed: a line each, with the remedy where it is wrong. Nothing is changed
    and nothing is sent. The exit code is 0 where all is well, else 1.
    """
    from bot.check import check as look

    sys.exit(0 if look(own_file or env_file, language, offline=offline) else 1)


@main.command()
@language_option
@click.option("--picture", type=click.Path(path_type=Path), help="Draw the demo's alert into this SVG file, and end.")
@explained
def demo(language: str | None, picture: Path | None) -> None:
    """See the main job done, offline.

    A small newsroom on this machine, an alert, a correction, then every command.
    """
    from bot.demo.play import play

    play(language or "da", picture)


if __name__ == "__main__":
    main()
