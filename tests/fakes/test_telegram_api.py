"""The fake Bot API server, asked by python-telegram-bot itself, and by plain HTTP where that hides something."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import telegram
from aiohttp import web
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    ChatAdministratorRights,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputMediaPhoto,
    InputTextMessageContent,
    KeyboardButton,
    KeyboardButtonRequestChat,
    LinkPreviewOptions,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    ReplyParameters,
    Update,
)
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from tests.fakes.telegram_api import NO_IMAGE, Limits, Person, TelegramApi
from tests.fakes.telegram_calls import METHODS
from tests.fakes.telegram_entities import plain
from tests.fakes.telegram_files import PNG
from tests.fakes.telegram_markup import MarkupError, parse_html

HTML = "HTML"
SURROGATES = "after decoding HTML entities, check for unmatched surrogate code units"
ROOT = Path(__file__).parents[2]


@dataclass(slots=True)
class Clock:
    """A clock that a test moves."""

    now: float = 1000.0

    def __call__(self) -> float:
        """Seconds."""
        return self.now


@dataclass(slots=True)
class Hook:
    """A bot's webhook: keeps what is posted to it and answers what the test says."""

    statuses: list[int] = field(default_factory=list)
    got: list[tuple[dict[str, Any], str | None]] = field(default_factory=list)

    async def __call__(self, request: web.BaseRequest) -> web.Response:
        """Take an update."""
        self.got.append((await request.json(), request.headers.get("X-Telegram-Bot-Api-Secret-Token")))
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200)


@pytest.fixture(autouse=True)
def _waits_are_timedeltas(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK warns where this is not set."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture
async def api() -> AsyncIterator[TelegramApi]:
    """A server without limits."""
    async with TelegramApi() as server:
        yield server


@pytest.fixture
async def bot(api: TelegramApi) -> AsyncIterator[Bot]:
    """The SDK's bot, talking to it."""
    async with bot_of(api) as sdk:
        yield sdk


@pytest.fixture
def asta(api: TelegramApi) -> Person:
    """Somebody who has started the bot."""
    return api.user("Asta Holm", language="da", username="asta", started=True)


def bot_of(api: TelegramApi, token: str | None = None) -> Bot:
    """The SDK's bot, not yet initialised."""
    return Bot(token or api.token, base_url=api.base_url, base_file_url=api.base_file_url)


async def raw(api: TelegramApi, method: str, body: Any = None, **how: Any) -> tuple[int, Any]:
    """A call by plain HTTP: the status and the answer."""
    async with aiohttp.ClientSession() as session, session.post(f"{api.base_url}{api.token}/{method}", json=body, **how) as answer:
        return answer.status, await answer.json()


async def updates(bot: Bot) -> list[Update]:
    """What waits for the bot, confirmed."""
    got = await bot.get_updates(allowed_updates=Update.ALL_TYPES)
    if got:
        await bot.get_updates(offset=got[-1].update_id + 1)
    return list(got)


def button(text: str = "Kontakt", **what: Any) -> InlineKeyboardMarkup:
    """A keyboard of one button."""
    return InlineKeyboardMarkup([[InlineKeyboardButton(text, **(what or {"callback_data": "c:1"}))]])


# -- Markup


@pytest.mark.parametrize(
    ("markup", "text", "entities"),
    [
        ("Rettet", "Rettet", []),
        ("<b>Nyt</b> &lt;nu&gt; &amp; &quot;her&quot;", 'Nyt <nu> & "her"', [("bold", 0, 3)]),
        ("&#230;&#xF8;&#x1F4F0; &nbsp;", "æø📰 &nbsp;", []),
        ("<strong>a</strong><em>b</em><ins>c</ins><del>d</del><tg-spoiler>e</tg-spoiler>", "abcde", None),
        ('<span class="tg-spoiler">x</span>', "x", [("spoiler", 0, 1)]),
        ("📰 <i>to</i>", "📰 to", [("italic", 3, 2)]),
        ("<b>a</b><b>b</b>", "ab", [("bold", 0, 2)]),
        ("<b>a <i>b</i> c</b>", "a b c", [("bold", 0, 5), ("italic", 2, 1)]),
        ('<b>a <a href="https://um.dk">b</a></b>', "a b", [("bold", 0, 2), ("text_link", 2, 1), ("bold", 2, 1)]),
        ("<code>a <b>b</b></code>", "a b", [("code", 0, 3)]),
        ('<pre><code class="language-python">x</code></pre>', "x", [("pre", 0, 1)]),
        ("<blockquote expandable>q</blockquote>", "q", [("expandable_blockquote", 0, 1)]),
        ('<a href="tel:+4561979247">ring</a>', "ring", []),
        ("  <b>luft</b> \n", "luft", [("bold", 0, 4)]),
        ("a<b></b>", "a", []),
        ("<B>stor</b>", "stor", [("bold", 0, 4)]),
        ("5 &lt; 6 &amp 7", "5 < 6 & 7", []),
    ],
)
def test_html_becomes_text_and_entities(markup: str, text: str, entities: list[tuple[str, int, int]] | None) -> None:
    """HTML is read as the server reads it, with offsets in UTF-16 units."""
    parsed = parse_html(markup)

    assert parsed.text == text
    if entities is not None:
        assert [(entity["type"], entity["offset"], entity["length"]) for entity in parsed.entities] == entities


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("æ <p>x</p>", 'Unsupported start tag "p" at byte offset 3'),
        ("<br/>", 'Unsupported start tag "br/" at byte offset 0'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("1 <2", "Unclosed start tag at byte offset 2"),
        ("<3 x>", 'Unsupported start tag "3" at byte offset 0'),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<b x", 'Unclosed start tag "b" at byte offset 0'),
        ("<a href=>x</a>", None),
        ('<a href="x', "Unclosed start tag at byte offset 0"),
        ("<a href=http://x>y</a>", "Unexpected end of name token at byte offset 8"),
        ('<b "x">y</b>', 'Empty attribute name in the tag "b" at byte offset 0'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("&#xD83D;", f"Text contains invalid Unicode characters {SURROGATES}"),
    ],
)
def test_html_is_refused_in_the_servers_words(markup: str, words: str | None) -> None:
    """What the server cannot parse, it says with the byte where it stopped."""
    if words is None:
        assert parse_html(markup)
        return
    with pytest.raises(MarkupError) as refused:
        parse_html(markup)
    assert str(refused.value) == words


def test_links_are_kept_as_the_server_writes_them() -> None:
    """A link gets its slash and a small host, and one without a dot is none."""
    parsed = parse_html('<a href="HTTPS://UM.dk?a=1&amp;b=2">a</a> <a href="http://localhost/x">b</a> <a href="um.dk/x">c</a>')

    assert [entity["url"] for entity in parsed.entities] == ["https://um.dk/?a=1&b=2", "http://um.dk/x"]


def test_the_server_finds_addresses_and_commands_itself() -> None:
    """Addresses, mentions, commands and tags in plain text become entities, but not inside a link."""
    found = [
        (entity["type"], entity["offset"])
        for entity in plain("📰 /start@pressevagt_bot via.ritzau.dk @asta_h pr@um.dk #nyt").entities
    ]

    assert found == [("bot_command", 3), ("url", 25), ("mention", 39), ("email", 47), ("hashtag", 56)]
    assert [entity["type"] for entity in parse_html('<a href="https://um.dk">um.dk</a>').entities] == ["text_link"]


# -- Calls


async def test_who_am_i(bot: Bot, api: TelegramApi) -> None:
    """The SDK initialises against the fake, and its own idea of the bot is the fake's."""
    assert bot.username == api.bot.username
    assert not (await bot.get_me()).can_read_all_group_messages


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/bot{token}/sendEverything", 404, "Not Found"),
        ("/bot123456:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/getMe", 401, "Unauthorized"),
        ("/botnonsense/getMe", 404, "Not Found"),
        ("/", 404, "Not Found"),
    ],
)
async def test_unknown_methods_and_tokens(api: TelegramApi, path: str, status: int, words: str) -> None:
    """A well-formed wrong token is unauthorised; a malformed one, and an unknown method, are not found."""
    async with aiohttp.ClientSession() as session, session.get(api.url + path.format(token=api.token)) as answer:
        assert answer.status == status
        assert await answer.json() == {"ok": False, "error_code": status, "description": words}


async def test_the_sdk_tells_a_wrong_token(api: TelegramApi) -> None:
    """A wrong token is the SDK's InvalidToken."""
    with pytest.raises(InvalidToken):
        await bot_of(api, "123456:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").initialize()


@pytest.mark.parametrize(
    ("method", "body", "words"),
    [
        ("sendMessage", {}, "chat_id is empty"),
        ("sendMessage", {"chat_id": 1}, "message text is empty"),
        ("sendMessage", {"chat_id": 1, "text": ""}, "message text is empty"),
        ("sendMessage", {"chat_id": 1, "text": "x", "colour": "red"}, 'unknown parameter "colour" (the real server ignores it)'),
        ("sendMessage", {"chat_id": 1, "text": "x", "reply_markup": "no"}, "can't parse reply keyboard markup JSON object"),
        ("sendMessage", {"chat_id": 1, "text": "x", "reply_markup": "[]"}, "object expected as reply markup"),
        (
            "sendMessage",
            {"chat_id": 1, "text": "x", "disable_notification": "maybe"},
            "can't parse disable notification JSON object",
        ),
        ("sendMessage", {"chat_id": 1, "text": "x", "message_thread_id": "x"}, "can't parse message thread id JSON object"),
        ("answerCallbackQuery", {"text": "x"}, 'parameter "callback_query_id" is required'),
        ("sendPhoto", {"chat_id": 1}, "there is no photo in the request"),
        (
            "sendMessage",
            {"chat_id": 1, "text": "x", "link_preview_options": {"is_disabled": 1}},
            'field "is_disabled" must be of type bool',
        ),
        ("setMyCommands", {"commands": [{"command": "seneste"}]}, 'can\'t find field "description" in BotCommand'),
        (
            "sendMessage",
            {"chat_id": 1, "text": "x", "reply_markup": {"inline_keyboard": [[{"text": "a", "style": "b"}]]}},
            'unknown field "style" in InlineKeyboardButton (the real server ignores it)',
        ),
    ],
)
async def test_calls_are_checked_against_the_table(api: TelegramApi, method: str, body: dict[str, Any], words: str) -> None:
    """A call that breaks the table is refused and noted."""
    status, answer = await raw(api, method, body)

    assert (status, answer["description"]) == (400, f"Bad Request: {words}")
    assert [call.method for call in api.violations] == [method]


@pytest.mark.parametrize("how", ["form", "multipart", "query", "json", "strings"])
async def test_every_kind_of_body_is_read(api: TelegramApi, asta: Person, how: str) -> None:
    """Forms, parts, addresses and JSON say the same; JSON may hold objects or their text."""
    keyboard = {"inline_keyboard": [[{"text": "Luk op", "url": "https://um.dk/"}]]}
    text = {"chat_id": str(asta.id), "text": "På + &", "reply_markup": json.dumps(keyboard), "disable_notification": "true"}
    form = aiohttp.FormData(text, default_to_multipart=True)
    bodies: dict[str, dict[str, Any]] = {
        "form": {"data": text},
        "multipart": {"data": form},
        "query": {"params": text},
        "json": {"json": {"chat_id": asta.id, "text": "På + &", "reply_markup": keyboard, "disable_notification": True}},
        "strings": {"json": text},
    }
    async with aiohttp.ClientSession() as session:
        answer = await session.post(f"{api.base_url}{api.token}/SENDMESSAGE", **bodies[how])
        assert answer.status == 200

    assert (api.sent[0].text, api.sent[0].silent, api.sent[0].markup) == ("På + &", True, keyboard)


def test_each_method_of_the_table_is_answered() -> None:
    """No method stands in the table that the fake cannot carry out."""
    api = TelegramApi()

    assert all(callable(api.methods[name]) for name in METHODS)


# -- Sending


async def test_a_message_stands_as_it_was_sent(bot: Bot, api: TelegramApi, asta: Person) -> None:
    """What the SDK gets back is what stands in the chat."""
    sent = await bot.send_message(
        asta.id,
        '<b><a href="https://um.dk/x">Sanktioner</a></b>\nLæs mere',
        parse_mode=HTML,
        reply_markup=button(),
        disable_notification=True,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
    )

    assert sent.text == "Sanktioner\nLæs mere"
    assert [entity.type for entity in sent.entities] == ["text_link", "bold"]
    assert sent.link_preview_options
    assert sent.link_preview_options.is_disabled
    stands = asta.chat.last
    assert (stands.text, stands.silent, stands.links, stands.buttons[0]["text"]) == (
        sent.text,
        True,
        ["https://um.dk/x"],
        "Kontakt",
    )
    assert api.violations == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x" * 4097, "Message is too long"),
        ("📰" * 2049, "Message is too long"),
        ("<b> </b>", "Text must be non-empty"),
        ("<x>", 'Can\'t parse entities: unsupported start tag "x" at byte offset 0'),
    ],
)
async def test_texts_that_are_refused(bot: Bot, asta: Person, text: str, words: str) -> None:
    """4,096 UTF-16 units are the limit, counted after the entities, and something must be left."""
    with pytest.raises(BadRequest) as refused:
        await bot.send_message(asta.id, text, parse_mode=HTML)
    assert refused.value.message == words


async def test_the_limit_is_counted_after_the_entities(bot: Bot, asta: Person) -> None:
    """Markup is not counted."""
    sent = await bot.send_message(asta.id, "<b>" + "&amp;" * 4096 + "</b>", parse_mode=HTML)

    assert sent.text
    assert len(sent.text) == 4096


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ({"callback_data": "æ" * 33}, "Button_data_invalid"),
        ({"url": "tel:+4561979247"}, "Inline keyboard button url 'tel:+4561979247' is invalid: unsupported url protocol"),
        ({"url": "http://localhost/x"}, "Inline keyboard button url 'http://localhost/x' is invalid: wrong http url"),
        ({}, "Can't parse inline keyboard button: text buttons are unallowed in the inline keyboard"),
    ],
)
async def test_buttons_that_are_refused(bot: Bot, asta: Person, what: dict[str, Any], words: str) -> None:
    """Data of more than 64 bytes, telephone links, hosts without a dot and buttons without a purpose are refused."""
    markup = InlineKeyboardMarkup([[InlineKeyboardButton("x", **what)]])
    with pytest.raises(BadRequest) as refused:
        await bot.send_message(asta.id, "x", reply_markup=markup)
    assert refused.value.message.lower() == words.lower()


async def test_photos_by_address_upload_and_id(bot: Bot, api: TelegramApi, asta: Person) -> None:
    """A picture comes from an address that can be fetched, from bytes, or from an earlier message."""
    by_address = await bot.send_photo(asta.id, api.image(), caption="<i>Foto</i>", parse_mode=HTML)
    by_upload = await bot.send_photo(asta.id, PNG, caption="x" * 1024)
    again = await bot.send_photo(asta.id, by_address.photo[-1].file_id)

    assert (by_address.caption, by_address.caption_entities[0].type) == ("Foto", "italic")
    assert by_upload.caption
    assert again.photo[-1].file_id == by_address.photo[-1].file_id


async def test_photos_that_are_refused(bot: Bot, api: TelegramApi, asta: Person) -> None:
    """Nothing outside is fetched, a page is no picture, and captions have their own limit."""
    api.files.addresses["https://um.dk/side"] = NO_IMAGE
    for photo, caption, words in (
        ("https://um.dk/foto.jpg", "", "Failed to get http url content"),
        ("https://um.dk/side/1", "", "Wrong type of the web page content"),
        ("foto.jpg", "", "Wrong file identifier/http url specified"),
        (b"no picture", "", "Image_process_failed"),
        (api.image(), "x" * 1025, "Message caption is too long"),
    ):
        with pytest.raises(BadRequest) as refused:
            await bot.send_photo(asta.id, photo, caption=caption)
        assert refused.value.message.lower() == words.lower()


async def test_a_document_that_somebody_sends_is_fetched_by_its_path(bot: Bot, api: TelegramApi, asta: Person) -> None:
    """Where it lies getFile says; it says no of what nobody sent and of more than 20 MB."""
    sent = await asta.sends("noter.json", b"{}", "se her")
    assert sent.words == "se her"
    assert sent.document is not None
    found = await bot.get_file(sent.document["file_id"])
    assert (found.file_size, bytes(await found.download_as_bytearray())) == (2, b"{}")
    with pytest.raises(BadRequest, match="Wrong file_id"):
        await bot.get_file("AgACAgQAAxkBAAI9")
    api.files.contents[sent.document["file_id"]] = ("noter.json", b"x" * (20 * 1024 * 1024 + 1))
    with pytest.raises(BadRequest, match="File is too big"):
        await bot.get_file(sent.document["file_id"])


async def test_documents_contacts_and_albums(bot: Bot, api: TelegramApi, asta: Person) -> None:
    """The other kinds of messages carry what they are given."""
    document = await bot.send_document(asta.id, b"%PDF-1.7", filename="bilag.pdf", caption="Bilag")
    contact = await bot.send_contact(asta.id, "+4561979247", "Pressevagten", last_name="UM")
    album = await bot.send_media_group(asta.id, [InputMediaPhoto(api.image("1.png")), InputMediaPhoto(PNG, caption="to")])

    assert document.document
    assert document.document.file_name == "bilag.pdf"
    assert contact.contact
    assert (contact.contact.phone_number, contact.contact.last_name) == ("+4561979247", "UM")
    assert album[0].media_group_id == album[1].media_group_id
    assert [message.kind for message in asta.chat.posts] == ["document", "contact", "photo", "photo"]


async def test_replies(bot: Bot, api: TelegramApi, asta: Person) -> None:
    """A reply names a message that is there, or goes out without."""
    alert = await bot.send_message(asta.id, "varsel")
    reply = await bot.send_message(asta.id, "rettelse", reply_parameters=ReplyParameters(alert.message_id))
    assert reply.reply_to_message
    assert reply.reply_to_message.text == "varsel"

    with pytest.raises(BadRequest, match="Message to be replied not found"):
        await bot.send_message(asta.id, "x", reply_parameters=ReplyParameters(999))
    alone = await bot.send_message(asta.id, "x", reply_parameters=ReplyParameters(999, allow_sending_without_reply=True))
    assert alone.reply_to_message is None


# -- Editing


async def test_edits(bot: Bot, api: TelegramApi, asta: Person) -> None:
    """An edit changes the message in place, dates it, and takes a keyboard away that it does not name."""
    sent = await bot.send_message(asta.id, "før", reply_markup=button())
    edited = await bot.edit_message_text("<b>efter</b>", asta.id, sent.message_id, parse_mode=HTML)

    assert isinstance(edited, telegram.Message)
    assert edited.edit_date
    assert edited.reply_markup is None
    assert (asta.chat.last.text, asta.chat.last.edits) == ("efter", 1)


async def test_edits_that_are_refused(bot: Bot, api: TelegramApi, asta: Person) -> None:
    """The server says what cannot be edited, and how."""
    text = await bot.send_message(asta.id, "tekst", reply_markup=button())
    photo = await bot.send_photo(asta.id, PNG, caption="billede")
    keyboard = await bot.send_message(asta.id, "tast", reply_markup=ReplyKeyboardRemove())
    theirs = await asta.says("mit")
    same = "Message is not modified: specified new message content and reply markup are exactly the same as a current content"

    for call, words in (
        (bot.edit_message_text("tekst ", asta.id, text.message_id, reply_markup=button()), same),
        (bot.edit_message_text("x", asta.id, 999), "Message to edit not found"),
        (bot.edit_message_text("x", asta.id, photo.message_id), "There is no text in the message to edit"),
        (bot.edit_message_caption(asta.id, text.message_id, caption="x"), "There is no caption in the message to edit"),
        (bot.edit_message_text("x", asta.id, theirs.id), "Message can't be edited"),
        (bot.edit_message_text("x", asta.id, keyboard.message_id), "Message can't be edited"),
        (bot.edit_message_text("x" * 4097, asta.id, text.message_id), "Message_too_long"),
        (bot.edit_message_caption(asta.id, photo.message_id, caption="x" * 1025), "Media_caption_too_long"),
        (bot.edit_message_caption(asta.id, photo.message_id, caption="billede"), same),
    ):
        with pytest.raises(BadRequest) as refused:
            await call
        assert refused.value.message.startswith(words)
    assert asta.chat.messages[text.message_id].buttons, "a refused edit changes nothing"


async def test_a_text_can_become_a_photo(bot: Bot, api: TelegramApi, asta: Person) -> None:
    """Media can be put into a message of text, and its caption be edited then."""
    sent = await bot.send_message(asta.id, "tekst")
    await bot.edit_message_media(InputMediaPhoto(PNG, caption="nu med foto"), asta.id, sent.message_id)
    await bot.edit_message_caption(asta.id, sent.message_id, caption="rettet")
    await bot.edit_message_reply_markup(asta.id, sent.message_id, reply_markup=button())

    assert (asta.chat.last.kind, asta.chat.last.caption, asta.chat.last.edits) == ("photo", "rettet", 3)


async def test_deleting(bot: Bot, asta: Person) -> None:
    """The bot deletes its own message, once."""
    sent = await bot.send_message(asta.id, "x")
    await bot.delete_message(asta.id, sent.message_id)

    with pytest.raises(BadRequest, match="Message to delete not found"):
        await bot.delete_message(asta.id, sent.message_id)
    assert asta.chat.posts == []


# -- Whom it reaches


async def test_private_chats_that_refuse(bot: Bot, api: TelegramApi, asta: Person) -> None:
    """A stranger, somebody who blocked the bot, somebody who is gone: each has words of its own."""
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(api.user("Ukendt").id, "x")
    bo = api.user("Bo")
    await bo.says("hej", api.group("Redaktionen", owner=asta, bot=True))
    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        await bot.send_message(bo.id, "x")
    await asta.blocks_bot()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(asta.id, "x")
    await asta.starts()
    assert await bot.send_message(asta.id, "velkommen igen")
    await asta.deactivates()
    with pytest.raises(Forbidden, match="user is deactivated"):
        await bot.send_message(asta.id, "x")


@pytest.mark.parametrize("kind", ["group", "supergroup", "channel"])
async def test_chats_that_refuse(bot: Bot, api: TelegramApi, asta: Person, kind: str) -> None:
    """Where the bot is not, was thrown out of, or may not write, it is told so."""
    chat = getattr(api, kind)("Redaktionen", owner=asta)
    with pytest.raises(Forbidden, match=f"bot is not a member of the {kind} chat"):
        await bot.send_message(chat.id, "x")
    await asta.adds_bot(chat)
    assert await bot.send_message(chat.id, "x")
    await asta.restricts(chat, refusal="CHAT_WRITE_FORBIDDEN")
    with pytest.raises(BadRequest, match="Chat_write_forbidden"):
        await bot.send_message(chat.id, "x")
    await asta.kicks_bot(chat)
    with pytest.raises(Forbidden, match=f"bot was kicked from the {kind} chat"):
        await bot.send_message(chat.id, "x")


async def test_rights_to_write(bot: Bot, api: TelegramApi, asta: Person) -> None:
    """Members may be denied text or photos; a channel wants an administrator who may post."""
    desk = api.supergroup("Redaktionen", owner=asta, bot=True)
    await asta.restricts(desk, photos=False)
    with pytest.raises(BadRequest, match="Not enough rights to send photos to the chat"):
        await bot.send_photo(desk.id, PNG)
    await asta.restricts(desk, text=False)
    with pytest.raises(BadRequest, match="Not enough rights to send text messages to the chat"):
        await bot.send_message(desk.id, "x")
    await asta.adds_bot(desk, admin=True)
    assert await bot.send_message(desk.id, "x")

    channel = api.channel("Nyt", owner=asta, username="nyt", bot=True)
    post = await bot.send_message("@nyt", "x")
    assert (post.chat.id, post.from_user, post.sender_chat and post.sender_chat.id) == (channel.id, None, channel.id)
    await asta.demotes_bot(channel)
    with pytest.raises(BadRequest, match="Need administrator rights in the channel chat"):
        await bot.send_message("@nyt", "x")
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await bot.edit_message_text("y", channel.id, post.message_id)


async def test_a_group_becomes_a_supergroup(bot: Bot, api: TelegramApi, asta: Person) -> None:
    """The old id answers with the new one, and two messages and a membership tell of it."""
    group = api.group("Redaktionen", owner=asta, bot=True)
    upgraded = await asta.migrates(group)

    with pytest.raises(ChatMigrated) as moved:
        await bot.send_message(group.id, "x")
    assert moved.value.new_chat_id == upgraded.id
    to, place, came_from = await updates(bot)
    assert to.message
    assert (to.message.chat.id, to.message.migrate_to_chat_id) == (group.id, upgraded.id)
    assert place.my_chat_member
    assert (place.my_chat_member.chat.id, place.my_chat_member.new_chat_member.status) == (upgraded.id, "member")
    assert came_from.message
    assert (came_from.message.chat.id, came_from.message.migrate_from_chat_id) == (upgraded.id, group.id)
    assert await bot.send_message(upgraded.id, "x")


async def test_deleted_chats(bot: Bot, api: TelegramApi, asta: Person) -> None:
    """A deleted group says so; a deleted supergroup is as one the bot was thrown out of."""
    group, supergroup = api.group("A", owner=asta, bot=True), api.supergroup("B", owner=asta, bot=True)
    await asta.deletes_chat(group)
    await asta.deletes_chat(supergroup)

    with pytest.raises(Forbidden, match="the group chat was deleted"):
        await bot.send_message(group.id, "x")
    with pytest.raises(Forbidden, match="bot was kicked from the supergroup chat"):
        await bot.send_message(supergroup.id, "x")


async def test_topics(bot: Bot, api: TelegramApi, asta: Person) -> None:
    """Topics are written to by their number, save General; closed and lost ones refuse, replies find theirs."""
    forum = api.supergroup("Forum", owner=asta, forum=True, bot=True)
    topic = await asta.opens_topic(forum, "Udenrigs")
    posted = await bot.send_message(forum.id, "x", message_thread_id=topic.id)
    assert (posted.message_thread_id, posted.is_topic_message) == (topic.id, True)
    reply = await bot.send_message(forum.id, "y", reply_parameters=ReplyParameters(posted.message_id))
    assert reply.message_thread_id == topic.id
    general = await bot.send_message(forum.id, "z")
    assert (general.message_thread_id, general.is_topic_message) == (None, None)

    for thread in (1, 999):
        with pytest.raises(BadRequest, match="Message thread not found"):
            await bot.send_message(forum.id, "x", message_thread_id=thread)
    await asta.closes_topic(forum, topic)
    await asta.closes_topic(forum)
    for thread_or_none in (topic.id, None):
        with pytest.raises(BadRequest, match="Topic_closed"):
            await bot.send_message(forum.id, "x", message_thread_id=thread_or_none)
    await asta.reopens_topic(forum, topic)
    topic.lost = True
    with pytest.raises(BadRequest, match="Message thread not found"):
        await bot.send_message(forum.id, "x", message_thread_id=topic.id)
    topic.lost = False
    await asta.deletes_topic(forum, topic)
    with pytest.raises(BadRequest, match="Message thread not found"):
        await bot.send_message(forum.id, "x", message_thread_id=topic.id)
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await bot.edit_message_text("y", forum.id, posted.message_id)


async def test_threads_of_replies_are_no_topics(bot: Bot, api: TelegramApi, asta: Person) -> None:
    """In an ordinary supergroup a reply carries a thread, which cannot be written to."""
    group = api.supergroup("Redaktionen", owner=asta, bot_is_admin=True)
    first = await asta.says("hvad?", group)
    second = await asta.says("svar", group, reply_to=first)
    assert (second.thread, second.in_topic) == (first.id, False)

    with pytest.raises(BadRequest, match="Message thread not found"):
        await bot.send_message(group.id, "x", message_thread_id=first.id)


# -- People


async def test_what_people_write_arrives(bot: Bot, api: TelegramApi, asta: Person) -> None:
    """Private messages, commands with their entities, deep links and edits reach the bot."""
    await asta.starts("um")
    said = await asta.says("/seneste 5")
    await asta.edits(said, "/seneste 6")

    start, command, edit = await updates(bot)
    assert start.message
    assert start.message.text == "/start um"
    assert start.message.from_user
    assert start.message.from_user.language_code == "da"
    assert command.message
    assert command.message.entities[0].type == "bot_command"
    assert edit.edited_message
    assert edit.edited_message.text == "/seneste 6"


async def test_privacy_in_groups(bot: Bot, api: TelegramApi, asta: Person) -> None:
    """A bot in privacy mode sees what is meant for it, and an administrator sees all."""
    desk = api.group("Redaktionen", owner=asta, bot=True)
    alert = await bot.send_message(desk.id, "varsel")
    stands = desk.messages[alert.message_id]
    await asta.says("snak", desk)
    await asta.says("/kontakt@en_anden_bot", desk)
    await asta.says("/kontakt", desk)
    await asta.says("tak", desk, reply_to=stands)
    await asta.says("@pressevagt_bot hjælp", desk)
    assert [update.message.text for update in await updates(bot) if update.message] == ["/kontakt", "tak", "@pressevagt_bot hjælp"]

    await asta.adds_bot(desk, admin=True)
    await asta.says("snak", desk)
    assert [update.message.text for update in await updates(bot) if update.message] == ["snak"]


async def test_who_writes_in_whose_name(bot: Bot, api: TelegramApi, asta: Person) -> None:
    """An anonymous administrator writes as the group, somebody with a channel as the channel, and a channel posts as itself."""
    group = api.supergroup("Redaktionen", owner=asta, bot_is_admin=True)
    channel = api.channel("Nyt", owner=asta, username="nyt", bot=True)
    await asta.says("/abonner", group, anonymous=True)
    await asta.says("/abonner", group, as_channel=channel)
    post = await asta.says("opslag", channel)
    await asta.forwards(post)
    channel.linked = group
    await asta.says("opslag 2", channel)

    anonymous, as_channel, posted, forwarded, _, linked = await updates(bot)
    assert anonymous.message
    assert anonymous.message.sender_chat
    assert (anonymous.message.sender_chat.id, anonymous.message.from_user and anonymous.message.from_user.username) == (
        group.id,
        "GroupAnonymousBot",
    )
    assert as_channel.message
    assert as_channel.message.sender_chat
    assert as_channel.message.sender_chat.id == channel.id
    assert posted.channel_post
    assert posted.channel_post.from_user is None
    assert forwarded.message
    assert isinstance(forwarded.message.forward_origin, telegram.MessageOriginChannel)
    assert forwarded.message.forward_origin.chat.username == "nyt"
    assert linked.message
    assert linked.message.is_automatic_forward


async def test_buttons_are_pressed_and_answered(bot: Bot, api: TelegramApi, asta: Person) -> None:
    """A press waits for the bot's answer; a query nobody asked, and an unknown button, are refused."""
    await bot.send_message(asta.id, "varsel", reply_markup=button("Kontakt", callback_data="c:7"))
    press = asyncio.create_task(asta.presses(asta.chat.last, "Kontakt"))
    (got,) = await bot.get_updates(timeout=5)
    assert got.callback_query
    assert (got.callback_query.data, got.callback_query.message and got.callback_query.message.message_id) == (
        "c:7",
        asta.chat.last.id,
    )
    await got.callback_query.answer("Her er kontakten", show_alert=True)

    answer = await press
    assert (answer.text, answer.alert) == ("Her er kontakten", True)
    with pytest.raises(BadRequest, match="Query is too old"):
        await bot.answer_callback_query("77")
    with pytest.raises(LookupError):
        await asta.presses(asta.chat.last, "Slet")
    asta.patience = 0.01
    with pytest.raises(TimeoutError):
        await asta.presses(asta.chat.last, "c:7")


async def test_inline_mode(bot: Bot, api: TelegramApi, asta: Person) -> None:
    """A query gets offers, and a picked one stands in the chat and can be edited by its inline id."""
    asked = asyncio.create_task(asta.inline("sanktioner"))
    (got,) = await bot.get_updates(timeout=5)
    assert got.inline_query
    content = InputTextMessageContent("<b>Sanktioner</b> kl. 10.00", parse_mode=HTML)
    with pytest.raises(BadRequest, match="Result_id_duplicate"):
        await got.inline_query.answer([InlineQueryResultArticle("1", "Sanktioner", content)] * 2)
    await got.inline_query.answer([InlineQueryResultArticle("1", "Sanktioner", content)], cache_time=5, is_personal=True)

    offers = await asked
    assert (offers.results[0]["title"], offers.cache_time, offers.personal) == ("Sanktioner", 5, True)
    message = await asta.picks(offers.results[0], api.group("Andetsteds", owner=asta))
    assert (message.text, message.via, message.by_bot) == ("Sanktioner kl. 10.00", api.bot, False)
    assert await bot.edit_message_text("rettet", inline_message_id=message.inline_id) is True
    assert message.text == "rettet"


async def test_memberships_are_told(bot: Bot, api: TelegramApi, asta: Person) -> None:
    """Being added, promoted, thrown out, blocked and let in again are told by my_chat_member."""
    desk = api.group("Redaktionen", owner=asta)
    await asta.adds_bot(desk)
    await asta.adds_bot(desk, rights=["can_delete_messages"])
    await asta.kicks_bot(desk)
    await asta.blocks_bot()
    await asta.unblocks_bot()

    got = await updates(bot)
    changes = [update.my_chat_member for update in got if update.my_chat_member]
    assert [(change.old_chat_member.status, change.new_chat_member.status) for change in changes] == [
        ("left", "member"),
        ("member", "administrator"),
        ("administrator", "kicked"),
        ("member", "kicked"),
        ("kicked", "member"),
    ]
    assert sum(bool(update.message and update.message.new_chat_members) for update in got) == 1


async def test_administrators(bot: Bot, api: TelegramApi, asta: Person) -> None:
    """The bot learns who may configure, where it may know."""
    bo, chat = api.user("Bo"), api.supergroup("Redaktionen", owner=asta, bot=True)
    asta.promotes(bo, chat, anonymous=True)

    admins = await bot.get_chat_administrators(chat.id)
    assert {(admin.user.id, admin.status) for admin in admins} == {(asta.id, "creator"), (bo.id, "administrator")}
    assert (await bot.get_chat_member(chat.id, bo.id)).status == "administrator"
    assert (await bot.get_chat_member(chat.id, api.user("Cæcilie").id)).status == "left"
    channel = api.channel("Nyt", owner=asta, username="nyt")
    with pytest.raises(BadRequest, match="Member list is inaccessible"):
        await bot.get_chat_administrators(channel.id)
    with pytest.raises(BadRequest, match="There are no administrators in the private chat"):
        await bot.get_chat_administrators(asta.id)
    with pytest.raises(BadRequest, match="User not found"):
        await bot.get_chat_member(chat.id, 5)


async def test_chats_are_looked_up(bot: Bot, api: TelegramApi, asta: Person) -> None:
    """A public chat is found by name by anybody, a private one only from inside."""
    api.channel("Nyt", owner=asta, username="nyt")
    closed = api.channel("Internt", owner=asta)

    assert (await bot.get_chat("@NYT")).title == "Nyt"
    assert (await bot.get_chat(asta.id)).username == "asta"
    with pytest.raises(Forbidden, match="bot is not a member of the channel chat"):
        await bot.get_chat(closed.id)
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.get_chat("@findes_ikke")


async def test_a_chat_is_shared_by_a_button(bot: Bot, api: TelegramApi, asta: Person) -> None:
    """A `request_chat` button brings the chat's id, and the bot into the chat with the rights it asked for."""
    rights = ChatAdministratorRights(
        is_anonymous=False,
        can_manage_chat=True,
        can_delete_messages=False,
        can_manage_video_chats=False,
        can_restrict_members=False,
        can_promote_members=False,
        can_change_info=False,
        can_invite_users=False,
        can_post_stories=False,
        can_edit_stories=False,
        can_delete_stories=False,
        can_post_messages=True,
    )
    request = KeyboardButtonRequestChat(
        4, chat_is_channel=True, user_administrator_rights=rights, bot_administrator_rights=rights, request_title=True
    )
    await bot.send_message(asta.id, "Hvilken?", reply_markup=ReplyKeyboardMarkup([[KeyboardButton("Vælg", request_chat=request)]]))
    channel = api.channel("Nyt", owner=asta)
    await asta.shares(channel)

    place, shared = await updates(bot)
    assert place.my_chat_member
    assert place.my_chat_member.new_chat_member.status == "administrator"
    assert shared.message
    assert shared.message.chat_shared
    assert (shared.message.chat_shared.chat_id, shared.message.chat_shared.request_id) == (channel.id, 4)
    assert shared.message.chat_shared.title == "Nyt"
    with pytest.raises(LookupError):
        await asta.shares(api.group("Redaktionen", owner=asta))
    with pytest.raises(LookupError):
        await asta.shares(api.channel("Andres", owner=api.user("Bo")))


async def test_menus(bot: Bot, api: TelegramApi, asta: Person) -> None:
    """The menu that somebody sees is that of the narrowest scope, in their language where there is one."""
    await bot.set_my_commands([BotCommand("latest", "Latest releases")])
    await bot.set_my_commands([BotCommand("seneste", "Seneste meddelelser")], BotCommandScopeAllPrivateChats(), "da")

    assert api.menu(asta) == ["seneste"]
    assert api.menu(api.user("Bob", language="en")) == ["latest"]
    assert api.menu(asta, api.group("Redaktionen", owner=asta)) == ["latest"]
    assert [command.command for command in await bot.get_my_commands()] == ["latest"]
    await bot.delete_my_commands(BotCommandScopeAllPrivateChats(), "da")
    assert api.menu(asta) == ["latest"]
    with pytest.raises(BadRequest, match="Bot_command_invalid"):
        await bot.set_my_commands([("Nyt", "x")])


async def test_the_small_methods(bot: Bot, api: TelegramApi, asta: Person) -> None:
    """Leaving, typing and describing oneself."""
    desk = api.group("Redaktionen", owner=asta, bot=True)
    await bot.send_chat_action(desk.id, "typing")
    await bot.set_my_description("Pressens vagt", "da")
    await bot.leave_chat(desk.id)

    assert api.world.actions == [(desk.id, "typing")]
    assert (await bot.get_my_description("da")).description == "Pressens vagt"
    with pytest.raises(Forbidden, match="not a member"):
        await bot.send_message(desk.id, "x")
    with pytest.raises(BadRequest, match="Wrong parameter action in request"):
        await bot.send_chat_action(asta.id, "dancing")


# -- Updates


async def test_updates_are_confirmed_by_the_offset(bot: Bot, asta: Person) -> None:
    """Updates come again until a later offset confirms them."""
    await asta.says("1")
    await asta.says("2")
    first = await bot.get_updates(limit=1)
    assert [update.message and update.message.text for update in first] == ["1"]
    rest = await bot.get_updates(offset=first[0].update_id + 1)
    assert [update.message and update.message.text for update in rest] == ["2"]
    assert await bot.get_updates(offset=rest[0].update_id + 1) == ()


async def test_allowed_updates(bot: Bot, asta: Person) -> None:
    """Kinds that were not asked for do not even queue; an empty list is the default."""
    await bot.get_updates(allowed_updates=["callback_query"])
    await asta.says("1")
    await bot.get_updates(allowed_updates=[])
    await asta.says("2")
    assert [update.message and update.message.text for update in await bot.get_updates()] == ["2"]


async def test_a_long_poll_waits_and_a_second_ends_it(bot: Bot, api: TelegramApi, asta: Person) -> None:
    """A poll waits for an update; another poll ends it with a conflict."""
    first = asyncio.create_task(bot.get_updates(timeout=10))
    while api.updates.polls < 1:
        await asyncio.sleep(0.001)
    async with bot_of(api) as another:
        second = asyncio.create_task(another.get_updates(timeout=10))
        with pytest.raises(
            Conflict, match="terminated by other getUpdates request; make sure that only one bot instance is running"
        ):
            await first
        await asta.says("hej")
        assert len(await second) == 1


async def test_webhooks(bot: Bot, api: TelegramApi, asta: Person) -> None:
    """Updates are posted with the secret, again until they are taken, and polling is refused meanwhile."""
    hook = Hook([500])
    runner = web.ServerRunner(web.Server(hook))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/telegram"
    try:
        await bot.set_webhook(url, secret_token="hemmelig-1")
        await asta.says("hej")
        await api.updates.settled()
        assert [(body["message"]["text"], secret) for body, secret in hook.got] == [("hej", "hemmelig-1")] * 2
        info = await bot.get_webhook_info()
        assert (info.url, info.last_error_message) == (url, "Wrong response from the webhook: 500 Internal Server Error")
        with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
            await bot.get_updates()
        await bot.delete_webhook()
        assert await bot.get_updates() == ()
    finally:
        await runner.cleanup()


async def test_setting_a_webhook_ends_a_poll(bot: Bot, api: TelegramApi) -> None:
    """A poll that waits is told when a webhook takes over."""
    poll = asyncio.create_task(bot.get_updates(timeout=10))
    while api.updates.polls < 1:
        await asyncio.sleep(0.001)
    await bot.set_webhook("http://127.0.0.1:1/hook")
    with pytest.raises(Conflict, match="terminated by setWebhook request"):
        await poll


async def test_a_webhook_gets_one_chat_in_order_and_others_meanwhile(bot: Bot, api: TelegramApi, asta: Person) -> None:
    """A chat whose update is not taken holds up itself, and no other."""
    hook, bo = Hook([500, 500]), api.user("Bo")
    runner = web.ServerRunner(web.Server(hook))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        await bot.set_webhook(f"http://127.0.0.1:{runner.addresses[0][1]}/hook")
        await asta.says("1")
        await asta.says("2")
        await bo.says("3")
        await api.updates.settled()
        texts = [body["message"]["text"] for body, _ in hook.got]
        assert len(texts) == 5
        assert texts.index("3") < texts.index("2")
        assert texts[-1] == "2"
    finally:
        await runner.cleanup()


@pytest.mark.parametrize(
    ("url", "secret", "words"),
    [
        ("http://um.dk/hook", "x", "Bad webhook: an https url must be provided for webhook"),
        ("https://um.dk/hook", "x", "Bad webhook: failed to resolve host: name or service not known"),
        ("http://127.0.0.1:1/hook", "æ", "Secret token contains unallowed characters"),
    ],
)
async def test_webhooks_that_are_refused(bot: Bot, url: str, secret: str, words: str) -> None:
    """A webhook is on this machine or refused, and its secret is plain."""
    with pytest.raises(BadRequest) as refused:
        await bot.set_webhook(url, secret_token=secret)
    assert refused.value.message.lower() == words.lower()


# -- Limits and faults


async def test_one_message_a_second_to_a_chat() -> None:
    """A chat gets one message a second; a flood that goes on makes the wait longer; other chats are not held up."""
    clock = Clock()
    async with TelegramApi(limits=Limits(), clock=clock) as api, bot_of(api) as bot:
        first, other = api.user("Asta", started=True), api.user("Bo", started=True)
        await bot.send_message(first.id, "1")
        with pytest.raises(RetryAfter):
            await bot.send_message(first.id, "2")
        clock.now += 0.9
        with pytest.raises(RetryAfter):
            await bot.send_message(first.id, "2")
        await bot.send_message(other.id, "1")
        clock.now += 0.5
        with pytest.raises(RetryAfter):
            await bot.send_message(first.id, "2")
        clock.now += 1.0
        await bot.send_message(first.id, "2")

    assert [(refusal.scope, refusal.while_told_to_wait) for refusal in api.gate.refusals] == [
        ("chat", False),
        ("chat", True),
        ("chat", True),
    ]


async def test_the_account_and_group_limits() -> None:
    """30 a second over all, and 20 a minute to a group, whether sent or edited."""
    clock = Clock()
    async with TelegramApi(limits=Limits(), clock=clock) as api, bot_of(api) as bot:
        people = [api.user("Nogen", started=True) for _ in range(31)]
        for person in people[:30]:
            await bot.send_message(person.id, "x")
        status, answer = await raw(api, "sendMessage", {"chat_id": people[30].id, "text": "x"})
        assert (status, answer["parameters"]) == (429, {"retry_after": 1})
        assert answer["description"] == "Too Many Requests: retry after 1"

        group = api.group("Redaktionen", owner=people[0], bot=True)
        clock.now += 2
        sent = await bot.send_message(group.id, "0")
        for number in range(1, 20):
            clock.now += 1
            await bot.edit_message_text(str(number), group.id, sent.message_id)
        clock.now += 1
        status, answer = await raw(api, "sendMessage", {"chat_id": group.id, "text": "x"})
        assert (status, answer["parameters"]) == (429, {"retry_after": 40})
        clock.now += 40
        await bot.send_message(group.id, "x")


async def test_faults_before_and_after_the_call_was_taken(bot: Bot, api: TelegramApi, asta: Person) -> None:
    """A status, a broken connection, a silence and nonsense; the message stands only where the call was taken."""
    api.fault("sendMessage", status=502)
    with pytest.raises(NetworkError, match="Bad Gateway"):
        await bot.send_message(asta.id, "1")
    api.fault("sendMessage", reset=True)
    with pytest.raises(NetworkError):
        await bot.send_message(asta.id, "2")
    api.fault("sendMessage", reset=True, taken=True)
    with pytest.raises(NetworkError):
        await bot.send_message(asta.id, "3")
    silence = api.fault("sendMessage", hang=True, taken=True)
    with pytest.raises(TimedOut):
        await bot.send_message(asta.id, "4", read_timeout=0.2)
    api.fault("sendMessage", malformed=True)
    with pytest.raises(TelegramError, match="Invalid server response"):
        await bot.send_message(asta.id, "5")
    api.fault("sendMessage", delay=0.01)
    await bot.send_message(asta.id, "6")

    assert [message.text for message in api.sent] == ["3", "4", "6"]
    assert silence.hits == 1


async def test_faults_for_one_chat_and_the_account(bot: Bot, api: TelegramApi, asta: Person) -> None:
    """A flood wait can befall one chat or the account, and only sends and edits."""
    bo = api.user("Bo", started=True)
    api.fault("sendMessage", chat=bo.id, retry_after=30)
    await bot.send_message(asta.id, "x")
    with pytest.raises(RetryAfter):
        await bot.send_message(bo.id, "x")
    await bot.send_message(asta.id, "x")
    api.fault("sendMessage", retry_after=30)
    with pytest.raises(RetryAfter):
        await bot.send_message(asta.id, "x")
    assert await bot.get_chat(asta.id)


async def test_it_runs_in_a_process_of_its_own() -> None:
    """The program prints its port, takes messages to any chat, and tells what it took."""
    arguments = ("-m", "tests.fakes.telegram_api", "--port", "0")
    program = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=asyncio.subprocess.PIPE, cwd=ROOT)
    assert program.stdout
    try:
        url = f"http://127.0.0.1:{int(await asyncio.wait_for(program.stdout.readline(), 30))}"
        async with Bot("110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw", base_url=f"{url}/bot") as bot:
            await bot.send_message(4711, "x")
            await bot.send_message(-4711, "x")
        async with aiohttp.ClientSession() as session, session.get(f"{url}/stats") as answer:
            stats = await answer.json()
        assert (stats["sent"], stats["chats"], stats["violations"]) == (2, 2, 0)
    finally:
        program.terminate()
        await program.wait()
