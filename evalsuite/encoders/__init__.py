"""Models that scorers share: loaded once per process, run once per image."""
