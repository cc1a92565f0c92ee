"""No password of an address survives redaction."""

from hypothesis import given
from hypothesis import strategies as st

from study.system.redaction import redact

word = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8)


@given(scheme=st.sampled_from(["http", "postgresql+psycopg", "mysql"]), user=word, password=word, before=word)
def test_no_password_survives_redaction(scheme: str, user: str, password: str, before: str) -> None:
    text = f"{before}: cannot open '{scheme}://{user}:<{password}@host:1/db?a=1&password={password}>' twice"
    assert redact(text) == f"{before}: cannot open '{scheme}://***@host:1/db?a=1&password=***' twice"
    plain = f"{before} at {scheme}://host:1/db"
    assert redact(plain) == plain
