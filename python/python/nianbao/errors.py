"""Exceptions of nianbao. Messages are Chinese; ``message_en`` has the same in English."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._nianbao import Finding

__all__ = ["InputError", "NianbaoError", "ReadError", "SeveralReportsError"]


class NianbaoError(Exception):
    """Everything that nianbao raises."""

    message: str
    """What is wrong, in Chinese."""

    message_en: str
    """The same in English."""

    def __init__(self, message: str, message_en: str) -> None:
        super().__init__(message, message_en)
        self.message = message
        self.message_en = message_en

    def __str__(self) -> str:
        return self.message


class ReadError(NianbaoError):
    """A file gave no report; ``finding`` says why."""

    path: str
    """The path as it was given."""

    finding: Finding
    """What is wrong with the file."""

    def __init__(self, path: str, finding: Finding) -> None:
        super().__init__(finding.message, finding.message_en)
        self.args = (path, finding)
        self.path = path
        self.finding = finding

    @property
    def code(self) -> str:
        """The finding's stable code."""
        return self.finding.code

    def __str__(self) -> str:
        return f"{self.path}: {self.code}: {self.message}"


class SeveralReportsError(NianbaoError):
    """A file holds several reports where one was asked for; :func:`nianbao.read_all` reads them all."""

    path: str
    """The path as it was given."""

    count: int
    """How many reports the file holds."""

    def __init__(self, path: str, count: int) -> None:
        super().__init__(
            f"“{path}”中有{count}份报告，请用 read_all 读取。",
            f"{path} holds {count} reports: read them with read_all",
        )
        self.args = (path, count)
        self.path = path
        self.count = count


class InputError(NianbaoError, ValueError):
    """An argument cannot be used: an unknown form, a mapping or agencies file with mistakes, a template that is none."""
