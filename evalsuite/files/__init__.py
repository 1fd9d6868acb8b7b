"""Bytes on disk and texts from strangers."""
