//! Types of the standard library, Pydantic and packages around it.

use architect_model::contract::{Type, TypeKind, ValidatorMode};
use architect_model::{Known, Location, Unknown};
use serde_json::{Value as Json, json};

use super::types::Types;
use crate::interpret::{Arguments, Kind, Value};

impl<'a> Types<'_, 'a> {
    /// A class of a library, with its type arguments.
    pub(super) fn library(&mut self, path: &str, arguments: &[Value<'a>], at: &Location) -> Type {
        if let Some((base, constraints)) = constrained(path) {
            let constraints = constraints.iter().map(|(name, value)| ((*name).to_owned(), Known::Known(value.clone())));
            return Type { kind: base, constraints: constraints.collect() };
        }
        if let Some(kind) = plain(path) {
            return Type::of(kind);
        }
        let mut item = |place: usize| -> Box<Type> {
            Box::new(arguments.get(place).map_or_else(|| Type::of(TypeKind::Any), |value| self.of(value, at)))
        };
        let kind = match path {
            "builtins.list"
            | "typing.List"
            | "typing.Sequence"
            | "collections.abc.Sequence"
            | "typing.MutableSequence"
            | "collections.abc.MutableSequence"
            | "typing.Iterable"
            | "collections.abc.Iterable"
            | "typing.Iterator"
            | "collections.abc.Iterator"
            | "typing.Generator"
            | "collections.abc.Generator"
            | "typing.Collection"
            | "collections.abc.Collection"
            | "collections.deque"
            | "typing.Deque" => TypeKind::List { items: item(0) },
            "builtins.set"
            | "typing.Set"
            | "builtins.frozenset"
            | "typing.FrozenSet"
            | "typing.AbstractSet"
            | "collections.abc.Set"
            | "typing.MutableSet"
            | "collections.abc.MutableSet" => TypeKind::Set { items: item(0) },
            "builtins.dict"
            | "typing.Dict"
            | "typing.Mapping"
            | "collections.abc.Mapping"
            | "typing.MutableMapping"
            | "collections.abc.MutableMapping"
            | "typing.DefaultDict"
            | "collections.defaultdict"
            | "typing.OrderedDict"
            | "collections.OrderedDict" => TypeKind::Map { keys: item(0), values: item(1) },
            "builtins.tuple" | "typing.Tuple" => return self.tuple(arguments, at),
            "pydantic.JsonValue" => return self.alias("pydantic.types", "JsonValue", Type::of(TypeKind::Any), at),
            "pydantic.Json" => TypeKind::Json { of: arguments.first().map(|_| item(0)) },
            "pydantic.Secret" => TypeKind::Secret { of: item(0) },
            "pydantic.json_schema.SkipJsonSchema" => TypeKind::Skipped { of: item(0) },
            "pydantic.OnErrorOmit" | "pydantic.FailFast" | "pydantic.SerializeAsAny" => return *item(0),
            "builtins.type" | "typing.Type" | "typing.Callable" | "collections.abc.Callable" => {
                TypeKind::Opaque { name: path.to_owned() }
            }
            _ => TypeKind::Unknown {
                unknown: Unknown::new(at.clone(), format!("what `{path}` of a library is in JSON")),
            },
        };
        Type::of(kind)
    }

    /// `tuple[int, str]`, `tuple[int, ...]`.
    fn tuple(&mut self, arguments: &[Value<'a>], at: &Location) -> Type {
        let (items, rest) = match arguments {
            [] => (Vec::new(), Some(Box::new(Type::of(TypeKind::Any)))),
            [item, Value { kind: Kind::Ellipsis, .. }] => (Vec::new(), Some(Box::new(self.of(item, at)))),
            [Value { kind: Kind::List(list), .. }] if list.items.borrow().is_empty() => (Vec::new(), None),
            items => (items.iter().map(|item| self.of(item, at)).collect(), None),
        };
        Type::of(TypeKind::Tuple { items, rest })
    }

    /// `constr(…)`, `conlist(…)` and their like: a type with constraints.
    pub(super) fn constrained(&mut self, path: &str, arguments: &Arguments<'a>, at: &Location) -> Option<Type> {
        let item = |types: &mut Self| {
            let item = arguments.get(0, "item_type").cloned();
            Box::new(item.map_or_else(|| Type::of(TypeKind::Any), |item| types.of(&item, at)))
        };
        let kind = match path {
            "pydantic.constr" => TypeKind::Text,
            "pydantic.conint" => TypeKind::Integer,
            "pydantic.confloat" => TypeKind::Float,
            "pydantic.condecimal" => TypeKind::Decimal,
            "pydantic.conbytes" => TypeKind::Bytes,
            "pydantic.condate" => TypeKind::Date,
            "pydantic.conlist" => TypeKind::List { items: item(self) },
            "pydantic.conset" | "pydantic.confrozenset" => TypeKind::Set { items: item(self) },
            _ => return None,
        };
        Some(self.constrain(Type::of(kind), path, arguments, at))
    }
}

/// Types without arguments.
fn plain(path: &str) -> Option<TypeKind> {
    let fixed = |taken: Json| TypeKind::Fixed { answered: Some(taken.clone()), taken: Some(taken) };
    let text = |format: &str| fixed(json!({"type": "string", "format": format}));
    Some(match path {
        "typing.Any" | "builtins.object" => TypeKind::Any,
        "typing.NoReturn" | "typing.Never" => TypeKind::Opaque { name: path.to_owned() },
        "types.NoneType" => TypeKind::Null,
        "builtins.bool" | "pydantic.StrictBool" => TypeKind::Boolean,
        "builtins.int" | "pydantic.StrictInt" => TypeKind::Integer,
        "builtins.float" | "pydantic.StrictFloat" => TypeKind::Float,
        "builtins.complex" => TypeKind::Complex,
        "decimal.Decimal" => TypeKind::Decimal,
        "builtins.str" | "pydantic.StrictStr" | "typing.LiteralString" => TypeKind::Text,
        "builtins.bytes" | "pydantic.StrictBytes" => TypeKind::Bytes,
        "datetime.date" => TypeKind::Date,
        "datetime.datetime"
        | "pydantic.AwareDatetime"
        | "pydantic.NaiveDatetime"
        | "pydantic.PastDatetime"
        | "pydantic.FutureDatetime" => TypeKind::DateTime,
        "pydantic.PastDate" | "pydantic.FutureDate" => TypeKind::Date,
        "datetime.time" => TypeKind::Time,
        "datetime.timedelta" => TypeKind::Duration,
        "uuid.UUID" => TypeKind::Uuid { version: None },
        "pydantic.UUID1" => TypeKind::Uuid { version: Some(1) },
        "pydantic.UUID3" => TypeKind::Uuid { version: Some(3) },
        "pydantic.UUID4" => TypeKind::Uuid { version: Some(4) },
        "pydantic.UUID5" => TypeKind::Uuid { version: Some(5) },
        "pydantic.UUID6" => TypeKind::Uuid { version: Some(6) },
        "pydantic.UUID7" => TypeKind::Uuid { version: Some(7) },
        "pydantic.UUID8" => TypeKind::Uuid { version: Some(8) },
        "pydantic.SecretStr" => TypeKind::Secret { of: Box::new(Type::of(TypeKind::Text)) },
        "pydantic.SecretBytes" => TypeKind::Secret { of: Box::new(Type::of(TypeKind::Bytes)) },
        "fastapi.UploadFile" | "starlette.datastructures.UploadFile" => TypeKind::Upload,
        "pydantic.EmailStr" => text("email"),
        "pydantic.NameEmail" => text("name-email"),
        "ipaddress.IPv4Address" => text("ipv4"),
        "ipaddress.IPv6Address" => text("ipv6"),
        "ipaddress.IPv4Network" => text("ipv4network"),
        "ipaddress.IPv6Network" => text("ipv6network"),
        "ipaddress.IPv4Interface" => text("ipv4interface"),
        "ipaddress.IPv6Interface" => text("ipv6interface"),
        "pydantic.IPvAnyAddress" => text("ipvanyaddress"),
        "pydantic.IPvAnyInterface" => text("ipvanyinterface"),
        "pydantic.IPvAnyNetwork" => text("ipvanynetwork"),
        "pathlib.Path" | "pathlib.PurePath" | "pathlib.PosixPath" | "os.PathLike" => text("path"),
        "pydantic.FilePath" => text("file-path"),
        "pydantic.DirectoryPath" => text("directory-path"),
        "pydantic.NewPath" => text("path"),
        "pydantic.Base64Str" => {
            TypeKind::Validated { when: ValidatorMode::After, of: Box::new(Type::of(TypeKind::Text)), input: None }
        }
        "pydantic.Base64Bytes" | "pydantic.Base64UrlBytes" => text("base64"),
        "pydantic.PaymentCardNumber" => TypeKind::Text,
        "re.Pattern" | "typing.Pattern" => text("regex"),
        "pydantic.ByteSize" => fixed(json!({"type": "integer", "minimum": 0})),
        "pydantic.Color" | "pydantic_extra_types.color.Color" => text("color"),
        "pydantic_extra_types.phone_numbers.PhoneNumber" => text("phone"),
        "pydantic.AnyUrl"
        | "pydantic.FileUrl"
        | "pydantic.AnyHttpUrl"
        | "pydantic.AnyWebsocketUrl"
        | "pydantic.WebsocketUrl"
        | "pydantic.FtpUrl"
        | "pydantic.RedisDsn"
        | "pydantic.AmqpDsn"
        | "pydantic.MariaDBDsn"
        | "pydantic.MySQLDsn"
        | "pydantic.ClickHouseDsn"
        | "pydantic.SnowflakeDsn"
        | "pydantic.CockroachDsn" => TypeKind::Url { multi_host: false },
        "pydantic.PostgresDsn" | "pydantic.MongoDsn" | "pydantic.KafkaDsn" | "pydantic.NatsDsn" => {
            TypeKind::Url { multi_host: path != "pydantic.KafkaDsn" }
        }
        _ => return None,
    })
}

/// Types that Pydantic names for a constraint.
fn constrained(path: &str) -> Option<(TypeKind, Vec<(&'static str, Json)>)> {
    Some(match path {
        "pydantic.HttpUrl" => (TypeKind::Url { multi_host: false }, vec![("max_length", json!(2083))]),
        "pydantic.PositiveInt" => (TypeKind::Integer, vec![("gt", json!(0))]),
        "pydantic.NegativeInt" => (TypeKind::Integer, vec![("lt", json!(0))]),
        "pydantic.NonNegativeInt" => (TypeKind::Integer, vec![("ge", json!(0))]),
        "pydantic.NonPositiveInt" => (TypeKind::Integer, vec![("le", json!(0))]),
        "pydantic.PositiveFloat" => (TypeKind::Float, vec![("gt", json!(0))]),
        "pydantic.NegativeFloat" => (TypeKind::Float, vec![("lt", json!(0))]),
        "pydantic.NonNegativeFloat" => (TypeKind::Float, vec![("ge", json!(0))]),
        "pydantic.NonPositiveFloat" => (TypeKind::Float, vec![("le", json!(0))]),
        "pydantic.FiniteFloat" => (TypeKind::Float, Vec::new()),
        _ => return None,
    })
}
