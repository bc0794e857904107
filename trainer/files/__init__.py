"""Files for all rooms: paths, atomic writes, shipped resources, downloads, the cache of arrays."""
