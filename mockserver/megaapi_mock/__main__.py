"""`python -m megaapi_mock` is `megaapi-mock`."""

from .cli import main

main()
