//! Types of columns that values stand for.

use architect_model::{ColumnType, Known, Location, TableConstraint, Unknown};

use super::given::{Given, Read, text, unknown_of};
use super::reader::Reader;
use crate::interpret::{Kind, Made, Value};
use crate::read::table::{TypeArguments, enumeration_type, plain_type};

impl TypeArguments for Given<'_, '_> {
    fn number(&self, name: &str, place: usize) -> Known<Option<u32>> {
        match Given::number(self, place, name) {
            Ok(number) => Known::Known(number.and_then(|number| u32::try_from(number).ok())),
            Err(unknown) => Known::Unknown { unknown },
        }
    }

    fn flag(&self, name: &str, place: Option<usize>) -> Known<Option<bool>> {
        let positional = place.and_then(|place| self.get(place, &[]));
        match super::given::flag(positional.or_else(|| self.keyword(name)), self.at) {
            Ok(flag) => Known::Known(flag),
            Err(unknown) => Known::Unknown { unknown },
        }
    }

    fn has(&self, name: &str) -> bool {
        self.keyword(name).is_some()
    }

    fn positional(&self) -> usize {
        self.arguments.positional.len()
    }

    fn is_bare(&self) -> bool {
        self.arguments.positional.is_empty() && self.arguments.keywords.is_empty()
    }
}

impl<'a> Reader<'a> {
    /// The type that a value is, as it is given to a column.
    pub(super) fn column_type(&self, value: &Value<'a>, at: &Location) -> Known<ColumnType> {
        let computed = || Known::Unknown { unknown: unknown_of(value, at, "a column type that is computed") };
        match &value.kind {
            Kind::Library(path) => {
                let empty = crate::interpret::Arguments::default();
                let made = Made { callee: value.clone(), arguments: empty, at: at.clone() };
                match self.library_type(path, &made) {
                    Some(known) => known,
                    None => self.exotic.bare(path),
                }
            }
            Kind::Made(made) => {
                if let Some(unknown) = &made.arguments.unknown {
                    return Known::Unknown { unknown: (**unknown).clone() };
                }
                let known = made.callee.as_library().and_then(|path| self.library_type(path, made));
                known.or_else(|| self.exotic.made(&made.at)).unwrap_or_else(computed)
            }
            Kind::Class(class) => self.exotic.class(class),
            Kind::Object(object) => self.exotic.made(&object.at).unwrap_or_else(computed),
            _ => computed(),
        }
    }

    /// A type of SQLAlchemy or SQLModel itself.
    fn library_type(&self, path: &str, made: &Made<'a>) -> Option<Known<ColumnType>> {
        let (module, name) = path.rsplit_once('.')?;
        let postgres = module == "sqlalchemy.dialects.postgresql";
        if !postgres && !matches!(module, "sqlalchemy" | "sqlmodel" | "sqlalchemy.types") {
            return None;
        }
        let given = Given::of(made);
        match name {
            "Enum" => Some(self.enumeration(made)),
            "ENUM" if postgres => Some(self.enumeration(made)),
            "ARRAY" => Some(self.array(&given, !postgres)),
            _ => plain_type(name, &given),
        }
    }

    fn array(&self, given: &Given<'_, 'a>, generic: bool) -> Known<ColumnType> {
        let Some(item) = given.get(0, &["item_type"]) else {
            return Known::unknown(given.at.clone(), "an array of nothing");
        };
        match (self.column_type(item, given.at), given.number(2, "dimensions")) {
            (Known::Known(item), Ok(dimensions)) => {
                let dimensions = dimensions.and_then(|number| u32::try_from(number).ok());
                Known::Known(ColumnType::Array { item: Box::new(item), dimensions, generic })
            }
            (Known::Unknown { unknown }, _) | (_, Err(unknown)) => Known::Unknown { unknown },
        }
    }

    /// `sa.Enum("open", "done", name="status")`, `sa.Enum(Status)`.
    fn enumeration(&self, made: &Made<'a>) -> Known<ColumnType> {
        match self.read_enumeration(made) {
            Ok(ty) => Known::Known(ty),
            Err(unknown) => Known::Unknown { unknown },
        }
    }

    fn read_enumeration(&self, made: &Made<'a>) -> Read<ColumnType> {
        let given = Given::of(made);
        let class = match given.rest(0) {
            [Value { kind: Kind::Class(class), .. }] => Some(class),
            _ => None,
        };
        let (values, own_name) = match class {
            Some(class) => match self.exotic.enumeration(class, &made.at) {
                Known::Known(ColumnType::Enum { values, name, .. }) => (values, name),
                Known::Unknown { unknown } => (Known::Unknown { unknown }, None),
                Known::Known(_) => (Known::unknown(made.at.clone(), "an enumeration that is not understood"), None),
            },
            None => (listed(&given), None),
        };
        let native = given.flag("native_enum")?.unwrap_or(true);
        let name = given.text(usize::MAX, &["name"])?.or(own_name);
        let length = given.number(usize::MAX, "length")?.and_then(|length| u32::try_from(length).ok());
        let mut ty = enumeration_type(name, values, native, length);
        if let ColumnType::Enum { schema, .. } = &mut ty {
            *schema = given.text(usize::MAX, &["schema"])?;
        }
        Ok(ty)
    }

    /// The check that a type makes (`create_constraint=True`): on databases that do not have the type itself, and for
    /// enumerations that are none of the database on all.
    pub(super) fn check_of_type(&self, value: &Value<'a>, column: &str) -> Option<TableConstraint> {
        let (path, made) = value.made_by()?;
        let given = Given::of(made);
        if given.flag("create_constraint").ok()?? {
            let name = given.text(usize::MAX, &["name"]).ok()?;
            let (sql, native) = match (path.rsplit('.').next()?, self.column_type(value, given.at)) {
                ("Boolean" | "BOOLEAN", _) => (format!("{column} IN (0, 1)"), true),
                (_, Known::Known(ColumnType::Enum { values: Known::Known(values), native, .. })) => {
                    let values: Vec<String> = values.iter().map(|value| architect_model::literal(value)).collect();
                    (format!("{column} IN ({})", values.join(", ")), native)
                }
                _ => return None,
            };
            let of_type = native.then(|| column.to_owned());
            return Some(TableConstraint::Check { name, sql: Known::Known(sql), of_type, native });
        }
        None
    }
}

/// The values of an enumeration that lists them.
fn listed(given: &Given<'_, '_>) -> Known<Vec<String>> {
    if let Err(unknown) = given.whole() {
        return Known::Unknown { unknown };
    }
    let values: Read<Vec<String>> = given.rest(0).iter().map(|value| text(value, given.at)).collect();
    match values {
        Ok(values) => Known::Known(values),
        Err(unknown) => Known::Unknown { unknown },
    }
}

/// Why an operation on a type is not known.
pub(super) fn unnamed_type(at: &Location) -> Unknown {
    Unknown::new(at.clone(), "a type without a name")
}
