"""What the service costs and how it behaves under load, each figure beside its bar."""
