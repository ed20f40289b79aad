//! How a project writes its migrations, as far as single operations go.

use std::sync::Arc;

use architect_model::{Column, ColumnType, Enumeration, Project, Table, TableConstraint, qualified};

use rustc_hash::FxHashSet;

/// How a project writes its migrations.
pub(super) struct House<'a> {
    /// Whether text columns are written as `AutoString`, as the revisions before do.
    pub(super) auto_string: bool,
    /// Kinds of names that the project's naming convention makes: `ix`, `uq`, `ck`, `fk`, `pk`.
    pub(super) conventional: Vec<&'a str>,
    /// Expressions of column types that revisions before use, for types with a variant.
    pub(super) variants: &'a [String],
    /// Names that revisions before give to keys and unique constraints of tables that were there.
    pub(super) named_keys: &'a [String],
    /// Whether indexes of new tables are made in batches.
    pub(super) batch: bool,
    /// Whether the migrations may run on SQLite.
    pub(super) sqlite: bool,
    /// Whether SQLite enforces foreign keys while migrations run.
    pub(super) sqlite_keys: bool,
    /// Whether indexes over several columns are named by the convention as well.
    pub(super) unnamed_indexes: bool,
    /// Whether the revision is a stage of a change, for which rows have got their values in a stage of their own.
    pub(super) staged: bool,
    /// The enumerations of the project.
    pub(super) enums: &'a [Enumeration],
}

impl<'a> House<'a> {
    pub(super) fn of(project: &'a Project) -> Self {
        let migrations = &project.style.migrations;
        Self {
            auto_string: migrations.auto_string,
            conventional: project.style.models.naming_convention.iter().map(|(kind, _)| kind.as_str()).collect(),
            variants: &migrations.variants,
            named_keys: &migrations.named_keys,
            batch: migrations.batch,
            sqlite: migrations.batch || migrations.sqlite,
            sqlite_keys: migrations.sqlite_keys,
            unnamed_indexes: project.style.models.unnamed_indexes.value,
            staged: false,
            enums: &project.enums,
        }
    }

    /// Whether a table that exists is changed in a batch: SQLite cannot alter one, Alembic copies it instead. On
    /// PostgreSQL a batch is plain `ALTER TABLE`.
    pub(super) fn alters_in_batch(&self) -> bool {
        self.batch || self.sqlite
    }
}

/// The tables at one end of a change.
pub(super) struct Side<'a> {
    pub(super) house: &'a House<'a>,
    pub(super) tables: &'a [Arc<Table>],
    /// Names of the enumeration types that the database has already.
    pub(super) existing_types: Vec<&'a str>,
}

impl Side<'_> {
    /// The type that a column is written with: a foreign key without a type of its own has that of its target, variants
    /// included, of which the column itself shows PostgreSQL's only.
    pub(super) fn declared<'t>(&'t self, table: &'t Table, column: &'t Column) -> Option<(&'t ColumnType, bool)> {
        let own = column.ty.known()?;
        let target = table.constraints.iter().find_map(|constraint| match constraint {
            TableConstraint::ForeignKey { columns, ref_table, ref_columns, .. }
                if *columns == [column.name.as_str()] =>
            {
                let table = self.tables.iter().find(|table| qualified(table).as_ref() == Some(ref_table))?;
                table.columns.iter().find(|column| Some(&column.name) == ref_columns.first())
            }
            _ => None,
        });
        let behind = target.and_then(|target| Some((target.ty.known()?, target.primary_key)));
        match behind {
            Some((ty, is_key)) if matches!(ty, ColumnType::Other { .. }) && ty.stored() == own => Some((ty, is_key)),
            _ => Some((own, column.primary_key)),
        }
    }
}

/// Name of the PostgreSQL type of an enumeration column.
pub(super) fn native_type(ty: &ColumnType) -> Option<&str> {
    match ty {
        ColumnType::Enum { name: Some(name), native: true, .. } => Some(name),
        ColumnType::Other { implementation: Some(inner), .. } => native_type(inner),
        _ => None,
    }
}

/// The native enumeration types of tables: name and values, each once, in order.
pub(super) fn native_types<'a>(tables: impl Iterator<Item = &'a Table>) -> Vec<(&'a str, Option<&'a [String]>)> {
    let mut found: Vec<(&str, Option<&[String]>)> = Vec::new();
    let mut known = FxHashSet::default();
    for ty in tables.flat_map(|table| &table.columns).filter_map(|column| column.ty.known()) {
        if let ColumnType::Enum { name: Some(name), values, native: true, .. } = ty.stored()
            && known.insert(name.as_str())
        {
            found.push((name, values.known().map(Vec::as_slice)));
        }
    }
    found
}
