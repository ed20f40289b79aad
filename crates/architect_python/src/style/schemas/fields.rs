//! In which order schemas declare their fields, and what of a row responses leave out.

use architect_model::{ColumnPart, Observed};

use super::super::entity::Entity;
use super::super::facts::{Facts, assigned};
use super::super::orders::Orders;
use super::super::vote::Votes;
use crate::resolve::Class;

/// In which order classes declare the columns of their tables.
pub(super) fn order<'c, 'a: 'c>(
    facts: &Facts<'a>,
    classes: impl Iterator<Item = &'c (Class<'a>, Entity<'a>)>,
    owners: &[String],
) -> Observed<Vec<ColumnPart>> {
    let mut orders = Orders::of(&ColumnPart::ALL);
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

/// Whether references that creation takes stand in a class that the table extends too.
pub(super) fn references_shared<'a>(
    facts: &Facts<'a>,
    creates: &[(Class<'a>, Entity<'a>)],
    owners: &[String],
) -> Observed<bool> {
    let mut votes = Votes::default();
    for (class, entity) in creates {
        let references = facts.columns(entity.class).iter().filter(|column| column.foreign_key.is_some());
        for column in references.filter(|column| !owners.iter().any(|owner| owner == column.name)) {
            let declares = |class: &Class<'a>| class.def.body.iter().any(|stmt| assigned(stmt) == Some(column.name));
            if let Some(declaring) = facts.index.mro(*class).classes().find(declares) {
                let shared = facts.index.mro(entity.class).classes().any(|base| base == declaring);
                votes.add(shared, facts.weight_of(&class.file().path), &class.at());
            }
        }
    }
    votes.or_assumed(false)
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
