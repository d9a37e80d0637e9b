"""What a person runs on the command line: one module per command."""
