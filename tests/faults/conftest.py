"""Reports are drawn here as in the tests of the report."""

from tests.report.conftest import quick  # noqa: F401  every test uses it
