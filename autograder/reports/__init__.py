"""Reports: render verdicts and decide nothing."""
