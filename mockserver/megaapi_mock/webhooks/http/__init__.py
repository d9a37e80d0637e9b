"""How one webhook gets to its receiver over HTTP: policy of hosts, one connection, redirects."""
