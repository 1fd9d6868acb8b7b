"""Where a wheel keeps the bundled prompt sets; a checkout has them in the top-level `prompts/`.

This file only lets the build find the package: `[tool.setuptools.package-dir]` fills it from
`prompts/`, which holds data and no code.
"""
