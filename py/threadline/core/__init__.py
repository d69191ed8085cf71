"""Ring: pure. Facts in, orders out: protocol, connection, timeline, outbox."""
