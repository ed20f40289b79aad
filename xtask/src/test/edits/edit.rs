//! Random edits of models.

mod columns;
mod keys;
mod rules;
mod tables;
mod types;
mod values;

use super::draw::Drawer;
use super::models::{Column, Models, Rule, Table};

/// Kinds of edits, the frequent ones more than once.
const KINDS: &[&str] = &[
    "add table",
    "drop table",
    "rename table",
    "add column",
    "add column",
    "add required column",
    "add required column",
    "drop column",
    "drop column",
    "rename column",
    "rename column",
    "type",
    "type",
    "type",
    "nullable",
    "nullable",
    "server default",
    "server default",
    "column comment",
    "table comment",
    "add check",
    "drop check",
    "change check",
    "add rule",
    "add rule",
    "drop rule",
    "drop rule",
    "rule name",
    "change rule",
    "change rule",
    "exclusion",
    "nulls",
    "key match",
    "key name",
    "enum name",
    "unique flag",
    "index flag",
    "add key",
    "drop key",
    "key rules",
    "key rules",
    "enum value",
    "enum value",
    "enum value gone",
    "enum value renamed",
    "enum order",
    "primary key columns",
    "surrogate key",
    "key type",
    "computed",
    "identity",
    "convention",
    "add link",
    "move key",
    "swap names",
    "swap columns",
];

/// What was edited.
#[derive(Default)]
pub struct Edited {
    /// Kinds of the edits.
    pub kinds: Vec<&'static str>,
    /// Tables and columns, by number, whose values become others.
    pub changes: Vec<(usize, usize)>,
    /// Enumerations that lose values.
    pub lost: Vec<usize>,
}

impl Drawer<'_> {
    /// Edits the models so many times.
    pub fn edit(&mut self, models: &mut Models, times: usize) -> Edited {
        let mut edited = Edited::default();
        for _ in 0..40 * times {
            if edited.kinds.len() == times {
                break;
            }
            let Some(kind) = self.random.pick(KINDS).copied() else { break };
            let mut tried = models.clone();
            if self.one(kind, &mut tried, &mut edited).is_some() {
                *models = tried;
                edited.kinds.push(kind);
            }
        }
        edited
    }

    fn one(&mut self, kind: &str, models: &mut Models, edited: &mut Edited) -> Option<()> {
        match kind {
            "add table" => self.table(models),
            "drop table" => self.drop_table(models),
            "rename table" => {
                let name = self.table_name(models)?;
                self.pick_table(models)?.name = name;
                Some(())
            }
            "swap names" => {
                let (first, second) = (self.random.below(models.tables.len()), self.random.below(models.tables.len()));
                let (one, other) = (models.tables.get(first)?.clone(), models.tables.get(second)?.clone());
                if first == second || one.schema != other.schema || one.is_link || other.is_link {
                    return None;
                }
                models.tables.get_mut(first)?.name = other.name;
                models.tables.get_mut(second)?.name = one.name;
                Some(())
            }
            "swap columns" => self.swap_columns(models),
            "add link" => self.add_link(models),
            "enum value" | "enum value gone" | "enum value renamed" | "enum order" => self.values(kind, models, edited),
            "enum name" => self.enum_name(models),
            "convention" => {
                // Every check has a name, or a convention refuses it.
                let unnamed = |table: &Table| table.rules.iter().any(|rule| matches!(rule, Rule::Check(None, ..)));
                let is_possible = !self.allowed.sqlmodel && !models.tables.iter().any(unnamed);
                models.convention = !models.convention;
                (is_possible && self.random.chance(40)).then_some(())
            }
            "key type" => self.key_type(models, edited),
            "surrogate key" => self.surrogate(models),
            _ => self.in_table(kind, models, edited),
        }
    }

    fn pick_table<'m>(&mut self, models: &'m mut Models) -> Option<&'m mut Table> {
        let index = self.random.below(models.tables.len());
        models.tables.get_mut(index)
    }

    fn in_table(&mut self, kind: &str, models: &mut Models, edited: &mut Edited) -> Option<()> {
        let index = self.random.below(models.tables.len());
        let mut table = models.tables.get(index)?.clone();
        if table.is_link && !matches!(kind, "table comment" | "key rules" | "add column") {
            return None;
        }
        match kind {
            "add column" | "add required column" => {
                let mut column = self.column(models, &table)?;
                column.nullable = column.computed.is_some() || kind == "add column";
                table.columns.push(column);
            }
            "table comment" => {
                table.comment = match table.comment {
                    Some(_) if self.random.chance(50) => None,
                    _ => Some(format!("Since {}: new", models.number())),
                };
            }
            "add rule" | "add check" => {
                let rule = self.rule(models, &table)?;
                table.rules.push(rule);
            }
            "drop rule" | "drop check" | "change check" => self.rule_changes(kind, models, &mut table)?,
            "rule name" | "change rule" | "nulls" | "exclusion" => self.other_rule(kind, models, &mut table)?,
            "primary key columns" => self.primary_changes(models, &mut table)?,
            _ => self.in_column(kind, models, &mut table, edited)?,
        }
        models.tables[index] = table;
        Some(())
    }
}

/// Takes a column from a table, with all that speaks of it.
fn take_column(table: &mut Table, id: usize) {
    let reads = |column: &&Column| column.computed.is_some_and(|(source, _)| source == id);
    let readers: Vec<usize> = table.columns.iter().filter(reads).map(|column| column.id).collect();
    for gone in readers.into_iter().chain([id]) {
        table.columns.retain(|column| column.id != gone);
        table.rules.retain(|rule| !rule.columns().contains(&gone));
    }
}
