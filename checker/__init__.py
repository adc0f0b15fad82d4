"""Reads the written records of social-work supervision and flags the weak ones."""
