"""Trains the bundled models: `python -m evalsuite.scenes.train vae | ldm | clip | owl`."""
