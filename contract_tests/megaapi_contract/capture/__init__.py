"""Stands between a program and the gateway, passes everything on, and records it redacted."""
