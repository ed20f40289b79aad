//! Which objects an operation may touch.

use architect_model::{ColumnChange, MigrationOperationKind, QualifiedName, Touched};

/// The objects that an operation may touch, under their names before it and after it.
pub fn touched(operation: &MigrationOperationKind) -> Vec<Touched> {
    use MigrationOperationKind as K;
    match operation {
        K::CreateTable { table, .. } => match table.name.known() {
            Some(name) => vec![Touched::Table { table: QualifiedName::new(table.schema.clone(), name) }],
            None => vec![Touched::Everything],
        },
        K::DropTable { table, .. } | K::CommentTable { table, .. } => vec![Touched::Table { table: table.clone() }],
        K::RenameTable { table, to } => {
            let after = QualifiedName::new(table.schema.clone(), to.clone());
            vec![Touched::Table { table: table.clone() }, Touched::Table { table: after }]
        }
        K::MoveTable { table, schema } => {
            let after = QualifiedName::new(Some(schema.clone()), table.name.clone());
            vec![Touched::Table { table: table.clone() }, Touched::Table { table: after }]
        }
        K::AddColumn { table, column, constraints, .. } => {
            let mut found = vec![column_of(table, &column.name)];
            if !constraints.is_empty() {
                found.push(Touched::Constraints { table: table.clone() });
            }
            found
        }
        K::DropColumn { table, column, .. } => vec![column_of(table, column)],
        K::AlterColumn { table, column, change } => {
            let ColumnChange { name, .. } = &**change;
            std::iter::once(column).chain(name).map(|name| column_of(table, name)).collect()
        }
        K::AddConstraint { table, constraint, .. } => vec![constraint_of(table, constraint.name())],
        K::CreateIndex { table, index, .. } => vec![constraint_of(table, index.name())],
        K::DropConstraint { table, name, .. } => vec![constraint_of(table, name.as_deref())],
        K::ValidateConstraint { table, name } => vec![constraint_of(table, Some(name))],
        K::RenameConstraint { table, name, to } => {
            vec![constraint_of(table, Some(name)), constraint_of(table, Some(to))]
        }
        // An index has a name of its own: its table is another matter.
        K::DropIndex { table, name, .. } => match table {
            Some(table) => vec![constraint_of(table, Some(&name.name))],
            None => vec![Touched::Everything],
        },
        K::RenameIndex { .. } | K::Execute { .. } => vec![Touched::Everything],
        K::CreateType { ty, .. } => vec![Touched::Type { name: ty.name.clone() }],
        K::DropType { name, .. } | K::AddValue { name, .. } | K::RenameValue { name, .. } => {
            vec![Touched::Type { name: name.clone() }]
        }
        K::RenameType { name, to } => {
            let after = QualifiedName::new(name.schema.clone(), to.clone());
            vec![Touched::Type { name: name.clone() }, Touched::Type { name: after }]
        }
        K::Unknown { touches, .. } => vec![touches.clone()],
        K::SetTimeout { .. } | K::Rows { .. } | K::Aside { .. } => Vec::new(),
    }
}

fn column_of(table: &QualifiedName, column: &str) -> Touched {
    Touched::Column { table: table.clone(), column: column.to_owned() }
}

fn constraint_of(table: &QualifiedName, name: Option<&str>) -> Touched {
    match name {
        Some(name) => Touched::Constraint { table: table.clone(), name: name.to_owned() },
        None => Touched::Constraints { table: table.clone() },
    }
}
