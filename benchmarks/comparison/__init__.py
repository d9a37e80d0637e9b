"""This mock beside its peers: what `make bench` measures, and what it says about it."""
