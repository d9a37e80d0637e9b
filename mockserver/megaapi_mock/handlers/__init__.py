"""One module per controller, one function per operation, found by the address they share."""
