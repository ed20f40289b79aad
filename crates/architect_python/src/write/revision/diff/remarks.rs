//! What is to be known about constraints that come: what waits, and what they do not take.

use architect_model::{Column, Known, Table, TableConstraint, qualified};

use super::super::operation::Step;
use super::Differ;
use super::offending::is_of_stages;
use super::values::identifiers;

impl<'a> Differ<'_, 'a> {
    /// Rows that get their column back have lost what told them apart, and a table that comes back has no rows.
    fn remark_on_way_back(&mut self, from: &Table, to: &Table, steps: &[Step<'a>]) {
        let table = to.name.known().cloned().unwrap_or_default();
        for step in steps {
            let (Step::CreateIndex(constraint) | Step::AddConstraint(constraint)) = step else { continue };
            let columns = match constraint {
                TableConstraint::ForeignKey { ref_table, columns, .. } => {
                    let is_it = |table: &&Table| qualified(table).as_ref() == Some(ref_table);
                    if self.change.created().iter().any(is_it) {
                        let columns = columns.join("`, `");
                        self.remark(format!(
                            "`{table}`: `downgrade` stops at a row that has a value in `{columns}`: `{ref_table}` comes back without its rows"
                        ));
                    }
                    continue;
                }
                TableConstraint::Check { sql: Known::Known(sql), .. } => {
                    let is_back = |column: &&Column| self.change.source_column_name(from, to, &column.name).is_none();
                    let is_named = |column: &&Column| identifiers(sql).any(|word| word == column.name);
                    let is_filled = |column: &&Column| column.server_default.is_some() || column.default.is_some();
                    let mut columns = to.columns.iter().filter(is_named).filter(is_back).filter(is_filled);
                    if let Some(column) = columns.next() {
                        self.remark(format!(
                            "`{table}`: `downgrade` stops where `{}`, which comes back with its default, does not meet `{sql}`",
                            column.name
                        ));
                    }
                    continue;
                }
                TableConstraint::Exclude { .. } | TableConstraint::PrimaryKey { .. } => constraint.columns(),
                other => other.unique_columns().unwrap_or_default(),
            };
            let is_new =
                |name: &&str| !from.columns.iter().any(|column| self.change.renamed(to, &column.name) == *name);
            if columns.iter().any(is_new) {
                self.remark(format!(
                    "`{table}`: `downgrade` stops where two rows come to have the same `{}`",
                    columns.join("`, `")
                ));
            }
        }
    }

    pub(super) fn remark_on_constraints(&mut self, from: &Table, to: &Table, steps: &[Step<'a>]) {
        if !self.change.forward {
            self.remark_on_way_back(from, to, steps);
            return;
        }
        for step in steps {
            let text = match step {
                Step::CreateIndex(added) | Step::AddConstraint(added) => self.said_of(from, to, added),
                _ => continue,
            };
            // A stage keeps nobody waiting.
            let text = match text.rsplit_once("; writes to ") {
                Some((text, _)) if self.is_staged() => text,
                _ => &*text,
            };
            let is_filled = matches!(step, Step::AddConstraint(added) if is_of_stages(added));
            if self.is_staged() && (is_filled || !text.starts_with("the migration stops")) {
                continue;
            }
            let table = to.name.known().cloned().unwrap_or_default();
            self.remark(format!("`{table}`: {text}"));
        }
    }

    /// What a constraint or index that comes does to rows that are there, with the query that finds those which it does
    /// not take.
    fn said_of(&self, from: &Table, to: &Table, added: &TableConstraint) -> String {
        let is_filled = |name: &&str| {
            let column = to.columns.iter().find(|column| column.name == **name);
            column.is_some_and(|column| self.is_given(to, column))
        };
        let spoken: Vec<&str> = match added {
            TableConstraint::Check { sql: Known::Known(sql), .. } => identifiers(sql).collect(),
            other => other.columns(),
        };
        let is_told = spoken.iter().any(is_filled);
        let is_met = self.is_met(from, to, added);
        let query = self.offending(from, to, added).filter(|_| !is_told && !is_met);
        let query = query.map(|query| format!("; `{query}` finds them")).unwrap_or_default();
        let is_there = |name: &&str| from.columns.iter().any(|column| self.change.renamed(to, &column.name) == *name);
        match added {
            added if !is_met && added.unique_columns().is_some_and(|columns| columns.iter().any(is_there)) => {
                let columns = added.columns().join("`, `");
                format!(
                    "the migration stops where two rows have the same `{columns}`{query}; writes to the table wait meanwhile"
                )
            }
            added if is_met && added.unique_columns().is_some() => {
                "writes wait while its new index is built".to_owned()
            }
            TableConstraint::Index(_) => "writes wait while its new index is built".to_owned(),
            TableConstraint::ForeignKey { ref_table, columns, .. }
                if is_met || !columns.iter().map(String::as_str).any(|name| is_there(&name)) =>
            {
                format!("every row is checked against `{ref_table}`; writes to both tables wait meanwhile")
            }
            TableConstraint::ForeignKey { ref_table, .. } => {
                format!(
                    "the migration stops at rows that refer to what is not in `{ref_table}`, unless a value is given for such rows{query}; writes to both tables wait meanwhile"
                )
            }
            TableConstraint::Check { .. } if is_met => "every row is checked".to_owned(),
            TableConstraint::Check { .. } => {
                format!("the migration stops at rows that do not comply, unless a value is given for such rows{query}")
            }
            _ => "every row is checked; the migration stops at one that does not comply".to_owned(),
        }
    }
}
