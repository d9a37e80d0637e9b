"""`python -m megaapi_contract`."""

from .cli import main

main(prog_name="megaapi-contract")
