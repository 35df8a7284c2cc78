"""Measures what the assistant can do; nothing here runs in an installation."""
