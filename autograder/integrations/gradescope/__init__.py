"""An exam as an autograder of Gradescope's: the archive that an instructor uploads there."""
