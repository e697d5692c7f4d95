"""The private PostgreSQL and Redis of one data directory: found, started, kept and stopped."""
