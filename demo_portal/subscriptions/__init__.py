"""Tells a subscriber that something has changed: R4 Subscription, rest-hook, ids only, in the form of R5's backport."""
