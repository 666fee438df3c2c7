"""Runs one benchmark: scripts/bench NAME [--json] [options of that benchmark].

    gas          gas of each act in steady state, and contract sizes
    throughput   signed acts from HTTP POST to indexed, beside raw anvil and a web3.py loop, in one run
    index        events folded into the database per second, beside web3's get_logs
    documents    documents through checks, print, encryption and store
    issuance     bills that a carrier asks for over DCSA's API, from PUT to ISSU
    read         reading titles over HTTP with 10,000 and 100,000 of them in the database
    hostile      the worst requests that anybody can send: processor, memory, and health beside fifty of them

Figures are of this machine at this moment: compare the ratios within one run, not the numbers of two.
"""

import importlib
import sys

NAMES = ("gas", "throughput", "index", "documents", "issuance", "read", "hostile")


def main(arguments: list[str]) -> int:
    """Run one benchmark; the exit code."""
    if not arguments or arguments[0] in ("-h", "--help") or arguments[0] not in NAMES:
        print(__doc__)
        return 0 if arguments and arguments[0] in ("-h", "--help") else 2
    module = importlib.import_module(f"scripts.benchmarks.{arguments[0]}")
    module.main(arguments[1:])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
