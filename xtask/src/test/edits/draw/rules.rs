//! Random constraints and indexes.

use super::super::models::{Column, Exclusion, Form, Index, Key, Models, Rule, Table, Type};
use super::{Drawer, plain_key, simple_key};

impl Drawer<'_> {
    /// A column that a foreign key of the table may refer to.
    pub fn target(&mut self, models: &Models, table: &Table) -> Option<(usize, usize, Type)> {
        let mut ends: Vec<(usize, usize, Type)> =
            models.tables.iter().filter(|one| one.id != table.id).filter_map(simple_key).collect();
        // One that refers to its own table.
        if models.tables.iter().all(|one| one.id != table.id) || self.random.chance(20) {
            ends.extend(simple_key(table).filter(|_| self.random.chance(30)));
        }
        self.random.pick(&ends).cloned()
    }

    /// A foreign key with rules of its own.
    pub fn key(&mut self, column: &str, table: &Table, target: (usize, usize), nullable: bool) -> Key {
        let actions: &[&str] = if nullable { &["CASCADE", "SET NULL", "RESTRICT"] } else { &["CASCADE", "RESTRICT"] };
        let mut key = plain_key(target.0, target.1);
        key.name = self.random.chance(25).then(|| format!("fk_{}_{column}", table.name));
        key.on_delete = if self.random.chance(40) { self.random.pick(actions).copied() } else { None };
        key.on_update = self.random.chance(15).then_some("CASCADE");
        key.deferred = self.random.chance(12).then_some("DEFERRED");
        key.full = self.allowed.postgresql && self.random.chance(10);
        key
    }

    /// A constraint or an index.
    pub fn rule(&mut self, models: &mut Models, table: &Table) -> Option<Rule> {
        let number = models.number();
        let columns: Vec<&Column> = table.columns.iter().filter(is_own).collect();
        let distinct = told_apart(table);
        let name = |kind: &str| format!("{kind}_{}_{number}", table.name);
        match self.random.below(if self.allowed.postgresql { 10 } else { 8 }) {
            0 | 1 => {
                let checked: Vec<usize> =
                    columns.iter().filter(|one| one.ty.is_number() || one.ty.is_text()).map(|one| one.id).collect();
                let column = *self.random.pick(&checked)?;
                let is_named = self.allowed.convention || self.random.chance(70);
                let is_alone = !table.rules.iter().any(|rule| matches!(rule, Rule::Check(None, ..)));
                let name = (is_named || !is_alone).then(|| name("some"));
                Some(Rule::Check(name, column, self.random.below(3)))
            }
            2 | 3 => {
                let first = *self.random.pick(&distinct)?;
                let is_other = |rule: &Rule| matches!(rule, Rule::Unique(_, columns, ..) if columns[0] == first);
                if table.column(first).is_some_and(|one| one.unique) || table.rules.iter().any(is_other) {
                    return None;
                }
                let mut parts = vec![first];
                let second: Vec<usize> = columns.iter().map(|one| one.id).filter(|id| *id != first).collect();
                let second = self.random.pick(&second).copied();
                let is_json = |id: usize| table.column(id).is_some_and(|one| one.ty == Type::Json);
                parts.extend(second.filter(|id| self.random.chance(60) && !is_json(*id)));
                let name = self.random.chance(60).then(|| name("uq"));
                let deferrable = self.allowed.postgresql && self.random.chance(10);
                Some(Rule::Unique(name, parts, deferrable, self.allowed.postgresql && self.random.chance(10)))
            }
            8 | 9 => self.exclusion(table, name("ex")).map(Rule::Exclude),
            _ => self.index(table, name("ix")).map(Rule::Index),
        }
    }

    /// What no two rows may have: a range that overlaps, or one or two columns that are the same.
    pub fn exclusion(&mut self, table: &Table, name: String) -> Option<Exclusion> {
        let distinct = told_apart(table);
        let ranges: Vec<usize> = table.columns.iter().filter(|one| one.ty == Type::Range).map(|one| one.id).collect();
        let columns = if let Some(range) = self.random.pick(&ranges) {
            vec![*range]
        } else {
            let first = *self.random.pick(&distinct)?;
            let second = self.random.pick(&distinct).copied().filter(|id| *id != first);
            [first].into_iter().chain(second.filter(|_| self.random.chance(30))).collect()
        };
        // PostgreSQL makes one of two that are alike.
        let is_alike = |rule: &Rule| matches!(rule, Rule::Exclude(known) if known.columns == columns);
        if table.rules.iter().any(is_alike) {
            return None;
        }
        let nullable: Vec<usize> = table.columns.iter().filter(|one| one.nullable).map(|one| one.id).collect();
        let filter = self.random.pick(&nullable).copied().filter(|_| self.random.chance(30));
        Some(Exclusion { name, columns, filter, deferrable: self.random.chance(20) })
    }

    /// An index.
    pub fn index(&mut self, table: &Table, name: String) -> Option<Index> {
        let first = *self.random.pick(&told_apart(table))?;
        let parts = vec![(first, Form::Plain)];
        let mut index = Index { name, parts, unique: false, filter: None, method: None, include: None, nulls: false };
        let is_text = table.column(first).is_some_and(|one| one.ty.is_text());
        let is_plain = |column: &&Column| column.computed.is_none() && column.id != first;
        let others: Vec<&Column> = table.columns.iter().filter(is_plain).collect();
        match self.random.below(8) {
            0 => {
                index.unique = true;
                index.nulls = self.allowed.postgresql && self.random.chance(30);
            }
            1 => index.parts = vec![(first, Form::Descending)],
            2 if is_text => index.parts = vec![(first, Form::Function)],
            3 if is_text => index.parts = vec![(first, Form::Text)],
            4 => index.filter = others.iter().find(|one| one.nullable).map(|one| one.id),
            5 if self.allowed.postgresql => {
                let arrays = table.columns.iter().filter(|one| matches!(one.ty, Type::Array(_) | Type::Jsonb));
                let array = arrays.map(|one| one.id).next();
                index.method = Some(if array.is_some() { "gin" } else { "hash" });
                index.parts = vec![(array.unwrap_or(first), Form::Plain)];
            }
            6 if self.allowed.postgresql => index.include = others.first().map(|one| one.id),
            _ => {
                let second: Vec<usize> = others.iter().filter(|one| one.ty.is_distinct()).map(|one| one.id).collect();
                index.parts.extend(self.random.pick(&second).map(|id| (*id, Form::Plain)));
            }
        }
        Some(index)
    }
}

/// Whether rows give the column a value of its own.
fn is_own(column: &&Column) -> bool {
    column.computed.is_none() && !column.primary && column.key.is_none()
}

/// The columns by which rows are told apart.
fn told_apart(table: &Table) -> Vec<usize> {
    let own = table.columns.iter().filter(is_own);
    own.filter(|one| one.ty.is_distinct() && !has_default(one)).map(|one| one.id).collect()
}

/// Whether rows may come to have the same.
fn has_default(column: &Column) -> bool {
    column.default.is_some() || column.server_default.is_some()
}
