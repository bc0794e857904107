"""Datasets: find the photos of two classes in a folder or zip, check each one, cut them into splits, decode them.

    dataset = split.cut(scan.scan("PetImages.zip"))
    with sources.open_source(dataset.root) as source:
        source.read(dataset.photos[0].path)

Nothing is imported here, so that the plain records cost no image library.
"""
