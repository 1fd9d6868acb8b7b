"""What evalsuite promises, proved by programs: one file per promise."""
