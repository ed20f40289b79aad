"""Lists are answered a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

from fastapi import Query

from app.core.types import only

Item = TypeVar("Item")


@dataclass
class PageParams:
    """The part of a list that is asked for."""

    skip: Annotated[int, Query(ge=0, le=2**31 - 1), only(r"\d+")] = 0
    limit: Annotated[int, Query(ge=1, le=100), only(r"\d+")] = 50


@dataclass
class Page(Generic[Item]):
    """A part of a list, and the length of all of it."""

    data: Sequence[Item]
    count: int
