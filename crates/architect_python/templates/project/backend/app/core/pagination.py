"""Lists are answered a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

from fastapi import Query

from app.core.types import QueryInt

Item = TypeVar("Item")


@dataclass
class PageParams:
    """The part of a list that is asked for."""

    skip: Annotated[QueryInt, Query(ge=0, le=2**31 - 1)] = 0
    limit: Annotated[QueryInt, Query(ge=1, le=100)] = 50


@dataclass
class Page(Generic[Item]):
    """A part of a list, and the length of all of it."""

    data: Sequence[Item]
    count: int
