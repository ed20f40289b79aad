//! What an operation does, in words.

use architect_model::{MigrationOperationKind, TableConstraint};

/// What an operation does, in a few words; none where it changes nothing that schemas have.
pub fn in_words(operation: &MigrationOperationKind) -> Option<String> {
    use MigrationOperationKind as K;
    Some(match operation {
        K::CreateTable { table, .. } => {
            format!("creates table `{}`", table.name.known().map_or("(name unknown)", String::as_str))
        }
        K::DropTable { table, .. } => format!("drops table `{table}`"),
        K::RenameTable { table, to } => format!("renames table `{table}` to `{to}`"),
        K::MoveTable { table, schema } => format!("moves table `{table}` to the schema `{schema}`"),
        K::CommentTable { table, .. } => format!("comments on table `{table}`"),
        K::AddColumn { table, column, .. } => format!("adds column `{table}.{}`", column.name),
        K::DropColumn { table, column, .. } => format!("drops column `{table}.{column}`"),
        K::AlterColumn { table, column, change } => match &change.name {
            Some(to) => format!("renames column `{table}.{column}` to `{to}`"),
            None => format!("changes column `{table}.{column}`"),
        },
        K::AddConstraint { table, constraint, .. } => format!("adds {} to `{table}`", constraint_in_words(constraint)),
        K::DropConstraint { table, name, .. } => match name {
            Some(name) => format!("drops constraint `{name}` of `{table}`"),
            None => format!("drops a constraint of `{table}`"),
        },
        K::ValidateConstraint { table, name } => format!("validates constraint `{name}` of `{table}`"),
        K::RenameConstraint { table, name, to } => format!("renames constraint `{name}` of `{table}` to `{to}`"),
        K::CreateIndex { table, index, .. } => match index.name() {
            Some(name) => format!("creates index `{name}` on `{table}`"),
            None => format!("creates an index on `{table}`"),
        },
        K::DropIndex { name, .. } => format!("drops index `{name}`"),
        K::RenameIndex { name, to } => format!("renames index `{name}` to `{to}`"),
        K::CreateType { ty, .. } => format!("creates type `{}`", ty.name),
        K::DropType { name, .. } => format!("drops type `{name}`"),
        K::RenameType { name, to } => format!("renames type `{name}` to `{to}`"),
        K::AddValue { name, value, .. } => format!("adds `{value}` to type `{name}`"),
        K::RenameValue { name, from, to } => format!("renames `{from}` of type `{name}` to `{to}`"),
        K::Rows { table: Some(table), verb, .. } if *verb != architect_model::RowVerb::Select => {
            format!("writes rows of `{table}`")
        }
        K::Unknown { reason, .. } => format!("does something that is not known: {reason}"),
        K::SetTimeout { .. } | K::Rows { .. } | K::Execute { .. } | K::Aside { .. } => return None,
    })
}

fn constraint_in_words(constraint: &TableConstraint) -> String {
    let kind = match constraint {
        TableConstraint::PrimaryKey { .. } => "a primary key",
        TableConstraint::ForeignKey { .. } => "a foreign key",
        TableConstraint::Unique { .. } => "a unique constraint",
        TableConstraint::Check { .. } => "a check",
        TableConstraint::Exclude { .. } => "an exclusion",
        TableConstraint::Index(_) => "an index",
    };
    match constraint.name() {
        Some(name) => format!("{kind} `{name}`"),
        None => kind.to_owned(),
    }
}
