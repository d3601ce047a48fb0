"""The samplers, a family a file, and `catalogue`, which knows them by name."""
