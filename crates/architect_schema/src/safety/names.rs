//! Names that are too long.

use architect_model::{MigrationOperationKind, SafetyKind, TableConstraint};

use super::{At, Judge};
use crate::statement::long_names;

/// Bytes of a name that PostgreSQL keeps.
const NAME_BYTES: usize = 63;

impl Judge {
    pub(super) fn names(&mut self, at: &At) {
        for name in given(&at.operation.kind) {
            self.name(at, name);
        }
    }

    /// Names in a text of SQL, which is read as PostgreSQL reads it: cut.
    pub(super) fn names_in_sql(&mut self, at: &At, sql: &str) {
        for name in long_names(sql, NAME_BYTES) {
            self.name(at, &name);
        }
    }

    fn name(&mut self, at: &At, name: &str) {
        if name.len() <= NAME_BYTES {
            return;
        }
        let end = (0..=NAME_BYTES).rev().find(|end| name.is_char_boundary(*end)).unwrap_or_default();
        self.find(
            SafetyKind::IdentifierTooLong,
            at,
            format!("the name `{name}` has {} bytes; PostgreSQL cuts it to `{}`", name.len(), &name[..end]),
            "for good: it may meet another name, and is not found under its own",
            vec![format!("give a name of at most {NAME_BYTES} bytes")],
        );
    }
}

/// The names that an operation gives.
fn given(kind: &MigrationOperationKind) -> Vec<&str> {
    use MigrationOperationKind as K;
    match kind {
        K::CreateTable { table, .. } => {
            let columns = table.columns.iter().map(|column| column.name.as_str());
            let constraints = table.constraints.iter().filter_map(TableConstraint::name);
            table.name.known().map(String::as_str).into_iter().chain(columns).chain(constraints).collect()
        }
        K::AddColumn { column, constraints, .. } => {
            std::iter::once(column.name.as_str()).chain(constraints.iter().filter_map(TableConstraint::name)).collect()
        }
        K::AddConstraint { constraint, .. } => constraint.name().into_iter().collect(),
        K::CreateIndex { index, .. } => index.name().into_iter().collect(),
        K::RenameTable { to, .. }
        | K::RenameConstraint { to, .. }
        | K::RenameIndex { to, .. }
        | K::RenameType { to, .. } => vec![to],
        K::AlterColumn { change, .. } => change.name.as_deref().into_iter().collect(),
        K::CreateType { ty, .. } => vec![&ty.name.name],
        _ => Vec::new(),
    }
}
