"""Ring: pure. State to view to HTML to keyed operations."""
