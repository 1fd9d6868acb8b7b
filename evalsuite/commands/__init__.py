"""The commands of the command line, each a thin shell around the public functions."""
