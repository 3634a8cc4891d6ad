"""What a file is made of, in reading order: paragraphs and tables, wherever they came from."""

from collections.abc import Iterator
from dataclasses import dataclass

from perfflow.papers.spec import Problem


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph outside tables. `number` counts those with text; `level`: of a heading by its style, else 0."""

    text: str
    number: int = 0
    level: int = 0

    @property
    def place(self) -> str:
        return f"第 {self.number} 段"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell with its first grid column and how many it covers; one merged into the cell above it is empty."""

    column: int
    text: str
    width: int = 1
    merged: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: its rows of cells, with the number each row has in the file, and what people call it ("表1").

    `nested`: it stands inside a cell of the table before.
    """

    rows: tuple[tuple[int, tuple[Cell, ...]], ...]
    name: str = ""
    nested: bool = False

    def place(self, row: int, label: str = "") -> str:
        return f"{self.name} 第{row}行 {label}".strip()


Block = Paragraph | Grid


@dataclass(frozen=True, slots=True)
class Document:
    """A file as blocks, and what is to be said about it as a whole: tracked changes, hidden rows, embedded files."""

    blocks: tuple[Block, ...]
    notes: tuple[Problem, ...] = ()

    @property
    def grids(self) -> Iterator[Grid]:
        return (block for block in self.blocks if isinstance(block, Grid))

    @property
    def paragraphs(self) -> Iterator[Paragraph]:
        return (block for block in self.blocks if isinstance(block, Paragraph) and block.text.strip())
