"""What is kept on disk: attempts by key, a run's folder, results.json, points given by hand, locks."""
