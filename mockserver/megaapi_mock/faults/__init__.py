"""Named misbehaviour, armed from outside: one file per kind under `kinds/`, found by its name."""
