"""The style sheet of the whole window, made from one theme's colours."""

from catdog_gui.look.colours import Colours
from catdog_gui.look.resources import resource


def style_sheet(c: Colours, base: float) -> str:
    """Return the sheet for these colours and this size of text in points."""
    values = {
        **{name: getattr(c, name) for name in Colours.__dataclass_fields__ if isinstance(getattr(c, name), str)},
        "controls": resource("icons", "controls").as_posix(),
        "mode": "dark" if c.dark else "light",
        **{f"pt_{name}": f"{base * scale:.1f}pt" for name, scale in _SIZES.items()},
    }
    text = _SHEET
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    return text


_SIZES = {"title": 1.8, "heading": 1.25, "subheading": 1.0, "small": 0.9, "verdict": 3.4, "figure": 2.0}

_SHEET = """
QMainWindow, QDialog { background: @window@; }
QWidget { color: @text@; }
QToolTip { background: @raised@; color: @text@; border: 1px solid @strong_border@; padding: 5px 8px; }

QLabel { background: transparent; }
QLabel[role="title"] { font-size: @pt_title@; font-weight: 600; }
QLabel[role="heading"] { font-size: @pt_heading@; font-weight: 600; }
QLabel[role="subheading"] { font-weight: 600; }
QLabel[role="muted"] { color: @muted@; }
QLabel[role="small"] { color: @muted@; font-size: @pt_small@; }
QLabel[role="verdict"] { font-size: @pt_verdict@; font-weight: 600; }
QLabel[role="figure"] { font-size: @pt_figure@; font-weight: 600; }
QLabel[role="danger"] { color: @danger@; }
QLabel[role="warning"] { color: @warning@; }
QLabel[role="success"] { color: @success@; }

QFrame[card="true"] { background: @surface@; border: 1px solid @border@; border-radius: 12px; }
QFrame[notice="info"] { background: @accent_soft@; border: none; border-radius: 10px; }
QFrame[notice="warning"] { background: @warning_soft@; border: none; border-radius: 10px; }
QFrame[notice="danger"], QFrame[notice="error"] { background: @danger_soft@; border: none; border-radius: 10px; }
QFrame[notice="success"] { background: @success_soft@; border: none; border-radius: 10px; }
QFrame[line="true"] { background: @border@; border: none; }

QPushButton, QToolButton {
    background: @raised@; border: 1px solid @strong_border@; border-radius: 8px;
    padding: 6px 14px; min-height: 20px; font-weight: 500;
}
QPushButton:hover, QToolButton:hover { background: @sunken@; }
QPushButton:pressed, QToolButton:pressed { background: @border@; }
QPushButton:focus, QToolButton:focus { border: 2px solid @accent@; padding: 5px 13px; }
QPushButton:disabled, QToolButton:disabled { color: @faint@; border-color: @border@; background: transparent; }
QPushButton:checked, QToolButton:checked { background: @accent_soft@; border-color: @accent@; color: @accent@; }
QPushButton::menu-indicator, QToolButton::menu-indicator {
    image: url(@controls@/down-@mode@.svg); width: 14px; height: 14px;
    subcontrol-origin: padding; subcontrol-position: right center; right: 8px;
}
QToolButton[bare="true"]::menu-indicator { image: none; }
QPushButton[menu="true"] { padding: 6px 30px 6px 12px; }
QPushButton[menu="true"]:focus { padding: 5px 29px 5px 11px; }

QPushButton[kind="primary"] { background: @accent@; border: 1px solid @accent@; color: @on_accent@; font-weight: 600; }
QPushButton[kind="primary"]:hover { background: @accent_hover@; border-color: @accent_hover@; }
QPushButton[kind="primary"]:pressed { background: @accent_pressed@; border-color: @accent_pressed@; }
QPushButton[kind="primary"]:focus { border: 2px solid @accent@; background-clip: padding; padding: 5px 13px; }
QPushButton[kind="primary"]:disabled { background: @border@; border-color: @border@; color: @faint@; }
QPushButton[size="large"] { padding: 10px 22px; border-radius: 10px; }
QPushButton[size="large"]:focus { padding: 9px 21px; }
QPushButton[size="large"][kind="primary"]:focus { padding: 9px 21px; }

QPushButton[kind="danger"] { color: @danger@; border-color: @danger@; background: transparent; }
QPushButton[kind="danger"]:hover { background: @danger_soft@; }
QPushButton[kind="danger"]:disabled { color: @faint@; border-color: @border@; }

QPushButton[kind="quiet"], QToolButton { background: transparent; border: 1px solid transparent; }
QToolButton { padding: 5px; }
QToolButton:focus { padding: 4px; }
QToolButton:disabled { border-color: transparent; }
QPushButton[kind="quiet"] { padding: 6px 10px; }
QPushButton[kind="quiet"]:focus { border: 2px solid @accent@; padding: 5px 9px; }
QPushButton[kind="quiet"]:hover, QToolButton:hover { background: @sunken@; }
QPushButton[kind="quiet"]:pressed, QToolButton:pressed { background: @border@; }
QPushButton[kind="quiet"]:checked { background: @accent_soft@; color: @accent@; }
QPushButton[kind="link"] {
    background: transparent; border: 2px solid transparent; border-radius: 6px;
    color: @accent@; padding: 0 4px; text-align: left;
}
QPushButton[kind="link"]:hover { text-decoration: underline; }
QPushButton[kind="link"]:focus { border: 2px solid @accent@; padding: 0 4px; }
QPushButton[kind="link"]:disabled { color: @faint@; }

QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox, QComboBox {
    background: @surface@; border: 1px solid @strong_border@; border-radius: 8px; padding: 5px 10px; min-height: 20px;
    selection-background-color: @accent@; selection-color: @on_accent@; placeholder-text-color: @muted@;
}
QLineEdit:hover, QAbstractSpinBox:hover, QComboBox:hover { border-color: @faint@; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QAbstractSpinBox:focus, QComboBox:focus {
    border: 2px solid @accent@; padding: 4px 9px;
}
QLineEdit:disabled, QAbstractSpinBox:disabled, QComboBox:disabled {
    color: @faint@; border-color: @border@; background: @window@;
}
QLineEdit QToolButton, QLineEdit QToolButton:focus {
    background: transparent; border: none; padding: 0; margin: 0; min-height: 0;
}
*[invalid="true"] { border: 2px solid @danger@; padding: 4px 9px; }
QAbstractSpinBox { padding: 5px 26px 5px 8px; }
QAbstractSpinBox:focus, QAbstractSpinBox[invalid="true"] { padding: 4px 25px 4px 7px; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {
    subcontrol-origin: border; width: 22px; border: none; background: transparent; margin-right: 2px;
}
QAbstractSpinBox::up-button { subcontrol-position: top right; margin-top: 2px; }
QAbstractSpinBox::down-button { subcontrol-position: bottom right; margin-bottom: 2px; }
QAbstractSpinBox::up-arrow { image: url(@controls@/up-@mode@.svg); width: 11px; height: 11px; }
QAbstractSpinBox::down-arrow { image: url(@controls@/down-@mode@.svg); width: 11px; height: 11px; }
QAbstractSpinBox::up-arrow:disabled, QAbstractSpinBox::up-arrow:off {
    image: url(@controls@/up-off-@mode@.svg);
}
QAbstractSpinBox::down-arrow:disabled, QAbstractSpinBox::down-arrow:off {
    image: url(@controls@/down-off-@mode@.svg);
}
QComboBox { padding: 5px 28px 5px 10px; combobox-popup: 0; }
QComboBox:focus, QComboBox[invalid="true"] { padding: 4px 27px 4px 9px; }
QComboBox::drop-down { subcontrol-origin: padding; subcontrol-position: center right; width: 26px; border: none; }
QComboBox::down-arrow { image: url(@controls@/down-@mode@.svg); width: 13px; height: 13px; }
QComboBox::down-arrow:disabled { image: url(@controls@/down-off-@mode@.svg); }
QComboBox QAbstractItemView {
    background: @raised@; border: 1px solid @strong_border@; outline: none;
    selection-background-color: @accent_soft@; selection-color: @text@;
}
QComboBox QAbstractItemView::item { min-height: 28px; padding: 2px 8px; border-radius: 6px; }

QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QMessageBox {
    messagebox-question-icon: url(@controls@/question-@mode@.svg);
    messagebox-information-icon: url(@controls@/information-@mode@.svg);
    messagebox-warning-icon: url(@controls@/warning-@mode@.svg);
    messagebox-critical-icon: url(@controls@/critical-@mode@.svg);
}

QCheckBox, QRadioButton {
    spacing: 9px; background: transparent; min-height: 22px;
    border: 2px solid transparent; border-radius: 6px; padding: 0 2px;
}
QCheckBox::indicator, QRadioButton::indicator {
    width: 16px; height: 16px; border: 1px solid @strong_border@; background: @surface@;
}
QCheckBox::indicator { border-radius: 5px; }
QRadioButton::indicator { border-radius: 9px; }
QCheckBox::indicator:hover, QRadioButton::indicator:hover { border-color: @accent@; }
QCheckBox::indicator:checked {
    background: @accent@; border-color: @accent@; image: url(@controls@/check-@mode@.svg);
}
QCheckBox::indicator:indeterminate {
    background: @accent@; border-color: @accent@; image: url(@controls@/dash-@mode@.svg);
}
QRadioButton::indicator:checked { background: @accent@; border-color: @accent@; image: url(@controls@/dot-@mode@.svg); }
QCheckBox:focus, QRadioButton:focus { border-color: @accent@; }
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled { background: @sunken@; border-color: @border@; }
QCheckBox:disabled, QRadioButton:disabled { color: @faint@; }

QSlider:horizontal { min-height: 24px; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: @border@; }
QSlider::sub-page:horizontal { height: 4px; border-radius: 2px; background: @accent@; }
QSlider::handle:horizontal {
    width: 16px; height: 16px; margin: -7px 0; border-radius: 9px; background: @surface@; border: 1px solid @faint@;
}
QSlider::handle:horizontal:hover, QSlider::handle:horizontal:focus { border: 2px solid @accent@; margin: -8px 0; }
QSlider::sub-page:horizontal:disabled { background: @strong_border@; }

QProgressBar {
    background: @border@; border: none; border-radius: 4px; min-height: 8px; max-height: 8px; color: transparent;
}
QProgressBar::chunk { background: @accent@; border-radius: 4px; }

QListView, QTreeView, QTableView {
    background: @surface@; border: 1px solid @border@; border-radius: 10px; outline: none;
    selection-background-color: @accent_soft@; selection-color: @text@; alternate-background-color: @window@;
    gridline-color: @border@;
}
QListView:focus, QTreeView:focus, QTableView:focus { border: 1px solid @accent@; }
QListView[plain="true"], QListView[plain="true"]:focus { background: transparent; border: none; }
QListView::item, QTreeView::item { padding: 6px 8px; border: 1px solid transparent; border-radius: 6px; }
QTableView::item { padding: 4px 8px; }
QListView::item:hover, QTreeView::item:hover { background: @sunken@; }
QListView::item:selected, QTreeView::item:selected, QTableView::item:selected {
    background: @accent_soft@; color: @text@;
}
QHeaderView { background: transparent; border: none; }
QHeaderView::section {
    background: transparent; color: @muted@; border: none; border-bottom: 1px solid @border@;
    padding: 7px 8px; font-weight: 500;
}
QHeaderView::section:hover { color: @text@; }
QHeaderView::down-arrow { image: url(@controls@/down-@mode@.svg); width: 12px; height: 12px; }
QHeaderView::up-arrow { image: url(@controls@/up-@mode@.svg); width: 12px; height: 12px; }
QTableCornerButton::section { background: transparent; border: none; }

QTabWidget::pane { border: none; border-top: 1px solid @border@; }
QTabBar { background: transparent; }
QTabBar::tab {
    background: transparent; color: @muted@; padding: 8px 14px; border: none; border-bottom: 2px solid transparent;
    font-weight: 500;
}
QTabBar::tab:selected { color: @text@; border-bottom: 2px solid @accent@; }
QTabBar::tab:hover { color: @text@; }
QTabBar::tab:selected:focus { border: 2px solid @accent@; border-radius: 6px; }

QScrollArea { background: transparent; border: none; }
QScrollArea > QWidget > QWidget { background: transparent; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle { background: @strong_border@; border-radius: 4px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover { background: @faint@; }
QScrollBar::handle:disabled { background: transparent; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; border: none; background: none; }
QScrollBar::add-page, QScrollBar::sub-page { background: none; }
QAbstractScrollArea::corner { background: transparent; border: none; }

QSplitter::handle { background: transparent; }
QGroupBox { border: 1px solid @border@; border-radius: 10px; margin-top: 12px; padding-top: 12px; }
QGroupBox::title { subcontrol-origin: margin; left: 12px; padding: 0 4px; color: @muted@; }

QMenuBar { background: @window@; border: none; padding: 2px 6px; }
QMenuBar::item { background: transparent; padding: 5px 10px; border-radius: 6px; }
QMenuBar::item:selected { background: @sunken@; }
QMenu { background: @raised@; border: 1px solid @strong_border@; padding: 5px; }
QMenu::item { padding: 6px 28px 6px 10px; border-radius: 6px; }
QMenu::item:selected { background: @accent_soft@; color: @text@; }
QMenu::item:disabled { color: @faint@; }
QMenu::separator { height: 1px; background: @border@; margin: 5px 8px; }
QMenu::icon { padding-left: 8px; }
QMenu::right-arrow { image: url(@controls@/right-@mode@.svg); width: 12px; height: 12px; }
QFrame#toast { background: @text@; border-radius: 10px; }
QFrame#toast QLabel { color: @window@; font-weight: 500; }
QFrame#toast QToolButton { padding: 1px; min-height: 0; }
QFrame#toast QToolButton:hover { background: @muted@; }

QWidget#sidebar { background: @window@; border-right: 1px solid @border@; }
QListView#pages, QListView#pages:focus { background: transparent; border: none; font-weight: 500; }
QListView#pages::item {
    padding: 8px 12px; margin: 2px 0; border: 1px solid transparent; border-radius: 8px; color: @muted@;
}
QListView#pages::item:hover { background: @sunken@; color: @text@; }
QListView#pages::item:selected { background: @accent_soft@; color: @accent@; }
QListView#pages::item:focus { border: 2px solid @accent@; }
"""
