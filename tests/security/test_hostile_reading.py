"""A hostile mail in a real browser: nothing leaves the machine, nothing runs, nothing gets out of its frame."""

from __future__ import annotations

from email import message_from_bytes, policy
from urllib.parse import urlsplit

import pytest

from tests.inbox.conftest import arrive, mail, mailbox, messages, take  # noqa: F401 — fixtures

pytestmark = [pytest.mark.browser, pytest.mark.slow]
EVIL = "evil.example"
HOSTILE = f"""<html><head><title>x</title><base href="https://{EVIL}/"><meta http-equiv="refresh" content="0;url=https://{EVIL}/refresh">
<link rel="stylesheet" href="https://{EVIL}/style.css"><link rel="prefetch" href="https://{EVIL}/prefetch"><link rel="dns-prefetch" href="//{EVIL}"><link rel="preconnect" href="//{EVIL}">
<style>@import url(https://{EVIL}/import.css); @font-face {{ font-family: f; src: url(https://{EVIL}/font.woff) }} body {{ background: url(https://{EVIL}/body.png); font-family: f }}</style>
<script>top.evil = 1; parent.evil = 1; window.evil = 1</script><script src="https://{EVIL}/script.js"></script></head>
<body onload="window.evil = 1" background="https://{EVIL}/background.png" style="background: url(https://{EVIL}/inline.png)">
<p>Guten Tag, hier ist der Text.</p><p style="color: red">Rot</p>
<img src="https://{EVIL}/pixel.gif"><img src="//{EVIL}/pixel2.gif"><img srcset="https://{EVIL}/set.png 2x" src="x" onerror="window.evil = 1"><picture><source srcset="https://{EVIL}/source.png"><img></picture>
<iframe src="https://{EVIL}/frame"></iframe><object data="https://{EVIL}/object"></object><embed src="https://{EVIL}/embed"><video src="https://{EVIL}/v" poster="https://{EVIL}/poster" autoplay></video><audio src="https://{EVIL}/a" autoplay></audio>
<svg onload="window.evil = 1"><image href="https://{EVIL}/svg.png"/></svg><math><mtext><img src="https://{EVIL}/math.png"></mtext></math><table background="https://{EVIL}/table.png"><tr><td>x</td></tr></table>
<div id="overlay" style="position: fixed; inset: 0; z-index: 9999; background-image: url(https://{EVIL}/cover.png); margin: -900px">Melden Sie sich an</div>
<form action="https://{EVIL}/form"><input name="password" autofocus onfocus="window.evil = 1"><button>Anmelden</button></form>
<a id="lie" href="https://{EVIL}/bank">https://bank.example/</a> <a href="javascript:window.evil = 1">x</a></body></html>"""


@pytest.fixture
def shown(browser, client, arrive):  # noqa: F811
    """shown(remote) → the page that shows the mail, and the addresses the browser wanted from elsewhere."""
    made = message_from_bytes(mail(), policy=policy.default)
    made.add_alternative(HOSTILE, subtype="html")
    message = messages(arrive(made.as_bytes()), "inbound")[0]
    contexts = []

    def show(remote: bool):
        wanted = f"/inbox/messages/{message.id}/frame{'?remote=1' if remote else ''}"
        inner = f"/inbox/messages/{message.id}/html{'?remote=1' if remote else ''}"
        answers = {path: client.get(path) for path in (wanted, inner)}
        left: list[str] = []

        def serve(route) -> None:
            parts = urlsplit(route.request.url)
            if parts.hostname != "crm.example":
                left.append(route.request.url)
                route.abort()
                return
            answer = answers.get(f"{parts.path}?{parts.query}".rstrip("?"))
            if answer is None:
                route.fulfill(status=404)
            else:
                route.fulfill(status=answer.status_code, headers=dict(answer.headers), body=answer.data)

        contexts.append(browser.new_context())
        page = contexts[-1].new_page()
        page.route("**/*", serve)
        page.goto(f"http://crm.example{wanted}")
        frame = next(one for one in page.frames if "/html" in one.url)
        frame.wait_for_selector("text=hier ist der Text")
        page.wait_for_timeout(300)
        return page, frame, left

    yield show
    for context in contexts:
        context.close()


def test_nothing_leaves_and_nothing_runs(shown):
    page, frame, left = shown(False)
    assert left == []
    assert page.evaluate("window.evil") is None
    assert page.url.endswith("/frame"), "nobody was led away"
    assert frame.locator("script, iframe, form, input, object, embed, video, audio, svg, link").count() == 0
    assert frame.locator("p >> text=Rot").evaluate("one => getComputedStyle(one).color") == "rgb(255, 0, 0)"
    assert frame.locator("text=Melden Sie sich an").evaluate("one => getComputedStyle(one).position") == "static"
    assert f"[→ {EVIL}]" in frame.locator("body").inner_text()
    assert frame.locator("#lie").count() == 0, "no names of its own that scripts of ours could stumble over"


def test_only_pictures_are_fetched_when_they_are_asked_for(shown):
    page, _frame, left = shown(True)
    assert sorted({urlsplit(url).path for url in left}) == ["/pixel.gif", "/pixel2.gif"]
    assert page.evaluate("window.evil") is None
