"""The text of a page: candidates, the score of each, the choice. `choice.py` tells the whole; start there."""

from flows.transform.content.choice import Content, read_content

__all__ = ["Content", "read_content"]
