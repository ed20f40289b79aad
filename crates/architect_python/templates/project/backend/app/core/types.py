"""Types of input: all that JSON and both databases can hold, and nothing else."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from math import isclose, isfinite
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    EmailStr,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
)
from pydantic_core import CoreSchema, core_schema


def refuse_numbers(value: object) -> object:
    """Pydantic would read a number as the seconds since 1970."""
    if isinstance(value, int | float):
        raise ValueError("Input should be text in the ISO 8601 format")
    return value


def to_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("Input should be a time that exists in UTC") from None


# PostgreSQL stores no NUL characters.
Text = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$")]
Email = Annotated[EmailStr, AfterValidator(str.lower), Field(max_length=255)]
Int32 = Annotated[int, Field(strict=True, ge=-(2**31), le=2**31 - 1)]
Int64 = Annotated[int, Field(strict=True, ge=-(2**63), le=2**63 - 1)]
Float = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Bool = Annotated[bool, Field(strict=True)]
Date = Annotated[date, BeforeValidator(refuse_numbers)]
Time = Annotated[time, BeforeValidator(refuse_numbers)]
DateTime = Annotated[
    AwareDatetime, BeforeValidator(refuse_numbers), AfterValidator(to_utc)
]


@dataclass(frozen=True)
class Digits:
    """What a NUMERIC(total, places) holds: `Annotated[Decimal, Digits(12, 2)]`.

    Read from a number or text, answered as text: JavaScript has floats only.
    """

    total: int
    places: int
    ge: Decimal | None = None

    def __get_pydantic_core_schema__(
        self, _source: Any, _handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        number = core_schema.decimal_schema(
            max_digits=self.total, decimal_places=self.places, ge=self.ge
        )
        return core_schema.no_info_before_validator_function(self.drop_error, number)

    def __get_pydantic_json_schema__(
        self, _schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        whole = self.total - self.places
        sign = "" if self.ge is not None and self.ge >= 0 else "-?"
        pattern = f"^{sign}[0-9]{{1,{whole}}}(\\.[0-9]{{1,{self.places}}})?$"
        text = {"type": "string", "pattern": pattern}
        if handler.mode == "serialization":
            return text
        most = 10**whole - 1
        number = {
            "type": "number",
            "minimum": -most if self.ge is None else float(self.ge),
            "maximum": most,
            "multipleOf": float(Decimal(1).scaleb(-self.places)),
        }
        return {"anyOf": [number, text]}

    def drop_error(self, value: object) -> object:
        """The decimal that a float stands for: 0.57 may be 0.5700000000000001."""
        if isinstance(value, bool):
            raise ValueError("Input should be a decimal number")
        if isinstance(value, float) and isfinite(value):
            number = Decimal(str(value))
            rounded = Decimal(f"{value:.{self.places}f}")
            return rounded if isclose(number, rounded, rel_tol=1e-12) else number
        return value
