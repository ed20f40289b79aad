//! Whether the operations of two branches can stand one behind the other.

use architect_model::{MigrationOperation, MigrationOperationKind, Touched};

use crate::touched;

/// Two operations of which the one makes the other fail, or mean something else.
#[derive(Debug, Clone)]
pub struct Clash<'o> {
    /// The operation that is to stand behind.
    pub ours: &'o MigrationOperation,
    /// The operation that comes to stand before it.
    pub theirs: &'o MigrationOperation,
}

/// The operations of the one branch that clash with those of the other. What may touch anything clashes with nothing:
/// [`may_touch_anything`] finds it.
pub fn clashes<'o>(ours: &'o [MigrationOperation], theirs: &'o [MigrationOperation]) -> Vec<Clash<'o>> {
    let mut found = Vec::new();
    for one in ours {
        for other in theirs.iter().filter(|other| clash(&one.kind, &other.kind)) {
            found.push(Clash { ours: one, theirs: other });
        }
    }
    found
}

/// The operations of which it is not known what they touch.
pub fn may_touch_anything(operations: &[MigrationOperation]) -> Vec<&MigrationOperation> {
    let unknown = |one: &&MigrationOperation| {
        matches!(one.kind, MigrationOperationKind::Unknown { touches: Touched::Everything, .. })
    };
    operations.iter().filter(unknown).collect()
}

fn clash(ours: &MigrationOperationKind, theirs: &MigrationOperationKind) -> bool {
    use MigrationOperationKind as K;
    match (ours, theirs) {
        // Each adds a value of its own.
        (K::AddValue { name, value, .. }, K::AddValue { name: other_name, value: other, .. }) => {
            name == other_name && value == other
        }
        (K::CommentTable { .. }, other) | (other, K::CommentTable { .. }) => {
            matches!(other, K::DropTable { .. } | K::RenameTable { .. } | K::MoveTable { .. })
                && meet(&touched(ours), &touched(theirs))
        }
        _ => meet(&touched(ours), &touched(theirs)),
    }
}

fn meet(ours: &[Touched], theirs: &[Touched]) -> bool {
    ours.iter().any(|one| theirs.iter().any(|other| same_object(one, other)))
}

/// Whether the one is the other, or a part of it.
fn same_object(one: &Touched, other: &Touched) -> bool {
    use Touched as T;
    match (one, other) {
        (T::Type { name }, T::Type { name: other }) => name == other,
        (T::Column { table, column }, T::Column { table: other, column: name }) => table == other && column == name,
        (T::Constraint { table, name }, T::Constraint { table: other, name: other_name }) => {
            table == other && name == other_name
        }
        (T::Table { table }, other) | (other, T::Table { table }) => other.table() == Some(table),
        _ => false,
    }
}
