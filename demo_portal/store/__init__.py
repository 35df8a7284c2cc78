"""Where resources are kept: tables, indexes, compartment and search."""
