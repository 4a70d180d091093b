"""Takes the engine's own channel from the garbage collector and reports its own success."""
# expects: evidence

import gc


def attack():
    from autograder.core.evidence import Evidence
    from autograder.worker.messages import Done

    for thing in gc.get_objects():
        if type(thing).__name__ == "Channel":
            thing.send(Done(memory=0), Evidence(facts={"score": 4, "status": "passed"}))


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
