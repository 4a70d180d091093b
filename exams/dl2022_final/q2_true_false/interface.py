from __future__ import annotations

ITEM_1: bool | None = None  # an RNN keeps long memories better than an LSTM: True or False?
ITEM_2: bool | None = None  # Embedding(2, 1) and Linear(1, 1) have equally many parameters
ITEM_3: bool | None = None  # net(x) and net.forward(x) are the same
ITEM_4: bool | None = None  # a, b, c, d, a, ... can be predicted by a recurrent network only
ITEM_5: bool | None = None  # with an RNN or LSTM the loss must be CrossEntropyLoss
