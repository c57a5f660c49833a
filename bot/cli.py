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
@click.argument("newsroom")
@click.option("--again", is_flag=True, help="From the beginning, also where it was fetched before.")
@click.pass_obj
@explained
def backfill(env_file: Path | None, newsroom: str, *, again: bool) -> None:
    """Fetch the history of NEWSROOM now.

    A bot that runs does so by itself, in the background; this goes ahead of it, and shows how far it is. Nobody is alerted.
    """
    from bot.operate.backfill import backfill as fetch

    fetch(env_file, newsroom, again=again)


@main.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--force", is_flag=True, help="Overwrite the file.")
@click.option("--portable", is_flag=True, help="A file that is of neither database, also on SQLite.")
@click.pass_obj
@explained
def backup(env_file: Path | None, file: Path, *, force: bool, portable: bool) -> None:
    """Write all that is kept into FILE, beside a bot that runs.

    It is read back and compared before it gets its name. On SQLite it is a SQLite database, else (or with --portable) a zip file
    that can be restored on SQLite and PostgreSQL. It holds what people subscribe to: keep it as safe as the database.
    """
    from bot.operate.backup import make_backup

    make_backup(env_file, file, force=force, portable=portable)


@main.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
@explained
def restore(env_file: Path | None, file: Path) -> None:
    """Put FILE, a backup, in the place of the database.

    No bot may run. On SQLite the former database is kept beside; on PostgreSQL the database must be an empty one.
    """
    from bot.operate.backup import restore_backup

    restore_backup(env_file, file)


@main.command("migrate-data")
@click.argument("source")
@click.argument("target")
@click.option("--while-running", is_flag=True, help="Though a bot runs: what it writes meanwhile may be left out.")
@explained
def migrate_data(source: str, target: str, *, while_running: bool) -> None:
    """Carry everything from one database into another, empty one.

    Such as sqlite:///pressevagt.db postgresql://user@host/pressevagt (the password may stand in PGPASSWORD). Interrupted, it goes
    on where it was when it is started again. The exit code is 0 where both hold the same in the end, else 1.
    """
    from bot.operate.migrate_data import migrate_data as carry

    sys.exit(0 if carry(source, target, while_running=while_running) else 1)


@main.command()
@click.argument("who")
@click.option("--yes", "sure", is_flag=True, help="Do not ask.")
@click.pass_obj
@explained
def forget(env_file: Path | None, who: str, *, sure: bool) -> None:
    """Erase all that is kept of WHO, beside a bot that runs.

    A person, such as telegram:123 or slack:T1/U1: their private conversation, and their name beside what they changed. Or a
    conversation by its address, as /status and the log write it, with all its threads. It cannot be undone; backups keep what they
    hold.
    """
    from bot.operate.forget import forget as erase

    erase(env_file, who, sure=sure)


@main.command("export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--destination", metavar="ADDRESS", help="Only this conversation, by its address as /status writes it.")
@click.option("--force", is_flag=True, help="Overwrite the file.")
@click.pass_obj
@explained
def export_(env_file: Path | None, file: Path, destination: str | None, *, force: bool) -> None:
    """Write newsrooms, subscriptions and settings into FILE.

    As JSON (docs/FORMAT.md says how), which `pressevagt import` takes; a name that ends in .opml makes a list of the newsrooms'
    feeds. What was sent is not in it: that is what `pressevagt backup` is for.
    """
    from bot.operate.share import export

    export(env_file, file, destination, force=force)


@main.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="Say what would be changed, and change nothing.")
@click.pass_obj
@explained
def import_(env_file: Path | None, file: Path, *, dry_run: bool) -> None:
    """Take newsrooms, subscriptions and settings from FILE, beside a bot that runs.

    JSON that `pressevagt export` wrote, all of it or nothing; or OPML, whose newsrooms are then offered to everybody. What only
    stands here stays.
    """
    from bot.operate.share import import_ as take

    take(env_file, file, dry_run=dry_run)


@main.group(invoke_without_command=True)
@click.pass_context
@explained
def outbox(context: click.Context) -> None:
    """Say how the outbox stands; see to what was given up."""
    if context.invoked_subcommand is None:
        from bot.operate.outbox import show_outbox

        show_outbox(context.obj)


@outbox.command()
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="The newest so many.")
@click.pass_obj
@explained
def dead(env_file: Path | None, limit: int) -> None:
    """List deliveries that were given up: id, when, where, what, why."""
    from bot.operate.outbox import list_dead

    list_dead(env_file, limit)


ids_argument = click.argument("ids", metavar="ID...", nargs=-1, type=click.IntRange(1, 2**63 - 1))


@outbox.command()
@ids_argument
@click.option("--all", "every", is_flag=True, help="All of them.")
@click.pass_obj
@explained
def retry(env_file: Path | None, ids: tuple[int, ...], *, every: bool) -> None:
    """Try deliveries anew that were given up, beside a bot that runs."""
    from bot.operate.outbox import retry_dead

    retry_dead(env_file, _chosen(ids, every=every))


@outbox.command()
@ids_argument
@click.option("--all", "every", is_flag=True, help="All of them.")
@click.pass_obj
@explained
def drop(env_file: Path | None, ids: tuple[int, ...], *, every: bool) -> None:
    """Let deliveries be that were given up."""
    from bot.operate.outbox import drop_dead

    drop_dead(env_file, _chosen(ids, every=every))


def _chosen(ids: tuple[int, ...], *, every: bool) -> tuple[int, ...] | None:
    """The ids; None: all of them."""
    if bool(ids) == every:
        raise click.UsageError("name the ids, as `pressevagt outbox dead` lists them, or say --all")
    return None if every else ids


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
