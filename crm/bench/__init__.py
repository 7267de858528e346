"""`crm bench`: the main jobs measured on a real database, as ratios to a bare page of the same framework taken in the same run."""
