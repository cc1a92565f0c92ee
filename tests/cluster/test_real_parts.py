"""A study on real parts: two Ray nodes, Optuna on PostgreSQL, an MLflow server on PostgreSQL, eight trials at once."""

from pathlib import Path
from urllib.parse import quote

import pytest

from study.records.folder import StudyFolder
from tests.agreement import check_agreement, opened
from tests.cluster import postgresql, ray_nodes
from tests.cluster.studies import TINY, containing, launch, most_at_once, nodes_of

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy:DeprecationWarning"),  # in MLflow's own
]


def everything_in(server: postgresql.Server, database: str) -> str:
    """All rows of all tables of a database, as text."""
    with server.connect(database) as connection:
        names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        assert names
        rows = [connection.execute(f'SELECT t::text FROM "{name}" t').fetchall() for (name,) in names]
    return "\n".join(line for table in rows for (line,) in table)


def test_a_study_over_two_nodes_is_whole_everywhere_and_tells_no_password(
    postgres: postgresql.Server,
    tracking_uri: str,
    tracking_folder: Path,
    two_nodes: ray_nodes.Cluster,
    tmp_path: Path,
) -> None:
    storage = postgres.create("optuna")
    shown = "tr@cking/secret"
    with_secret = tracking_uri.replace("://", f"://somebody:{quote(shown, safe='')}@")
    parts = ["--address", two_nodes.address, "--storage", storage, "--tracking-uri", with_secret, "--concurrent", "8"]
    arguments = [*parts, *TINY, "--set", "steps=40", "--trials", "16"]
    done = launch(tmp_path, two_nodes.environment, *arguments)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stdout + done.stderr

    folder = StudyFolder(tmp_path / "fading_squares")
    check_agreement(tmp_path, "fading_squares", 16, storage, tracking_uri)
    assert not folder.database.exists()
    assert not (tmp_path / "mlflow.db").exists()
    assert len({node for nodes in nodes_of(folder).values() for node in nodes}) == 2
    with opened("fading_squares", storage) as study:
        assert most_at_once(study) == 8
    assert list((tracking_folder / "artifacts").rglob("report.html"))

    secrets = [postgres.password, shown, two_nodes.environment["RAY_AUTH_TOKEN"]]
    secrets += [quote(secret, safe="") for secret in secrets]
    assert not [secret for secret in secrets if secret in done.stdout + done.stderr]
    assert containing(secrets, [tmp_path, tracking_folder, two_nodes.folder]) == []
    told = everything_in(postgres, "optuna") + everything_in(postgres, "mlflow")
    assert "fading_squares" in told
    assert not [secret for secret in secrets if secret in told]
