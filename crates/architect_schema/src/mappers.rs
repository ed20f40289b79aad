//! Mapped classes, as the JSON document has them.

use std::collections::BTreeMap;

use architect_model::{DatabaseSchema, Mapper, Table, qualified};

use crate::described::path;
use crate::document::{MapperDocument, RelationshipDocument};

/// The classes that are mapped to a table.
pub(crate) fn classes(table: &Table) -> Vec<String> {
    let mut found: Vec<String> = table.mappers.iter().map(|mapper| path(&mapper.class)).collect();
    found.sort();
    found
}

/// All mapped classes, by name.
pub(crate) fn documents(schema: &DatabaseSchema) -> Vec<MapperDocument> {
    let mappers = schema.tables.iter().flat_map(|table| table.mappers.iter().map(move |mapper| (table, mapper)));
    let mut found: Vec<MapperDocument> = mappers.map(|(table, one)| mapper(schema, table, one)).collect();
    found.sort_by(|a, b| a.class.cmp(&b.class));
    found
}

fn mapper(schema: &DatabaseSchema, table: &Table, mapper: &Mapper) -> MapperDocument {
    let renamed = table.columns.iter().filter_map(|column| Some((column.attribute.clone()?, column.name.clone())));
    let target = |name: &str| {
        let last = name.rsplit('.').next().unwrap_or(name);
        let all = schema.tables.iter().flat_map(|table| &table.mappers);
        let mut fitting = all.map(|mapper| &mapper.class).filter(|class| class.name == last);
        match (fitting.next(), fitting.next()) {
            (Some(only), None) => path(only),
            _ => name.to_owned(),
        }
    };
    let is_own = table.class.as_ref() == Some(&mapper.class);
    let relationships = table.relationships.iter().filter(|_| is_own).map(|relationship| RelationshipDocument {
        name: relationship.name.clone(),
        target: relationship.target.known().map(|name| target(name)),
        uselist: relationship.many,
        secondary: relationship.secondary.clone(),
        back_populates: relationship.back_populates.clone(),
    });
    MapperDocument {
        class: path(&mapper.class),
        table: qualified(table),
        inherits: mapper.inherits.as_ref().map(path),
        polymorphic_identity: mapper.polymorphic_identity.as_ref().and_then(|known| known.known().cloned()),
        attr_to_column: renamed.collect::<BTreeMap<_, _>>(),
        relationships: relationships.collect(),
    }
}
