"""What the servers of the comparison are called: this mock by its store, and the peers."""

MEMORY, SQLITE, POSTGRES = "memory", "SQLite", "PostgreSQL"
STORES = (MEMORY, SQLITE, POSTGRES)

PRISM, MOCKOON, JSON_SERVER = "Prism", "Mockoon", "json-server"
WIREMOCK_JOURNAL, WIREMOCK = "WireMock, journal", "WireMock, no journal"
WIREMOCK_BARE = "WireMock, no journal, no checks"
PEERS = (PRISM, WIREMOCK_JOURNAL, WIREMOCK, WIREMOCK_BARE, MOCKOON, JSON_SERVER)
