"""Tools for probes inside a sandbox: arrays, figures, networks, TensorBoard's logs."""
