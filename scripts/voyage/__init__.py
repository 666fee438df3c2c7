"""The demonstration: a local chain, the service, a cast of parties, and the whole life of each sample document.

cast        who plays: keys made for this run, names and codes from samples/parties.json
stage       the processes: anvil and the service, on free ports, in a folder that is thrown away
clerk       the service's HTTP API as a party uses it: ask, sign with the own key, submit, wait
voyage      one document's title: acts performed, acts that must be refused
plots       which acts each kind of bill goes through
comparison  contract, replay of the logs and database told apart
telling     what a person sees, and what a program reads
"""
