"""Polling sources: what of their listings is asked for, by which thread, and what becomes of it."""
