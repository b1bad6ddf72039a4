"""The core of scc_admin: no Qt, no network."""

__version__ = "0.1.0"
