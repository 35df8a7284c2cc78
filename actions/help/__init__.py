"""Questions about the assistant itself, one module a capability."""
