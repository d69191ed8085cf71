"""Sign-in and tokens."""

from sqlalchemy import func, select

from tests.support.asynchronous import asynchronous
from tests.support.backend_app import FAR_FUTURE, BackendApp, BackendApps
from threadline_backend.accounts import hash_password, is_password, token_hash
from threadline_backend.clock import iso
from threadline_backend.tables import AccessToken, User

USERS = (("carol", "päss word"),)
HOUR = 3_600_000  # milliseconds


class _Clock:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.now = 1_000_000

    def __call__(self) -> int:
        return self.now


async def _sign_in(app: BackendApp, name: str, password: str) -> tuple[int, dict[str, str]]:
    body = {"name": name, "password": password}
    answer = await app.ask("POST", "/api/auth/sign-in", who=None, json=body)
    return answer.status_code, answer.json()


def test_a_password_is_known_by_its_hash_only() -> None:
    """Salted: the same password twice has two hashes, and both know it."""
    first, second = hash_password("open sesame"), hash_password("open sesame")
    assert first != second
    assert "open" not in first
    assert is_password("open sesame", first)
    assert is_password("open sesame", second)
    assert not is_password("open Sesame", first)


@asynchronous
async def test_a_sign_in_gives_a_token_until_it_expires(backend: BackendApps) -> None:
    """It opens `/api/me`; a millisecond too late it does not."""
    clock = _Clock()
    async with backend.start(now=clock, users=USERS, token_lifetime=3600) as app:
        status, answer = await _sign_in(app, "carol", "päss word")
        assert status == 200
        token = answer["accessToken"]
        assert answer["expiresAt"] == iso(clock.now + HOUR)
        me = await app.get("/api/me", who=token)
        assert (me["name"], me["expiresAt"]) == ("carol", answer["expiresAt"])
        clock.now += HOUR
        late = await app.ask("GET", "/api/me", who=token)
    assert (late.status_code, late.json()["code"]) == (401, "token_expired")
    assert late.headers["www-authenticate"] == "Bearer"


@asynchronous
async def test_only_the_hash_of_a_token_is_stored(backend: BackendApps) -> None:
    """Who reads the database cannot sign in with what is there."""
    async with backend.start(users=USERS) as app:
        _, answer = await _sign_in(app, "carol", "päss word")
        token = answer["accessToken"]
        async with app.services.database.reading() as transaction:
            hashes = (await transaction.scalars(select(AccessToken.token_hash))).all()
    assert token_hash(token) in hashes
    assert token not in hashes


@asynchronous
async def test_a_wrong_name_and_a_wrong_password_are_told_apart_by_nobody(
    backend: BackendApps,
) -> None:
    """The same answer, and no user comes of it."""
    async with backend.start(users=USERS) as app:
        wrong_password = await _sign_in(app, "carol", "guess")
        wrong_name = await _sign_in(app, "mallory", "guess")
        async with app.services.database.reading() as transaction:
            names = (await transaction.scalars(select(User.name))).all()
    assert wrong_password == wrong_name
    assert wrong_name[0] == 401
    assert wrong_name[1]["code"] == "invalid_credentials"
    assert sorted(names) == ["ada", "bob", "carol"]


@asynchronous
async def test_without_a_good_token_there_is_no_answer(backend: BackendApps) -> None:
    """None, another scheme, an empty one, an unknown one."""
    async with backend.start() as app:
        for header, code in [
            ("", "unauthenticated"),
            ("Basic YTpi", "unauthenticated"),
            ("Bearer", "unauthenticated"),
            ("Bearer  ", "unauthenticated"),
            ("Bearer unknown", "token_unknown"),
        ]:
            answer = await app.ask("GET", "/api/me", who=None, headers={"Authorization": header})
            assert (answer.status_code, answer.json()["code"]) == (401, code)
        assert (await app.get("/api/me"))["expiresAt"] == iso(FAR_FUTURE)


@asynchronous
async def test_a_user_is_made_once_and_given_the_configured_password(
    backend: BackendApps,
) -> None:
    """Two starts, one user; another password at the second start replaces the first."""
    async with backend.start(users=USERS) as app:
        assert (await _sign_in(app, "carol", "päss word"))[0] == 200
    async with backend.start(users=(("carol", "new"),)) as app:
        assert (await _sign_in(app, "carol", "päss word"))[0] == 401
        assert (await _sign_in(app, "carol", "new"))[0] == 200
        async with app.services.database.reading() as transaction:
            query = select(func.count()).select_from(User).where(User.name == "carol")
            assert await transaction.scalar(query) == 1


@asynchronous
async def test_a_sign_in_without_a_field_names_it(backend: BackendApps) -> None:
    """400, not a server error, for text that is no text either."""
    async with backend.start() as app:
        for content, field in [
            ('{"name": "ada"}', "password"),
            ('{"name": "", "password": "x"}', "name"),
            (r'{"name": "ada", "password": "\ud800"}', "password"),
        ]:
            answer = await app.ask(
                "POST",
                "/api/auth/sign-in",
                who=None,
                content=content,
                headers={"Content-Type": "application/json"},
            )
            assert (answer.status_code, answer.json()["field"]) == (400, field)
