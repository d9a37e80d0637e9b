"""The gateway's own API: a call on its way from bytes to bytes."""
