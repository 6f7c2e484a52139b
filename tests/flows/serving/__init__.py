"""Tests of the server that the UI and the commands use."""
