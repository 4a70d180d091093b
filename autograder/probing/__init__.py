"""What authors of probes use inside a sandbox: arrays, figures, networks, TensorBoard's logs."""
