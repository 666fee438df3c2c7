"""What the service asks of others over HTTP: only of addresses that it may call, and without believing the answers."""
