"""`python -m megaapi_mock` is `megaapi-mock`."""

from .commands.main import main

main()
