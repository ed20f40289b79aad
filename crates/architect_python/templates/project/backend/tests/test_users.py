import uuid
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.core.security import create_access_token
from app.main import app

URL = "/api/v1/users"
CAROL = {"email": "Carol@example.com", "password": "correct horse"}


def sign_up(client: TestClient) -> dict[str, Any]:
    response = client.post(URL, json=CAROL)
    assert response.status_code == 201
    user: dict[str, Any] = response.json()
    return user


def test_sign_up_and_login(client: TestClient) -> None:
    user = sign_up(client)
    assert user["email"] == "carol@example.com"
    assert "password" not in str(user)

    form = {"username": "CAROL@example.com", "password": CAROL["password"]}
    token = client.post(f"{URL}/login", data=form).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    assert client.get(f"{URL}/me", headers=headers).json() == user


def test_email_is_taken_once(client: TestClient) -> None:
    sign_up(client)
    assert client.post(URL, json=CAROL).status_code == 409


@pytest.mark.parametrize("username", ["carol@example.com", "nobody@example.com"])
def test_wrong_password(client: TestClient, username: str) -> None:
    sign_up(client)
    form = {"username": username, "password": "wrong horse"}
    response = client.post(f"{URL}/login", data=form)
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "change",
    [
        {"email": None},
        {"email": "nobody"},
        {"full_name": "\x00"},
        {"full_name": "x" * 256},
    ],
)
def test_invalid_update(alice: TestClient, change: dict[str, Any]) -> None:
    assert alice.patch(f"{URL}/me", json=change).status_code == 422


def test_update_me(alice: TestClient, bob: TestClient) -> None:
    response = alice.patch(f"{URL}/me", json={"full_name": "Alice"})
    assert response.json()["full_name"] == "Alice"
    response = alice.patch(f"{URL}/me", json={"full_name": None})
    assert response.json()["full_name"] is None
    assert response.json()["email"] == "alice@example.com"
    taken = alice.patch(f"{URL}/me", json={"email": "bob@example.com"})
    assert taken.status_code == 409
    assert bob.get(f"{URL}/me").json()["email"] == "bob@example.com"


def test_token_is_required(client: TestClient) -> None:
    assert client.get(f"{URL}/me").status_code == 401
    for token in ["", "nonsense", create_access_token(uuid.uuid4())]:
        headers = {"Authorization": f"Bearer {token}"}
        response = client.get(f"{URL}/me", headers=headers)
        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "body",
    [
        b'{"email": "a@example.com", "password": "\\ud800 \\ud800 \\ud800"}',
        b'{"email": "a@example.com", "password": NaN}',
        b'{"email": "a@example.com", "password": ' + b"9" * 9999 + b"}",
        b"\xff",
        b"[" * 99999,
    ],
)
def test_malformed_body(client: TestClient, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    response = client.post(URL, content=body, headers=headers)
    assert response.status_code == 422
    assert response.json()["detail"][0]["loc"][0] == "body"


def test_methods_of_a_path(client: TestClient) -> None:
    response = client.delete(f"{URL}/me")
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, PATCH"


def test_health(client: TestClient) -> None:
    assert client.get("/health").json() == {"status": "ok"}


def test_operation_ids_are_unique() -> None:
    paths = app.openapi()["paths"].values()
    ids = [operation["operationId"] for path in paths for operation in path.values()]
    assert len(ids) == len(set(ids))
