"""What the contract promises, and whether an exchange or a webhook kept it."""
