"""Korean particles whose form depends on the last sound of a word that a sentence is filled with."""

from __future__ import annotations

import re

# As a template has them: after a consonant, after a vowel.
_FORMS = {
    "이(가)": ("이", "가"),
    "은(는)": ("은", "는"),
    "을(를)": ("을", "를"),
    "와(과)": ("과", "와"),
    "(으)로": ("으로", "로"),
}
_PARTICLE = re.compile("|".join(map(re.escape, _FORMS)))
_SILENT = " ()[]{}>`'\"’”.,:"  # what may stand between the word and its particle
_BEFORE = 40  # characters before a particle that are looked at: a student's text may have thousands of both
_ENDINGS = 28  # of Hangul syllables, in the order of Unicode; the ninth is ㄹ
_L = "ㄹ"
_DIGITS = {"0": "ㅇ", "1": _L, "3": "ㅁ", "6": "ㄱ", "7": _L, "8": _L}  # 영, 일, 삼, 육, 칠, 팔
_LETTERS = {"l": _L, "m": "ㅁ", "n": "ㄴ", "r": _L}  # 엘, 엠, 엔, 알
# English words that end in a consonant as they are said in Korean: 모델, 링, 넷, 스텝, 블록. No others do.
_WORD = re.compile(r"(?:(l)|([mn]|ng)|((?<![aeiou])[aeiou][pt]|[aeiou]ck))$")


def with_particles(sentence: str) -> str:
    """Return a sentence with each ``이(가)``, ``은(는)``, ``을(를)``, ``와(과)``, ``(으)로`` as it must be.

    The word before it is read aloud as in Korean: "layer를", "net을", "3이".
    """

    def form(found: re.Match[str]) -> str:
        before = sentence[max(0, found.start() - _BEFORE) : found.start()]
        final = _final_sound(before.rstrip(_SILENT))
        after_consonant, after_vowel = _FORMS[found[0]]
        return after_vowel if not final or (final == _L and after_vowel == "로") else after_consonant

    return _PARTICLE.sub(form, sentence)


def _final_sound(text: str) -> str:
    """Return the consonant that a text ends with when it is read aloud, "" for a vowel."""
    last = text[-1:]
    if "가" <= last <= "힣":
        ending = (ord(last) - ord("가")) % _ENDINGS
        return _L if ending == 8 else "ㄱ" if ending else ""
    if last.isdigit():
        return _DIGITS.get(last, "")
    word = re.search(r"[A-Za-z]*$", text)
    letters = word[0] if word else ""
    if len(letters) == 1 or (len(letters) == 2 and not re.search("[aeiouAEIOU]", letters)):
        return _LETTERS.get(letters[-1].lower(), "")
    found = _WORD.search(letters.lower())
    return "" if found is None else _L if found[1] else "ㄴ"
