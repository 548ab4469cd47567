"""The quality classifier: what reviewers call good and bad, learnt from their labels."""
