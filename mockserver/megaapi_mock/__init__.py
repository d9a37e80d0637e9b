"""A stand-in for megaAPI, the WhatsApp gateway: its answers, its memory, its webhooks."""

__version__ = "0.1.0"
