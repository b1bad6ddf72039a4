"""The Qt binding itself: some of its releases abort after a few thousand void calls."""

from PySide6.QtCore import QObject


def test_many_void_calls_do_not_abort(qapp) -> None:
    thing = QObject()
    for number in range(20_000):
        thing.setObjectName(str(number))
    assert thing.objectName() == "19999"
