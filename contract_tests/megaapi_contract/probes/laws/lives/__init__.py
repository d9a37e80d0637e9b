"""State machines of random steps, each holding a host to a model of its own."""
