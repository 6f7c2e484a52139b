"""Page -> Document or Reject: no Prefect, no network, no clock."""
