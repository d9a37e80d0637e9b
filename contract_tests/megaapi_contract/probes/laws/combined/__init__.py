"""Sessions that combine everything with everything else, each step held to a model of its own."""
