"""The demo: the whole job on a made world, ending in a report."""
