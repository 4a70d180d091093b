"""What an HTML page holds."""

from __future__ import annotations

from html.parser import HTMLParser


class Page(HTMLParser):
    """The elements with their attributes, and the text of everything."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.text = [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]
