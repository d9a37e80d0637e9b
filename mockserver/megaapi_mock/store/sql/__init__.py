"""Instances, records and what is owed in a database: a restart loses none of it."""
