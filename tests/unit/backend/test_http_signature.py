"""Signing a request to the HTTP API; `embedded/test_http_signature.py` has the checking."""

from threadline_backend.http_signature import sign_request, signed_parameters

KEY = "278d425bdf160c739803"
SECRET = "7ad3773142a6692b25b8"
NOW = 1_353_088_179
BODY = b'{"name":"foo","channels":["project-3"],"data":"{\\"some\\":\\"data\\"}"}'


def test_the_example_of_pushers_documentation() -> None:
    """Their key, secret, body and signature."""
    parameters = signed_parameters(KEY, SECRET, "POST", "/apps/3/events", BODY, NOW)

    assert parameters == {
        "auth_key": KEY,
        "auth_timestamp": str(NOW),
        "auth_version": "1.0",
        "body_md5": "ec365a775a4cd0599faeb73354201b6f",
        "auth_signature": "da454824c97ba181a32ccc17a72625ba02771f50b50e1e7430e47a1f3f457e6c",
    }


def test_a_request_without_a_body_names_none() -> None:
    """Sockudo turns a GET down that has a digest."""
    assert "body_md5" not in signed_parameters(KEY, SECRET, "GET", "/apps/3/channels", None, NOW)


def test_names_are_signed_in_small_letters_and_in_order() -> None:
    """As a client may write them."""
    one = sign_request(SECRET, "GET", "/p", {"b": "2", "A": "1"})
    assert one == sign_request(SECRET, "GET", "/p", {"a": "1", "b": "2", "auth_signature": "x"})
