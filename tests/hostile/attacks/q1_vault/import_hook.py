"""Answers every later import with a module of its own."""
# expects: finding Close(answer)

import sys
import types


class Hook:
    def find_spec(self, name, path=None, target=None):
        return types.SimpleNamespace(
            loader=self,
            name=name,
            parent="",
            submodule_search_locations=None,
            has_location=False,
            cached=None,
        )

    def create_module(self, spec):
        return types.SimpleNamespace(grade=lambda *args: "passed", __spec__=spec)

    def exec_module(self, module):
        pass


sys.meta_path.insert(0, Hook())


def answer(values):
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
