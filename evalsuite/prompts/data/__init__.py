"""Where a wheel keeps the bundled prompt sets; a checkout has them in the top-level `prompts/`.

The build finds the package by this file and fills it, by `[tool.setuptools.package-dir]`, from
`prompts/`, which holds data and no code.
"""
