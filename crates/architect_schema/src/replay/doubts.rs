//! What is in doubt of a schema: noted, taken over to new names, and settled.

use architect_model::{Doubt, QualifiedName, Touched, Unknown};

use super::Replay;

impl Replay {
    /// Notes a doubt, once for each object.
    pub(super) fn doubt(&mut self, touches: Touched, unknown: Unknown) {
        if !self.doubts.iter().any(|known| known.touches == touches && known.unknown == unknown) {
            self.doubts.push(Doubt { touches, unknown });
        }
    }

    /// Whether it is not sure that an object is there.
    pub(super) fn is_doubted(&self, object: &Touched) -> bool {
        self.doubts.iter().any(|doubt| self.covers(&doubt.touches, object))
    }

    /// Why it is not sure how an object is, where it is not.
    pub(crate) fn why(&self, object: &Touched) -> Option<&Unknown> {
        self.doubts.iter().find(|doubt| self.covers(&doubt.touches, object)).map(|doubt| &doubt.unknown)
    }

    /// Settles what was in doubt of an object: it has been made or dropped for sure.
    pub(super) fn forget(&mut self, object: &Touched) {
        if self.doubts.is_empty() {
            return;
        }
        let settled: Vec<bool> = self
            .doubts
            .iter()
            .map(|doubt| doubt.touches != Touched::Everything && self.covers(object, &doubt.touches))
            .collect();
        let mut settled = settled.into_iter();
        self.doubts.retain(|_| !settled.next().unwrap_or(false));
    }

    /// Whether one object is the other, or holds it.
    fn covers(&self, outer: &Touched, inner: &Touched) -> bool {
        match (outer, inner) {
            (Touched::Everything, _) => true,
            (Touched::Type { name: a }, Touched::Type { name: b }) => self.key(a) == self.key(b),
            (Touched::Table { table: a }, inner) => inner.table().is_some_and(|b| self.key(a) == self.key(b)),
            (Touched::Column { table: a, column: x }, Touched::Column { table: b, column: y }) => {
                x == y && self.key(a) == self.key(b)
            }
            (
                Touched::Constraints { table: a },
                Touched::Constraint { table: b, .. } | Touched::Constraints { table: b },
            ) => self.key(a) == self.key(b),
            (Touched::Constraint { table: a, name: x }, Touched::Constraint { table: b, name: y }) => {
                x == y && self.key(a) == self.key(b)
            }
            _ => false,
        }
    }

    /// What is in doubt of a table is so under its new name.
    pub(super) fn rename_doubts(&mut self, from: &QualifiedName, to: &QualifiedName) {
        let old = self.key(from);
        let dialect = self.dialect;
        for doubt in &mut self.doubts {
            if let Some(table) = doubt.touches.table_mut()
                && super::normal(dialect, table) == old
            {
                table.clone_from(to);
            }
        }
    }

    /// What is in doubt of a column is so under its new name.
    pub(super) fn rename_column_doubts(&mut self, table: &QualifiedName, from: &str, to: &str) {
        let (old, dialect) = (self.key(table), self.dialect);
        for doubt in &mut self.doubts {
            if let Touched::Column { table, column } = &mut doubt.touches
                && column == from
                && super::normal(dialect, table) == old
            {
                to.clone_into(column);
            }
        }
    }
}
