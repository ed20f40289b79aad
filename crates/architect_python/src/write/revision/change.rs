//! What becomes of the tables of a project.

use architect_model::{Column, Location, Table, TableConstraint};

use super::order::qualified;

/// What becomes of the tables of a project.
///
/// Tables are named with their schema where they have one: `sales.item`.
#[derive(Debug, Clone, Copy)]
pub struct TableChange<'a> {
    /// All tables as the revisions so far have made them.
    pub before: &'a [Table],
    /// All tables as they will be.
    pub after: &'a [Table],
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
    pub(super) from: &'a [Table],
    pub(super) to: &'a [Table],
    /// Table in `to`, table in `from`.
    tables: Vec<(&'a Table, &'a Table)>,
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
        let tables = matched(change.before, change.after, &renames);
        let columns = change.renamed_columns.iter().filter_map(|(table, old, new)| {
            let table = change.after.iter().find(|known| qualified(known).as_deref() == Some(table))?;
            Some((table, old.as_str(), new.as_str()))
        });
        let columns = columns.collect();
        Self { from: change.before, to: change.after, tables, columns, fill: change.fill, forward: true }
    }

    /// `downgrade`.
    pub(super) fn backward(&self) -> Self {
        let columns = self.columns.iter().filter_map(|(table, old, new)| Some((self.source(table)?, *new, *old)));
        Self {
            from: self.to,
            to: self.from,
            tables: self.tables.iter().map(|(to, from)| (*from, *to)).collect(),
            columns: columns.collect(),
            fill: &[],
            forward: false,
        }
    }

    /// The table that becomes `to`.
    pub(super) fn source(&self, to: &Table) -> Option<&'a Table> {
        self.tables.iter().find(|(known, _)| std::ptr::eq(*known, to)).map(|(_, from)| *from)
    }

    /// What becomes of the table `from`.
    pub(super) fn target(&self, from: &Table) -> Option<&'a Table> {
        self.tables.iter().find(|(_, known)| std::ptr::eq(*known, from)).map(|(to, _)| *to)
    }

    /// Tables that are in both: the one that is, the one that comes of it.
    pub(super) fn kept(&self) -> impl Iterator<Item = (&'a Table, &'a Table)> {
        self.to.iter().filter_map(|to| Some((self.source(to)?, to)))
    }

    /// Tables that come to be.
    pub(super) fn created(&self) -> Vec<&'a Table> {
        self.to.iter().filter(|table| self.source(table).is_none()).collect()
    }

    /// Tables that go.
    pub(super) fn dropped(&self) -> Vec<&'a Table> {
        self.from.iter().filter(|table| self.target(table).is_none()).collect()
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

    /// The column that becomes `column` of `to`.
    pub(super) fn source_column(&self, from: &'a Table, to: &Table, column: &Column) -> Option<&'a Column> {
        from.columns.iter().find(|known| self.renamed(to, &known.name) == column.name)
    }

    /// A constraint of the table that becomes `to`, in the names that hold afterwards.
    pub(super) fn carried(&self, to: &Table, constraint: &TableConstraint) -> TableConstraint {
        let mut carried = constraint.clone();
        let rename = |columns: &mut Vec<String>, table: &Table| {
            columns.iter_mut().for_each(|column| *column = self.renamed(table, column).to_owned());
        };
        match &mut carried {
            TableConstraint::PrimaryKey { columns, .. }
            | TableConstraint::Unique { columns, .. }
            | TableConstraint::Index { columns, .. } => rename(columns, to),
            TableConstraint::ForeignKey { columns, ref_table, ref_columns, .. } => {
                rename(columns, to);
                let from = self.from.iter().find(|table| qualified(table).as_deref() == Some(ref_table));
                if let Some(target) = from.and_then(|from| self.target(from)) {
                    rename(ref_columns, target);
                    *ref_table = qualified(target).unwrap_or_default();
                }
            }
            TableConstraint::Check { .. } => {}
        }
        carried
    }
}

fn pairs(renamed: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    renamed.iter().map(|(old, new)| (old.as_str(), new.as_str()))
}

/// The tables of `after`, each with the one of `before` that it comes of.
fn matched<'a>(before: &'a [Table], after: &'a [Table], renames: &[(&str, &str)]) -> Vec<(&'a Table, &'a Table)> {
    let source = |table: &'a Table| {
        let Some(name) = qualified(table) else {
            // A name that is not known is not known in both.
            let same = |known: &&Table| known.name.known().is_none() && known.class == table.class;
            return before.iter().find(same);
        };
        let old = renames.iter().find(|(_, new)| *new == name).map(|(old, _)| (*old).to_owned());
        let gone = |name: &str| renames.iter().any(|(old, _)| *old == name);
        let wanted = old.or_else(|| (!gone(&name)).then_some(name))?;
        before.iter().find(|known| qualified(known).as_ref() == Some(&wanted))
    };
    after.iter().filter_map(|table| Some((table, source(table)?))).collect()
}
