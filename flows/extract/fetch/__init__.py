"""Fetching one address: guarded, by the rules of its host, in its turn."""
