"""The theme of both pages."""

import re

from study.records.folder import StudyFolder
from study.report.write import write_report


def test_every_variable_of_the_style_is_defined_on_light_and_on_dark_ground(study: StudyFolder, explored: None) -> None:
    write_report([study.path])
    for path in (study.explore, study.report):
        html = path.read_text(encoding="utf-8")
        page = re.sub("<script>.*?</script>", "", html, count=1, flags=re.DOTALL)  # plotly.js
        light, dark = (set(re.findall(r"--([\w-]+):", rule)) for rule in re.findall(r":root {(.*?)}", page))
        used = set(re.findall(r"var\(--([\w-]+)\)", page))
        assert {"ink", "family-beta-vae"} < used
        placed = {"x", "y", "narrow-x", "narrow-y"}  # of the links over the points
        assert used - placed <= light
        assert light - dark == {"font"}
