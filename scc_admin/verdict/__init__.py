"""The verdict: what a post shows, against the platforms' rules and the values."""
