"""The windows of scc_admin, in Qt widgets."""
