//! Names that change in a revision: code that runs asks for those at its beginning, not for one that is there for a while.

use architect_model::{QualifiedName, SafetyKind};

use super::{At, Judge};
use crate::statement::is_same;

/// A table or column that the revision has renamed.
pub(super) struct Renamed {
    /// The table as it is called now.
    table: QualifiedName,
    /// The column as it is called now, of which this speaks, if not of the table.
    column: Option<String>,
    /// The name at the beginning.
    first: String,
    /// The name now.
    last: String,
    /// What was said of it.
    text: String,
}

impl Judge {
    pub(super) fn rename_column(&mut self, at: &At, table: &QualifiedName, column: &str, to: &str) {
        let first = self.first_name(table, Some(column)).unwrap_or_else(|| column.to_owned());
        if first == to {
            return;
        }
        let text = format!("renames `{table}.{first}` to `{to}`: code that runs still asks for `{first}`, and fails");
        self.renames.push(Renamed {
            table: table.clone(),
            column: Some(to.to_owned()),
            first: first.clone(),
            last: to.to_owned(),
            text: text.clone(),
        });
        self.find(
            SafetyKind::ColumnRename,
            at,
            text,
            "from the migration until the last old process is gone",
            vec![
                format!("map the attribute to the old name: `{to}: Mapped[…] = mapped_column(\"{first}\")`"),
                format!(
                    "or add `{to}`, write both, fill in the rows, read `{to}`, and drop `{first}` in a later release"
                ),
            ],
        );
    }

    pub(super) fn rename_table(&mut self, at: &At, table: &QualifiedName, to: &QualifiedName) {
        let first = self.first_name(table, None).unwrap_or_else(|| table.to_string());
        for renamed in self.renames.iter_mut().filter(|renamed| is_same(&renamed.table, table)) {
            renamed.table = to.clone();
        }
        // A table keeps its schema unless it moves.
        let last = if to.schema == table.schema { to.name.clone() } else { to.to_string() };
        if first == to.to_string() {
            return;
        }
        let text = format!("`{first}` becomes `{last}`: code that runs still asks for `{first}`, and fails");
        let bare = first.rsplit('.').next().unwrap_or_default().to_owned();
        let recipe = vec![
            format!("keep the name: `__tablename__ = \"{bare}\"`"),
            format!(
                "or leave a view of the old name behind: CREATE VIEW {first} AS SELECT * FROM {last}; and drop it in a later \
                 release"
            ),
        ];
        let last = to.to_string();
        self.renames.push(Renamed { table: to.clone(), column: None, first, last, text: text.clone() });
        self.find(SafetyKind::TableRename, at, text, "from the migration until the last old process is gone", recipe);
    }

    /// The name that it had at the beginning, if it has another one by now; what was said of that is said no more.
    fn first_name(&mut self, table: &QualifiedName, column: Option<&str>) -> Option<String> {
        let is_it = |renamed: &Renamed| is_same(&renamed.table, table) && renamed.column.as_deref() == column;
        let place = self.renames.iter().position(is_it)?;
        let renamed = self.renames.remove(place);
        if let Some(said) = self.found.iter().position(|finding| finding.text == renamed.text) {
            self.take_back(said);
        }
        Some(renamed.first)
    }

    /// Where names are exchanged, code that runs does not fail: it gets what the other one was. And no name is free.
    pub(super) fn exchanged(&mut self) {
        let same = |a: &Renamed, b: &Renamed| match (&a.column, &b.column) {
            (Some(_), Some(_)) => is_same(&a.table, &b.table),
            (None, None) => true,
            _ => false,
        };
        for one in &self.renames {
            let Some(finding) = self.found.iter_mut().find(|finding| finding.text == one.text) else { continue };
            let others = || self.renames.iter().filter(|other| same(one, other));
            if let Some(other) = others().find(|other| other.last == one.first) {
                finding.text = one.text.replace(", and fails", &format!(", and gets what was `{}`", other.first));
            }
            if others().any(|other| other.last == one.first || other.first == one.last) {
                finding.recipe.truncate(1);
            }
        }
    }
}
