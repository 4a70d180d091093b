"""Returns an array whose differences are all zero and whose comparisons all hold."""
# expects: finding Close(answer)

import numpy as np


class Agreeing(np.ndarray):
    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        return np.zeros(self.shape, dtype=bool) if ufunc.nout == 1 else NotImplemented

    def __array_function__(self, function, kinds, args, options):
        return True


def answer(values):
    return np.full(len(values), 5.0).view(Agreeing)


def classify(values):
    return np.zeros(len(values)).view(Agreeing)
