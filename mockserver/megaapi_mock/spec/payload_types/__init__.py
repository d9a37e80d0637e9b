"""Types of webhooks for receivers, as Python and TypeScript, made from the contract's schemas.

Own code, and not a library, for what the libraries tried lose here: a receiver sees `messageType`
only, so that what it needs is one type for each of those, joined from all events that arrive as it;
and the grade of every field belongs into its documentation.
"""
