"""Measurements and proofs that anyone can run again."""
