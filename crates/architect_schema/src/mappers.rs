//! Mapped classes, as the JSON document has them.

use std::collections::BTreeMap;

use architect_model::{DatabaseSchema, Table, qualified};

use crate::described::path;
use crate::document::{MapperDocument, RelationshipDocument};

/// The classes that are mapped to a table.
pub(crate) fn classes(table: &Table) -> Vec<String> {
    table.class.iter().map(path).collect()
}

/// All mapped classes, by name.
pub(crate) fn documents(schema: &DatabaseSchema) -> Vec<MapperDocument> {
    let mut found: Vec<MapperDocument> = schema.tables.iter().filter_map(|table| mapper(schema, table)).collect();
    found.sort_by(|a, b| a.class.cmp(&b.class));
    found
}

fn mapper(schema: &DatabaseSchema, table: &Table) -> Option<MapperDocument> {
    let class = table.class.as_ref()?;
    let renamed = table.columns.iter().filter_map(|column| Some((column.attribute.clone()?, column.name.clone())));
    let target = |name: &str| {
        let last = name.rsplit('.').next().unwrap_or(name);
        let mut fitting =
            schema.tables.iter().filter_map(|table| table.class.as_ref()).filter(|class| class.name == last);
        match (fitting.next(), fitting.next()) {
            (Some(only), None) => path(only),
            _ => name.to_owned(),
        }
    };
    let relationships = table.relationships.iter().map(|relationship| RelationshipDocument {
        name: relationship.name.clone(),
        target: relationship.target.known().map(|name| target(name)),
        uselist: relationship.many,
        secondary: relationship.secondary.clone(),
        back_populates: relationship.back_populates.clone(),
    });
    Some(MapperDocument {
        class: path(class),
        table: qualified(table),
        inherits: None,
        polymorphic_identity: None,
        attr_to_column: renamed.collect::<BTreeMap<_, _>>(),
        relationships: relationships.collect(),
    })
}
