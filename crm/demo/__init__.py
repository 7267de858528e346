"""A believable office to look around in, and large data sets of the same kind to measure with."""
