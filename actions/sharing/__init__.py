"""Sharing and access: one module a capability."""
