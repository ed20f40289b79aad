//! What SQL is read with, and judged by: the schema as it is.

use architect_model::{EnumType, QualifiedName, Table, TableConstraint};

use super::Replay;
use super::tables::refers_to;
use crate::statement::Existing;

impl Existing for Replay {
    fn table(&self, name: &QualifiedName) -> Option<&Table> {
        self.tables.get(&self.key(name))
    }

    fn enumeration(&self, name: &QualifiedName) -> Option<&EnumType> {
        self.enums.get(&self.key(name))
    }

    fn is_sure(&self) -> bool {
        self.doubts.is_empty()
    }

    fn is_validated(&self, table: &QualifiedName, constraint: &str) -> bool {
        !self.not_valid.contains(&(self.key(table), constraint.to_owned()))
    }

    fn table_of(&self, index: &QualifiedName) -> Option<QualifiedName> {
        self.owner_of(None, index)
    }

    fn references(&self, table: &QualifiedName) -> Vec<(QualifiedName, &TableConstraint)> {
        let (target, dialect) = (self.key(table), self.dialect);
        let refers = |known: &&TableConstraint| matches!(known, TableConstraint::ForeignKey { ref_table, .. } if refers_to(dialect, ref_table, &target));
        let others = self.tables.iter().filter(|(key, _)| **key != target);
        let mut found: Vec<(QualifiedName, &TableConstraint)> = others
            .flat_map(|(key, other)| other.constraints.iter().filter(refers).map(|known| (key.clone(), known)))
            .collect();
        found.sort_by_key(|(key, known)| (key.clone(), known.name().map(str::to_owned)));
        found
    }
}
