"""What a run's pictures suggest of people: computed from rows, audits, labels and references."""
