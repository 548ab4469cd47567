"""Judgements and embeddings by other servers: guard models, moderation services, embedding services.

Values in and values out but for the network: nothing here knows of rows, settings or the clock's date. Neither
texts nor keys are logged, and no reason quotes either.
"""
