"""The local server: grade essays in a browser and watch a run."""
