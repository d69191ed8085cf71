"""Who is asking: local users, sign-in, bearer tokens.

A password is kept as scrypt of it, a token as its SHA-256 (a token is 256 random bits: nothing to
guess). A sign-in with an unknown name takes as long as one with a wrong password and creates
nothing.
"""

import asyncio
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Annotated, Final
from uuid import uuid4

from fastapi import APIRouter, Depends, Header
from pydantic import BaseModel, Field
from sqlalchemy import select

from threadline_backend.clock import Clock, iso
from threadline_backend.database import Database
from threadline_backend.errors import ApiError
from threadline_backend.services import Services, UsedServices
from threadline_backend.tables import AccessToken, User
from threadline_backend.wire import Body

router = APIRouter()

SCRYPT_COST: Final = 2**14  # 16 MiB and some 50 ms; OWASP's lower bound with 8 blocks is 2**14
SCRYPT_BLOCKS: Final = 8
SALT_BYTES: Final = 16
TOKEN_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Caller:
    """The person behind a request; `expires_at` is the end of the token, in milliseconds."""

    user_id: str
    name: str
    expires_at: int


class SignInRequest(BaseModel):
    """The body of a sign-in."""

    name: str = Field(min_length=1, max_length=200)
    password: str = Field(min_length=1, max_length=1000)


def hash_password(password: str, salt: bytes | None = None) -> str:
    """Return `scrypt$<salt>$<hash>`, both in hexadecimal; without `salt`, with a new one."""
    salt = secrets.token_bytes(SALT_BYTES) if salt is None else salt
    digest = hashlib.scrypt(password.encode(), salt=salt, n=SCRYPT_COST, r=SCRYPT_BLOCKS, p=1)
    return f"scrypt${salt.hex()}${digest.hex()}"


def is_password(password: str, password_hash: str) -> bool:
    """Say, in constant time, whether `password` is the one that was hashed."""
    _, salt, _ = password_hash.split("$")
    return hmac.compare_digest(hash_password(password, bytes.fromhex(salt)), password_hash)


# What an unknown name's password is compared with.
NOBODY_HASH: Final = f"scrypt${'00' * SALT_BYTES}${'00' * 64}"


def token_hash(token: str) -> str:
    """Return what the database knows of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


async def keep_users(database: Database, users: tuple[tuple[str, str], ...], now: Clock) -> None:
    """Make each of `users` (name, password) exist with that password."""
    for name, password in users:
        async with database.writing() as transaction:
            user = await transaction.scalar(select(User).where(User.name == name))
            if user is None:
                password_hash = await asyncio.to_thread(hash_password, password)
                transaction.add(
                    User(
                        user_id=str(uuid4()),
                        name=name,
                        password_hash=password_hash,
                        created_at=now(),
                    )
                )
            elif not await asyncio.to_thread(is_password, password, user.password_hash):
                user.password_hash = await asyncio.to_thread(hash_password, password)


async def authenticate(
    services: UsedServices, authorization: Annotated[str | None, Header()] = None
) -> Caller:
    """Find the caller by the bearer token.

    Raises:
        ApiError: 401; there is no token, or none that is good.
    """
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise _unauthenticated("unauthenticated", "Sign in first.")
    query = (
        select(User.user_id, User.name, AccessToken.expires_at)
        .join(AccessToken, AccessToken.user_id == User.user_id)
        .where(AccessToken.token_hash == token_hash(token.strip()))
    )
    async with services.database.reading() as transaction:
        row = (await transaction.execute(query)).one_or_none()
    if row is None:
        raise _unauthenticated("token_unknown", "This access token is not known. Sign in again.")
    caller = Caller(*row)
    if caller.expires_at <= services.now():
        raise _unauthenticated("token_expired", "The sign-in has expired. Sign in again.")
    return caller


SignedIn = Annotated[Caller, Depends(authenticate)]


@router.post("/api/auth/sign-in")
async def sign_in(request: SignInRequest, services: UsedServices) -> Body:
    """Answer a new access token for a name and its password."""
    async with services.database.reading() as transaction:
        user = await transaction.scalar(select(User).where(User.name == request.name))
    password_hash = NOBODY_HASH if user is None else user.password_hash
    right = await asyncio.to_thread(is_password, request.password, password_hash)
    if user is None or not right:
        raise ApiError(401, "invalid_credentials", "The name or the password is wrong.")
    return await issue_token(services, user.user_id)


async def issue_token(services: Services, user_id: str) -> Body:
    """Make a new access token for somebody and return the answer that holds it."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    created_at = services.now()
    expires_at = created_at + services.settings.token_lifetime * 1000
    async with services.database.writing() as transaction:
        transaction.add(
            AccessToken(
                token_hash=token_hash(token),
                user_id=user_id,
                created_at=created_at,
                expires_at=expires_at,
            )
        )
    return {"accessToken": token, "expiresAt": iso(expires_at)}


@router.get("/api/me")
async def me(caller: SignedIn) -> Body:
    """Answer who the caller is."""
    return {"userId": caller.user_id, "name": caller.name, "expiresAt": iso(caller.expires_at)}


def _unauthenticated(code: str, words: str) -> ApiError:
    return ApiError(401, code, words, headers={"WWW-Authenticate": "Bearer"})
