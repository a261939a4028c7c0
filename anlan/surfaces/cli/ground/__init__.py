"""Makes the files under demo/data: run `python -m anlan.surfaces.cli.ground`. Same seed, same files; needs no Django."""
