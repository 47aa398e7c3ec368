"""A reader for tests: it has the documents already."""

from collections.abc import Mapping

from gtm.domain.document import Document
from gtm.domain.errors import InvalidInput


class FakeDocumentReader:
    """Answers with documents that it was given, by name.

    Args:
        documents: by the file's name.
    """

    def __init__(self, documents: Mapping[str, Document]) -> None:
        self.documents = dict(documents)
        self.asked: list[str] = []

    def read(self, data: bytes, name: str) -> Document:
        """The document of that name; what the bytes are makes no difference.

        Raises:
            InvalidInput: none was given.
        """
        self.asked.append(name)
        if name not in self.documents:
            raise InvalidInput(f"{name} is no document", field="FILE", value=name, allowed=", ".join(self.documents))
        return self.documents[name]
