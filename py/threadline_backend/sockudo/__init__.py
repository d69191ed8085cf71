"""Publishing through the real Sockudo: `realtime.Publisher` over its HTTP API.

`http_api` makes one request and says how it ended, `publisher` decides what follows from that,
`availability` keeps a Sockudo that is away from costing every event its whole patience.
"""
