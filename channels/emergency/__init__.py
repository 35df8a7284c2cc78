"""Hears danger in a message before anything else does, and answers it with reviewed text; needs no other process."""

from channels.emergency.screen import Alarm, EmergencyScreen

__all__ = ["Alarm", "EmergencyScreen"]
