"""The parts of a run: a host made ready, probes selected, each one tried, what was covered."""
