"""Downloads, gradebooks and feedback of learning systems, with a module for the names of each."""
