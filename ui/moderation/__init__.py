"""Moderation: the cases and their ladder, the journal, and what is to be destroyed."""
