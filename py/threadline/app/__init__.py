"""Ring: composition roots and configuration."""
