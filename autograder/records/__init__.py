"""Everything kept on disk: attempts by key, run folders, results.json, points given by hand, locks."""
