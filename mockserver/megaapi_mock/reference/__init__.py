"""The contract as pages for people: one per operation and webhook event, in two languages."""
