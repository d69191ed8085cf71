"""Finding the services through a request."""

from fastapi import FastAPI, Request

from tests.support.asynchronous import asynchronous
from tests.support.backend_app import BackendApps
from threadline_backend.services import used_services


@asynchronous
async def test_the_services_are_those_of_the_application(backend: BackendApps) -> None:
    """Two applications in one process do not share them."""
    async with backend.start() as app:
        other = FastAPI()
        other.state.services = app.services
        assert used_services(Request({"type": "http", "app": other})) is app.services
