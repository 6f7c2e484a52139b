"""The SQL, tested with rows in and rows out."""
