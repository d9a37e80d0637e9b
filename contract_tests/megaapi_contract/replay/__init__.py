"""A failure kept in a file, and tried again."""
