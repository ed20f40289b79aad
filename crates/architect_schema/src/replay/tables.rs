//! Tables as wholes: made, dropped, renamed.

use architect_model::{ColumnType, EnumType, Known, QualifiedName, Table, TableConstraint, Touched};

use super::{Outcome, Refused, Replay, normal};
use crate::sql::Dialect;

impl Replay {
    /// `CREATE TABLE`. Types of its columns are made with it:
    ///
    /// ```python
    /// # alembic.ddl.impl.DefaultImpl.create_table
    /// table.dispatch.before_create(table, self.connection, checkfirst=False, _ddl_runner=self)
    /// ```
    pub(super) fn create_table(&mut self, table: &Table, if_not_exists: bool) -> Outcome {
        let Known::Known(name) = &table.name else {
            return Err(Refused(Touched::Everything, "a table whose name could not be determined is made".to_owned()));
        };
        let name = QualifiedName::new(table.schema.clone(), name.as_str());
        let key = self.key(&name);
        if self.tables.contains_key(&key) {
            let touches = Touched::Table { table: name.clone() };
            return if_not_exists.then_some(()).ok_or(Refused(touches, format!("there is a table `{name}` already")));
        }
        let mut made = table.clone();
        let constraints = std::mem::take(&mut made.constraints);
        for index in 0..made.columns.len() {
            let serial = self.dialect == Dialect::Postgresql && table.is_autoincrement(&table.columns[index]);
            let column = &mut made.columns[index];
            (column.unique, column.index) = (false, false);
            column.autoincrement = serial.then_some(true).or(column.autoincrement);
        }
        self.forget(&Touched::Table { table: name.clone() });
        if let Some(unknown) = made.unknowns.first().cloned() {
            self.doubt(Touched::Table { table: name.clone() }, unknown);
        }
        self.names.take(key.schema.as_deref(), &key.name);
        self.make_types(&made);
        self.tables.insert(key, made);
        let ordered: Vec<TableConstraint> = ordered(&constraints).cloned().collect();
        let constraints = if self.dialect == Dialect::Postgresql { merged(ordered) } else { ordered };
        constraints.into_iter().try_for_each(|constraint| self.attach(&name, constraint))
    }

    fn make_types(&mut self, table: &Table) {
        if self.dialect != Dialect::Postgresql {
            return;
        }
        for column in &table.columns {
            if let Known::Known(ty) = &column.ty {
                self.make_type(ty.stored());
            }
        }
    }

    fn make_type(&mut self, ty: &ColumnType) {
        if let ColumnType::Array { item, .. } = ty {
            return self.make_type(item.stored());
        }
        if let ColumnType::Enum { name: Some(name), values: Known::Known(values), native: true, schema, .. } = ty
            && !values.is_empty()
        {
            let name = QualifiedName::new(schema.clone(), name.as_str());
            let key = self.key(&name);
            self.enums.entry(key).or_insert_with(|| EnumType { name, values: values.clone() });
        }
    }

    /// `DROP TABLE`; types of its columns stay.
    pub(super) fn drop_table(&mut self, name: &QualifiedName, if_exists: bool) -> Outcome {
        let key = self.key(name);
        let touches = Touched::Table { table: name.clone() };
        let Some(table) = self.tables.remove(&key) else {
            let doubted = self.is_doubted(&touches);
            return if if_exists || doubted { Ok(()) } else { Err(Refused(touches, super::no_table(name))) };
        };
        self.names.free(key.schema.as_deref(), &key.name);
        self.not_valid.retain(|(table, _)| *table != key);
        for name in table.constraints.iter().filter_map(TableConstraint::name) {
            self.names.free(key.schema.as_deref(), name);
        }
        self.forget(&touches);
        if self.dialect == Dialect::Postgresql {
            self.drop_references(&key, |_| true);
        }
        Ok(())
    }

    /// Drops the foreign keys to a table, by the columns that they refer to: what is referred to can be dropped only with
    /// them.
    pub(super) fn drop_references(&mut self, target: &QualifiedName, goes: impl Fn(&[String]) -> bool) {
        let dialect = self.dialect;
        let mut freed = Vec::new();
        for (key, table) in &mut self.tables {
            table.constraints.retain(|constraint| {
                let refers = match constraint {
                    TableConstraint::ForeignKey { ref_table, ref_columns, .. } => {
                        refers_to(dialect, ref_table, target) && goes(ref_columns)
                    }
                    _ => false,
                };
                if let (true, Some(name)) = (refers, constraint.name()) {
                    freed.push((key.schema.clone(), name.to_owned()));
                }
                !refers
            });
        }
        for (schema, name) in freed {
            self.names.free(schema.as_deref(), &name);
        }
    }

    /// `ALTER TABLE … RENAME TO`, `… SET SCHEMA`: keys of other tables follow.
    pub(super) fn rename_table(&mut self, from: &QualifiedName, to: QualifiedName) -> Outcome {
        let (old, new) = (self.key(from), self.key(&to));
        if self.tables.contains_key(&new) {
            let reason = format!("there is a table `{to}` already");
            return Err(Refused(Touched::Table { table: to }, reason));
        }
        let Some(mut table) = self.tables.remove(&old) else {
            self.rename_doubts(from, &to);
            let doubted = self.is_doubted(&Touched::Table { table: to.clone() });
            return if doubted { Ok(()) } else { Err(Refused(Touched::Table { table: to }, super::no_table(from))) };
        };
        table.name = Known::Known(to.name.clone());
        if old.schema != new.schema {
            table.schema.clone_from(&to.schema);
            for name in table.constraints.iter().filter_map(TableConstraint::name) {
                self.names.free(old.schema.as_deref(), name);
                self.names.take(new.schema.as_deref(), name);
            }
        }
        let unchecked: Vec<_> = self.not_valid.extract_if(|(table, _)| *table == old).collect();
        self.not_valid.extend(unchecked.into_iter().map(|(_, name)| (new.clone(), name)));
        self.names.free(old.schema.as_deref(), &old.name);
        self.names.take(new.schema.as_deref(), &new.name);
        self.rename_doubts(from, &to);
        self.tables.insert(new, table);
        let written = to.to_string();
        let dialect = self.dialect;
        for constraint in self.tables.values_mut().flat_map(|table| &mut table.constraints) {
            if let TableConstraint::ForeignKey { ref_table, .. } = constraint
                && refers_to(dialect, ref_table, &old)
            {
                ref_table.clone_from(&written);
            }
        }
        Ok(())
    }

    /// Gives a table a constraint or index, with the name that it has in the database.
    pub(super) fn attach(&mut self, table: &QualifiedName, mut constraint: TableConstraint) -> Outcome {
        let key = self.key(table);
        let Some(owner) = self.tables.get_mut(&key) else {
            return Err(Refused(Touched::Table { table: table.clone() }, super::no_table(table)));
        };
        if self.dialect == Dialect::Postgresql {
            if is_of_type(&constraint) {
                return Ok(());
            }
            let name = match constraint.name() {
                Some(name) => crate::truncated::kept(name).to_owned(),
                None => self.names.choose(key.schema.as_deref(), owner, &constraint),
            };
            *constraint.name_mut() = Some(name);
        }
        if let TableConstraint::PrimaryKey { columns, .. } = &constraint {
            for column in owner.columns.iter_mut().filter(|column| columns.contains(&column.name)) {
                column.primary_key = true;
                if self.dialect == Dialect::Postgresql {
                    column.nullable = Known::Known(false);
                }
            }
        }
        if let Some(name) = constraint.name() {
            self.names.take(key.schema.as_deref(), name);
            self.forget(&Touched::Constraint { table: table.clone(), name: name.to_owned() });
        }
        if let Some(owner) = self.tables.get_mut(&key) {
            owner.constraints.push(constraint);
        }
        Ok(())
    }
}

/// A check that a type makes for databases that do not have it: PostgreSQL has `BOOLEAN` and enumerations itself.
fn is_of_type(constraint: &TableConstraint) -> bool {
    matches!(constraint, TableConstraint::Check { native: true, .. })
}

/// Constraints in the order in which PostgreSQL names them: keys and unique ones, checks, foreign keys, indexes.
fn ordered(constraints: &[TableConstraint]) -> impl Iterator<Item = &TableConstraint> {
    let rank = |constraint: &TableConstraint| match constraint {
        TableConstraint::PrimaryKey { .. } => 0,
        TableConstraint::Unique { .. } | TableConstraint::Exclude { .. } => 1,
        TableConstraint::Check { .. } => 2,
        TableConstraint::ForeignKey { .. } => 3,
        TableConstraint::Index(_) => 4,
    };
    (0..5).flat_map(move |wanted| constraints.iter().filter(move |constraint| rank(constraint) == wanted))
}

/// What PostgreSQL makes of keys and unique constraints over the same columns in one `CREATE TABLE`: one index, with the
/// name of the first that has one.
///
/// ```python
/// # PostgreSQL, transformIndexConstraints
/// #   CREATE TABLE a (x int, y int, PRIMARY KEY (x, y), CONSTRAINT u UNIQUE (x, y))   ->   "u" PRIMARY KEY, btree (x, y)
/// ```
fn merged(constraints: Vec<TableConstraint>) -> Vec<TableConstraint> {
    let mut kept: Vec<TableConstraint> = Vec::new();
    for mut constraint in constraints {
        let prior = match &constraint {
            TableConstraint::Unique { .. } => kept.iter_mut().find(|prior| is_one_index(prior, &constraint)),
            _ => None,
        };
        match prior {
            Some(prior) => {
                let name = constraint.name_mut().take();
                let known = prior.name_mut();
                *known = known.take().or(name);
            }
            None => kept.push(constraint),
        }
    }
    kept
}

/// Whether one index serves a key or unique constraint, and a unique constraint of the same table.
pub(crate) fn is_one_index(prior: &TableConstraint, unique: &TableConstraint) -> bool {
    match (prior, unique) {
        (TableConstraint::PrimaryKey { columns, .. }, TableConstraint::Unique { .. }) => {
            *unique == TableConstraint::unique(unique.name().map(str::to_owned), columns.clone())
        }
        (TableConstraint::Unique { .. }, TableConstraint::Unique { .. }) => {
            let mut nameless = unique.clone();
            *nameless.name_mut() = prior.name().map(str::to_owned);
            *prior == nameless
        }
        _ => false,
    }
}

/// Whether a foreign key's target, as it is written, is this table.
pub(super) fn refers_to(dialect: Dialect, written: &str, table: &QualifiedName) -> bool {
    if written == table.name {
        return table.schema.is_none();
    }
    match written.rsplit_once('.') {
        Some((schema, name)) => normal(dialect, &QualifiedName::new(Some(schema.to_owned()), name)) == *table,
        None => false,
    }
}
