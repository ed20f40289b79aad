"""Writes random applications, and what FastAPI says of each.

    random_apps.py FOLDER SEED APPLICATIONS MODELS ROUTES

makes FOLDER/N/main.py and FOLDER/N/openapi.json for each application.
"""

import importlib
import json
import random
import sys
import warnings
from pathlib import Path

HEAD = '''"""A random application."""

import enum
import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Annotated, Any, Dict, Generic, List, Literal, Optional, Set, Tuple, TypeVar, Union

from fastapi import APIRouter, Body, Cookie, Depends, FastAPI, File, Form, Header, Path, Query, UploadFile
from pydantic import AnyUrl, BaseModel, ConfigDict, EmailStr, Field, HttpUrl, RootModel, SecretStr
from pydantic import computed_field, field_serializer
from pydantic.alias_generators import to_camel, to_pascal

T = TypeVar("T")
'''

WORDS = "alpha beta gamma delta omega item user order price size name state total note code page kind owner".split()


class Writer:
    def __init__(self, seed):
        self.r = random.Random(seed)
        self.lines = [HEAD]
        self.models, self.enums, self.generics, self.unions = [], [], [], []
        self.number = 0

    def chance(self, share):
        return self.r.random() < share

    def name(self, prefix=""):
        self.number += 1
        return f"{prefix}{self.r.choice(WORDS)}_{self.number}"

    def class_name(self):
        self.number += 1
        return f"{self.r.choice(WORDS).title()}{self.r.choice(WORDS).title()}{self.number}"

    def text(self):
        return " ".join(self.r.choice(WORDS) for _ in range(self.r.randint(1, 4))).capitalize()

    # Types: (source, a default as source or None, what Field may demand of it)

    def scalar(self):
        r = self.r
        kind = r.choice(["str"] * 3 + ["int"] * 3 + "float bool Decimal uuid.UUID date datetime time timedelta bytes".split()
                        + ["EmailStr", "HttpUrl", "AnyUrl", "SecretStr", "Any", "literal", "enum"])
        if kind == "literal":
            values = r.choice([["'a'", "'b'"], ["1", "2", "3"], ["'only'"], ["'x'", "1", "True"]])
            return f"Literal[{', '.join(values)}]", values[0], {}
        if kind == "enum":
            if not self.enums:
                return "int", "3", {}
            name, member = r.choice(self.enums)
            return name, f"{name}.{member}", {}
        default = {"str": "'text'", "int": "7", "float": "1.5", "bool": "True", "Decimal": "Decimal('2.50')", "Any": "None"}
        demands = {}
        if kind == "str":
            demands = r.choice([{}, {"min_length": 1}, {"max_length": 9}, {"pattern": "'^[a-z]*$'"}, {"min_length": 2, "max_length": 5}])
        elif kind in ("int", "float"):
            demands = r.choice([{}, {"ge": 0}, {"gt": -1, "lt": 100}, {"le": 10}, {"multiple_of": 5 if kind == "int" else 0.5}])
        elif kind == "Decimal":
            demands = r.choice([{}, {"max_digits": 5, "decimal_places": 2}, {"gt": 0}, {"ge": 1, "le": 10}])
        return kind, default.get(kind), demands

    def type(self, depth=0, scalar_only=False):
        r = self.r
        roll = r.random()
        if scalar_only or depth > 2 or roll < 0.5:
            return self.scalar()
        if roll < 0.62:
            source, _, demands = self.type(depth + 1)
            style = r.choice(["Optional[{}]", "Union[{}, None]"])
            return style.format(source), "None", demands if "Optional" not in source and "Union" not in source else {}
        if roll < 0.72:
            source, _, _ = self.annotated(depth + 1)
            return r.choice(["List[{}]", "list[{}]"]).format(source), r.choice([None, "[]"]), r.choice([{}, {"min_length": 1}, {"max_length": 3}])
        if roll < 0.77:
            return f"Dict[str, {self.type(depth + 1)[0]}]", "{}", r.choice([{}, {"max_length": 3}])
        if roll < 0.80:
            return f"Set[{r.choice(['int', 'str'])}]", None, {}
        if roll < 0.83:
            return r.choice([f"Tuple[int, {self.scalar()[0]}]", f"Tuple[{self.scalar()[0]}, ...]"]), None, {}
        if roll < 0.88:
            return f"Union[{self.scalar()[0]}, {self.type(depth + 1)[0]}]", None, {}
        if roll < 0.91 and self.generics and self.models:
            return f"{r.choice(self.generics)}[{r.choice(self.models + ['int', 'str'])}]", None, {}
        if roll < 0.93 and self.unions:
            source = r.choice(self.unions)
            return f"Annotated[{source}, Field(discriminator='tag')]", None, {}
        if self.models:
            return r.choice(self.models), None, {}
        return self.scalar()

    def annotated(self, depth):
        source, default, demands = self.type(depth)
        if demands and self.chance(0.5):
            given = ", ".join(f"{key}={value}" for key, value in demands.items())
            more = f", description='{self.text()}'" if self.chance(0.3) else ""
            return f"Annotated[{source}, Field({given}{more})]", default, {}
        return source, default, demands

    def keywords(self, demands, default, factory=True):
        given = [f"{key}={value}" for key, value in demands.items() if self.chance(0.8)]
        if default is not None and self.chance(0.5):
            given.insert(0, f"default={default}" if self.chance(0.5) else default)
        if self.chance(0.3):
            given.append(f"description='{self.text()}'")
        if self.chance(0.15):
            given.append(f"title='{self.text()}'")
        if self.chance(0.1):
            given.append("examples=['one', 2]")
        if self.chance(0.05):
            given.append("deprecated=True")
        return given

    def field(self, taken):
        name = self.name()
        source, default, demands = self.type()
        roll = self.r.random()
        if roll < 0.35:
            end = f" = {default}" if default is not None and self.chance(0.6) else ""
            return f"    {name}: {source}{end}"
        given = self.keywords(demands, default)
        if self.chance(0.08):
            given.append(f"alias='{name}_sent'")
        elif self.chance(0.05):
            given.append(f"serialization_alias='{name}_answered'")
        elif self.chance(0.05):
            given.append(f"validation_alias='{name}_taken'")
        if self.chance(0.05):
            given.append("json_schema_extra={'x-note': [1, None]}")
        if self.chance(0.04) and "default=" not in "".join(given) and source.startswith(("List", "list")):
            given.append("default_factory=list")
        has_position = given and "=" not in given[0].split("(")[0].split("'")[0]
        if roll < 0.55:
            rest = [word for word in given if not word.startswith("default=") and not (has_position and word is given[0])]
            end = f" = {default}" if default is not None and self.chance(0.5) and "default_factory=list" not in rest else ""
            return f"    {name}: Annotated[{source}, Field({', '.join(rest)})]{end}"
        return f"    {name}: {source} = Field({', '.join(given)})"

    def enumeration(self):
        name = self.class_name()
        base = self.r.choice(["str, enum.Enum", "enum.Enum", "int, enum.Enum", "enum.IntEnum"])
        values = [1, 2, 3] if "int" in base.lower() else ["one", "two", "three"]
        self.lines.append(f"\n\nclass {name}({base}):")
        if self.chance(0.4):
            self.lines.append(f'    """{self.text()}."""\n')
        for number, value in enumerate(values[: self.r.randint(1, 3)]):
            self.lines.append(f"    M{number} = {value!r}")
        self.enums.append((name, "M0"))

    def model(self):
        r = self.r
        name = self.class_name()
        roll = r.random()
        bases, generic = "BaseModel", False
        plain = [m for m in self.models if m in self.plain]
        if roll < 0.2 and plain:
            bases = r.choice(plain)
        elif roll < 0.28:
            bases, generic = "BaseModel, Generic[T]", True
        elif roll < 0.33:
            inner = self.type(1)[0]
            self.lines.append(f"\n\nclass {name}(RootModel[{inner}]):\n    pass")
            self.models.append(name)
            return
        extra = r.choice(["", "", "", ", extra='forbid'", ", extra='allow'"]) if bases == "BaseModel" else ""
        self.lines.append(f"\n\nclass {name}({bases}{extra}):")
        if self.chance(0.4):
            self.lines.append(f'    """{self.text()}.\n\n    {self.text()}.\n    """\n')
        config = []
        if self.chance(0.12):
            config.append(f"alias_generator={r.choice(['to_camel', 'to_pascal'])}")
        if self.chance(0.1):
            config.append(f"title='{self.text()}'")
        if self.chance(0.08):
            config.append("json_schema_extra={'x-model': True}")
        if self.chance(0.06):
            config.append("json_schema_serialization_defaults_required=True")
        if config:
            self.lines.append(f"    model_config = ConfigDict({', '.join(config)})\n")
        fields = [self.field(()) for _ in range(r.randint(1, 6))]
        if generic:
            fields.append(r.choice(["    held: T", "    held: List[T] = []", "    held: Optional[T] = None"]))
        if self.chance(0.1):
            fields.append(f'    child: Optional["{name}"] = None')
        self.lines.extend(fields)
        if self.chance(0.12):
            self.lines.append(f"\n    @computed_field\n    @property\n    def computed(self) -> {self.scalar()[0]}:\n        ...")
        if self.chance(0.08):
            target = fields[0].split(":")[0].strip()
            self.lines.append(f"\n    @field_serializer('{target}')\n    def write(self, value) -> {r.choice(['str', 'int'])}:\n        ...")
        if generic:
            self.generics.append(name)
        else:
            self.models.append(name)
            self.plain.append(name)

    plain = []

    def union(self):
        names = []
        for tag in ("cat", "dog"):
            name = self.class_name()
            self.lines.append(f"\n\nclass {name}(BaseModel):\n    tag: Literal['{tag}']")
            self.lines.append(self.field(()))
            names.append(name)
            self.models.append(name)
        self.unions.append(f"Union[{', '.join(names)}]")

    def parameter(self, place):
        name = self.name()
        simple = self.r.choice(["int", "str", "float", "bool", "uuid.UUID", "date"] + [enum for enum, _ in self.enums])
        demands = {"int": {"ge": 1}, "str": {"max_length": 8}}.get(simple, {})
        if place == "Path":
            given = self.keywords(demands, None)
            style = self.r.randint(0, 2)
            if style == 0:
                return name, f"{name}: {simple}"
            return name, f"{name}: Annotated[{simple}, Path({', '.join(given)})]"
        listed = place in ("Query", "Header") and self.chance(0.15)
        optional = self.chance(0.5)
        source = f"List[{simple}]" if listed else simple
        source = f"Optional[{source}]" if optional else source
        given = self.keywords(demands if not listed else {}, None)
        if place in ("Header", "Query") and self.chance(0.15):
            given.append(f"alias='X-{name}'")
        end = " = None" if optional else ""
        if self.chance(0.7) or place != "Query":
            if self.chance(0.5) or not optional:
                return name, f"{name}: Annotated[{source}, {place}({', '.join(given)})]{end}"
            return name, f"{name}: {source} = {place}({', '.join(['None'] + given)})"
        return name, f"{name}: {'int' if not optional else source}{end or ' = 3'}"

    def route(self, router, dependencies):
        r = self.r
        method = r.choice(["get", "get", "post", "put", "patch", "delete"])
        path, parameters = f"/{self.name()}", []
        for _ in range(r.choice([0, 0, 1, 1, 2])):
            name, source = self.parameter("Path")
            path += f"/{{{name}}}"
            parameters.append(source)
        for place in r.sample(["Query", "Header", "Cookie", "Query"], r.randint(0, 3)):
            parameters.append(self.parameter(place)[1])
        if dependencies and self.chance(0.3):
            parameters.append(f"{self.name()}: Annotated[Any, Depends({r.choice(dependencies)})]")
        if method in ("post", "put", "patch"):
            roll = r.random()
            if roll < 0.5 and self.models:
                for _ in range(1 if self.chance(0.8) else 2):
                    parameters.append(f"{self.name()}: {r.choice(self.models)}")
            elif roll < 0.6:
                parameters.append(f"{self.name()}: Annotated[str, Form()]")
                parameters.append(f"{self.name()}: Annotated[int, Form(ge=1)] = 2")
            elif roll < 0.68:
                parameters.append(f"{self.name()}: {r.choice(['UploadFile', 'List[UploadFile]', 'Annotated[bytes, File()]'])}")
            elif roll < 0.85:
                source = self.type(1)[0]
                # What `Annotated` says in `Annotated` beside `Body()` is another matter in each release.
                source = "int" if source.startswith("Annotated") else source
                parameters.append(f"{self.name()}: Annotated[{source}, Body()]")
        given = [f"'{path}'"]
        if self.chance(0.15):
            given.append(f"tags=['{r.choice(WORDS)}']")
        if self.chance(0.1):
            given.append(f"summary='{self.text()}'")
        if self.chance(0.1):
            given.append("deprecated=True")
        if self.chance(0.2):
            given.append(f"status_code={r.choice([200, 201, 202])}")
        if self.chance(0.1) and self.models:
            given.append(f"responses={{404: {{'model': {r.choice(self.models)}}}, 409: {{'description': 'Taken'}}}}")
        returns = ""
        if self.chance(0.75):
            source = self.type(1)[0] if self.chance(0.5) or not self.models else r.choice(self.models)
            if self.chance(0.5):
                given.append(f"response_model={source}")
            else:
                returns = f" -> {source}"
        first = [p for p in parameters if "=" not in p.split("]")[-1] and " = " not in p]
        last = [p for p in parameters if p not in first]
        self.lines.append(f"\n\n@{router}.{method}({', '.join(given)})")
        self.lines.append(f"def {self.name('do_')}({', '.join(first + last)}){returns}:")
        if self.chance(0.4):
            self.lines.append(f'    """{self.text()}.\n\n    {self.text()}.\n    """')
        self.lines.append("    ...")

    def write(self, models, routes):
        self.plain = []
        for _ in range(models):
            roll = self.r.random()
            if roll < 0.12:
                self.enumeration()
            elif roll < 0.18:
                self.union()
            else:
                self.model()
        dependencies = []
        for _ in range(2):
            name = self.name("dep_")
            parameters = [self.parameter("Query")[1], self.parameter("Header")[1]]
            first = [p for p in parameters if " = " not in p]
            last = [p for p in parameters if " = " in p]
            self.lines.append(f"\n\ndef {name}({', '.join(first + last)}):\n    ...")
            dependencies.append(name)
        self.lines.append("\n\napp = FastAPI()\nrouter = APIRouter(prefix='/api', tags=['api'])")
        for _ in range(routes):
            self.route(self.r.choice(["app", "router"]), dependencies)
        self.lines.append("\n\napp.include_router(router)")
        return "\n".join(self.lines) + "\n"


def main():
    folder, seed, applications, models, routes = Path(sys.argv[1]), *map(int, sys.argv[2:6])
    warnings.simplefilter("ignore")
    made, tried = 0, 0
    while made < applications:
        tried += 1
        source = Writer(seed * 100_003 + tried).write(models, routes)
        place = folder / str(made)
        place.mkdir(parents=True, exist_ok=True)
        (place / "main.py").write_text(source)
        sys.path.insert(0, str(place))
        sys.modules.pop("main", None)
        importlib.invalidate_caches()
        try:
            document = importlib.import_module("main").app.openapi()
        except Exception as error:  # What Pydantic refuses is no application.
            if tried > applications * 20:
                raise
            print(f"left out: {type(error).__name__}: {str(error)[:120]}", file=sys.stderr)
            continue
        finally:
            sys.path.pop(0)
        (place / "openapi.json").write_text(json.dumps(document))
        made += 1
    print(f"{made} applications of {tried}")


main()
