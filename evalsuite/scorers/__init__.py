"""Scorers, one file each: the file's name is the scorer's name, and `load(**options)` makes it."""
