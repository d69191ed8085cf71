"""What this back end can do beyond the three calls that every Threadline server has."""

from fastapi import APIRouter

from threadline_backend import VERSION
from threadline_backend.accounts import SignedIn
from threadline_backend.interact import DOM_LIMIT, QUERY_LIMIT
from threadline_backend.messages import MAX_LIMIT
from threadline_backend.services import UsedServices
from threadline_backend.wire import Body

router = APIRouter()


@router.get("/api/capabilities")
async def capabilities(_caller: SignedIn, services: UsedServices) -> Body:
    """Answer the capabilities: each is a name with a yes or no, so that a client may ask for any.

    What is switched off (see `abilities`) is a no.
    """
    has = services.abilities.has
    return {
        "server": "threadline-backend",
        "version": VERSION,
        "capabilities": {
            "sinceExclusive": True,
            "afterSequence": has("R3"),
            "beforeSequence": has("R3"),
            "changes": has("R4"),
            "idempotentInteract": has("R2"),
            "listSessions": True,
            "createSession": True,
            "renameSession": True,
            "deleteSession": True,
            "stop": True,
            "me": True,
            "signIn": True,
            "messageUpdates": has("R1"),
            "sessionUpdates": True,
            "typing": True,
        },
        "limits": {
            "messagesPerPage": MAX_LIMIT,
            "queryBytes": QUERY_LIMIT,
            "domBytes": DOM_LIMIT,
        },
    }
