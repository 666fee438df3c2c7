"""A party's own key: an encrypted keystore, and signatures over acts and joins.

For the command line, the demo and tests. Never on the path of a party that signs for itself elsewhere.
"""
