//! What becomes of the tables of a project.

use std::sync::Arc;

use architect_model::{Column, IndexKey, Known, Location, Table, TableConstraint, qualified};

use rustc_hash::{FxHashMap, FxHashSet};

/// The name of a column in what comes, where another one gets its own.
pub(super) const GOES: &str = "the column that goes";

/// What becomes of the tables of a project.
///
/// Tables are named with their schema where they have one: `sales.item`.
#[derive(Debug, Clone, Copy)]
pub struct TableChange<'a> {
    /// All tables as the revisions so far have made them.
    pub before: &'a [Arc<Table>],
    /// All tables as they will be.
    pub after: &'a [Arc<Table>],
    /// Tables that keep their rows under another name: before, after.
    pub renamed_tables: &'a [(String, String)],
    /// Columns that keep their values under another name: table (its name after), column before, column after.
    pub renamed_columns: &'a [(String, String, String)],
    /// Values for rows that exist.
    pub fill: &'a [Fill],
}

/// The value that rows which exist get, where a column comes to need one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fill {
    /// Table, by its name after.
    pub table: String,
    /// Column, by its name after.
    pub column: String,
    /// Python source of a literal, a member of an enumeration, `func.now()`, or `text("SQL expression over the row")`.
    pub value: String,
}

/// A value that has to be given before the change can be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueNeeded {
    /// Table, by its name after.
    pub table: String,
    /// Column, by its name after.
    pub column: String,
    /// Why: one sentence.
    pub why: String,
    /// Where the column is declared.
    pub at: Location,
}

/// A change in one direction: `downgrade` is the upgrade of the opposite change.
pub(super) struct Transition<'a> {
    pub(super) from: &'a [Arc<Table>],
    pub(super) to: &'a [Arc<Table>],
    /// Tables that are in both: the one that is, the one that comes of it.
    pub(super) kept: Vec<(&'a Table, &'a Table)>,
    /// The same: what becomes of a table, by its name before.
    targets: FxHashMap<String, &'a Table>,
    /// Places in memory of the tables that are kept, at both ends.
    places: FxHashSet<*const Table>,
    /// Table in `to`, column in `from`, column in `to`.
    columns: Vec<(&'a Table, &'a str, &'a str)>,
    pub(super) fill: &'a [Fill],
    /// Whether this is `upgrade`.
    pub(super) forward: bool,
}

impl<'a> Transition<'a> {
    /// `upgrade`.
    pub(super) fn forward(change: &TableChange<'a>) -> Self {
        let renames: Vec<(&str, &str)> = pairs(change.renamed_tables).collect();
        let kept = matched(change.before, change.after, &renames);
        let columns = change.renamed_columns.iter().filter_map(|(table, old, new)| {
            let table = change.after.iter().find(|known| qualified(known).as_deref() == Some(table))?;
            Some((&**table, old.as_str(), new.as_str()))
        });
        Self::of(change.before, change.after, kept, columns.collect(), change.fill)
    }

    /// `downgrade`.
    pub(super) fn backward(&self) -> Self {
        let told = self.columns.iter().filter(|(.., new)| *new != GOES);
        let columns = told.filter_map(|(table, old, new)| {
            let (from, _) = self.kept.iter().find(|(_, to)| std::ptr::eq(*to, *table))?;
            Some((*from, *new, *old))
        });
        // In the order of the tables that come.
        let mut kept: Vec<(&Table, &Table)> = self.kept.iter().map(|(from, to)| (*to, *from)).collect();
        let places: FxHashMap<*const Table, usize> =
            self.from.iter().enumerate().map(|(place, table)| (Arc::as_ptr(table), place)).collect();
        kept.sort_by_key(|(_, to)| places.get(&std::ptr::from_ref(*to)).copied());
        let backward = Self::of(self.to, self.from, kept, columns.collect(), &[]);
        Self { forward: false, ..backward }
    }

    fn of(
        from: &'a [Arc<Table>],
        to: &'a [Arc<Table>],
        kept: Vec<(&'a Table, &'a Table)>,
        columns: Vec<(&'a Table, &'a str, &'a str)>,
        fill: &'a [Fill],
    ) -> Self {
        let targets = kept.iter().filter_map(|(from, to)| Some((qualified(from)?, *to))).collect();
        // A column whose name another one gets goes.
        let mut columns = columns;
        for (table, _, new) in columns.clone() {
            let from = kept.iter().find(|(_, to)| std::ptr::eq(*to, table)).map(|(from, _)| from);
            let is_there = from.is_some_and(|from| from.columns.iter().any(|column| column.name == new));
            let stays = columns.iter().any(|(other, old, _)| std::ptr::eq(*other, table) && *old == new);
            if is_there && !stays {
                columns.push((table, new, GOES));
            }
        }
        let places = kept.iter().flat_map(|(from, to)| [std::ptr::from_ref(*from), std::ptr::from_ref(*to)]).collect();
        Self { from, to, kept, targets, places, columns, fill, forward: true }
    }

    /// The tables that are kept and that something happens to, or to a table that their keys refer to.
    pub(super) fn touched(&self) -> Vec<(&'a Table, &'a Table)> {
        let is_other = |(from, to): &(&'a Table, &'a Table)| !std::ptr::eq(*from, *to) && from != to;
        let changed: FxHashSet<String> =
            self.kept.iter().filter(|pair| is_other(pair)).filter_map(|(from, _)| qualified(from)).collect();
        let changed: FxHashSet<String> =
            changed.into_iter().chain(self.dropped().into_iter().filter_map(qualified)).collect();
        let refers = |table: &Table| {
            table.constraints.iter().any(|constraint| match constraint {
                TableConstraint::ForeignKey { ref_table, .. } => changed.contains(ref_table),
                _ => false,
            })
        };
        let is_renamed = |to: &Table| self.columns.iter().any(|(table, ..)| std::ptr::eq(*table, to));
        let is_touched = |pair: &&(&'a Table, &'a Table)| is_other(pair) || refers(pair.0) || is_renamed(pair.1);
        self.kept.iter().filter(is_touched).copied().collect()
    }

    /// What becomes of the table of this name, and what it was.
    pub(super) fn target(&self, name: &str) -> Option<&'a Table> {
        self.targets.get(name).copied()
    }

    /// Tables that come to be.
    pub(super) fn created(&self) -> Vec<&'a Table> {
        self.to.iter().map(Arc::as_ref).filter(|table| !self.places.contains(&std::ptr::from_ref(*table))).collect()
    }

    /// Tables that go.
    pub(super) fn dropped(&self) -> Vec<&'a Table> {
        self.from.iter().map(Arc::as_ref).filter(|table| !self.places.contains(&std::ptr::from_ref(*table))).collect()
    }

    /// The name in `to` of a column of the table that becomes `to`.
    pub(super) fn renamed<'n>(&self, to: &Table, column: &'n str) -> &'n str
    where
        'a: 'n,
    {
        self.columns
            .iter()
            .find(|(table, old, _)| std::ptr::eq(*table, to) && *old == column)
            .map_or(column, |(_, _, new)| new)
    }

    /// The name of the column of `from` that becomes this one of `to`.
    pub(super) fn source_column_name<'n>(&self, from: &'n Table, to: &Table, column: &str) -> Option<&'n str> {
        let mut names = from.columns.iter().map(|known| known.name.as_str());
        names.find(|known| self.renamed_name(to, known) == column)
    }

    fn renamed_name<'n>(&'n self, to: &Table, column: &'n str) -> &'n str {
        let told = self.columns.iter().find(|(table, old, _)| std::ptr::eq(*table, to) && *old == column);
        told.map_or(column, |(_, _, new)| new)
    }

    /// The column that becomes `column` of `to`.
    pub(super) fn source_column(&self, from: &'a Table, to: &Table, column: &Column) -> Option<&'a Column> {
        from.columns.iter().find(|known| self.renamed(to, &known.name) == column.name)
    }

    /// The words of an expression over the columns of the table that becomes `to`, in the names that hold afterwards.
    pub(super) fn carried_sql(&self, to: &Table, sql: &str) -> String {
        let mut text = String::with_capacity(sql.len());
        for (index, part) in sql.split('\'').enumerate() {
            text.push_str(if index > 0 { "'" } else { "" });
            if index % 2 == 1 {
                text.push_str(part);
                continue;
            }
            for word in part.split_inclusive(|char: char| !char.is_alphanumeric() && char != '_') {
                let name = word.trim_end_matches(|char: char| !char.is_alphanumeric() && char != '_');
                text.push_str(self.renamed(to, name));
                text.push_str(&word[name.len()..]);
            }
        }
        text
    }

    /// A constraint of the table that becomes `to`, in the names that hold afterwards.
    pub(super) fn carried(&self, to: &Table, constraint: &TableConstraint) -> TableConstraint {
        let mut carried = constraint.clone();
        let rename = |columns: &mut Vec<String>, table: &Table| {
            columns.iter_mut().for_each(|column| *column = self.renamed(table, column).to_owned());
        };
        match &mut carried {
            TableConstraint::PrimaryKey { columns, .. } | TableConstraint::Unique { columns, .. } => {
                rename(columns, to);
            }
            TableConstraint::Index(index) => {
                for sql in [&mut index.predicate, &mut index.sqlite_predicate].into_iter().flatten() {
                    self.rename_sql(to, sql);
                }
                index.parts.iter_mut().for_each(|part| self.rename_key(to, &mut part.key));
                rename(&mut index.include, to);
            }
            TableConstraint::Exclude { elements, predicate, .. } => {
                predicate.iter_mut().for_each(|sql| self.rename_sql(to, sql));
                elements.iter_mut().for_each(|element| self.rename_key(to, &mut element.key));
            }
            TableConstraint::ForeignKey { columns, ref_table, ref_columns, use_alter, .. } => {
                // It says how the key is made, not what it is.
                *use_alter = false;
                rename(columns, to);
                if let Some(target) = self.target(ref_table) {
                    rename(ref_columns, target);
                    *ref_table = qualified(target).unwrap_or_default();
                } else if self.from.iter().any(|known| qualified(known).as_ref() == Some(ref_table)) {
                    // It goes; a table that gets its name is another one.
                    ref_table.push_str(" that goes");
                }
            }
            TableConstraint::Check { sql, .. } => self.rename_sql(to, sql),
        }
        carried
    }

    fn rename_key(&self, to: &Table, key: &mut IndexKey) {
        match key {
            IndexKey::Column { column } => *column = self.renamed(to, column).to_owned(),
            IndexKey::Expression { expression, source } => {
                self.rename_sql(to, expression);
                *source = self.carried_sql(to, source);
            }
        }
    }

    fn rename_sql(&self, to: &Table, sql: &mut Known<String>) {
        if let Known::Known(sql) = sql {
            *sql = self.carried_sql(to, sql);
        }
    }
}

fn pairs(renamed: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    renamed.iter().map(|(old, new)| (old.as_str(), new.as_str()))
}

/// The tables that are in both, in the order of `after`.
fn matched<'a>(
    before: &'a [Arc<Table>],
    after: &'a [Arc<Table>],
    renames: &[(&str, &str)],
) -> Vec<(&'a Table, &'a Table)> {
    let known: FxHashMap<String, &Table> =
        before.iter().filter_map(|table| Some((qualified(table)?, &**table))).collect();
    let source = |table: &'a Table| {
        let Some(name) = qualified(table) else {
            // A name that is not known is not known in both.
            let same = |known: &&Table| known.name.known().is_none() && known.class == table.class;
            return before.iter().map(Arc::as_ref).find(same);
        };
        let old = renames.iter().find(|(_, new)| *new == name).map(|(old, _)| *old);
        let is_gone = renames.iter().any(|(old, _)| *old == name);
        let wanted = old.or_else(|| (!is_gone).then_some(name.as_str()))?;
        known.get(wanted).copied()
    };
    after.iter().filter_map(|table| Some((source(table)?, &**table))).collect()
}
