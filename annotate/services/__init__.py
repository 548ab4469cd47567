"""Everything that changes projects, datasets, imports and examples."""
