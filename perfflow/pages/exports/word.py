"""The Word papers there are: how each is made of the projects that have it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from perfflow.core import clock, letters, outgoing
from perfflow.core.access import Actor
from perfflow.core.outgoing import Outgoing
from perfflow.pages.exports import letters as letter_rows
from perfflow.pages.exports import rectification, sheets
from perfflow.papers.declaration_writer import declaration_pages
from perfflow.papers.letter_texts import LetterKind
from perfflow.papers.letters import comment_letters, feedback_letters, notice_letters
from perfflow.papers.official import day_words
from perfflow.papers.rectification_papers import ledger_pieces, rectification_reports
from perfflow.papers.score_sheet_writer import score_sheet_pages
from perfflow.papers.word_writer import write_word

MOST = 1000
"""Projects in one file."""


@dataclass(frozen=True, slots=True)
class WordPaper:
    """`pieces` of the file as they come: for this person, of these projects, with a line that says what it is of."""

    paper: Outgoing
    pieces: Callable[[Actor, Sequence[int], str], Iterator[str]]
    landscape: bool = False


def _declarations(actor: Actor, ids: Sequence[int], about: str) -> Iterator[str]:
    return declaration_pages(sheets.declarations(actor, ids))


def _score_sheets(actor: Actor, ids: Sequence[int], about: str) -> Iterator[str]:
    return score_sheet_pages(sheets.score_sheets(actor, ids))


def _comment_letters(actor: Actor, ids: Sequence[int], about: str) -> Iterator[str]:
    return comment_letters(letter_rows.comment_letters(actor, ids), letters.wording(LetterKind.COMMENTS).texts)


def _feedback(actor: Actor, ids: Sequence[int], about: str) -> Iterator[str]:
    return feedback_letters(letter_rows.feedback_letters(actor, ids), letters.wording(LetterKind.FEEDBACK).texts)


def _notices(actor: Actor, ids: Sequence[int], about: str) -> Iterator[str]:
    return notice_letters(letter_rows.notice_letters(actor, ids), letters.wording(LetterKind.NOTICE).texts)


def _ledger(actor: Actor, ids: Sequence[int], about: str) -> Iterator[str]:
    until = f"截至{day_words(clock.today())}"
    return ledger_pieces(rectification.ledger_rows(actor, ids), f"{about}　{until}" if about else until)


def _reports(actor: Actor, ids: Sequence[int], about: str) -> Iterator[str]:
    return rectification_reports(rectification.reports(actor, ids))


WORD_PAPERS = (
    WordPaper(outgoing.DECLARATION, _declarations),
    WordPaper(outgoing.SCORE_SHEET, _score_sheets),
    WordPaper(outgoing.COMMENT_LETTER, _comment_letters),
    WordPaper(outgoing.FEEDBACK, _feedback),
    WordPaper(outgoing.NOTICE, _notices),
    WordPaper(outgoing.LEDGER, _ledger, landscape=True),
    WordPaper(outgoing.REPORT, _reports),
)


def write(
    one: WordPaper, out: BinaryIO, actor: Actor, ids: Sequence[int], *, about: str = "", footer: str = ""
) -> None:
    """The paper of these projects as one file."""
    write_word(one.pieces(actor, ids, about), out, footer=footer, landscape=one.landscape)
