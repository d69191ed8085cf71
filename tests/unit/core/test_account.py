"""Whom a token speaks for."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from threadline.core.account import (
    account_of,
    memory_of,
    named_by_server,
    remembered_account,
    signature_of,
)
from threadline.core.model import Account

SERVER = "http://api.test:3000/v1"


def token(claims: object) -> SecretStr:
    """Return a JSON Web Token with these claims; nobody checks its signature here."""
    payload = urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return SecretStr(f"head.{payload}.signature")


@pytest.mark.parametrize(("subject", "told"), [("ada", "ada"), (7, "7")])
def test_a_web_token_names_its_subject(subject: object, told: str) -> None:
    """Design section 3: the token's `sub`, kept apart by server."""
    assert account_of(token({"sub": subject}), SERVER).id == f"api.test:3000/{told}"


@pytest.mark.parametrize(
    "secret",
    [
        SecretStr("opaque"),
        SecretStr("a.!!!.c"),
        SecretStr("a.é.c"),
        SecretStr("a.b.c"),
        token(["sub"]),
        token({}),
        token({"sub": ""}),
        token({"sub": None}),
    ],
)
def test_any_other_token_is_one_account_per_server(secret: SecretStr) -> None:
    """Design section 3: else one per server until sign-out."""
    assert account_of(secret, SERVER).id == "api.test:3000"


def test_each_token_has_a_name_of_its_own_until_its_account_is_known() -> None:
    """SPEC.md V6: what is written meanwhile is of whoever has the token; a new one says nothing."""
    one, other = SecretStr("opaque"), SecretStr("other")

    assert signature_of(one, SERVER) == signature_of(one, SERVER)
    assert signature_of(one, SERVER) != signature_of(other, SERVER)
    assert "opaque" not in signature_of(one, SERVER)
    assert signature_of(token({"sub": "ada"}), SERVER) == "api.test:3000/ada"


@given(st.text())
def test_no_token_is_too_strange(text: str) -> None:
    """SPEC.md E1: whatever a token looks like, it has an account."""
    assert account_of(SecretStr(text), SERVER).id


def test_the_token_itself_is_no_part_of_the_account() -> None:
    """SPEC.md E2: the account's id is written down."""
    assert "opaque" not in account_of(SecretStr("opaque"), SERVER).id


def test_a_server_gives_its_own_names() -> None:
    """SPEC.md S11: another server may have the same ones."""
    named = named_by_server(Account(id="u1", name="Ada"), SERVER)

    assert (named.id, named.name) == ("api.test:3000/u1", "Ada")


def test_whose_a_token_was_is_remembered_without_the_token() -> None:
    """SPEC.md S11, E2: for that token on that server."""
    ada = Account(id="api.test:3000/u1", name="Ada")
    kept = memory_of(SecretStr("opaque"), SERVER, ada)

    assert "opaque" not in kept
    assert remembered_account(SecretStr("opaque"), SERVER, json.loads(kept)) == ada
    assert remembered_account(SecretStr("another"), SERVER, json.loads(kept)) is None
    assert remembered_account(SecretStr("opaque"), "http://other.test", json.loads(kept)) is None


@pytest.mark.parametrize("change", [{"id": ""}, {"id": 7}, {"token": None}, {"name": 7}])
def test_a_damaged_memory_names_nobody_wrongly(change: dict[str, object]) -> None:
    """SPEC.md E1: a name that is none is left out; without an id there is nobody."""
    kept = memory_of(SecretStr("opaque"), SERVER, Account(id="u1", name="Ada"))
    found = remembered_account(SecretStr("opaque"), SERVER, {**json.loads(kept), **change})

    assert found == (Account(id="u1") if "name" in change else None)
    assert remembered_account(SecretStr("opaque"), SERVER, "nonsense") is None
