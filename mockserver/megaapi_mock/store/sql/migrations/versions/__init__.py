"""One module for each version of the tables, in order of `revision`."""
