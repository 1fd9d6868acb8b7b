"""Back-ends turn requests into images: one module each, whose name is the back-end's name."""
