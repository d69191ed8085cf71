"""`core.redaction`: what looks like a secret."""

from __future__ import annotations

import pytest

from threadline.core.redaction import redacted, redacted_action


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Nothing secret here: a token of thanks.", "Nothing secret here: a token of thanks."),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIi.c2ln", "•••"),
        ("Authorization: Bearer abcdefgh123", "Authorization: Bearer •••"),
        ("my password: hunter2, ok", "my password: •••, ok"),
        ('{"apiKey": "s3cret", "n": 1}', '{"apiKey": •••, "n": 1}'),
        ("secret='a b' and PIN=1234", "secret=••• and PIN=•••"),
        ("use sk-abcdefghijklmnop1234 now", "use ••• now"),
    ],
)
def test_credentials_go_and_words_stay(text: str, left: str) -> None:
    """Ux.md S8: what machines write as a credential."""
    assert redacted(text) == left


@pytest.mark.parametrize(
    ("action", "left"),
    [
        ('click("Submit")', 'click("Submit")'),
        ('type("#name", "Ada")', 'type("#name", "•••")'),
        ("setValue(12, 'let me in')", 'setValue(12, "•••")'),
        ("Typed the date", "Typed the date"),
    ],
)
def test_what_the_agent_typed_goes(action: str, left: str) -> None:
    """Ux.md S8: it may be a password, whatever it looks like."""
    assert redacted_action(action) == left
