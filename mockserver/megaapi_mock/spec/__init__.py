"""The contract as data: many files into one document, an index, our own lint, violations."""
