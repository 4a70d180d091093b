"""The nouns of the engine, pure: texts, evidence, outcomes, verdicts, declarations of exams, variants."""
