"""The application factory: the parts put together, the routes, what stands before every request."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError

from threadline_backend import (
    VERSION,
    accounts,
    capabilities,
    channel_authorization,
    clock,
    interact,
    messages,
    sessions,
    three_calls,
)
from threadline_backend.agent import Agent
from threadline_backend.announcements import Announcer
from threadline_backend.clock import Clock
from threadline_backend.database import Database
from threadline_backend.dialect import Dialect
from threadline_backend.errors import (
    UnexpectedErrors,
    database_unavailable,
    install_error_handlers,
)
from threadline_backend.fault_control import FAULTS_PREFIX, FaultControl, FaultyAnswers
from threadline_backend.fault_routes import fault_router
from threadline_backend.origins import origin_expression
from threadline_backend.rate_limit import RateLimit
from threadline_backend.realtime import Publisher
from threadline_backend.request_guard import BodyLimit, OriginGuard
from threadline_backend.run_records import RunRecords
from threadline_backend.runs import Runs
from threadline_backend.services import Services
from threadline_backend.settings import Settings

LOG: Final = logging.getLogger(__name__)

SETTLE_LIMIT: Final = 5.0  # seconds that events have to go out when the application ends

ROUTERS: Final = (
    accounts.router,
    sessions.router,
    messages.router,
    interact.router,
    channel_authorization.router,
    capabilities.router,
)


def create_app(
    settings: Settings,
    publisher: Publisher,
    agent: Agent,
    *,
    faults: FaultControl | None = None,
    now: Clock = clock.now,
) -> FastAPI:
    """Build the REST application; entering its lifespan opens the database and makes it ready.

    Args:
        settings: What is configured.
        publisher: Where events go.
        agent: Who works on tasks.
        faults: Test control; None leaves `/faults/*` out altogether.
        now: The clock.

    Raises:
        ModuleNotFoundError: The database's driver is not installed.
    """
    database = Database(settings.database_url)
    dialect = Dialect(settings.abilities)
    announcer = Announcer(publisher, dialect)
    records = RunRecords(database, announcer, settings.worker_name, now)
    runs = Runs(agent, records)
    limit = RateLimit(settings.interact_limit, now)
    services = Services(settings, database, announcer, runs, now, dialect, limit)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        try:
            await _prepare(services)
            yield
            await services.runs.close()
            await announcer.settle(SETTLE_LIMIT)
        finally:
            await database.close()

    app = FastAPI(
        title="Threadline back end",
        version=VERSION,
        lifespan=lifespan,
        openapi_url=None,
        redirect_slashes=False,
    )
    app.state.services = services
    install_error_handlers(app)
    _add_routes(app, services)
    if faults is not None:
        app.include_router(fault_router(faults))
    _add_middleware(app, settings, faults)
    return app


async def _prepare(services: Services) -> None:
    await services.database.migrate()
    await accounts.keep_users(services.database, services.settings.users, services.now)
    left = await services.runs.records.interrupt_leftovers()
    if left:
        LOG.warning("%d runs of an earlier start were marked interrupted", left)


def _add_routes(app: FastAPI, services: Services) -> None:
    """Add the routes as they are: `include_router` would analyse each of them once more."""
    routers = three_calls.ROUTERS if services.abilities.three_calls else ROUTERS
    for router in routers:
        app.router.routes.extend(router.routes)
    if not services.abilities.three_calls:
        _add_health(app, services)


def _add_middleware(app: FastAPI, settings: Settings, faults: FaultControl | None) -> None:
    """Put the guards before the routes; the last one added is met first."""
    app.add_middleware(BodyLimit, exempt=None if faults is None else FAULTS_PREFIX)
    if faults is not None:
        app.add_middleware(FaultyAnswers, control=faults)
    app.add_middleware(UnexpectedErrors, says_when=settings.abilities.has("R8"))
    app.add_middleware(
        CORSMiddleware,
        allow_origin_regex=origin_expression(settings.allowed_origins),
        allow_methods=["GET", "POST", "PATCH", "DELETE"],
        allow_headers=["*"],
        allow_private_network=True,
        expose_headers=["Date", "Retry-After"],
    )
    app.add_middleware(OriginGuard, allowed_origins=settings.allowed_origins)


def _add_health(app: FastAPI, services: Services) -> None:
    @app.get("/up")
    async def up() -> JSONResponse:
        try:
            await services.database.check()
        except SQLAlchemyError:
            LOG.exception("The database does not answer")
            return database_unavailable(services.abilities.has("R8"))
        return JSONResponse({"status": "ok"})
