"""Results of tests: one module a capability."""
