"""Serving one WSGI app: the port, the servers, and their limits."""
