"""Medicines: one module a capability."""
