"""The faults that keep a conversation from being good training data, each found by a module of its kind."""
