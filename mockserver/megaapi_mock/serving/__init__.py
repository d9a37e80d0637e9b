"""Plain HTTP: serving one WSGI app, receiving webhooks, and one exchange with a host."""
