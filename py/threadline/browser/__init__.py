"""Ring: the only place that touches JavaScript; `ffi` is the door."""
