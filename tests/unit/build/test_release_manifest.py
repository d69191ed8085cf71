"""`threadline_build.release`: the manifest that the store gets (`manifest.released`)."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from threadline_build.errors import BuildError
from threadline_build.manifest import ASKED_LATER, released
from threadline_build.options import LOCAL, Configuration

if TYPE_CHECKING:
    from threadline_build.places import Places


@pytest.fixture
def template(places: Places) -> dict[str, Any]:
    """Return the real manifest."""
    manifest: dict[str, Any] = json.loads((places.root / "manifest.json").read_text("utf-8"))
    return manifest


def test_no_server_may_be_read_before_it_is_asked_for(template: dict[str, Any]) -> None:
    """Design section 3, "Build": asked for at run time instead; all else stays as it is."""
    manifest = released(template, LOCAL)

    assert "host_permissions" not in manifest
    assert manifest.pop("optional_host_permissions") == [
        "https://*/*",
        "http://localhost/*",
        "http://127.0.0.1/*",
    ]
    assert manifest == {name: value for name, value in template.items() if name != "key"}
    assert manifest["minimum_chrome_version"] == "146"


def test_the_id_is_the_stores_to_give(template: dict[str, Any]) -> None:
    """Unless somebody asks for ours."""
    assert "key" not in released(template, LOCAL)
    assert released(template, LOCAL, keep_key=True)["key"] == template["key"]


@pytest.mark.parametrize(
    "address", ["http://api.example.com", "http://[::1]:3000", "http://127.0.0.2:3000"]
)
def test_a_server_that_could_never_be_asked_for_is_refused(
    template: dict[str, Any], address: str
) -> None:
    """As API and as auth endpoint; the failure says which."""
    pattern = re.escape(address.rsplit(":3000", 1)[0] + "/*")

    with pytest.raises(BuildError, match=pattern):
        released(template, Configuration(api_base=address))
    with pytest.raises(BuildError, match=pattern):
        released(template, Configuration(auth_endpoint=f"{address}/auth"))


@pytest.mark.parametrize(
    "address", ["https://api.example.com:8443/v1", "http://localhost:3000", "http://127.0.0.1:1"]
)
def test_a_server_that_can_be_asked_for_passes(template: dict[str, Any], address: str) -> None:
    """Any over TLS, and this machine's."""
    manifest = released(template, Configuration(api_base=address, auth_endpoint=f"{address}/auth"))

    assert manifest["optional_host_permissions"] == list(ASKED_LATER)


@pytest.mark.parametrize("version", ["1.0", "1.2.3.4", "v1.2.3", "1.02.3", "1.2.65536", ""])
def test_a_version_that_chrome_refuses_is_refused(template: dict[str, Any], version: str) -> None:
    """x.y.z, no number with a zero in front, none above 65 535."""
    with pytest.raises(BuildError, match="version"):
        released({**template, "version": version}, LOCAL)


@pytest.mark.parametrize("member", ["host_permissions", "optional_host_permissions"])
def test_hosts_in_the_template_are_refused(template: dict[str, Any], member: str) -> None:
    """A release has its own."""
    with pytest.raises(BuildError, match=f"names {member}"):
        released({**template, member: ["<all_urls>"]}, LOCAL)
