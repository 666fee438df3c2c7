"""The demonstration: a local chain, the service, a cast of parties, and the whole life of each sample document.

cast            who plays: keys made for this run, names and codes from samples/parties.json
stage           the processes: anvil and the service, on free ports, in a folder that is thrown away
gathering       the cast joins; its carriers get systems of their own
carrier_system  a carrier's own software: X.509 key, requests by DCSA's API, an address to be called back at
by_platform     issuing and answering surrenders by it
clerk           the service's HTTP API as a party uses it: ask, sign with the own key, submit, wait
voyage          one document's title: acts performed, acts that must be refused
plots           which acts each kind of bill goes through
comparison      contract, replay of the logs and database told apart
telling         what a person sees, and what a program reads
"""
