"""`python -m anlan` is the same as the `anlan` command."""

from anlan.surfaces.cli.main import main

if __name__ == "__main__":
    main()
