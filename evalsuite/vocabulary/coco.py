"""The 80 object classes of COCO (Lin et al. 2014, arXiv 1405.0312), as detectors name them."""

_LIST = """
person, bicycle, car, motorcycle, airplane, bus, train, truck, boat, traffic light, fire hydrant,
stop sign, parking meter, bench, bird, cat, dog, horse, sheep, cow, elephant, bear, zebra, giraffe,
backpack, umbrella, handbag, tie, suitcase, frisbee, skis, snowboard, sports ball, kite,
baseball bat, baseball glove, skateboard, surfboard, tennis racket, bottle, wine glass, cup, fork,
knife, spoon, bowl, banana, apple, sandwich, orange, broccoli, carrot, hot dog, pizza, donut, cake,
chair, couch, potted plant, bed, dining table, toilet, tv, laptop, mouse, remote, keyboard,
cell phone, microwave, oven, toaster, sink, refrigerator, book, clock, vase, scissors, teddy bear,
hair drier, toothbrush
"""

NAMES: tuple[str, ...] = tuple(_LIST.replace("\n", " ").strip().split(", "))
"""In COCO's order."""

ALIASES = {"computer mouse": "mouse", "computer keyboard": "keyboard", "tv remote": "remote"}
"""GenEval's names (prompts/object_names.txt) for classes whose COCO name says too little."""


def known(name: str) -> bool:
    """Whether a detector with COCO's fixed vocabulary can find the class."""
    return ALIASES.get(name, name) in NAMES
