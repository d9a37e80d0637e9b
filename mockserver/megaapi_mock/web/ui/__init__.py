"""The page at /_mock/ui/: its files in static/, and the routes that serve them."""
