"""The question before models and runs are moved to the trash: which ones, so that two of one name are told apart."""

from collections.abc import Sequence

from PySide6.QtWidgets import QMessageBox, QWidget

from catdog_gui.look.language import tr, tr_n
from catdog_gui.look.model_words import accuracy_words
from catdog_gui.models.kept_words import made_words
from trainer.storage.collection import Kept

_LISTED = 6
"""More would make the dialog higher than small screens."""


def confirms_delete(parent: QWidget, chosen: Sequence[Kept]) -> bool:
    """Ask, and return whether the user agrees."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle(tr("Delete"))
    if len(chosen) == 1:
        box.setText(tr("Move “{title}” to the trash?", title=chosen[0].title))
    else:
        box.setText(tr_n(len(chosen), "Move this %n to the trash?", "Move these %n to the trash?"))
    box.setInformativeText(_explanation(chosen))
    go = box.addButton(tr("Move to trash"), QMessageBox.ButtonRole.DestructiveRole)
    go.setProperty("kind", "danger")
    stay = box.addButton(tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(stay)
    box.setEscapeButton(stay)
    box.exec()
    agrees: bool = box.clickedButton() is go
    box.deleteLater()
    return agrees


def _explanation(chosen: Sequence[Kept]) -> str:
    several = len(chosen) > 1
    parts = [_which(kept, named=several) for kept in chosen[:_LISTED]]
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
