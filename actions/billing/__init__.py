"""What is owed and paid: one module a capability."""
