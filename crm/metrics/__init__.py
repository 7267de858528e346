"""The firm's figures for programs: composition, it reads from every feature."""
