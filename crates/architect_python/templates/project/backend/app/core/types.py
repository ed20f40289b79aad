"""Types of input: all that JSON and both databases can hold, and nothing else."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from json import dumps
from math import isclose, isfinite
from re import ASCII, fullmatch
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
)
from pydantic_core import CoreSchema, core_schema


def only(pattern: str) -> BeforeValidator:
    """Text of this form: Pydantic alone would also read "1 " and seconds since 1970."""

    def check(value: object) -> object:
        if isinstance(value, int | float):
            value = str(value)
        if isinstance(value, str) and not fullmatch(pattern, value, ASCII):
            raise ValueError(f"Input should have the form {pattern}")
        return value

    return BeforeValidator(check)


def refuse_bool_and_text(value: object) -> object:
    if isinstance(value, bool | str):
        raise ValueError("Input should be a whole number")
    return value


# JSON has one type of number: 1.0 is a whole number, too. Bounds go before this.
whole = BeforeValidator(refuse_bool_and_text)


def to_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("Input should be a time that exists in UTC") from None


def check_json(value: dict[str, Any]) -> dict[str, Any]:
    try:
        dumps(value, allow_nan=False, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise ValueError("Input should be what JSON can hold") from None
    return value


# PostgreSQL stores no NUL characters.
Text = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$")]
Email = Annotated[
    str,
    StringConstraints(
        # What a browser accepts in an e-mail field, but with a dot in the domain.
        pattern=r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$",
        max_length=255,
        to_lower=True,
    ),
]
Int32 = Annotated[int, Field(ge=-(2**31), le=2**31 - 1), whole]
Int64 = Annotated[int, Field(ge=-(2**63), le=2**63 - 1), whole]
Float = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Json = Annotated[dict[str, Any], AfterValidator(check_json)]
Bool = Annotated[bool, Field(strict=True)]
Date = Annotated[date, only(r"\d{4}-\d\d-\d\d")]
Time = Annotated[time, only(r"\d\d:\d\d.*")]
DateTime = Annotated[
    AwareDatetime, only(r"\d{4}-\d\d-\d\d[Tt ].*"), AfterValidator(to_utc)
]

# In a query everything is text.
QueryInt = Annotated[int, Field(ge=-(2**31), le=2**31 - 1), only(r"-?\d+")]
QueryInt64 = Annotated[int, Field(ge=-(2**63), le=2**63 - 1), only(r"-?\d+")]
QueryFloat = Annotated[
    float, Field(allow_inf_nan=False), only(r"-?\d+(\.\d+)?([Ee][+-]?\d+)?")
]
QueryBool = Annotated[bool, only("true|false")]


@dataclass(frozen=True)
class Digits:
    """What a NUMERIC(total, places) holds: `Annotated[Decimal, Digits(12, 2)]`.

    Read from a number or text, answered as text: JavaScript has floats only. With a
    bound other than zero it is read from a number alone: no pattern can say the bound.
    """

    total: int
    places: int
    ge: Decimal | None = None
    le: Decimal | None = None

    @property
    def is_read_from_text(self) -> bool:
        return self.le is None and self.ge in (None, 0)

    @property
    def pattern(self) -> str:
        sign = "-?" if self.ge is None or self.ge < 0 else ""
        fraction = rf"(\.[0-9]{{1,{self.places}}})?" if self.places else ""
        return rf"{sign}[0-9]{{1,{max(self.total - self.places, 1)}}}{fraction}"

    def __get_pydantic_core_schema__(
        self, _source: Any, _handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        number = core_schema.decimal_schema(
            max_digits=self.total, decimal_places=self.places, ge=self.ge, le=self.le
        )
        return core_schema.chain_schema(
            [
                core_schema.no_info_plain_validator_function(self.read),
                number,
                core_schema.no_info_plain_validator_function(self.fill),
            ],
            serialization=core_schema.to_string_ser_schema(),
        )

    def __get_pydantic_json_schema__(
        self, _schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        text = {"type": "string", "pattern": f"^{self.pattern}$"}
        if handler.mode == "serialization":
            return text
        most = 10 ** (self.total - self.places) - 1
        number = {
            "type": "number",
            "minimum": -most if self.ge is None else float(self.ge),
            "maximum": most if self.le is None else float(self.le),
            "multipleOf": float(Decimal(1).scaleb(-self.places)),
        }
        return {"anyOf": [number, text]} if self.is_read_from_text else number

    def read(self, value: object) -> object:
        if isinstance(value, bool):
            raise ValueError("Input should be a decimal number")
        if isinstance(value, str):
            if self.is_read_from_text and fullmatch(self.pattern, value):
                return value
            raise ValueError("Input should be a decimal number")
        if isinstance(value, float) and isfinite(value):
            # The decimal that the float stands for: 0.57 may be 0.5700000000000001.
            number = Decimal(f"{value:.{self.places}f}")
            return number if isclose(value, number, rel_tol=1e-12) else value
        return value

    def fill(self, number: Decimal) -> Decimal:
        """As it will come back from the database: 3 as 3.00."""
        return round(number, self.places)
