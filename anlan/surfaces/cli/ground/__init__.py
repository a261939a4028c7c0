"""Makes the files under demo/data: `python -m anlan.surfaces.cli.ground`. Same seed, same files; no Django."""
