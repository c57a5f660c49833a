"""/settings: when a conversation is left in peace, and how it is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.alerts.when import held_until, hours_of
from bot.cards import error_card
from bot.cards.options import clock_words
from bot.cards.settings import SettingLine, saved, settings_card
from bot.commands.choosing import Desk
from bot.commands.circle import named, others
from bot.commands.command import Audience, Command, Family
from bot.commands.context import Context
from bot.commands.destination_settings import SETTINGS, TIMEZONE
from bot.commands.fields import written
from bot.commands.record import Change, reading, recorded
from bot.commands.saving import save_destination
from bot.commands.setting import Setting, as_near_miss, changed, differing, find_setting, read_settings, unknown_setting
from bot.commands.zones import city
from bot.domain.card import Button
from bot.domain.options import Frequency
from bot.domain.subscription import Destination
from bot.i18n import N_, Texts, texts
from bot.ports import Reply

_EXAMPLES = {"quiet": "22-07", "digest": "08:30", "timezone": N_("Copenhagen")}
_PRESETS = {
    "quiet": ("22:00-07:00", "23:00-06:00", "18:00-08:00"),
    "digest": ("07:00", "08:00", "12:00", "16:00"),
    "timezone": ("Europe/Copenhagen", "Europe/London", "Europe/Helsinki", "America/Nuuk"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """`values` to set, by the settings' names. `ask`: the setting to choose a value for."""

    values: Mapping[str, str] = field(default_factory=dict)
    ask: str = ""


def parse_args(rest: str, texts: Texts) -> Asked:
    """`[setting] [name:value ...]`. Raises UserError."""
    fields = read_settings(rest, SETTINGS)
    ask = find_setting(fields.head, SETTINGS)
    if fields.unknown or (fields.head and not ask):
        raise unknown_setting(fields.unknown or fields.head, SETTINGS, texts)
    return Asked(fields.values, ask.name if ask else "")


async def run(ctx: Context, args: Asked) -> Reply:
    """Show them, ask for one, or change some."""
    destination = await ctx.ensure_destination()
    wanted, faults = changed(destination, args.values, SETTINGS, reading(ctx))
    if faults:
        return Reply(error_card(str(as_near_miss(faults, SETTINGS, ctx.texts))), private=True, faults=faults)
    if args.ask:
        return _ask(next(each for each in SETTINGS if each.name == args.ask), destination, wanted, ctx)
    different = differing(destination, wanted, SETTINGS)
    if not different:
        return await _shown(ctx, destination, ctx.texts, replaces=bool(args.values) or ctx.page is not None)
    async with recorded(ctx, "settings") as change:
        await save_destination(ctx, destination, wanted)
    # What is said of it is said in the language and by the clock that were chosen just now.
    return await _shown(ctx, wanted, texts(wanted.language, wanted.timezone), different, change, replaces=True)


async def _shown(
    ctx: Context,
    destination: Destination,
    reader: Texts,
    different: Sequence[Setting[Destination]] = (),
    change: Change | None = None,
    *,
    replaces: bool,
) -> Reply:
    """All of them; after a change with what was done, and the way back."""
    done = saved([f"{reader.t(each.label)}: {each.said(destination, reader)}" for each in different], reader)
    card = settings_card(
        reader.t("Settings"),
        [*(_line(each, destination, ctx, reader) for each in SETTINGS), *await _links(ctx, destination, reader)],
        reader,
        now_so=await _now_so(ctx, destination, reader),
        done=done,
        first=change.undo(reader) if change else (),
        last=(Button(reader.t("Subscriptions"), "/subscriptions"), Button(reader.t("Changes"), "/subscriptions log")),
    )
    return Reply(card, replaces=replaces, form=None if replaces else _desk(destination, reader).form(SETTINGS, destination, reader))


async def _links(ctx: Context, destination: Destination, reader: Texts) -> list[SettingLine]:
    """With which conversations it shows who takes a story, where that is shown."""
    linked = await others(ctx)
    if not linked and not destination.options.takers:
        return []
    return [SettingLine(reader.t("Linked with"), named(linked, reader) if linked else reader.t("none"), "/link")]


async def _now_so(ctx: Context, destination: Destination, reader: Texts) -> str:
    """What the settings come to at this moment."""
    held = await ctx.tx.outbox.held_for(destination.id)
    until = held_until(ctx.now, hours_of(destination.options, reader.zone), Frequency.AT_ONCE)
    quiet = reader.t("It is quiet now, until {moment}.", moment=reader.moment(until, ctx.now)) if until else ""
    waiting = reader.n("{count} alert is held back.", "{count} alerts are held back.", held) if held else ""
    return " ".join(filter(None, (quiet, waiting)))


def _line(setting: Setting[Destination], destination: Destination, ctx: Context, reader: Texts) -> SettingLine:
    said = setting.said(destination, reader)
    if setting is TIMEZONE:
        time = clock_words(ctx.now.astimezone(reader.zone).time(), reader)
        said = reader.t("{zone}, where it is {time} now", zone=said, time=time)
    return SettingLine(reader.t(setting.label), said, f"/settings {setting.name}")


def _ask(setting: Setting[Destination], destination: Destination, wanted: Destination, ctx: Context) -> Reply:
    example = ctx.texts.t(_EXAMPLES[setting.name]) if setting.name in _EXAMPLES else ""
    line = _line(setting, wanted, ctx, texts(ctx.texts.language, wanted.timezone))
    return _desk(destination, ctx.texts).ask(setting, wanted, line, ctx.texts, example=example, presets=_presets(setting, ctx))


def _presets(setting: Setting[Destination], ctx: Context) -> list[tuple[str, str]]:
    values = _PRESETS.get(setting.name, ())
    if setting is TIMEZONE:
        return [(value, city(value, ctx.texts)) for value in values]
    return [(value, setting.spelt_in_words(value, reading(ctx))) for value in values]


def _desk(destination: Destination, reader: Texts) -> Desk[Destination]:
    return Desk(reader.t("Settings"), destination, command, reader.t("/settings"))


def command(values: Mapping[str, str]) -> str:
    """The line that says this of the destination."""
    return " ".join(("/settings", *(written(*each) for each in values.items())))


COMMAND = Command(
    name="settings",
    family=Family.SUBSCRIPTIONS,
    aliases={"da": ("indstillinger", "opsætning")},
    arguments=N_("[setting:value ...]"),
    summary=N_("quiet hours, digests and how alerts look here"),
    details=N_(
        "Alone it shows everything, with a button for each setting. Settings are quiet:, weekends:, digest:, day:, length:, "
        "picture:, corrections:, whole:, takers:, timezone: and language:; several may stand in a line, and one without a value is "
        "as it was made. "
        "In groups and channels only who manages them can do this."
    ),
    examples=("", N_("quiet:22-07 weekends:on"), N_("timezone:Copenhagen"), N_("digest:08:30 day:monday")),
    audience=Audience.MANAGERS,
    writes=True,
    parse_args=parse_args,
    run=run,
)
