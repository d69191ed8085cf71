"""A Pusher server (protocol 7) in the back end's own process, for development.

It behaves on the wire as Sockudo does: the same frames, the same codes, the same silences. Left
out, and refused where asked for: presence, client events, sign-in, caches, the HTTP API, protocol
2.
"""
