"""Understanding mail: pure functions from bytes to meaning. Imports nothing of ours, knows neither database nor Flask."""
