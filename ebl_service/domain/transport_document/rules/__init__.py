"""What a document must say beyond its shape: one function a rule, the rule's name is the function's.

A rule takes the document as parsed and gives, for each breach, path, what is wrong and what would be right. Numbers in
docstrings are those of DCSA's conditions on a transport document as this project counts them (`check` lists them).
"""
