"""`python -m scc_admin`."""

from scc_admin.cli import main

main()
