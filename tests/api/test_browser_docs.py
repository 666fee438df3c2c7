"""/docs: everything that the page loads comes from the service itself."""

import re

import pytest

from ebl_service.api.app import create
from tests.house import House

ADDRESS = re.compile(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}", re.IGNORECASE)


def named(page: str) -> list[str]:
    """What a browser fetches for a page."""
    return re.findall(r"(?:src|href)=\"([^\"]+)\"", page)


def test_the_page_loads_its_script_and_style_from_the_service_alone(house: House) -> None:
    answer = house.get("/docs")
    assert answer.headers["content-type"].startswith("text/html")
    assert not ADDRESS.search(answer.text)
    assert "<script>" not in answer.text
    paths = [path for path in named(answer.text) if not path.startswith("data:")]
    assert [path.rpartition("/")[2] for path in paths] == ["swagger-ui.css", "swagger-ui-bundle.js", "start.js"]
    kinds = ["text/css", "text/javascript", "text/javascript"]
    for path, kind in zip(paths, kinds, strict=True):
        loaded = house.get(path)
        assert (loaded.status_code, loaded.headers["content-type"].partition(";")[0]) == (200, kind)
        assert len(loaded.content) > (100 if path.endswith("start.js") else 100_000)
    assert "SwaggerUIBundle" in house.get(paths[1]).text


def test_the_page_opens_our_description_and_asks_no_other_host_about_it(house: House) -> None:
    start = house.get("/docs/start.js").text
    (described,) = re.findall(r'url: "([^"]+)"', start)
    assert house.get(described).json()["info"]["title"] == "eBL Ledger"
    assert "validatorUrl: null" in start
    assert not ADDRESS.search(start)


@pytest.mark.parametrize("path", ["/docs", "/docs/start.js", "/docs/swagger-ui-bundle.js", "/docs/swagger-ui.css"])
def test_the_browser_is_told_to_load_from_the_service_only_and_to_run_no_script_in_a_page(
    house: House, path: str
) -> None:
    given = house.get(path).headers["content-security-policy"].split(";")
    policy = {name: values for name, *values in (part.split() for part in given)}
    assert policy["default-src"] == ["'none'"]
    assert {name: values for name, values in policy.items() if name.endswith("-src") and name != "default-src"} == {
        "connect-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
    }


def test_the_description_does_not_speak_of_the_page() -> None:
    assert not any(path.startswith("/docs") for path in create().openapi()["paths"])
