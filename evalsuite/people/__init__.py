"""The people in a picture: where each one is, and whether the face can be read."""
