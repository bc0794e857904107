"""The question before models and runs are moved to the trash: which ones, so that two of one name are told apart."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from catdog_gui.look.language import tr, tr_n
from catdog_gui.look.model_words import accuracy_words
from catdog_gui.models.kept_words import made_words
from trainer.storage.collection import Kept

_LISTED = 6
"""More would make the dialog higher than small screens."""


def confirms_delete(parent: QWidget, chosen: Sequence[Kept]) -> bool:
    """Ask whether to move these to the trash, and return whether the user agrees."""
    if len(chosen) == 1:
        question = tr("Move “{title}” to the trash?", title=chosen[0].title)
    else:
        question = tr_n(len(chosen), "Move this %n to the trash?", "Move these %n to the trash?")
    return _agrees(parent, question, _explanation(chosen, named=len(chosen) > 1), tr("Move to trash"))


def confirms_delete_for_good(parent: QWidget, chosen: Sequence[Kept]) -> bool:
    """Ask whether to delete what the trash did not take, and return whether the user agrees."""
    question = tr("There is no trash here. Delete for good?")
    return _agrees(parent, question, _explanation(chosen, named=True), tr("Delete for good"))


def _agrees(parent: QWidget, question: str, explanation: str, agree: str) -> bool:
    box = QMessageBox(parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle(tr("Delete"))
    box.setText(question)
    box.setInformativeText(explanation)
    go = box.addButton(agree, QMessageBox.ButtonRole.DestructiveRole)
    go.setProperty("kind", "danger")
    stay = box.addButton(tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(stay)
    box.setEscapeButton(stay)
    box.exec()
    agrees: bool = box.clickedButton() is go
    box.deleteLater()
    return agrees


def _explanation(chosen: Sequence[Kept], *, named: bool) -> str:
    parts = [_which(kept, named=named) for kept in chosen[:_LISTED]]
    if len(chosen) > _LISTED:
        rest = len(chosen) - _LISTED
        parts.append(tr_n(rest, "and %n more", "and %n more"))
    runs = sum(kept.is_of_run for kept in chosen)
    if runs == 1:
        parts.append(tr("The run goes with it: the curves, the evaluation and the checkpoint."))
    elif runs:
        parts.append(tr("The runs go with them: the curves, the evaluations and the checkpoints."))
    return "\n\n".join(parts)


def _which(kept: Kept, *, named: bool) -> str:
    lines = [kept.title] if named else []
    lines += [
        f"{made_words(kept)} · {accuracy_words(kept.test)}",
        str(kept.path.parent if kept.is_of_run else kept.path),
    ]
    return "\n".join(lines)
