"""Everything that changes screening, samples, labels, decisions and releases."""
