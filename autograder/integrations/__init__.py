"""Other systems for courses that the engine works with: nbgrader, otter, Gradescope and more."""
