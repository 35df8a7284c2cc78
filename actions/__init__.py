"""The actions: what the assistant does when a person has asked for something, one module an area."""
