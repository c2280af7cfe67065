"""Workbooks that people open: text stays text, keys are locked, a half-written file is never seen."""

from bidui.workbook.answer_form import AnswerForm
from bidui.workbook.form_sheet import MOST_FORMS, FormSheet
from bidui.workbook.place import (
    all_or_none,
    export_folder,
    file_stem,
    files_people_see,
    is_left_beside,
    open_marks,
    refuse_if_open,
    replacing,
    replacing_folder,
    writing,
)
from bidui.workbook.safe_sheet import SMALL, Book, Cell, Column, Mark, Sheet, open_book

__all__ = [
    "MOST_FORMS",
    "SMALL",
    "AnswerForm",
    "Book",
    "Cell",
    "Column",
    "FormSheet",
    "Mark",
    "Sheet",
    "all_or_none",
    "export_folder",
    "file_stem",
    "files_people_see",
    "is_left_beside",
    "open_book",
    "open_marks",
    "refuse_if_open",
    "replacing",
    "replacing_folder",
    "writing",
]
