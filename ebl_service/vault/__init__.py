"""Encryption at rest: a fresh key for each document, wrapped by a master key behind a small port."""
