"""A Pusher server (protocol 7) in the back end's own process, for development.

It behaves on the wire as Sockudo 5.0.1 does: the same frames, the same codes, the same silences;
`tests/contract` holds both to it. Left out, and refused where asked for: presence, client events,
sign-in, caches, protocol 2. Other than Sockudo it lets no web page use the HTTP API.
"""
