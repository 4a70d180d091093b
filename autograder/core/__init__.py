"""The engine's vocabulary, without I/O: texts, evidence, outcomes, verdicts, exam declarations, variants."""
