"""What every resource has in common, on a tiny one."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import func, select

from crm.accounts.models import Department
from crm.api.jobs import forget_keys
from crm.extensions import db

BENCH = {"key": "oak", "name": "Oak"}


def count() -> int:
    return db.session.scalar(select(func.count()).select_from(Department))


def problem(response, status: int) -> dict:
    assert response.status_code == status, response.text
    assert response.mimetype == "application/problem+json"
    body = response.get_json(force=True)
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    return body


# — who may come in —


def test_without_a_token_nobody_comes_in(app, nobody):
    response = nobody.get("/api/v1/benches")
    assert "token" in problem(response, 401)["detail"]
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_session_cookie_opens_nothing(client):
    problem(client.get("/api/v1/benches"), 401)


@pytest.mark.parametrize("header", ["Bearer wrong", "Basic YTpi", "Bearer", "Bearer ü"])
def test_other_credentials_are_refused(app, nobody, header):
    problem(nobody.get("/api/v1/benches", headers={"Authorization": header}), 401)


def test_a_revoked_token_is_refused(program):
    mine = program()
    mine.token.revoke()
    db.session.commit()
    problem(mine.get("/benches"), 401)


def test_reading_needs_no_more_than_the_scope_read(program):
    assert program("read").get("/benches").status_code == 200


def test_writing_needs_the_scope_write(program):
    before = count()
    assert "write" in problem(program("read").post("/benches", **BENCH), 403)["detail"]
    assert count() == before


def test_admin_endpoints_need_the_scope_and_the_right(program, make, admin, agent):
    bench = make.department("steel")
    problem(program("write", admin).delete(f"/benches/{bench.id}"), 403)
    problem(program("admin", agent).delete(f"/benches/{bench.id}"), 403)
    assert program("admin", admin).delete(f"/benches/{bench.id}").status_code == 204
    assert db.session.scalar(select(Department).where(Department.key == "steel")) is None


def test_after_the_request_nobody_is_left_in_the_context(program, client):
    program().get("/benches")
    problem(client.get("/api/v1/benches"), 401)


# — errors —


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/benches/99999", 404), ("GET", "/nothing", 404), ("PUT", "/benches", 405),
                                                       ("GET", "/benches/99999999999999999999", 404), ("GET", "/benches/0", 404)])
def test_wrong_addresses_are_problems_too(program, method, path, status):
    problem(program().open(method, path), status)


def test_a_wrong_method_names_the_right_ones(program):
    assert "POST" in program().open("PUT", "/benches").headers["Allow"]


def test_malformed_json_is_400(program):
    problem(program().open("POST", "/benches", data="{", content_type="application/json"), 400)
    problem(program().open("POST", "/benches", data="[" * 100_000, content_type="application/json"), 400)
    problem(program().open("POST", "/benches", data=b"\xff\xfe", content_type="application/json"), 400)


def test_another_content_type_is_415(program):
    problem(program().open("POST", "/benches", data="key=oak", content_type="application/x-www-form-urlencoded"), 415)


def test_too_much_is_413(program, app, monkeypatch):
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 1000)
    problem(program().post("/benches", key="oak", name="x" * 2000), 413)


def test_bad_input_names_each_field_and_changes_nothing(program):
    before = count()
    errors = problem(program().post("/benches", key="", colour="red", position=-1), 422)["errors"]
    assert set(errors) == {"key", "name", "colour", "position"}
    assert count() == before


@pytest.mark.parametrize("body", ["null", "[]", '"x"', "1", '{"key": "a\\u0000b", "name": "n"}', '{"key": "\\ud800", "name": "n"}',
                                  '{"key": "k", "name": "n", "position": NaN}', '{"key": "k", "name": "n", "position": 99999999999999999999}',
                                  '{"key": "k", "name": "n", "created": "2026-01-01T10:00:00"}'])
def test_what_cannot_be_stored_is_refused_not_a_crash(program, body):
    problem(program().open("POST", "/benches", data=body, content_type="application/json"), 422)


def test_unknown_arguments_are_refused(program):
    assert "colour" in problem(program().get("/benches", colour="red"), 422)["errors"]


def test_the_domain_saying_no_is_409_with_the_field(program):
    assert problem(program().post("/benches", key="stone", name="S"), 409)["errors"] == {"key": ["No stones."]}


def test_an_endpoint_can_refuse_a_field(program):
    assert problem(program().post("/benches", key="nowhere", name="S"), 422)["errors"] == {"key": ["Nowhere is no place."]}


def test_what_the_database_refuses_is_409(program, make):
    make.department("oak")
    problem(program().post("/benches", **BENCH), 409)


def test_a_crash_is_a_problem_without_a_stack_trace(program):
    response = program().post("/benches", key="broken", name="B")
    assert "RuntimeError" not in response.text
    problem(response, 500)


# — writing —


def test_a_row_is_created_and_shown(program):
    response = program().post("/benches", **BENCH, created="2026-01-01T10:00:00+01:00")
    assert response.status_code == 201
    assert response.json == {"id": response.json["id"], "key": "oak", "name": "Oak", "position": 0}
    assert response.headers["ETag"]


def test_a_patch_changes_only_what_was_sent(program, make):
    bench = make.department("oak", name="Oak")
    assert program().patch(f"/benches/{bench.id}", position=7).json["position"] == 7
    assert bench.name == "Oak"


def test_the_same_key_and_body_are_carried_out_once(program):
    mine, before = program(), count()
    first = mine.post("/benches", headers={"Idempotency-Key": "k1"}, **BENCH)
    again = mine.post("/benches", headers={"Idempotency-Key": "k1"}, **BENCH)
    assert (again.status_code, again.json) == (201, first.json)
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Idempotent-Replay"] == "true"
    assert count() == before + 1


def test_a_key_is_forgotten_after_a_week(program, clock):
    mine = program()
    mine.post("/benches", headers={"Idempotency-Key": "k1"}, **BENCH)
    clock.advance(days=6)
    forget_keys()
    problem(mine.post("/benches", headers={"Idempotency-Key": "k1"}, key="elm", name="Elm"), 409)
    clock.advance(days=2)
    forget_keys()
    assert mine.post("/benches", headers={"Idempotency-Key": "k1"}, key="elm", name="Elm").status_code == 201


def test_the_same_key_with_another_body_is_409(program):
    mine = program()
    mine.post("/benches", headers={"Idempotency-Key": "k1"}, **BENCH)
    problem(mine.post("/benches", headers={"Idempotency-Key": "k1"}, key="elm", name="Elm"), 409)


def test_keys_of_different_tokens_are_different_keys(program):
    assert program().post("/benches", headers={"Idempotency-Key": "k1"}, **BENCH).status_code == 201
    assert program().post("/benches", headers={"Idempotency-Key": "k1"}, key="elm", name="Elm").status_code == 201


def test_a_refused_request_leaves_its_key_free(program):
    mine = program()
    problem(mine.post("/benches", headers={"Idempotency-Key": "k1"}, key="stone", name="S"), 409)
    assert mine.post("/benches", headers={"Idempotency-Key": "k1"}, **BENCH).status_code == 201


def test_an_overlong_key_is_refused(program):
    problem(program().post("/benches", headers={"Idempotency-Key": "k" * 201}, **BENCH), 422)


# — conditions —


def test_what_somebody_has_already_is_304(program, make):
    bench, mine = make.department("oak"), program()
    etag = mine.get(f"/benches/{bench.id}").headers["ETag"]
    unchanged = mine.get(f"/benches/{bench.id}", headers={"If-None-Match": etag})
    assert (unchanged.status_code, unchanged.data, unchanged.headers["ETag"]) == (304, b"", etag)


def test_a_change_in_between_is_412_and_nothing_is_overwritten(program, make):
    bench, mine = make.department("oak", name="Oak"), program()
    etag = mine.get(f"/benches/{bench.id}").headers["ETag"]
    changed = mine.patch(f"/benches/{bench.id}", headers={"If-Match": etag}, name="Elm")
    assert changed.status_code == 200
    problem(mine.patch(f"/benches/{bench.id}", headers={"If-Match": etag}, name="Ash"), 412)
    assert mine.patch(f"/benches/{bench.id}", headers={"If-Match": changed.headers["ETag"]}, name="Fir").status_code == 200
    assert bench.name == "Fir"


def test_delete_honours_if_match(program, make, admin):
    bench, mine = make.department("oak"), program("admin", admin)
    problem(mine.delete(f"/benches/{bench.id}", headers={"If-Match": '"other"'}), 412)
    etag = mine.get(f"/benches/{bench.id}").headers["ETag"]
    assert mine.delete(f"/benches/{bench.id}", headers={"If-Match": etag}).status_code == 204


# — lists —


def test_a_list_is_paged_and_survives_inserts(program, make):
    for name in "abcde":
        make.department(name, name=name)
    mine = program()
    first = mine.get("/benches", limit=2).json
    make.department("aa", name="aa")
    second = mine.get("/benches", limit=200, cursor=first["next"]).json
    shown = [row["name"] for row in [*first["items"], *second["items"]]]
    everything = sorted(db.session.scalars(select(Department.name)), key=str)
    assert shown == [name for name in everything if name != "aa" or shown[1] < "aa"]
    assert second["next"] is None


def test_the_order_can_be_turned_round(program, make):
    make.department("oak", name="zzz")
    assert program().get("/benches", sort="-name").json["items"][0]["name"] == "zzz"


def test_filters_narrow_the_list(program, make):
    make.department("oak")
    make.department("elm")
    assert [row["key"] for row in program().get("/benches", key="elm").json["items"]] == ["elm"]


@pytest.mark.parametrize("arguments", [{"limit": 201}, {"limit": 0}, {"limit": "x"}, {"sort": "colour"}, {"cursor": "nonsense"}, {"cursor": "name~bm9wZQ"},
                                       {"cursor": "-name~WyJhIiwxXQ"}, {"cursor": "name~WzEsMV0"}, {"cursor": "name~WyJhIiw5OTk5OTk5OTk5OTldCg"}])
def test_bad_arguments_of_a_list_are_refused_by_name(program, arguments):
    assert set(problem(program().get("/benches", **arguments), 422)["errors"]) == set(arguments)


# — the description —


def test_the_description_needs_no_token_and_is_openapi_3_1(nobody):
    spec = nobody.get("/api/v1/openapi.json").json
    assert spec["openapi"] == "3.1.0"
    post = spec["paths"]["/api/v1/benches"]["post"]
    assert post["summary"] == "Add a bench."
    assert "application/problem+json" in json.dumps(spec["components"]["responses"]["DEFAULT_ERROR"])
    assert {parameter["name"] for parameter in post["parameters"]} == {"Idempotency-Key"}
    assert spec["paths"]["/api/v1/benches/{bench_id}"]["get"]["tags"] == ["benches"]


def test_a_question_by_post_needs_only_the_scope_read(program):
    assert program("read").post("/benches/question", word="well").json == {"name": "well"}
