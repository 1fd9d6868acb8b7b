"""How often scorers are right."""
