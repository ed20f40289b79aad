import uuid
from datetime import datetime
from typing import Annotated, Literal

from pydantic import MISSING, BaseModel, Field

from app.core.types import Email, Text

FullName = Annotated[Text, Field(max_length=255)]
Password = Annotated[Text, Field(min_length=8, max_length=128)]


class UserBase(BaseModel):
    email: Email
    full_name: FullName | None = None


class UserCreate(UserBase):
    password: Password


class UserUpdate(BaseModel):
    email: Email | MISSING = MISSING
    full_name: FullName | None | MISSING = MISSING


class UserPublic(UserBase):
    id: uuid.UUID
    is_active: bool
    is_superuser: bool
    created_at: datetime
    updated_at: datetime


class LoginForm(BaseModel):
    """The password flow of OAuth 2: the name of a user is the e-mail address."""

    grant_type: Literal["password"] = "password"
    username: Annotated[Text, Field(min_length=1, max_length=255)]
    password: Annotated[Text, Field(min_length=1, max_length=128)]


class Token(BaseModel):
    access_token: str
    token_type: str = "bearer"
