"""Requests filed as Task, one module for each kind."""
