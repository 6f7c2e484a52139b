"""What things cost: scripts that print figures, never timed tests."""
