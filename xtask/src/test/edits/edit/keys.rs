//! Edits of foreign keys.

use super::super::draw::{Drawer, simple_key};
use super::super::models::{Column, Models, Table, Type};

impl Drawer<'_> {
    pub(super) fn key_changes(
        &mut self,
        kind: &str,
        models: &Models,
        table: &Table,
        column: &mut Column,
    ) -> Option<()> {
        match (kind, &mut column.key) {
            ("add key", None) => {
                let ends: Vec<(usize, usize, Type)> = models
                    .tables
                    .iter()
                    .filter(|one| one.id != table.id)
                    .filter_map(simple_key)
                    .filter(|(_, _, ty)| *ty == column.ty)
                    .collect();
                let (target, id, _) = self.random.pick(&ends)?.clone();
                if column.default.is_some() || column.server_default.is_some() || table.id < target {
                    return None;
                }
                column.key = Some(self.key(&column.name, table, (target, id), column.nullable));
            }
            ("drop key", Some(key)) if !key.use_alter => column.key = None,
            ("key rules", Some(key)) => {
                let mut new = self.key(&column.name, table, key.target, column.nullable);
                (new.use_alter, new.name) = (key.use_alter, key.name.clone());
                if new == *key {
                    return None;
                }
                *key = new;
            }
            ("key match", Some(key)) if self.allowed.postgresql => key.full = !key.full,
            ("key name", Some(key)) if !key.use_alter => {
                key.name = match key.name {
                    Some(_) if self.random.chance(30) => None,
                    _ => Some(format!("fk_{}_{}", column.name, models.tables.len() + self.random.below(90))),
                };
            }
            ("move key", Some(key)) if column.nullable && !key.use_alter => {
                let ends = models.tables.iter().filter(|one| one.id < table.id && one.id != key.target.0);
                let ends: Vec<(usize, usize, Type)> =
                    ends.filter_map(simple_key).filter(|(_, _, ty)| *ty == column.ty).collect();
                let (target, id, _) = self.random.pick(&ends)?.clone();
                key.target = (target, id);
            }
            _ => return None,
        }
        Some(())
    }
}
