"""HTTP: the only room that imports Flask."""
