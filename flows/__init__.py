"""Everything that runs: the flows, what they read (`extract`), how a page becomes a document (`transform`)."""
