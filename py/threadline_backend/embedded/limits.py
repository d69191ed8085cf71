"""What the embedded Pusher server bounds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds, with Sockudo's defaults where it has one.

    Attributes:
        activity_timeout: Seconds without a frame from the client until the server pings.
        pong_timeout: Seconds for the answer to that ping.
        closing_timeout: Seconds for the last frames of a socket that is being closed.
        frame_bytes: The longest frame taken in; a longer one ends the socket.
        queued_frames: Frames that wait for a slow client; one more ends the socket.
        channel_name_length: Characters.
        channels_per_socket: Channels that one socket may join.
        sockets: Open sockets; one more is dropped.
        request_bytes: The longest body of a request to the HTTP API.
        event_bytes: The longest data of an event published there.
        event_name_length: Bytes of its name.
        channels_per_event: Channels that one event goes to.
        events_per_batch: Events in one request.
    """

    activity_timeout: float = 120.0
    pong_timeout: float = 30.0
    closing_timeout: float = 0.5
    frame_bytes: int = 16 * 1024 * 1024
    queued_frames: int = 1000
    channel_name_length: int = 200
    channels_per_socket: int = 200
    sockets: int = 10_000
    request_bytes: int = 10 * 1024 * 1024
    event_bytes: int = 256 * 1024  # what we set Sockudo to: two of the longest tasks
    event_name_length: int = 200
    channels_per_event: int = 100
    events_per_batch: int = 100
