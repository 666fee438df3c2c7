"""A bill's content: canonical form, checksum, what a title keeps of it, and who its parties are."""
