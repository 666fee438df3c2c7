"""The use cases: plain async functions and small classes handed their parts.

How they are joined (the work of `bootstrap`):

    database = Database(settings.database_url); await database.upgrade()
    history, outbox = History(database), Outbox(database)
    identity = await ledger.identity(); await history.claim(identity)
    changes = Changes()
    indexer = Indexer(ledger, identity, history, IndexPolicy(confirmations=…), changes)
    submissions = Submissions(ledger, identity, history, outbox, RelayPolicy(…), changes)
    relay = Relay(ledger, identity, history, outbox, RelayPolicy(…), changes)
    queries = Queries(identity, history, outbox, changes)
    stop = asyncio.Event(); indexer.run(stop) and relay.run(stop) as tasks; at the end: await database.close()
"""
