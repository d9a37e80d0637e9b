"""Webhooks of megaAPI for whoever receives them: the types of their JSON."""
