"""Passwords and access tokens."""

import uuid
from datetime import timedelta

import jwt
from pwdlib import PasswordHash

from app.core.config import settings
from app.core.db import utc_now

ALGORITHM = "HS256"

passwords = PasswordHash.recommended()
UNKNOWN_USER_HASH = passwords.hash("nobody has this password")


def create_access_token(user_id: uuid.UUID) -> str:
    expires_at = utc_now() + timedelta(minutes=settings.access_token_minutes)
    return jwt.encode(
        {"sub": str(user_id), "exp": expires_at},
        settings.secret_key.get_secret_value(),
        algorithm=ALGORITHM,
    )


def read_access_token(token: str) -> uuid.UUID | None:
    """The user that a valid token was made for."""
    try:
        claims = jwt.decode(
            token,
            settings.secret_key.get_secret_value(),
            algorithms=[ALGORITHM],
            options={"require": ["sub", "exp"]},
        )
        return uuid.UUID(claims["sub"])
    except (jwt.InvalidTokenError, ValueError):
        return None
