"""The words and facts that prompts, scorers and the world share."""
