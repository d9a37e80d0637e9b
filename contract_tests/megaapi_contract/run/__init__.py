"""The parts of a run: preparing the host, selecting and trying probes, summing up."""
