"""Makes the files under demo/data: run `python -m anlan.surfaces.cli.demo.generate`. Same seed, same files."""
