"""The signature that lets one socket join one private channel, as Pusher defines it."""

import hashlib
import hmac


def sign_channel(key: str, secret: str, socket_id: str, channel: str) -> str:
    """Return the `auth` string: the application's key and the signature, parted by a colon."""
    text = f"{socket_id}:{channel}".encode()
    return f"{key}:{hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()}"


def is_signed(auth: str, key: str, secret: str, socket_id: str, channel: str) -> bool:
    """Say whether `auth` is right for this socket and channel, in constant time."""
    expected = sign_channel(key, secret, socket_id, channel)
    return hmac.compare_digest(expected.encode(), auth.encode("utf-8", "replace"))
