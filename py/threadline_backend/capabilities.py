"""What this back end can do beyond the three calls that every Threadline server has."""

from fastapi import APIRouter

from threadline_backend import VERSION
from threadline_backend.accounts import SignedIn
from threadline_backend.interact import DOM_LIMIT, QUERY_LIMIT
from threadline_backend.messages import MAX_LIMIT
from threadline_backend.wire import Body

router = APIRouter()


@router.get("/api/capabilities")
async def capabilities(_caller: SignedIn) -> Body:
    """Answer the capabilities: each is a name with true, so that a client may ask for any."""
    return {
        "server": "threadline-backend",
        "version": VERSION,
        "capabilities": {
            "sinceExclusive": True,
            "afterSequence": True,
            "beforeSequence": True,
            "changes": True,
            "idempotentInteract": True,
            "listSessions": True,
            "createSession": True,
            "renameSession": True,
            "deleteSession": True,
            "stop": True,
            "me": True,
            "signIn": True,
            "messageUpdates": True,
            "sessionUpdates": True,
            "typing": True,
        },
        "limits": {
            "messagesPerPage": MAX_LIMIT,
            "queryBytes": QUERY_LIMIT,
            "domBytes": DOM_LIMIT,
        },
    }
