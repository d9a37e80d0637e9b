"""What may leave for a real host, at which pace, and how it is put back afterwards."""
