//! Order of creation: a table that is referred to comes first; where tables refer to each other, a key comes later.

use crate::{Table, TableConstraint};

/// The tables in an order of creation, and the foreign keys that have to wait until all tables are there.
pub fn creation_order<'a>(tables: &[&'a Table]) -> (Vec<&'a Table>, Vec<(&'a Table, &'a TableConstraint)>) {
    let mut open: Vec<&'a Table> = tables.to_vec();
    let mut order: Vec<&'a Table> = Vec::new();
    let mut late: Vec<(&'a Table, &'a TableConstraint)> = Vec::new();
    while !open.is_empty() {
        // Where tables refer to each other, an optional key is the one that waits.
        let waiting = |table: &Table| {
            let keys = || {
                foreign_keys(table).filter(|key| open.iter().any(|other| !same(other, table) && refers_to(key, other)))
            };
            (keys().filter(|key| is_required(table, key)).count(), keys().count())
        };
        let fewest = open.iter().enumerate().min_by_key(|(index, table)| (waiting(table), *index));
        let Some((index, _)) = fewest else { break };
        let table = open.remove(index);
        late.extend(
            foreign_keys(table).filter(|key| open.iter().any(|other| refers_to(key, other))).map(|key| (table, key)),
        );
        order.push(table);
    }
    (order, late)
}

fn foreign_keys(table: &Table) -> impl Iterator<Item = &TableConstraint> {
    table.constraints.iter().filter(|constraint| matches!(constraint, TableConstraint::ForeignKey { .. }))
}

fn is_required(table: &Table, key: &TableConstraint) -> bool {
    let TableConstraint::ForeignKey { columns, .. } = key else { return false };
    let required = |name: &String| {
        table.columns.iter().any(|column| column.name == *name && column.nullable.known() == Some(&false))
    };
    columns.iter().all(required)
}

fn same(a: &Table, b: &Table) -> bool {
    a.name == b.name && a.schema == b.schema
}

fn refers_to(key: &TableConstraint, table: &Table) -> bool {
    let TableConstraint::ForeignKey { ref_table, .. } = key else { return false };
    Some(ref_table) == qualified(table).as_ref()
}

/// Table name with its schema where it has one, as foreign keys refer to it.
pub fn qualified(table: &Table) -> Option<String> {
    let name = table.name.known()?;
    Some(match &table.schema {
        Some(schema) => format!("{schema}.{name}"),
        None => name.clone(),
    })
}
