"""The local back end: REST, storage, its agents and a Pusher server for development.

It never imports `threadline` and is never packed into the extension: it has its own encoder, so
that a mistake in one of the two cannot cancel out in the other.
"""

from typing import Final

VERSION: Final = "0.1.0"
