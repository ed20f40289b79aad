//! Edits of constraints and indexes.

use super::super::draw::Drawer;
use super::super::models::{Index, Models, Rule, Table};

impl Drawer<'_> {
    pub(super) fn rule_changes(&mut self, kind: &str, models: &Models, table: &mut Table) -> Option<()> {
        let is_meant = |rule: &&(usize, &Rule)| match rule.1 {
            Rule::Check(..) => true,
            rule => kind == "drop rule" && !is_referred_to(models, table, rule),
        };
        let found: Vec<usize> =
            table.rules.iter().enumerate().filter(|rule| is_meant(&rule)).map(|one| one.0).collect();
        let index = *self.random.pick(&found)?;
        if kind != "change check" {
            table.rules.remove(index);
        } else if let Rule::Check(_, _, form) = &mut table.rules[index] {
            *form += 1;
        }
        Some(())
    }

    /// A constraint or an index gets another name, or says something else.
    pub(super) fn other_rule(&mut self, kind: &str, models: &mut Models, table: &mut Table) -> Option<()> {
        let number = models.number();
        let place = self.random.below(table.rules.len());
        if kind == "exclusion" {
            return self.exclusion_changes(table, number);
        }
        let mut rule = table.rules.get(place)?.clone();
        let is_target = is_referred_to(models, table, &rule);
        match (kind, &mut rule) {
            ("rule name", rule) => *name(rule)? = format!("other_{number}"),
            ("change rule", Rule::Index(index)) => {
                let new = self.index(table, index.name.clone())?;
                if is_same(index, &new) {
                    return None;
                }
                *index = new;
            }
            ("change rule", Rule::Key(key)) if self.allowed.postgresql && self.random.chance(60) => {
                key.full = !key.full
            }
            ("change rule", Rule::Key(key)) => {
                key.on_delete = if key.on_delete.is_some() { None } else { Some("CASCADE") };
            }
            ("change rule", Rule::Unique(_, _, deferrable, _)) if self.allowed.postgresql && !is_target => {
                *deferrable = !*deferrable;
            }
            ("nulls", Rule::Unique(_, _, _, nulls)) if self.allowed.postgresql => *nulls = !*nulls,
            ("nulls", Rule::Index(index)) if self.allowed.postgresql && index.unique => index.nulls = !index.nulls,
            _ => return None,
        }
        table.rules[place] = rule;
        Some(())
    }

    /// An exclusion comes, goes, or says something else.
    fn exclusion_changes(&mut self, table: &mut Table, number: usize) -> Option<()> {
        if !self.allowed.postgresql {
            return None;
        }
        let Some(place) = table.rules.iter().position(|rule| matches!(rule, Rule::Exclude(_))) else {
            let new = self.exclusion(table, format!("ex_{}_{number}", table.name))?;
            table.rules.push(Rule::Exclude(new));
            return Some(());
        };
        let nullable: Vec<usize> = table.columns.iter().filter(|one| one.nullable).map(|one| one.id).collect();
        let Rule::Exclude(one) = table.rules.get_mut(place)? else { return None };
        match self.random.below(3) {
            0 => {
                table.rules.remove(place);
            }
            1 => one.deferrable = !one.deferrable,
            _ if one.filter.is_some() => one.filter = None,
            _ => one.filter = Some(*self.random.pick(&nullable)?),
        }
        Some(())
    }
}

/// Whether foreign keys need the rule: they refer to what is unique, at all times.
fn is_referred_to(models: &Models, table: &Table, rule: &Rule) -> bool {
    matches!(rule, Rule::Unique(_, columns, ..) if columns.iter().any(|column| models.is_target(table.id, *column)))
}

/// The name that a rule has.
fn name(rule: &mut Rule) -> Option<&mut String> {
    match rule {
        Rule::Check(name, ..) | Rule::Unique(name, ..) => name.as_mut(),
        Rule::Key(key) => key.name.as_mut(),
        Rule::Index(index) => Some(&mut index.name),
        Rule::Exclude(one) => Some(&mut one.name),
    }
}

fn is_same(one: &Index, other: &Index) -> bool {
    (&one.parts, one.unique, one.filter, one.method, one.include, one.nulls)
        == (&other.parts, other.unique, other.filter, other.method, other.include, other.nulls)
}
