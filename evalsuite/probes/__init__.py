"""Training probes: from a labelled folder to a head, its card and its audit."""
