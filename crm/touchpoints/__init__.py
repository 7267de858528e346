"""The register of every point where customers meet the firm: what an interaction can point at."""
