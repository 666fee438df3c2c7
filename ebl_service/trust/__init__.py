"""Whose signature counts: carriers' X.509 certificates, and what is signed with them as JWS."""
