"""The fake Bot API, asked by its SDK, and by plain HTTP where that hides something: what is posted, edited and deleted."""

from __future__ import annotations

from typing import Any

import pytest
import telegram
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    LinkPreviewOptions,
    ReplyKeyboardRemove,
    ReplyParameters,
)
from telegram.error import BadRequest

from tests.fakes.telegram_api import NO_IMAGE, Person, TelegramApi
from tests.fakes.telegram_bricks import HTML, button
from tests.fakes.telegram_files import PNG


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
