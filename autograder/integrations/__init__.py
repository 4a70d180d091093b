"""Other systems for courses that the engine works with: nbgrader and Gradescope."""
