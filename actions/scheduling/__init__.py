"""Visits: one module a capability."""
