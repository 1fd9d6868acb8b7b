"""People in the loop: a drawn sample of a run's images, what people say of it, and what follows."""
