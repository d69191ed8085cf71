"""Ring: performs orders through ports; holds no rule."""
