//! Edits of tables as a whole: which there are, and what their primary keys are.

use super::super::draw::{Drawer, blank, plain_key, simple_key};
use super::super::models::{Column, Models, Rule, Table, Type};
use super::take_column;

impl Drawer<'_> {
    pub(super) fn drop_table(&mut self, models: &mut Models) -> Option<()> {
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
            table.rules.retain(|rule| !matches!(rule, Rule::Key(key) if key.target == gone));
        }
        Some(())
    }

    pub(super) fn add_link(&mut self, models: &mut Models) -> Option<()> {
        let before = models.tables.len();
        let name = self.table_name(models)?;
        let (table, key, ty) = simple_key(models.tables.get(self.random.below(before))?)?;
        let id = models.number();
        let mut columns = Vec::new();
        for name in ["a_id", "b_id"] {
            let mut one = blank(models.number(), name, ty.clone());
            one.primary = true;
            one.key = Some(plain_key(table, key));
            columns.push(one);
        }
        models.tables.push(Table { id, name, schema: None, comment: None, columns, rules: Vec::new(), is_link: true });
        Some(())
    }

    pub(super) fn swap_columns(&mut self, models: &mut Models) -> Option<()> {
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

    /// A number comes to be the primary key, and the natural one is unique from then on.
    pub(super) fn surrogate(&mut self, models: &mut Models) -> Option<()> {
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

    /// A column joins the primary key, or leaves it.
    pub(super) fn primary_changes(&mut self, models: &Models, table: &mut Table) -> Option<()> {
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
}
