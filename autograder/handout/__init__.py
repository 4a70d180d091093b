"""What students get of an exam: notebooks, templates, checks of their own, and how these are run."""
