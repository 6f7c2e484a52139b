"""Source -> Page or Reject: one reader for each kind of source. No Prefect."""
