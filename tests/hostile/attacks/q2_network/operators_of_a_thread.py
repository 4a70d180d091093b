"""Computes in threads: one that waits since it was loaded, and one that outlives the call."""
# expects: finding Operators(operators) or exception

import queue
import threading

import torch

ASKED, TOLD = queue.Queue(), queue.Queue()


def serve():
    while True:
        x, h, w, u = ASKED.get()
        TOLD.put(torch.rnn_tanh_cell(x, h, w, u, torch.zeros(4), torch.zeros(4)))


threading.Thread(target=serve, daemon=True).start()


def step_by_hand(x, h, w, u):
    ASKED.put((x, h, w, u))
    return TOLD.get() + 0
