"""The rules by which an insurance document is accepted for a bill, by what they look at."""
