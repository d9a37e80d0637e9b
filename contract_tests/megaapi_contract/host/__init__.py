"""The host under test: how it is reached, what stands on it, and where its webhooks arrive."""
