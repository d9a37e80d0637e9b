"""What is tried on a host: generated calls, chains of calls, and laws of behaviour."""
