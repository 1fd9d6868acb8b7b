"""Who does a run's work: this process alone, processes beside it, or a Ray cluster."""
