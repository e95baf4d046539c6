"""How the tests' clients reach the server that a test has started."""

import os

import ovirtsdk4


def connect(username="admin@internal", password=os.environ["PASSWORD"], **options):
    """Opens a connection of oVirt's SDK."""
    options.setdefault("ca_file", os.environ["CA_FILE"])
    return ovirtsdk4.Connection(
        url=os.environ["URL"], username=username, password=password, timeout=60, **options
    )


def refusal(action):
    """What an action is refused with: the error of the SDK."""
    try:
        action()
    except ovirtsdk4.Error as error:
        return error
    raise AssertionError("it was not refused")
