"""What people must not read: words of the engine, particles in both forms, English in Korean, Korean in English."""

from __future__ import annotations

import re

from autograder import checks
from autograder.core.text import Text

ENGINE = re.compile(rf"\b({'|'.join(name for name in checks.__all__ if name[0].isupper())})\(")
TWICE = re.compile(r"[이은을과와]\([가는를과와]\)|\(으\)로|\(이\)")
# Names of code, formulas, what is quoted and what Python says are no English; three plain words in a row are a sentence.
PYTHON = re.compile(r"[A-Za-z]*(?:Error|Exception|Warning): .*")
CODE = re.compile(r"`[^`]*`|'[^']*'|\"[^\"]*\"|\w*[_.(\[={<>/][^\s가-힣]*|\w+\d\w*")
SENTENCE = re.compile(r"(?<![A-Za-z])[a-z]{2,} [a-z]{2,} [a-z]{2,}(?![A-Za-z])")
HANGUL = re.compile("[가-힣]")


def odd_in(text: Text) -> list[str]:
    """What of a text is a word of the engine, a particle in both forms, or in the other language."""
    ko, en = (CODE.sub(" ", PYTHON.sub(" ", one)) for one in (text.ko, text.en))
    found = [ENGINE.search(text.ko + text.en), TWICE.search(text.ko), SENTENCE.search(ko), HANGUL.search(en)]
    return [one[0] for one in found if one]


def shown(page: str) -> str:
    """The words of a page: without markup, code, and the details where names of checks belong."""
    kept = (
        r"<style.*?</style>|<script.*?</script>|<code>.*?</code>|<pre.*?</pre>|<ul class=\"numbers\">.*?</ul>"
    )
    return re.sub(r"<[^>]+>", " ", re.sub(kept, "", page, flags=re.S))
