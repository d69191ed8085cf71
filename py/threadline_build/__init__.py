"""What `build.py` does: set-up, the build of `dist/`, and the commands around it. Never packed."""
