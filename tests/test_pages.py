"""The page rules themselves: each is seen to fail."""

from __future__ import annotations

import pytest

from tests.pages import faults_of

PAGE = '<!doctype html><html lang="en"><head><meta name="viewport" content="x"><title>Contacts · Backbone</title></head><body><h1>Contacts</h1>{}</body></html>'

BROKEN = {
    "an id twice": '<p id="a"></p><p id="a"></p>',
    "a field without a label": '<input name="q">',
    "an empty label": '<label><input name="q"></label>',
    "a form without a token": '<form method="post" action="/x"><button>Go</button></form>',
    "a token in an address": '<form action="/x"><input type="hidden" name="csrf_token"></form>',
    "an inline script": "<script>alert(1)</script>",
    "an inline style": '<p style="color: red">x</p>',
    "a style element": "<style>p {}</style>",
    "a handler": '<p onclick="x()">x</p>',
    "a handler of htmx": '<p hx-on:click="x()">x</p>',
    "a script in an address": '<a href="javascript:x()">x</a>',
    "a link to nowhere": '<a href="#">x</a>',
    "a foreign script": '<script src="https://cdn.example/x.js"></script>',
    "a foreign picture": '<img alt="" src="//cdn.example/x.png">',
    "a button without a name": '<button type="submit"><svg></svg></button>',
    "a picture without alt": '<img src="/static/x.png">',
    "None shown": "<p>None</p>",
    "a placeholder shown": "<p>%(name)s gets a mail</p>",
    "a time without datetime": "<time>now</time>",
    "a table without headings": "<table><tr><td>1</td></tr></table>",
    "a second h1": "<h1>Again</h1>",
    "a label for nothing": '<label for="nothing">x</label>',
    "a description that is not there": '<p aria-describedby="nothing">x</p>',
    "a link to a place that is not there": '<a href="#nothing">x</a>',
}


def test_a_good_page_passes():
    form = '<form method="post"><input type="hidden" name="csrf_token"><label for="q">Q</label><input id="q"><button>Go</button></form>'
    assert faults_of(PAGE.format(form)) == []


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_rule_is_seen(body):
    assert len(faults_of(PAGE.format(body))) >= 1


@pytest.mark.parametrize("head", ['<html><head><title>A</title>', '<html lang="en"><head><title> · Backbone</title>'])
def test_a_page_says_its_title_and_language(head):
    assert faults_of(f"{head}<meta name='viewport'></head><body><h1>A</h1></body></html>")


def test_a_partial_needs_no_h1():
    assert faults_of('<li id="row-1"><a href="/contacts/1">Ada</a></li>') == []
