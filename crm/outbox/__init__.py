"""Everything that leaves the house: deliveries, their retry ladder and their drivers."""
