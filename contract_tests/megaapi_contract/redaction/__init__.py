"""Everything private taken out before anything is shown or written."""
