"""The bundled world: scenes that are drawn, described, read back and learnt from.

`world` names what exists, `draw` renders it, `captions` describes it, `sample` draws from the
documented training distribution, `read` recovers a scene from a clean render, `train` makes the
bundled models, and `models/` holds their weights.
"""
