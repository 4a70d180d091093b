from __future__ import annotations

ITEM_1: bool | None = None  # X holds grey images, of shape (n, 1, 28, 28): True or False?
ITEM_2: bool | None = None  # the loss was CrossEntropyLoss
ITEM_3: bool | None = None  # the code is transfer learning with resnet34
ITEM_4: bool | None = None  # lrnr.model and X[0] are on the GPU
ITEM_5: bool | None = None  # softmax of the output is near [0, 1]
ITEM_6: bool | None = None  # Linear(1, 1) has two parameters
ITEM_7: bool | None = None  # Linear(4, 1) and the 2 by 2 Conv2d have equally many parameters
ITEM_8: bool | None = None  # two linear layers approximate every continuous function
ITEM_9: bool | None = None  # Dropout(0.9) zeroes 10% of its input
ITEM_10: bool | None = None  # BCELoss of a linear layer and a sigmoid is convex
