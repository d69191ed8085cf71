"""Threadline: a live chat panel for a browser agent, as a Chrome extension in Python."""
