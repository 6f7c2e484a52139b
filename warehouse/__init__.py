"""Everything that is kept: the model, the tables, the published views. No Prefect, no HTTP, no trafilatura."""
