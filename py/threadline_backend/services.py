"""What the routes work with, made once per process and found through the request."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from threadline_backend.abilities import Abilities
from threadline_backend.announcements import Announcer
from threadline_backend.clock import Clock
from threadline_backend.database import Database
from threadline_backend.dialect import Dialect
from threadline_backend.rate_limit import RateLimit
from threadline_backend.runs import Runs
from threadline_backend.settings import Settings


@dataclass(frozen=True, slots=True)
class Services:
    """The parts of a running back end."""

    settings: Settings
    database: Database
    announcer: Announcer
    runs: Runs
    now: Clock
    dialect: Dialect
    interact_limit: RateLimit

    @property
    def abilities(self) -> Abilities:
        """What the back end can do."""
        return self.settings.abilities


def used_services(request: Request) -> Services:
    """Find the services of the application that serves `request`."""
    services = request.app.state.services
    assert isinstance(services, Services)
    return services


UsedServices = Annotated[Services, Depends(used_services)]
