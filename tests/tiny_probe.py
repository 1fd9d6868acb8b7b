"""A labelled folder of the scene world's people, and a probe trained on it."""

import csv

import numpy as np
from PIL import Image

from evalsuite.commands.probing import make
from evalsuite.scenes import sample
from evalsuite.scenes.draw import draw
from evalsuite.scenes.world import OCCUPATIONS, Scene

CARD = {"licence": "CC0, drawn for this test", "subject": "person", "dialect": "scenes"}


def folder_of_people(home, n, seed=5):
    """`n` renders of one person; labels.csv has the form, and whether the tone is light or deep."""
    home.mkdir()
    rng = np.random.default_rng(seed)
    with (home / "labels.csv").open("w") as file:
        rows = csv.writer(file)
        rows.writerow(["file", "label", "tone"])
        for number in range(n):
            job, form = list(OCCUPATIONS)[number % 8], ("woman", "man")[number // 8 % 2]
            person = sample.person(rng, job, form)
            scene = Scene(int(rng.integers(4)), people=(person,))
            Image.fromarray(draw(scene)).save(home / f"{number}.png")
            rows.writerow([f"{number}.png", form, "light" if person.tone < 5 else "deep"])
    return home


def probe(home, people):
    """The folder of a probe of the two forms, trained from the command's own function."""
    said = {"name": "forms", **CARD}
    options = {"encoder": "scenes-clip", "device": "auto", "accuracy": 0.95, "seed": 0}
    make(home, people, None, said=said, **options)
    return home
