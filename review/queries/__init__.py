"""Questions about screening, samples, labels, decisions and releases."""
