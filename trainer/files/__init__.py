"""Files that anybody may need: places, whole writes, shipped resources, downloads, the cache of arrays."""
