"""The pages of annotate, by noun."""
