"""What would go wrong on Telegram? Asked before the bot runs there; nothing is set and nothing is sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from telegram import Bot, User, WebhookInfo
from telegram.error import InvalidToken, TelegramError

from adapters.telegram.request import AiohttpRequest
from adapters.telegram.settings import API_URL, TelegramSettings
from bot.checks.line import CheckLine
from bot.i18n import Texts

TOKEN = "TELEGRAM_BOT_TOKEN"  # noqa: S105 - a variable's name
WEBHOOK = "TELEGRAM_WEBHOOK_URL"
PORTS = (None, 80, 88, 443, 8443)
"""Those that Telegram calls; None: the scheme's own."""
MANY = 100
"""So many updates that wait mean that nobody takes them."""
LATELY = timedelta(hours=1)


async def check(settings: TelegramSettings, texts: Texts, *, offline: bool) -> list[CheckLine]:
    """The lines about the token and the way updates come."""
    lines = _address(settings, texts)
    if offline or settings.telegram_bot_token is None:
        return [CheckLine(TOKEN, texts.t("looks like a token; not asked: offline")), *lines]
    request = AiohttpRequest()
    root, token = settings.telegram_api_url, settings.telegram_bot_token.get_secret_value()
    bot = Bot(token, f"{root}/bot", f"{root}/file/bot", request=request, get_updates_request=request)
    await request.initialize()
    try:
        return [*await _ask(bot, settings, texts), *lines]
    finally:
        await request.shutdown()


async def _ask(bot: Bot, settings: TelegramSettings, texts: Texts) -> list[CheckLine]:
    try:
        me = await bot.get_me()
        info = await bot.get_webhook_info()
    except InvalidToken:
        return [CheckLine(TOKEN, texts.t("Telegram does not know this token"), texts.t("BotFather shows the right one by /mybots"))]
    except TelegramError as error:
        remedy = texts.t("look at the network, and at {variable} if it is set", variable="TELEGRAM_API_URL")
        return [CheckLine(TOKEN, texts.t("Telegram cannot be reached: {why}", why=error.message), remedy)]
    return [_who(me, texts), *_way(info, settings, texts)]


def _who(me: User, texts: Texts) -> CheckLine:
    hints = []
    if me.can_join_groups is False:
        hints.append(texts.t("it cannot be added to groups (/setjoingroups)"))
    if me.can_read_all_group_messages:
        hints.append(texts.t("it reads all that is said in groups, and need not (/setprivacy: Enable)"))
    if me.supports_inline_queries is False:
        hints.append(texts.t("it is not asked inline (/setinline)"))
    return CheckLine(TOKEN, "; ".join([f"@{me.username} ({me.id})", *hints]))


def _way(info: WebhookInfo, settings: TelegramSettings, texts: Texts) -> list[CheckLine]:
    wanted, set_now = settings.telegram_webhook_url or "", info.url or ""
    if set_now and set_now != wanted:
        # The path of an address may be a secret of somebody's.
        said = texts.t("Telegram calls another address, on {host}", host=urlsplit(set_now).hostname or "?")
        remedy = texts.t("the next run takes it away; where another program uses it, give that one a token of its own")
        return [CheckLine(WEBHOOK, said, remedy)]
    if not wanted:
        return [CheckLine(WEBHOOK, texts.t("not set: the bot asks for updates; {waiting}", waiting=_waiting(info, texts)))]
    if not set_now:
        return [CheckLine(WEBHOOK, texts.t("not known to Telegram yet; the next run sets it"))]
    return [_called(info, texts)]


def _called(info: WebhookInfo, texts: Texts) -> CheckLine:
    """A webhook of ours: whether Telegram's calls come through."""
    failed_at = info.last_error_date
    if failed_at and datetime.now(UTC) - failed_at < LATELY:
        said = texts.t("Telegram's last call failed: {why}", why=info.last_error_message or "?")
        remedy = texts.t("the address must lead to PRESSEVAGT_HTTP_PORT of the running bot, with a valid certificate")
        return CheckLine(WEBHOOK, said, remedy)
    if info.pending_update_count > MANY:
        remedy = texts.t("nobody takes them: start the bot, or look at its log")
        return CheckLine(WEBHOOK, _waiting(info, texts), remedy)
    return CheckLine(WEBHOOK, texts.t("known to Telegram; {waiting}", waiting=_waiting(info, texts)))


def _waiting(info: WebhookInfo, texts: Texts) -> str:
    return texts.n("{count} update waits", "{count} updates wait", info.pending_update_count)


def _address(settings: TelegramSettings, texts: Texts) -> list[CheckLine]:
    """What can be seen of a webhook's address without asking. A server of one's own may call any."""
    if not settings.telegram_webhook_url or settings.telegram_api_url != API_URL:
        return []
    parts = urlsplit(settings.telegram_webhook_url)
    if parts.scheme != "https":
        return [CheckLine(WEBHOOK, texts.t("is no https address"), texts.t("Telegram calls https alone"))]
    if parts.port not in PORTS:
        said = texts.t("names port {port}", port=parts.port)
        return [CheckLine(WEBHOOK, said, texts.t("Telegram calls the ports 443, 80, 88 and 8443 alone"))]
    return []
