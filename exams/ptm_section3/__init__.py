"""Section 3 of a PyTorch study: fitting data with a neural network, learning from images."""

from autograder import Exam, Text

EXAM = Exam(
    title=Text(
        ko="[PTM] 3절: 신경망을 활용한 데이터 적합, 이미지 학습",
        en="PTM section 3: fitting data with neural networks, learning from images",
    ),
    source="PTM section 3, study notes with worked code and output (blog post, Korean, CC BY 4.0)",
)
