"""What answers HTTP for screening, review and releases, one module for each."""
