"""Text-to-image evaluation that you can defend."""
