"""The page that describes the API."""


def test_the_page_needs_no_sign_in_and_shows_every_address(nobody):
    html = nobody.get("/api/docs").text
    spec = nobody.get("/api/v1/openapi.json").json
    for path in spec["paths"]:
        assert f"<code>{path}</code>" in html
    assert "Add a bench." in html
    assert "Idempotency-Key" in html


def test_the_page_speaks_german(nobody):
    assert "erforderlich" in nobody.get("/api/docs", headers={"Accept-Language": "de"}).text
