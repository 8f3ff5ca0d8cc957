"""Keeping what is there: backup, restore, and the sweep of files that no row names."""
