"""Other people's software for the same task, each in an environment of its own."""
