"""Installing and uninstalling: the authorize page, oauth.v2.access, auth.*, apps.uninstall. From docs.slack.dev/authentication."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.fakes.slack_callers import Caller
from tests.fakes.slack_errors import Json, SlackError
from tests.fakes.slack_events import Events
from tests.fakes.slack_state import Enterprise, Installation, Token, User, Workspace
from tests.fakes.slack_world import World

AUTHORIZE = "/oauth/v2/authorize"


@dataclass(slots=True)
class Code:
    """What the app exchanges for a token. `redirect`: the address that was asked for, which must be said again."""

    user: User
    scopes: frozenset[str]
    redirect: str
    org_wide: bool
    used: bool = False


class OAuth:
    """`methods`: the calls by name; oauth.v2.access needs no token."""

    def __init__(self, world: World, events: Events) -> None:
        self._world = world
        self._events = events
        self._codes: dict[str, Code] = {}
        self.methods = {"auth.test": self._test, "auth.revoke": self._revoke, "apps.uninstall": self._uninstall}

    # -- Installing

    def authorize(self, url: str, user: User, *, declines: bool, org_wide: bool) -> str:
        """Where the authorize page sends somebody's browser. Raises LookupError where Slack would show an error page."""
        asked = dict(parse_qsl(urlsplit(url).query))
        app = self._world.app
        if asked.get("client_id") != app.client_id:
            raise LookupError("invalid_client_id")
        wanted = frozenset(asked.get("scope", "").replace(" ", ",").split(",")) - {""}
        if not wanted or wanted - app.scopes:
            raise LookupError(f"invalid_scope: {sorted(wanted - app.scopes)}")
        redirect = asked.get("redirect_uri") or next(iter(app.redirects), "")
        if not redirect or (app.redirects and not any(redirect.startswith(one) for one in app.redirects)):
            raise LookupError("bad_redirect_uri")
        state = {"state": asked["state"]} if "state" in asked else {}
        if declines:
            return f"{redirect}?{urlencode({'error': 'access_denied', **state})}"
        code = f"{self._world.number()}.code{self._world.number():024x}"
        self._codes[code] = Code(user, wanted, asked.get("redirect_uri", ""), org_wide)
        return f"{redirect}?{urlencode({'code': code, **state})}"

    def access(self, params: Json, client: tuple[str, str]) -> Json:
        """oauth.v2.access. `client`: id and secret as they were given."""
        app = self._world.app
        if client[0] != app.client_id:
            raise SlackError("invalid_client_id")
        if client[1] != app.client_secret:
            raise SlackError("bad_client_secret")
        code = self._codes.get(params.get("code", ""))
        if code is None or code.used:
            raise SlackError("code_already_used" if code else "invalid_code")
        if code.redirect and params.get("redirect_uri") != code.redirect:
            raise SlackError("bad_redirect_uri")
        code.used = True
        user = code.user
        installation = self.install(None if code.org_wide else user.workspace, user.workspace.enterprise, code.scopes, user)
        return self._granted(installation, user, code.scopes)

    def _granted(self, installation: Installation, user: User, scopes: frozenset[str]) -> Json:
        app, workspace, enterprise = self._world.app, installation.workspace, installation.enterprise
        said: Json = {"ok": True, "access_token": installation.token, "token_type": "bot", "scope": ",".join(sorted(scopes))}
        said |= {"bot_user_id": installation.bot.id, "app_id": app.id, "is_enterprise_install": workspace is None}
        if app.rotates:
            said |= {"refresh_token": "xoxe-1-fake", "expires_in": 43_200}
        said["team"] = {"id": workspace.id, "name": workspace.name} if workspace else None
        said["enterprise"] = {"id": enterprise.id, "name": enterprise.name} if enterprise else None
        return said | {"authed_user": {"id": user.id}}

    def install(
        self,
        workspace: Workspace | None,
        enterprise: Enterprise | None,
        scopes: frozenset[str],
        installer: User | None = None,
        token: str = "",
    ) -> Installation:
        """The app is there from now on; installing again keeps bot and token and takes the new scopes (the token: not verified)."""
        known = next(
            (
                one
                for one in self._world.installations
                if (one.workspace, one.enterprise if workspace is None else None)
                == (workspace, enterprise if workspace is None else None)
            ),
            None,
        )
        if known and known.live:
            self._world.tokens[known.token].scopes = scopes
            self._world.tokens[known.token].state = "live"
            return known
        home = workspace or next(one for one in self._world.workspaces.values() if one.enterprise is enterprise)
        bot = known.bot if known else self._bot(home)
        installation = Installation(self._world.app, workspace, enterprise, bot, token or self._token(), installer)
        self._world.installations = [one for one in self._world.installations if one is not known] + [installation]
        self._world.tokens[installation.token] = Token(installation.token, scopes, installation)
        self._world.touch()
        return installation

    def _bot(self, workspace: Workspace) -> User:
        bot = User(self._world.new_id("U"), "pressevagten", self._world.app.name, workspace, bot_id=self._world.new_id("B"))
        self._world.users[bot.id] = bot
        return bot

    def _token(self) -> str:
        return f"xoxb-{self._world.number():012d}-{self._world.number():013d}-FakeFakeFakeFakeFakeFake"

    # -- The token itself

    def _test(self, caller: Caller, _: Json) -> Json:
        installation = caller.installation
        home = installation.workspace or installation.enterprise
        assert home is not None
        url = f"https://{home.domain}.{'' if installation.workspace else 'enterprise.'}slack.com/"
        said: Json = {
            "ok": True,
            "url": url,
            "team": home.name,
            "user": caller.me.name,
            "team_id": home.id,
            "user_id": caller.me.id,
        }
        said |= {"bot_id": caller.me.bot_id, "is_enterprise_install": installation.workspace is None}
        return said | ({"enterprise_id": installation.enterprise.id} if installation.enterprise else {})

    def _revoke(self, caller: Caller, params: Json) -> Json:
        if params.get("test") in (True, "true", "1"):
            return {"ok": True, "revoked": False}
        self.revoke(caller.installation)
        return {"ok": True, "revoked": True}

    def _uninstall(self, caller: Caller, params: Json) -> Json:
        if (params.get("client_id"), params.get("client_secret")) != (self._world.app.client_id, self._world.app.client_secret):
            raise SlackError("bad_client_secret" if params.get("client_id") == self._world.app.client_id else "invalid_client_id")
        self.uninstall(caller.installation)
        return {"ok": True}

    # -- Going

    def revoke(self, installation: Installation) -> None:
        """Its token dies, and the app is told (tokens_revoked)."""
        self._world.tokens[installation.token].state = "token_revoked"
        self._tell_gone(installation, {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [installation.bot.id]}})

    def uninstall(self, installation: Installation) -> None:
        """The app is gone, and told of it (tokens_revoked, app_uninstalled, in no order that Slack promises)."""
        installation.live = False
        self._world.tokens[installation.token].state = "account_inactive"
        for channel in self._world.channels.values():
            channel.members.pop(installation.bot.id, None)
        self._tell_gone(installation, {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [installation.bot.id]}})
        self._tell_gone(installation, {"type": "app_uninstalled"})

    def _tell_gone(self, installation: Installation, event: Json) -> None:
        workspace = installation.workspace or installation.bot.workspace
        self._events.tell(event, installation, workspace)
