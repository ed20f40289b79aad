//! What is asked of the schema in which a text of SQL runs.

use architect_model::{DatabaseSchema, EnumType, QualifiedName, Table, TableConstraint};

/// A schema in which SQL runs.
pub trait Existing {
    /// A table, by its name.
    fn table(&self, name: &QualifiedName) -> Option<&Table>;
    /// An enumeration type, by its name.
    fn enumeration(&self, name: &QualifiedName) -> Option<&EnumType>;
    /// Whether all of it is known.
    fn is_sure(&self) -> bool;
    /// Whether the rows of a table are known to meet a constraint of it: one that is `NOT VALID` holds for rows that come.
    fn is_validated(&self, _table: &QualifiedName, _constraint: &str) -> bool {
        true
    }
    /// The foreign keys of other tables that refer to a table, with their tables.
    fn references(&self, _table: &QualifiedName) -> Vec<(QualifiedName, &TableConstraint)> {
        Vec::new()
    }
    /// The table of an index.
    fn table_of(&self, _index: &QualifiedName) -> Option<QualifiedName> {
        None
    }
}

impl Existing for DatabaseSchema {
    fn table(&self, name: &QualifiedName) -> Option<&Table> {
        let is_it = |table: &&std::sync::Arc<Table>| {
            table.name.known() == Some(&name.name)
                && namespace(table.schema.as_deref()) == namespace(name.schema.as_deref())
        };
        self.tables.iter().find(is_it).map(|table| &**table)
    }

    fn enumeration(&self, name: &QualifiedName) -> Option<&EnumType> {
        self.enums.iter().find(|known| is_same(&known.name, name))
    }

    fn is_sure(&self) -> bool {
        self.doubts.is_empty()
    }
}

/// Whether two names mean the same object.
pub(crate) fn is_same(one: &QualifiedName, other: &QualifiedName) -> bool {
    one.name == other.name && namespace(one.schema.as_deref()) == namespace(other.schema.as_deref())
}

/// A name without a schema is in `public`, unless the search path was changed.
fn namespace(schema: Option<&str>) -> &str {
    schema.unwrap_or("public")
}
