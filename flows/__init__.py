"""Everything that runs: the flows, what they read (`extract`), how a page becomes a document (`transform`)."""

import logging

# Progress is logged as INFO; whoever listens (Prefect for the UI, the command for the terminal) decides what is shown.
logging.getLogger("broadsheet").setLevel(logging.INFO)
