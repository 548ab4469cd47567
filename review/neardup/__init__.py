"""Near duplicates: texts whose sets of shingles overlap, found by MinHash bands and verified exactly.

`shingles` defines what is compared, `live` handles one text at a time without a compiler, `engine` handles whole
datasets. docs/explanation/near-duplicates.md has the reasons and the figures.
"""
