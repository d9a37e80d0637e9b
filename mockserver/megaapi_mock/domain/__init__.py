"""State and its rules: plain Python, no HTTP, no threads, no locks, no files."""
