"""One module per kind of fault; `bad_gateway.py` is the fault `bad-gateway`."""
