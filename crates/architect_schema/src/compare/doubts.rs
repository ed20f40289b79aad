//! Objects of which it is not known how they are.

use architect_model::{Doubt, Touched};

/// The doubts about a database.
pub(super) struct Doubts<'d> {
    doubts: &'d [Doubt],
}

impl<'d> Doubts<'d> {
    pub(super) fn of(doubts: &'d [Doubt]) -> Self {
        Self { doubts }
    }

    /// The first doubt that touches an object.
    pub(super) fn of_object(&self, object: &Touched) -> Option<&'d Doubt> {
        self.doubts.iter().find(|doubt| covers(&doubt.touches, object))
    }
}

/// Whether a doubt about `doubted` is one about `object`.
fn covers(doubted: &Touched, object: &Touched) -> bool {
    match (doubted, object) {
        (Touched::Everything, _) => true,
        (Touched::Table { table }, object) => object.table() == Some(table),
        (
            Touched::Constraints { table },
            Touched::Constraint { table: of, .. } | Touched::Constraints { table: of },
        ) => table == of,
        (doubted, object) => doubted == object,
    }
}
