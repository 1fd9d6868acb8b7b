"""Models that scorers share: loaded once a process, run once an image."""
