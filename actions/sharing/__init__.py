"""Sharing: who may see a record, and who has."""
