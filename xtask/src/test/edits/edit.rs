//! Random edits of models.

use super::draw::{Drawer, blank, simple_key};
use super::models::{Column, Models, Rule, Table, Type};

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

    fn swap_columns(&mut self, models: &mut Models) -> Option<()> {
        let (first, second) = (self.random.below(20), self.random.below(20));
        let table = self.pick_table(models)?;
        let is_free = |column: &Column| column.computed.is_none() && !column.primary;
        let (one, other) = (table.columns.get(first)?.clone(), table.columns.get(second)?.clone());
        if first == second || table.is_link || !is_free(&one) || !is_free(&other) {
            return None;
        }
        table.columns.get_mut(first)?.name = other.name;
        table.columns.get_mut(second)?.name = one.name;
        Some(())
    }

    fn pick_table<'m>(&mut self, models: &'m mut Models) -> Option<&'m mut Table> {
        let index = self.random.below(models.tables.len());
        models.tables.get_mut(index)
    }

    fn drop_table(&mut self, models: &mut Models) -> Option<()> {
        let index = self.random.below(models.tables.len());
        if models.tables.len() < 2 {
            return None;
        }
        let gone = models.tables.remove(index).id;
        for table in &mut models.tables {
            let keys = table.columns.iter().filter(|one| one.key.as_ref().is_some_and(|key| key.target.0 == gone));
            let columns: Vec<usize> = keys.map(|one| one.id).collect();
            if table.columns.iter().any(|one| one.primary && columns.contains(&one.id)) {
                return None;
            }
            columns.iter().for_each(|column| take_column(table, *column));
            table.rules.retain(|rule| !matches!(rule, Rule::Key(_, _, target, _) if *target == gone));
        }
        Some(())
    }

    fn add_link(&mut self, models: &mut Models) -> Option<()> {
        let before = models.tables.len();
        let name = self.table_name(models)?;
        let (table, key, ty) = simple_key(models.tables.get(self.random.below(before))?)?;
        let id = models.number();
        let mut columns = Vec::new();
        for name in ["a_id", "b_id"] {
            let mut one = blank(models.number(), name, ty.clone());
            one.primary = true;
            one.key = Some(super::draw::plain_key(table, key));
            columns.push(one);
        }
        models.tables.push(Table { id, name, schema: None, comment: None, columns, rules: Vec::new(), is_link: true });
        Some(())
    }

    fn values(&mut self, kind: &str, models: &mut Models, edited: &mut Edited) -> Option<()> {
        let index = self.random.below(models.enums.len());
        let one = models.enums.get(index)?.clone();
        let new = self.member(&one);
        let place = self.random.below(one.members.len());
        let known = models.enums.get_mut(index)?;
        match kind {
            "enum value" => known.members.insert(place, new?),
            "enum order" => known.members.rotate_left(1),
            "enum value renamed" => {
                known.members[place] = new?;
                edited.lost.push(one.id);
            }
            _ if one.members.len() < 2 => return None,
            _ => {
                known.members.remove(place);
                edited.lost.push(one.id);
            }
        }
        // A default of a value that goes would be a broken model.
        let members = known.members.clone();
        for column in models.tables.iter_mut().flat_map(|table| &mut table.columns) {
            if !matches!(column.ty, Type::Enum(id) | Type::EnumText(id, _) if id == one.id) {
                continue;
            }
            let is_gone = |text: &String| {
                one.members.iter().any(|member| !members.contains(member) && text.contains(member.as_str()))
            };
            column.default = column.default.take().filter(|text| !is_gone(text));
            column.server_default = column.server_default.take().filter(|text| !is_gone(text));
        }
        Some(())
    }

    /// The primary key gets another type, with every column that refers to it.
    fn key_type(&mut self, models: &mut Models, edited: &mut Edited) -> Option<()> {
        let index = self.random.below(models.tables.len());
        let (table, key, ty) = simple_key(models.tables.get(index)?)?;
        let new = match ty {
            Type::Int => [Type::Big, Type::Str(Some(40)), Type::Uuid][self.random.below(3)].clone(),
            Type::Big => Type::Str(Some(40)),
            Type::Str(Some(length)) => Type::Str(Some(length + 20)),
            _ => return None,
        };
        let own = models.tables.get_mut(index)?.columns.iter_mut().find(|one| one.id == key)?;
        if own.identity.is_some() && new != Type::Big {
            return None;
        }
        own.ty = new.clone();
        let refers = |column: &Column| column.key.as_ref().is_some_and(|one| one.target == (table, key));
        let is_computed_from = |table: &Table| {
            let sources = table.columns.iter().filter_map(|column| column.computed).map(|(source, _)| source);
            sources.filter_map(|source| table.column(source)).any(|column| refers(column) || column.id == key)
        };
        if new != Type::Big && models.tables.iter().any(is_computed_from) {
            return None;
        }
        if new == Type::Uuid {
            edited.changes.push((table, key));
        }
        for other in &mut models.tables {
            for column in &mut other.columns {
                if column.key.as_ref().is_some_and(|one| one.target == (table, key)) {
                    column.ty = new.clone();
                    if new == Type::Uuid {
                        edited.changes.push((other.id, column.id));
                    }
                }
            }
        }
        Some(())
    }

    /// A number comes to be the primary key, and the natural one is unique from then on.
    fn surrogate(&mut self, models: &mut Models) -> Option<()> {
        let number = models.number();
        let table = self.pick_table(models)?;
        if table.is_link || table.columns.iter().any(|one| one.name == "id") {
            return None;
        }
        let old = table.primary();
        let name = format!("uq_{}_{number}", table.name);
        for column in &mut table.columns {
            column.primary = false;
        }
        table.rules.push(Rule::Unique(Some(name), old, false, false));
        let mut key = blank(number, "id", Type::Int);
        key.primary = true;
        table.columns.insert(0, key);
        Some(())
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
            "drop rule" | "drop check" | "change check" => self.rule_changes(kind, &mut table)?,
            "primary key columns" => self.primary_changes(models, &mut table)?,
            _ => self.in_column(kind, models, &mut table, edited)?,
        }
        models.tables[index] = table;
        Some(())
    }

    fn rule_changes(&mut self, kind: &str, table: &mut Table) -> Option<()> {
        let is_meant = |rule: &&(usize, &Rule)| kind == "drop rule" || matches!(rule.1, Rule::Check(..));
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

    /// A column joins the primary key, or leaves it.
    fn primary_changes(&mut self, models: &Models, table: &mut Table) -> Option<()> {
        if table.columns.iter().any(|one| one.primary && models.is_target(table.id, one.id)) {
            return None;
        }
        let count = table.primary().len();
        let is_free = |one: &&mut Column| {
            let is_whole_key = matches!(one.ty, Type::Int | Type::Big | Type::Uuid | Type::Str(Some(_)));
            !one.primary && is_whole_key && !one.nullable && one.computed.is_none() && one.key.is_none()
        };
        let others: Vec<&mut Column> = if count > 1 {
            table.columns.iter_mut().filter(|one| one.primary && one.name != "id").collect()
        } else {
            table.columns.iter_mut().filter(is_free).collect()
        };
        let mut others = others;
        let place = self.random.below(others.len());
        let column = others.get_mut(place)?;
        column.primary = !column.primary;
        column.unique = false;
        column.index = false;
        Some(())
    }

    fn in_column(&mut self, kind: &str, models: &mut Models, table: &mut Table, edited: &mut Edited) -> Option<()> {
        let index = self.random.below(table.columns.len());
        let mut column = table.columns.get(index)?.clone();
        let id = column.id;
        let is_read = table.columns.iter().any(|one| one.computed.is_some_and(|(source, _)| source == id));
        match kind {
            "rename column" => column.name = self.column_name(table)?,
            "column comment" => {
                column.comment = if column.comment.is_some() { None } else { Some("it's new".to_owned()) };
            }
            "identity" => {
                let is_key = column.primary && column.ty == Type::Int && table.primary().len() == 1;
                if !is_key || !self.allowed.postgresql {
                    return None;
                }
                column.identity = if column.identity.is_some() { None } else { Some(self.random.chance(40)) };
            }
            "computed" => {
                let (_, form) = column.computed.as_mut()?;
                *form += 1;
                edited.changes.push((table.id, id));
            }
            _ if column.primary || column.computed.is_some() => return None,
            "drop column" => {
                if is_read || models.is_target(table.id, id) {
                    return None;
                }
                take_column(table, id);
                return Some(());
            }
            "nullable" => {
                column.nullable = !column.nullable;
                column.default = None;
            }
            "server default" => {
                if column.unique || is_alone(table, id) {
                    return None;
                }
                column.default = None;
                column.server_default = match (&column.server_default, &column.key) {
                    (Some(_), _) if self.random.chance(50) => None,
                    (_, None) => Some(self.server_default(models, &column.ty)?),
                    _ => return None,
                };
            }
            "unique flag"
                if column.ty.is_distinct() && (column.unique || (column.default.is_none() && !is_alone(table, id))) =>
            {
                column.unique = !column.unique;
                column.index &= !column.unique;
            }
            "index flag" if column.ty.is_distinct() => column.index = !column.index,
            "type" => self.type_changes(table, &mut column, edited)?,
            "add key" | "drop key" | "key rules" | "move key" => self.key_changes(kind, models, table, &mut column)?,
            _ => return None,
        }
        table.columns[index] = column;
        Some(())
    }

    fn type_changes(&mut self, table: &mut Table, column: &mut Column, edited: &mut Edited) -> Option<()> {
        if column.key.is_some()
            || table.columns.iter().any(|one| one.computed.is_some_and(|(from, _)| from == column.id))
        {
            return None;
        }
        if table.rules.iter().any(|rule| matches!(rule, Rule::Key(_, columns, ..) if columns.contains(&column.id))) {
            return None;
        }
        let (new, is_same_kind, is_other_value) = self.other_type(&column.ty)?;
        column.ty = new;
        if table.schema.is_some() && matches!(column.ty, Type::Enum(_)) {
            return None;
        }
        if !is_same_kind {
            column.default = None;
            column.server_default = None;
            let id = column.id;
            table.rules.retain(|rule| !rule.columns().contains(&id));
        }
        if is_other_value {
            edited.changes.push((table.id, column.id));
        }
        Some(())
    }

    /// A type that values go over to; whether defaults and checks hold as before; whether values look otherwise.
    fn other_type(&mut self, ty: &Type) -> Option<(Type, bool, bool)> {
        let is_postgresql = self.allowed.postgresql;
        let choice = self.random.below(4);
        Some(match (ty, choice) {
            (Type::Str(Some(length)), 0 | 1) => (Type::Str(Some(length + 15)), true, false),
            (Type::Str(Some(length)), 2) => (Type::Str(Some(length - 5)), true, false),
            (Type::Str(_), _) => (Type::Text, true, false),
            (Type::Text, _) => (Type::Str(Some(60)), true, false),
            (Type::Int, 0) => (Type::Big, true, false),
            (Type::Int, 1) => (Type::Str(Some(20)), false, false),
            (Type::Int, 2) => (Type::Numeric(12, 2), true, false),
            (Type::Int, _) => (Type::Bool, false, true),
            (Type::Small, _) => (Type::Int, true, false),
            (Type::Big, 0) => (Type::Int, true, false),
            (Type::Big, _) => (Type::Text, false, false),
            (Type::Bool, _) => (Type::Int, false, false),
            (Type::Float, _) => (Type::Double, true, false),
            (Type::Double, _) => (Type::Numeric(12, 3), true, false),
            (Type::Numeric(precision, scale), 0 | 1) => (Type::Numeric(precision + 2, *scale), true, false),
            (Type::Numeric(precision, scale), _) => (Type::Numeric(precision + 3, scale + 1), true, false),
            (Type::Date, _) => (Type::DateTime(choice > 1), false, true),
            (Type::DateTime(zone), 0 | 1) => (Type::DateTime(!zone), true, true),
            (Type::DateTime(_), _) => (Type::Date, false, true),
            (Type::Json, _) if is_postgresql => (Type::Jsonb, false, true),
            (Type::Jsonb, _) => (Type::Json, false, true),
            (Type::Array(length), _) => (Type::Array(length + 10), true, false),
            (Type::Inet, _) => (Type::Str(Some(40)), false, true),
            (Type::Enum(id), 0 | 1) => (Type::EnumText(*id, 20), false, false),
            (Type::Enum(_), _) => (Type::Str(Some(30)), false, false),
            (Type::EnumText(id, length), 0) => (Type::EnumText(*id, length + 4), true, false),
            (Type::EnumText(id, _), 1 | 2) => (Type::Enum(*id), false, false),
            (Type::EnumText(..), _) => (Type::Text, false, false),
            _ => return None,
        })
    }

    fn key_changes(&mut self, kind: &str, models: &Models, table: &Table, column: &mut Column) -> Option<()> {
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

/// Whether rows are told apart by the column.
fn is_alone(table: &Table, id: usize) -> bool {
    table.rules.iter().any(|rule| match rule {
        Rule::Unique(_, columns, ..) => columns.contains(&id),
        Rule::Index(index) => index.unique,
        Rule::Exclude(_, column) => *column == id,
        _ => false,
    })
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
