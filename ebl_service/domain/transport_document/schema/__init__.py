"""The shape of transport documents: our own tables of their fields, and what checks a document against them."""
