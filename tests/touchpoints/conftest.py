from tests.contacts.conftest import statements  # noqa: F401
