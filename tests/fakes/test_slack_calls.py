"""The fake Slack, asked by slack_sdk and slack_bolt themselves: tokens, posting, and looking up."""

from __future__ import annotations

import json

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack_api import Channel, Person, SlackApi
from tests.fakes.slack_bricks import client_of, refusal, refused, section


async def test_the_bot_learns_who_it_is(api: SlackApi, client: AsyncWebClient) -> None:
    """auth.test says who and where, and the scopes stand in a header."""
    said = await client.auth_test()
    assert (said["team_id"], said["user_id"], said["bot_id"]) == (api.workspace.id, api.bot.id, api.bot.bot_id)
    assert said["is_enterprise_install"] is False
    assert "chat:write" in {key.lower(): value for key, value in said.headers.items()}["x-oauth-scopes"]


async def test_tokens_are_refused_by_what_is_wrong_with_them(api: SlackApi, asta: Person) -> None:
    """No token, an unknown one, one of the wrong kind, a revoked, an expired and an uninstalled one."""
    assert await refusal(client_of(api).auth_test()) == "not_authed"
    assert await refusal(client_of(api, "xoxb-unknown").auth_test()) == "invalid_auth"
    assert await refusal(client_of(api, api.app_token).auth_test()) == "not_allowed_token_type"
    assert await refusal(client_of(api).apps_connections_open(app_token=api.token)) == "not_allowed_token_type"
    token = api.token
    asta.expires_token()
    assert await refusal(client_of(api, token).auth_test()) == "token_expired"
    await asta.revokes_tokens()
    assert await refusal(client_of(api, token).auth_test()) == "token_revoked"
    await asta.uninstalls()
    assert await refusal(client_of(api, token).auth_test()) == "account_inactive"


async def test_a_missing_scope_is_named() -> None:
    """missing_scope says what was needed and what is there."""
    async with SlackApi(scopes=["users:read"]) as api:
        said = await refused(client_of(api, api.token).chat_postMessage(channel="C1", text="x"))
    assert said == {"ok": False, "error": "missing_scope", "needed": "chat:write", "provided": "users:read"}


async def test_unknown_methods_and_missing_arguments_are_refused_and_noted(api: SlackApi, client: AsyncWebClient) -> None:
    """What no correct client asks is a violation."""
    assert await refusal(client.api_call("chat.shout")) == "unknown_method"
    assert await refusal(client.api_call("chat.postMessage", json={"text": "x"})) == "channel_not_found"
    said = await refused(client.api_call("views.open", json={"view": {}}))
    assert said["response_metadata"]["messages"] == ["[ERROR] missing required field: trigger_id"]
    assert len(api.violations) == 3


async def test_methods_that_read_do_not_look_at_a_json_body(desk: Channel, client: AsyncWebClient) -> None:
    """conversations.info takes forms and addresses, as real Slack."""
    assert (await client.api_call("conversations.info", params={"channel": desk.id}))["channel"]["id"] == desk.id
    assert await refusal(client.api_call("conversations.info", json={"channel": desk.id})) == "channel_not_found"


async def test_forms_carry_blocks_as_text_and_a_token_in_the_address_is_noted(api: SlackApi, desk: Channel) -> None:
    """Form bodies are read with JSON inside, and tokens do not belong in addresses."""
    form = {"channel": desk.id, "blocks": json.dumps([section("*Ny* kaj")]), "token": api.token}
    async with aiohttp.ClientSession() as session:
        async with session.post(f"{api.url}chat.postMessage", data=form) as answer:
            assert (await answer.json())["ok"] is True
        assert desk.last.words == "Ny kaj"
        assert api.violations == []
        async with session.get(f"{api.url}auth.test?token={api.token}") as answer:
            assert (await answer.json())["ok"] is True
    assert [one.what for one in api.violations] == ["a token in an address"]


async def test_a_message_stands_with_an_increasing_ts(desk: Channel, client: AsyncWebClient) -> None:
    """Every ts is later than the one before, and the answer has the message."""
    first = await client.chat_postMessage(channel=desk.id, text="en")
    second = await client.chat_postMessage(channel=desk.id, text="to")
    assert first["ts"] < second["ts"]
    assert second["message"]["bot_id"]
    assert [post.words for post in desk.posts] == ["en", "to"]


async def test_where_the_bot_may_not_post(api: SlackApi, asta: Person, client: AsyncWebClient) -> None:
    """Each place refuses by its own code."""
    public, private = api.channel("aaben", creator=asta), api.channel("lukket", creator=asta, private=True)
    old = api.channel("gammel", creator=asta, bot=True)
    await asta.archives(old)
    quiet = api.channel("stille", creator=asta, bot=True)
    await asta.restricts(quiet)
    gone = api.channel("vaek", creator=asta, bot=True)
    await asta.deletes_channel(gone)
    codes = [await refusal(client.chat_postMessage(channel=one.id, text="x")) for one in (public, private, old, quiet, gone)]
    assert codes == ["not_in_channel", "channel_not_found", "is_archived", "restricted_action", "channel_not_found"]
    assert await refusal(client.chat_postMessage(channel="C0NOWHERE", text="x")) == "channel_not_found"


async def test_posting_without_membership_needs_its_own_scope(asta: Person) -> None:
    """chat:write.public opens public channels."""
    async with SlackApi(scopes=["chat:write", "chat:write.public"]) as api:
        creator = api.user("Bo")
        public = api.channel("aaben", creator=creator)
        await client_of(api, api.token).chat_postMessage(channel=public.id, text="hej")
        assert public.last.words == "hej"


async def test_somebody_can_be_written_to_by_their_id(asta: Person, client: AsyncWebClient) -> None:
    """A user id posts to the direct messages, whose id the answer has."""
    said = await client.chat_postMessage(channel=asta.id, text="hej")
    assert said["channel"] == asta.dm.id
    assert asta.dm.last.words == "hej"


async def test_an_empty_message_is_refused_and_a_long_text_is_cut(desk: Channel, client: AsyncWebClient) -> None:
    """no_text; 40,000 characters."""
    assert await refusal(client.chat_postMessage(channel=desk.id)) == "no_text"
    await client.chat_postMessage(channel=desk.id, text="æ" * 40_001)
    assert len(desk.last.text) == 40_000


async def test_replies_stand_in_their_thread(desk: Channel, asta: Person, client: AsyncWebClient) -> None:
    """A reply to a reply is in the same thread; a locked thread and a message that never was refuse."""
    root = await asta.says("Hvad nyt?", desk)
    first = await client.chat_postMessage(channel=desk.id, text="en", thread_ts=root.ts)
    await client.chat_postMessage(channel=desk.id, text="to", thread_ts=first["ts"])
    assert [one.text for one in desk.thread(root)] == ["en", "to"]
    desk.locked_threads.add(root.ts)
    call = client.chat_postMessage(channel=desk.id, text="tre", thread_ts=root.ts)
    assert await refusal(call) == "restricted_action_thread_locked"
    assert await refusal(client.chat_postMessage(channel=desk.id, text="x", thread_ts="1.000001")) == "cannot_reply_to_message"


async def test_an_ephemeral_message_is_seen_by_one_and_cannot_be_updated(
    api: SlackApi, desk: Channel, asta: Person, client: AsyncWebClient
) -> None:
    """chat.postEphemeral shows to a member only."""
    bo = api.user("Bo")
    await bo.joins(desk)
    said = await client.chat_postEphemeral(channel=desk.id, user=asta.id, text="kun dig")
    assert [one.words for one in asta.sees(desk)] == ["kun dig"]
    assert bo.sees(desk) == []
    assert await refusal(client.chat_update(channel=desk.id, ts=said["message_ts"], text="x")) == "message_not_found"
    stranger = api.user("Cai")
    assert await refusal(client.chat_postEphemeral(channel=desk.id, user=stranger.id, text="x")) == "user_not_in_channel"


async def test_updating_and_deleting(desk: Channel, asta: Person, client: AsyncWebClient) -> None:
    """Only one's own, only what is there; text alone takes the blocks away; 4,000 characters."""
    ts = (await client.chat_postMessage(channel=desk.id, text="en", blocks=[section("*en*")]))["ts"]
    await client.chat_update(channel=desk.id, ts=ts, blocks=[section("to")])
    assert (desk.last.words, desk.last.notification) == ("to", "en")
    await client.chat_update(channel=desk.id, ts=ts, text="tre")
    assert (desk.last.words, desk.last.blocks) == ("tre", [])
    assert [text for text, _ in desk.last.versions] == ["en", "en"]
    assert await refusal(client.chat_update(channel=desk.id, ts=ts, text="x" * 4001)) == "msg_too_long"
    hers = await asta.says("mit", desk)
    assert await refusal(client.chat_update(channel=desk.id, ts=hers.ts, text="x")) == "cant_update_message"
    assert await refusal(client.chat_delete(channel=desk.id, ts=hers.ts)) == "cant_delete_message"
    desk.last.frozen = True
    assert await refusal(client.chat_update(channel=desk.id, ts=ts, text="x")) == "edit_window_closed"
    await client.chat_delete(channel=desk.id, ts=ts)
    assert desk.posts == []
    assert await refusal(client.chat_update(channel=desk.id, ts=ts, text="x")) == "message_not_found"


async def test_a_permalink_names_workspace_channel_and_time(desk: Channel, client: AsyncWebClient) -> None:
    """chat.getPermalink."""
    ts = (await client.chat_postMessage(channel=desk.id, text="en"))["ts"]
    link = (await client.chat_getPermalink(channel=desk.id, message_ts=ts))["permalink"]
    assert link == f"https://dagensnyt.slack.com/archives/{desk.id}/p{ts.replace('.', '')}"


async def test_a_channel_says_what_it_is(api: SlackApi, asta: Person, client: AsyncWebClient) -> None:
    """Public, private, shared with strangers, archived, direct."""
    strangers = api.add_workspace("Bladet")
    shared = api.channel("faelles", creator=asta, bot=True, shared_with=[strangers])
    private = api.channel("lukket", creator=asta, bot=True, private=True)
    said = (await client.conversations_info(channel=shared.id, include_num_members=True))["channel"]
    assert (said["is_ext_shared"], said["is_private"], said["creator"], said["num_members"]) == (True, False, asta.id, 2)
    assert (await client.conversations_info(channel=private.id))["channel"]["is_private"] is True
    direct = (await client.conversations_info(channel=asta.dm.id))["channel"]
    assert (direct["is_im"], direct["user"]) == (True, asta.id)
    secret = api.channel("hemmelig", creator=asta, private=True)
    assert await refusal(client.conversations_info(channel=secret.id)) == "channel_not_found"


async def test_people_say_what_they_are(api: SlackApi, asta: Person, desk: Channel, client: AsyncWebClient) -> None:
    """Admins, owners, guests of both kinds, the deleted, strangers."""
    people = [
        asta,
        api.user("Ejer", owner=True),
        api.user("Gæst", guest="multi"),
        api.user("Enkelt", guest="single"),
        api.user("Væk", deleted=True),
    ]
    stranger = api.user("Fremmed", workspace=api.add_workspace("Bladet"))
    keys = ("is_admin", "is_owner", "is_restricted", "is_ultra_restricted", "deleted")
    said = [(await client.users_info(user=one.id))["user"] for one in people]
    assert [tuple(one.get(key, False) for key in keys) for one in said] == [
        (True, False, False, False, False),
        (True, True, False, False, False),
        (False, False, True, False, False),
        (False, False, True, True, False),
        (False, False, False, False, True),
    ]
    assert await refusal(client.users_info(user=stranger.id)) == "user_not_found"
    await stranger.joins(desk)
    assert (await client.users_info(user=stranger.id))["user"]["is_stranger"] is True
    assert (await client.users_info(user=asta.id, include_locale=True))["user"]["locale"] == "da-DK"


async def test_lists_are_paged(api: SlackApi, asta: Person, client: AsyncWebClient) -> None:
    """Cursors lead through conversations, members and users; archived ones and types can be left out."""
    channels = [api.channel(f"k{place}", creator=asta) for place in range(5)]
    await asta.archives(channels[0])
    found, cursor = [], None
    while True:
        page = await client.conversations_list(limit=2, cursor=cursor, exclude_archived=True)
        found += [one["name"] for one in page["channels"]]
        cursor = page["response_metadata"]["next_cursor"]
        if not cursor:
            break
    assert found == ["k1", "k2", "k3", "k4"]
    assert (await client.conversations_members(channel=channels[1].id))["members"] == [asta.id]
    assert [one["id"] for one in (await client.users_list())["members"]] == [api.bot.id, asta.id]
    assert (await client.users_conversations())["channels"] == []
    assert await refusal(client.conversations_list(cursor="!")) == "invalid_cursor"
    assert (await client.team_info())["team"]["domain"] == "dagensnyt"


async def test_joining_and_opening(api: SlackApi, asta: Person, client: AsyncWebClient) -> None:
    """Public channels can be joined, twice with a warning; direct messages are opened, the same each time."""
    public, private = api.channel("aaben", creator=asta), api.channel("lukket", creator=asta, private=True, bot=True)
    assert (await client.conversations_join(channel=public.id))["channel"]["is_member"] is True
    assert (await client.conversations_join(channel=public.id))["warning"] == "already_in_channel"
    assert await refusal(client.conversations_join(channel=private.id)) == "method_not_supported_for_channel_type"
    await asta.archives(public)
    assert await refusal(client.conversations_join(channel=public.id)) == "is_archived"
    one = (await client.conversations_open(users=asta.id))["channel"]["id"]
    assert one == (await client.conversations_open(users=[asta.id]))["channel"]["id"] == asta.dm.id
    assert await refusal(client.conversations_open(users="U0NOBODY")) == "user_not_found"
    assert await refusal(client.conversations_open(users="")) == "users_list_not_supplied"
    assert await refusal(client.conversations_open(users=[asta.id, api.user("Bo").id])) == "missing_scope"


async def test_a_file_is_uploaded_and_shared(desk: Channel, asta: Person, client: AsyncWebClient) -> None:
    """The three steps of an upload, by the SDK."""
    card = b"BEGIN:VCARD\r\nFN:Pressevagten\r\nEND:VCARD\r\n"
    await client.files_upload_v2(
        content=card, filename="kontakt.vcf", title="Pressevagten", channel=desk.id, initial_comment="Kontakt"
    )
    assert desk.last.files[0]["mimetype"] == "text/vcard"
    assert desk.last.words == "Kontakt"
    begun = await client.files_getUploadURLExternal(filename="a.vcf", length=5)
    unfinished = client.files_completeUploadExternal(files=[{"id": begun["file_id"], "title": "a"}])
    assert await refusal(unfinished) == "file_not_found"


async def test_a_file_that_somebody_sends_is_read_by_its_address(
    api: SlackApi, desk: Channel, asta: Person, client: AsyncWebClient
) -> None:
    """With a token that may read files; anybody else sees the page to log in on, and a file of elsewhere is not there."""
    message = await asta.sends("noter.json", b"{}", "se her", desk)
    (told,) = message.json()["files"]
    assert (await client.files_info(file=told["id"]))["file"] == told
    assert await refusal(client.files_info(file="F0")) == "file_not_found"
    assert await refusal(client_of(api).files_info(file=told["id"])) == "not_authed"
    other = await asta.sends("andet.json", b"{}", "", api.channel("udenfor", creator=asta))
    unseen = other.json()["files"][0]["url_private"]
    async with aiohttp.ClientSession() as session:
        answers = []
        for url, token in ((told["url_private_download"], api.token), (told["url_private"], "xoxb-x"), (unseen, api.token)):
            async with session.get(url, headers={"Authorization": f"Bearer {token}"}) as answer:
                answers.append((answer.status, answer.content_type, await answer.read()))
    assert answers[0] == (200, "application/octet-stream", b"{}")
    assert answers[1][:2] == (200, "text/html")
    assert answers[2][0] == 404
