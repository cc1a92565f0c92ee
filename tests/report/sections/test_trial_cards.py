"""Cards of trials, and the links that lead to them and to MLflow runs."""

from study.records.folder import StudyFolder
from tests.report.read_page import page_of


def test_links_are_to_mlflow_runs_of_the_front_or_inside(study: StudyFolder) -> None:
    page = page_of(study)
    front = page.summary.front["trial"].tolist()
    web = [link for link in page.links() if link.startswith("http")]
    runs = [f"http://127.0.0.1:5000/#/experiments/1/runs/{trial:032x}" for trial in range(12) if trial % 2 == 0]
    assert {runs[trial // 2] for trial in front if trial % 2 == 0} <= set(web) <= set(runs)
    assert set(page.anchors_of("point")) == {f"#{card['id']}" for card in page.all("article")}
    assert {f"#trial-0-{trial}" for trial in front} <= set(page.links())
    for trial in front:
        if trial % 2:
            assert f"MLflow run {trial:032x}" in [code.get("title") for code in page.all("code")]
    local = [link for link in page.links() if not link.startswith(("http", "#"))]
    assert local == ["explore.html", "records.csv"]
