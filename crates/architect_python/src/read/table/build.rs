//! Putting tables together: columns, constraints, foreign keys across tables.

use std::sync::Arc;

use architect_model::{Column, ColumnType, Known, Location, Mapper, Table, TableConstraint, Unknown};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::resolve::Class;

use super::base::Base;
use super::constraints::{self, TableArguments};
use super::convention::Naming;
use super::draft::{Draft, Reference, Target};
use super::relationships::{self, Link};

/// A table whose foreign keys are not yet resolved.
pub(super) struct Pending<'a> {
    /// Name in the database.
    pub(super) name: Known<String>,
    /// Schema.
    pub(super) schema: Option<String>,
    /// The class.
    pub(super) class: Option<Class<'a>>,
    /// The classes that are mapped to it.
    pub(super) mappers: Vec<Mapper>,
    /// Comment.
    pub(super) comment: Option<String>,
    /// Further classes that live in the same table.
    pub(super) subclasses: Vec<Class<'a>>,
    /// Its declarative base.
    pub(super) base: Base<'a>,
    /// Columns in order.
    pub(super) columns: Vec<Draft<'a>>,
    /// Constraints of the table itself.
    pub(super) constraints: Vec<TableConstraint>,
    /// Foreign keys of the table itself.
    pub(super) foreign_keys: Vec<(Vec<String>, Vec<Reference<'a>>)>,
    /// Relationships.
    pub(super) relationships: Vec<Link>,
    /// `extend_existing`: another class adds to the table.
    pub(super) extends: bool,
    /// Parts that could not be determined.
    pub(super) unknowns: Vec<Unknown>,
    /// Where it is defined.
    pub(super) at: Location,
}

impl<'a> Pending<'a> {
    /// A table with a name and nothing else.
    pub(super) fn new(name: Known<String>, at: Location) -> Self {
        Self {
            name,
            schema: None,
            class: None,
            mappers: Vec::new(),
            comment: None,
            subclasses: Vec::new(),
            base: Base::default(),
            columns: Vec::new(),
            constraints: Vec::new(),
            foreign_keys: Vec::new(),
            relationships: Vec::new(),
            extends: false,
            unknowns: Vec::new(),
            at,
        }
    }

    /// Takes over what table arguments say.
    pub(super) fn take(&mut self, arguments: TableArguments<'a>) {
        self.constraints.extend(arguments.constraints);
        self.foreign_keys.extend(arguments.foreign_keys);
        self.unknowns.extend(arguments.unknowns);
        self.extends = arguments.extends;
        self.comment = arguments.comment.or(self.comment.take());
        match arguments.schema {
            Some(Known::Known(schema)) => self.schema = Some(schema),
            Some(Known::Unknown { unknown }) => self.unknowns.push(unknown),
            None => {}
        }
    }

    /// Takes over the columns and constraints of a class with the same table (`extend_existing`).
    pub(super) fn extend(&mut self, other: Self) {
        for draft in other.columns {
            match self.columns.iter_mut().find(|known| column_name(known) == column_name(&draft)) {
                Some(known) => *known = draft,
                None => self.columns.push(draft),
            }
        }
        self.constraints.extend(other.constraints);
        self.foreign_keys.extend(other.foreign_keys);
        self.relationships.extend(other.relationships);
        self.unknowns.extend(other.unknowns);
        self.mappers.extend(other.mappers);
        self.subclasses.extend(other.class);
    }

    fn schema(&self) -> Option<&str> {
        self.schema.as_deref().or(self.base.schema.as_deref())
    }

    /// Name with schema, as foreign keys refer to it.
    fn full_name(&self) -> Option<String> {
        let name = self.name.known()?;
        Some(self.schema().map_or_else(|| name.clone(), |schema| format!("{schema}.{name}")))
    }
}

/// Name of a column in the database.
pub(super) fn column_name(draft: &Draft<'_>) -> String {
    match &draft.name {
        Some(Known::Known(name)) => name.clone(),
        _ => draft.attribute.clone(),
    }
}

/// All tables, to look targets of foreign keys up.
struct Tables<'p, 'a> {
    pending: &'p [Pending<'a>],
    by_name: FxHashMap<String, usize>,
    by_class: FxHashMap<usize, usize>,
    /// Tables of files that are not read this time.
    known: &'p [Arc<Table>],
}

/// The column that a foreign key points at.
enum Referred<'p, 'a> {
    /// Of a table that is being read.
    Draft(&'p Pending<'a>, &'p Draft<'a>),
    /// Of a table that was read before.
    Column(&'p Column),
}

/// Resolves foreign keys and makes the tables; `known` are those that were read before.
pub(super) fn finish(pending: &[Pending<'_>], known: &[Arc<Table>]) -> Vec<Table> {
    let mut tables = Tables { pending, by_name: FxHashMap::default(), by_class: FxHashMap::default(), known };
    for (number, table) in pending.iter().enumerate() {
        if let Some(name) = table.full_name() {
            tables.by_name.entry(name).or_insert(number);
        }
        for class in table.class.iter().chain(&table.subclasses) {
            tables.by_class.insert(std::ptr::from_ref(class.def).addr(), number);
        }
    }
    let mut finished: Vec<Table> = pending.par_iter().map(|table| tables.table(table)).collect();
    let links: Vec<Vec<Link>> = pending.iter().map(|table| table.relationships.clone()).collect();
    relationships::finish(&links, &mut finished, known);
    finished
}

impl<'a> Tables<'_, 'a> {
    fn table(&self, table: &Pending<'a>) -> Table {
        let mut unknowns = table.unknowns.clone();
        unknowns.extend(table.base.unknowns.iter().cloned());
        let mut constraints = self.constraints(table, &mut unknowns);
        let primary = primary_key(&constraints);
        let columns: Vec<Column> =
            table.columns.iter().map(|draft| self.column(table, draft, &primary, &mut unknowns)).collect();
        if let Known::Known(name) = &table.name {
            let naming = Naming { table: name, schema: table.schema() };
            for constraint in &mut constraints {
                table.base.convention.apply(&naming, constraint);
            }
        }
        unknowns.sort();
        unknowns.dedup();
        Table {
            name: table.name.clone(),
            schema: table.schema().map(str::to_owned),
            class: table.class.map(|class| class.symbol()),
            comment: table.comment.clone(),
            columns,
            constraints,
            mappers: table.mappers.clone(),
            relationships: Vec::new(),
            owner: None,
            unknowns,
            at: table.at.clone(),
        }
    }

    fn column(
        &self,
        table: &Pending<'a>,
        draft: &Draft<'a>,
        primary: &[String],
        unknowns: &mut Vec<Unknown>,
    ) -> Column {
        let name = column_name(draft);
        unknowns.extend(draft.unknowns.iter().cloned());
        if let Some(Known::Unknown { unknown }) = &draft.name {
            unknowns.push(unknown.clone());
        }
        let mut flag = |known: &Known<bool>| match known {
            Known::Known(flag) => *flag,
            Known::Unknown { unknown } => {
                unknowns.push(unknown.clone());
                false
            }
        };
        let primary_key = flag(&draft.primary_key) || primary.contains(&name);
        Column {
            attribute: (draft.attribute != name).then(|| draft.attribute.clone()),
            ty: self.column_type(table, draft, 8).map(|ty| in_schema(ty, &table.base)),
            nullable: if primary_key && draft.nullable.is_none() { Known::Known(false) } else { draft.is_nullable() },
            primary_key,
            unique: flag(&draft.unique),
            index: flag(&draft.index),
            enum_class: draft.enum_class.clone(),
            autoincrement: draft.autoincrement,
            default: draft.default.clone(),
            on_update: draft.on_update.clone(),
            server_default: draft.server_default.clone(),
            computed: draft.computed.clone(),
            identity: draft.identity.clone(),
            inline_checks: draft.checks.iter().filter_map(inline).collect(),
            comment: draft.comment.clone(),
            at: draft.at.clone(),
            name,
        }
    }

    /// The type of a column; without one of its own, that of the column its foreign key points at.
    fn column_type(&self, table: &Pending<'a>, draft: &Draft<'a>, steps: u8) -> Known<ColumnType> {
        if let Some(known) = &draft.ty {
            return known.clone();
        }
        let target = draft.foreign_keys.first().and_then(|reference| self.target(table, reference));
        match (target, steps.checked_sub(1)) {
            (Some((_, Some(Referred::Draft(table, column)))), Some(steps)) => self.column_type(table, column, steps),
            (Some((_, Some(Referred::Column(column)))), _) => column.ty.clone(),
            _ => Known::unknown(
                draft.at.clone(),
                "it has the type of the column its foreign key points at, which is not found",
            ),
        }
    }

    /// The table and column that a foreign key of `table` points at. A text without a schema is one of the schema that the
    /// table's `MetaData` has, whichever the table itself has:
    ///
    /// ```python
    /// # sqlalchemy.sql.schema.ForeignKey._resolve_col_tokens
    /// if schema is None and parenttable.metadata.schema is not None:
    ///     schema = parenttable.metadata.schema
    /// ```
    fn target(
        &self,
        table: &Pending<'a>,
        reference: &Reference<'a>,
    ) -> Option<((String, String), Option<Referred<'_, 'a>>)> {
        match &reference.target {
            Target::Unknown(_) => None,
            Target::Text(text) => {
                let (name, column) = text.rsplit_once('.')?;
                let name = match &table.base.schema {
                    Some(schema) if !name.contains('.') => format!("{schema}.{name}"),
                    _ => name.to_owned(),
                };
                let referred = match self.by_name.get(&name).and_then(|number| self.pending.get(*number)) {
                    Some(found) => {
                        let draft = found.columns.iter().find(|draft| column_name(draft) == column);
                        draft.map(|draft| Referred::Draft(found, draft))
                    }
                    None => self.known_column(&name, column),
                };
                Some(((name, column.to_owned()), referred))
            }
            Target::Attribute(class, attribute) => {
                let Some(number) = self.by_class.get(&std::ptr::from_ref(class.def).addr()) else {
                    return self.known_attribute(*class, attribute);
                };
                let table = self.pending.get(*number)?;
                let draft = table
                    .columns
                    .iter()
                    .find(|draft| draft.attribute == *attribute || column_name(draft) == *attribute)?;
                Some(((table.full_name()?, column_name(draft)), Some(Referred::Draft(table, draft))))
            }
        }
    }

    /// `user.id` of a table that was read before.
    fn known_column(&self, table: &str, column: &str) -> Option<Referred<'_, 'a>> {
        let table = self.known.iter().find(|known| is_called(known, table))?;
        table.columns.iter().find(|known| known.name == column).map(Referred::Column)
    }

    /// `User.id` of a table that was read before.
    fn known_attribute(
        &self,
        class: Class<'a>,
        attribute: &str,
    ) -> Option<((String, String), Option<Referred<'_, 'a>>)> {
        let symbol = class.symbol();
        let table = self.known.iter().find(|known| known.class.as_ref() == Some(&symbol))?;
        let is_it = |column: &&Column| column.attribute.as_deref() == Some(attribute) || column.name == attribute;
        let column = table.columns.iter().find(is_it)?;
        let name = table.name.known()?;
        let name = table.schema.as_ref().map_or_else(|| name.clone(), |schema| format!("{schema}.{name}"));
        Some(((name, column.name.clone()), Some(Referred::Column(column))))
    }

    fn constraints(&self, table: &Pending<'a>, unknowns: &mut Vec<Unknown>) -> Vec<TableConstraint> {
        let mut found = Vec::new();
        let explicit =
            table.constraints.iter().any(|constraint| matches!(constraint, TableConstraint::PrimaryKey { .. }));
        let primary: Vec<String> =
            table.columns.iter().filter(|draft| draft.primary_key.known() == Some(&true)).map(column_name).collect();
        if !explicit && !primary.is_empty() {
            found.push(TableConstraint::PrimaryKey { name: None, columns: primary });
        }
        let mut foreign = |columns: Vec<String>, references: &[Reference<'a>], found: &mut Vec<TableConstraint>| {
            let resolved: Vec<_> = references
                .iter()
                .map(|reference| (reference.clone(), self.target(table, reference).map(|(names, _)| names)))
                .collect();
            match constraints::foreign_key(columns, &resolved) {
                Ok(constraint) => found.push(constraint),
                Err(unknown) => unknowns.push(unknown),
            }
        };
        for draft in &table.columns {
            for reference in &draft.foreign_keys {
                foreign(vec![column_name(draft)], std::slice::from_ref(reference), &mut found);
            }
        }
        for (columns, references) in &table.foreign_keys {
            foreign(columns.clone(), references, &mut found);
        }
        for draft in &table.columns {
            found.extend(constraints::implied(draft, &column_name(draft)));
        }
        found.extend(table.constraints.iter().cloned());
        found
    }
}

/// An enumeration type in the schema of its `MetaData`, where it has none of its own.
fn in_schema(ty: ColumnType, base: &Base<'_>) -> ColumnType {
    match ty {
        ColumnType::Enum { name, values, native: true, length, schema: None } if base.types_in_schema => {
            ColumnType::Enum { name, values, native: true, length, schema: base.schema.clone() }
        }
        ColumnType::Array { item, dimensions, generic } => {
            ColumnType::Array { item: Box::new(in_schema(*item, base)), dimensions, generic }
        }
        ty => ty,
    }
}

/// The condition of a check that a column has in itself.
fn inline(check: &TableConstraint) -> Option<String> {
    match check {
        TableConstraint::Check { sql, of_type: None, .. } => sql.known().cloned(),
        _ => None,
    }
}

/// Whether a foreign key that names `name` points at a table: `item`, `shop.item`.
fn is_called(table: &Table, name: &str) -> bool {
    let (schema, bare) = name.rsplit_once('.').map_or((None, name), |(schema, bare)| (Some(schema), bare));
    table.schema.as_deref() == schema && table.name.known().is_some_and(|known| known == bare)
}

/// The columns of the primary key.
fn primary_key(constraints: &[TableConstraint]) -> Vec<String> {
    let columns = constraints.iter().find_map(|constraint| match constraint {
        TableConstraint::PrimaryKey { columns, .. } => Some(columns.clone()),
        _ => None,
    });
    columns.unwrap_or_default()
}
