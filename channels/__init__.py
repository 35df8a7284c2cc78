"""The public door: every channel, what comes in, and what is checked before anything else hears it."""
