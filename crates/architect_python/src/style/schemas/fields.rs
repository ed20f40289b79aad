//! In which order schemas declare their fields, and what of a row responses leave out.

use architect_model::{ColumnPart, Observed};

use super::super::entity::Entity;
use super::super::facts::{Facts, assigned};
use super::super::models::order::Orders;
use super::super::vote::Votes;
use crate::resolve::Class;

/// In which order classes declare the columns of their tables.
pub(super) fn order<'c, 'a: 'c>(
    facts: &Facts<'a>,
    classes: impl Iterator<Item = &'c (Class<'a>, Entity<'a>)>,
    owners: &[String],
) -> Observed<Vec<ColumnPart>> {
    let mut orders = Orders::default();
    for (class, entity) in classes {
        let columns = facts.columns(entity.class);
        let part = |name: &str| {
            let column = columns.iter().find(|column| column.name == name);
            column.map_or(ColumnPart::Value, |column| {
                let owner = owners.iter().find(|owner| *owner == name);
                column.part(owner.map_or("", String::as_str))
            })
        };
        let names = class.def.body.iter().filter(|stmt| stmt.is_ann_assign_stmt()).filter_map(assigned);
        orders.add(names.map(part).collect(), facts.weight_of(&class.file().path), &class.at());
    }
    orders.read()
}

/// Foreign keys to the owner and times that tables have, and that most responses leave out.
pub(super) fn hidden<'a>(facts: &Facts<'a>, outputs: &[(Class<'a>, Entity<'a>)], owners: &[String]) -> Vec<String> {
    let mut seen: Vec<(&str, Votes<bool>)> = Vec::new();
    for (class, entity) in outputs {
        let shown = facts.index.mro(*class);
        for column in facts.columns(entity.class) {
            let is_owner = column.foreign_key.is_some() && owners.iter().any(|owner| owner == column.name);
            if !is_owner && !column.is_timestamp() {
                continue;
            }
            let shows =
                shown.classes().any(|class| class.def.body.iter().any(|stmt| assigned(stmt) == Some(column.name)));
            let at = seen.iter().position(|(name, _)| *name == column.name).unwrap_or(seen.len());
            if at == seen.len() {
                seen.push((column.name, Votes::default()));
            }
            if let Some((_, votes)) = seen.get_mut(at) {
                votes.add(shows, facts.weight_of(&class.file().path), &class.at());
            }
        }
    }
    let is_hidden = |votes: &Votes<bool>| votes.winner().is_some_and(|won| !won.value);
    seen.iter().filter(|(_, votes)| is_hidden(votes)).map(|(name, _)| (*name).to_owned()).collect()
}
