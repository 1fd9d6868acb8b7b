"""`python -m evalsuite`: the command where its script is not on the path."""

from evalsuite.cli import main

if __name__ == "__main__":
    main()
