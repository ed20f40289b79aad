//! Columns that values stand for, with the constraints and indexes that come with them.

use architect_model::{
    Column, ColumnType, Computed, Identity, Index, IndexPart, Known, Location, TableConstraint, Unknown,
};

use super::defaults::{known, server_default, source, sql};
use super::given::{Given, Read, flag, is_none, text, unknown_of};
use super::reader::Reader;
use crate::interpret::{Kind, Made, Value};

/// A column with what comes with it.
pub(super) struct ReadColumn {
    /// The column.
    pub(super) column: Column,
    /// Foreign keys, checks, and the constraints or indexes of its flags.
    pub(super) constraints: Vec<TableConstraint>,
    /// Whether it is said if NULL is allowed.
    pub(super) says_nullable: bool,
}

impl<'a> Reader<'a> {
    /// `sa.Column("title", sa.String(), nullable=False)`.
    pub(super) fn column(&self, value: &Value<'a>, at: &Location) -> Read<ReadColumn> {
        let Some(("sqlalchemy.Column", made)) = value.made_by() else {
            return Err(unknown_of(value, at, "a column that is not written out"));
        };
        let given = Given::of(made);
        let mut items = given.rest(0);
        let name = match (items.first(), given.keyword("name")) {
            (_, Some(name)) => text(name, given.at)?,
            (Some(first), None) => {
                items = &items[1..];
                text(first, given.at)?
            }
            (None, None) => return Err(unknown_of(value, given.at, "a column without a name")),
        };
        let mut ty = given.keyword("type_");
        if let Some(first) = items.first().filter(|first| ty.is_none() && !is_item(first)) {
            ty = Some(first);
            items = &items[1..];
        }
        let read_type = match ty {
            Some(ty) => self.column_type(ty, given.at),
            None => Known::unknown(given.at.clone(), "a column without a type"),
        };
        let mut column = Column::new(name, read_type, given.at.clone());
        if let Err(unknown) = given.whole() {
            column.nullable = Known::Unknown { unknown };
        }
        column.primary_key = given.flag("primary_key")?.unwrap_or(false);
        column.unique = given.flag("unique")?.unwrap_or(false);
        column.index = given.flag("index")?.unwrap_or(false);
        column.comment = given.text(usize::MAX, &["comment"])?;
        column.autoincrement = flag(given.keyword("autoincrement").filter(|value| value.as_str().is_none()), given.at)?;
        let nullable = given.keyword("nullable").filter(|value| !is_none(value));
        if given.whole().is_ok() {
            column.nullable = known(flag(nullable, given.at)).map(|said| said.unwrap_or(!column.primary_key));
        }
        self.default(&mut column, given.keyword("server_default"), given.at);
        let mut constraints = Vec::new();
        for item in items {
            self.item(&mut column, item, given.at, &mut constraints)?;
        }
        if let Some(ty) = ty {
            constraints.extend(self.check_of_type(ty, &column.name));
        }
        let own = vec![column.name.clone()];
        if column.index {
            let parts = vec![IndexPart::column(column.name.as_str())];
            constraints.push(TableConstraint::Index(Index { parts, unique: column.unique, ..Index::default() }));
        } else if column.unique {
            constraints.push(TableConstraint::unique(None, own));
        }
        Ok(ReadColumn { column, constraints, says_nullable: nullable.is_some() })
    }

    /// What stands behind the type in a `Column`.
    fn item(
        &self,
        column: &mut Column,
        item: &Value<'a>,
        at: &Location,
        constraints: &mut Vec<TableConstraint>,
    ) -> Read<()> {
        match item.made_by() {
            Some(("sqlalchemy.ForeignKey", made)) => constraints.push(self.foreign_key(&column.name, made)?),
            Some(("sqlalchemy.CheckConstraint", made)) => constraints.push(self.check(&Given::of(made), 0)?),
            Some(("sqlalchemy.Identity" | "sqlalchemy.Computed", _)) => self.default(column, Some(item), at),
            Some((
                "sqlalchemy.Sequence"
                | "sqlalchemy.FetchedValue"
                | "sqlalchemy.ColumnDefault"
                | "sqlalchemy.DefaultClause",
                made,
            )) => {
                if made.callee.as_library() == Some("sqlalchemy.DefaultClause") {
                    self.default(column, Some(item), at);
                }
            }
            _ if is_none(item) => {}
            _ => return Err(unknown_of(item, at, "a part of a column that is not understood")),
        }
        Ok(())
    }

    /// What `server_default=` says: a default, or how the database computes or numbers the column.
    pub(super) fn default(&self, column: &mut Column, value: Option<&Value<'a>>, at: &Location) {
        let Some(value) = value.filter(|value| !is_none(value)) else { return };
        match value.made_by() {
            Some(("sqlalchemy.Identity", made)) => {
                column.identity = Some(identity(&Given::of(made)));
                column.nullable = Known::Known(false);
            }
            Some(("sqlalchemy.Computed", made)) => {
                let given = Given::of(made);
                let expression = given.get(0, &["sqltext"]);
                column.computed = Some(Computed {
                    sql: match expression {
                        Some(value) => known(sql(value, given.at)),
                        None => Known::unknown(given.at.clone(), "a computed column without an expression"),
                    },
                    persisted: given.flag("persisted").ok().flatten(),
                });
            }
            Some(("sqlalchemy.FetchedValue", _)) => {}
            _ => column.server_default = Some(self.server_default(value, at)),
        }
    }

    /// A server default.
    pub(super) fn server_default(&self, value: &Value<'a>, at: &Location) -> architect_model::ServerDefault {
        let mut default = server_default(self.files(), value, at);
        if let (Known::Unknown { .. }, Kind::Made(made)) = (&default.sql, &value.kind)
            && let Some(sql @ Known::Known(_)) = self.exotic.sql(&made.at)
        {
            default.sql = sql;
        }
        default
    }

    /// `sa.ForeignKey("user.id", ondelete="CASCADE")` of a column.
    fn foreign_key(&self, column: &str, made: &Made<'a>) -> Read<TableConstraint> {
        let given = Given::of(made);
        let target = given.get(0, &["column"]);
        let (ref_table, ref_column) = match target {
            Some(target) => referred(target, given.at)?,
            None => return Err(unknown_of(&Value::none(), given.at, "a foreign key without a target")),
        };
        let ref_column = ref_column.unwrap_or_else(|| column.to_owned());
        self.key(&given, vec![column.to_owned()], ref_table, vec![ref_column], "name")
    }

    /// A foreign key, with what its keyword arguments say.
    pub(super) fn key(
        &self,
        given: &Given<'_, 'a>,
        columns: Vec<String>,
        ref_table: String,
        ref_columns: Vec<String>,
        name: &str,
    ) -> Read<TableConstraint> {
        let upper = |key: &str| Ok(given.text(usize::MAX, &[key])?.map(|word| word.to_uppercase()));
        Ok(TableConstraint::ForeignKey {
            name: given.text(usize::MAX, &[name])?,
            columns,
            ref_table,
            ref_columns,
            on_delete: upper("ondelete")?,
            on_update: upper("onupdate")?,
            deferrable: given.flag("deferrable")?,
            initially: upper("initially")?,
            match_kind: upper("match")?,
            use_alter: given.flag("use_alter")?.unwrap_or(false),
        })
    }

    /// A value as Python source.
    pub(super) fn source(&self, value: &Value<'a>, at: &Location) -> String {
        source(self.files(), value, at)
    }
}

/// The table and column that a foreign key refers to: `"user.id"`, `"auth.user.id"`, `user.c.id`.
pub(super) fn referred(target: &Value<'_>, at: &Location) -> Read<(String, Option<String>)> {
    if let Kind::Method(column) = &target.kind
        && let Kind::Method(columns) = &column.0.kind
        && matches!(columns.1.as_str(), "c" | "columns")
        && let Some((_, made)) = columns.0.made_by()
        && let Ok(Some(table)) = Given::of(made).text(0, &["name"])
    {
        let schema = Given::of(made).text(usize::MAX, &["schema"])?;
        let table = schema.map(|schema| format!("{schema}.{table}")).unwrap_or(table);
        return Ok((table, Some(column.1.to_string())));
    }
    let written = text(target, at)?;
    Ok(match written.rsplit_once('.') {
        Some((table, column)) => (table.to_owned(), Some(column.to_owned())),
        None => (written, None),
    })
}

fn identity(given: &Given<'_, '_>) -> Identity {
    fn kept<T>(read: Read<Option<T>>, lost: &mut Option<Unknown>) -> Option<T> {
        read.unwrap_or_else(|unknown| {
            lost.get_or_insert(unknown);
            None
        })
    }
    let mut lost = given.whole().err();
    let always = kept(flag(given.get(0, &["always"]), given.at), &mut lost).unwrap_or(false);
    let mut number = |place: usize, name: &str| kept(given.number(place, name), &mut lost);
    let (start, increment) = (number(2, "start"), number(3, "increment"));
    let (minimum, maximum) = (number(4, "minvalue"), number(5, "maxvalue"));
    let cache = number(usize::MAX, "cache");
    let cycle = kept(given.flag("cycle"), &mut lost);
    Identity { always, start, increment, minimum, maximum, cache, cycle, unknown: lost }
}

/// Whether a value is something that a `Column` takes beside its type.
fn is_item(value: &Value<'_>) -> bool {
    const ITEMS: &[&str] = &[
        "sqlalchemy.ForeignKey",
        "sqlalchemy.CheckConstraint",
        "sqlalchemy.Sequence",
        "sqlalchemy.Identity",
        "sqlalchemy.Computed",
        "sqlalchemy.FetchedValue",
        "sqlalchemy.DefaultClause",
        "sqlalchemy.ColumnDefault",
    ];
    value.made_by().is_some_and(|(path, _)| ITEMS.contains(&path))
}

/// Whether PostgreSQL numbers a column that is added as a key.
///
/// ```python
/// # sqlalchemy.dialects.postgresql.base.PGDDLCompiler.get_column_specification
/// if column.primary_key and column is column.table._autoincrement_column: ... colspec += " SERIAL"
/// ```
pub(super) fn is_numbered(read: &ReadColumn) -> bool {
    let column = &read.column;
    let whole = column.ty.known().is_some_and(|ty| {
        matches!(ty.stored(), ColumnType::Integer | ColumnType::BigInteger | ColumnType::SmallInteger)
    });
    let refers = read.constraints.iter().any(|constraint| matches!(constraint, TableConstraint::ForeignKey { .. }));
    column.primary_key
        && whole
        && !refers
        && column.server_default.is_none()
        && column.identity.is_none()
        && column.autoincrement != Some(false)
}
