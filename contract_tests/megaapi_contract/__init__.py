"""The contract suite: knows a host only through HTTP."""

__version__ = "0.1.0"
