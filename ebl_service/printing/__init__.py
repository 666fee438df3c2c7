"""Pictures of transport documents: a document to PDF bytes, and PDF bytes to their parts. Only here is a PDF made."""
