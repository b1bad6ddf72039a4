"""Escalations: what was asked of Public Affairs, the packets, the confidentiality register."""
