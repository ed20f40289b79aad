//! Random columns: types, keys, defaults.

use super::super::models::{Column, Models, Table, Type};
use super::super::rows::constant;
use super::{Drawer, blank};
use crate::test::random::Random;

impl Drawer<'_> {
    /// A type.
    pub fn ty(&mut self, models: &mut Models) -> Type {
        let enumeration = (!models.enums.is_empty()).then(|| models.enums[self.random.below(models.enums.len())].id);
        let own = if self.allowed.postgresql { 23 } else { 18 };
        match self.random.below(own) {
            0 => Type::Str(None),
            1 | 2 => Type::Str(Some([20, 40, 80][self.random.below(3)])),
            3 => Type::Text,
            4 => Type::Int,
            5 => Type::Small,
            6 => Type::Big,
            7 => Type::Bool,
            8 => Type::Float,
            9 => Type::Numeric([10, 12][self.random.below(2)], 2),
            10 => Type::Date,
            11 => Type::DateTime(self.random.chance(50)),
            12 => Type::Uuid,
            13 => Type::Json,
            14 => enumeration.map_or(Type::Int, Type::Enum),
            15 => enumeration.map_or(Type::Time, |id| Type::EnumText(id, 12)),
            16 => [Type::Binary, Type::Double, Type::Time][self.random.below(3)].clone(),
            17 => enumeration.map_or(Type::Text, |id| Type::EnumCheck(id, models.number())),
            18 => Type::Jsonb,
            19 => Type::Array([10, 20][self.random.below(2)]),
            20 => Type::Inet,
            21 => Type::Range,
            _ => Type::Interval,
        }
    }

    /// A column that the table has not.
    pub fn column(&mut self, models: &mut Models, table: &Table) -> Option<Column> {
        let name = self.column_name(table)?;
        let ty = match self.ty(models) {
            // SQLAlchemy 2.1 puts the type of such a column into the schema of its table, 2.0 does not.
            Type::Enum(_) if table.schema.is_some() => Type::Int,
            ty => ty,
        };
        let mut column = blank(models.number(), &name, ty);
        column.nullable = self.random.chance(40);
        if self.random.chance(25)
            && let Some((target, id, ty)) = self.target(models, table)
        {
            column.ty = ty;
            column.key = Some(self.key(&name, table, (target, id), column.nullable));
            column.index = self.random.chance(40);
            return Some(column);
        }
        let numbers: Vec<usize> = table
            .columns
            .iter()
            .filter(|one| one.ty == Type::Int && one.computed.is_none())
            .map(|one| one.id)
            .collect();
        if self.random.chance(8)
            && let Some(source) = self.random.pick(&numbers)
        {
            column.ty = Type::Int;
            column.nullable = true;
            column.computed = Some((*source, self.random.below(3)));
            return Some(column);
        }
        if column.ty.is_distinct() && self.random.chance(12) {
            column.unique = true;
        } else {
            self.defaults(models, &mut column);
        }
        column.index = !column.unique && column.ty.is_distinct() && self.random.chance(15);
        column.comment = self.random.chance(12).then(|| "its: own".to_owned());
        Some(column)
    }

    /// Defaults in Python or in the database.
    pub fn defaults(&mut self, models: &Models, column: &mut Column) {
        if self.random.chance(25) {
            column.default = constant(models, &column.ty).filter(|text| !text.starts_with("text("));
            if column.ty == Type::Binary || column.ty == Type::Inet || is_clock(&column.ty) {
                column.default = None;
            }
        } else if self.random.chance(35) {
            column.server_default = self.server_default(models, &column.ty);
        }
    }

    /// A server default in one of its forms.
    pub fn server_default(&mut self, models: &Models, ty: &Type) -> Option<String> {
        let pick = |random: &mut Random, of: &[&str]| random.pick(of).map(|one| (*one).to_owned());
        let random = &mut *self.random;
        match ty {
            Type::Str(_) | Type::Text => pick(random, &["\"open\"", "\"it's\"", "text(\"'open'\")", "\"\""]),
            Type::Int | Type::Small | Type::Big => pick(random, &["\"3\"", "text(\"4\")", "\"0\""]),
            Type::Bool => pick(random, &["true()", "false()", "text(\"false\")", "\"1\""]),
            Type::Float | Type::Double | Type::Numeric(..) => pick(random, &["\"1.5\"", "text(\"2.5\")"]),
            Type::Date => pick(random, &["func.current_date()", "\"2026-01-01\"", "text(\"CURRENT_DATE\")"]),
            Type::DateTime(_) => {
                pick(random, &["func.now()", "text(\"CURRENT_TIMESTAMP\")", "\"2026-01-01 00:00:00\""])
            }
            Type::Json => pick(random, &["\"{}\"", "text(\"'{}'\")"]),
            Type::Jsonb => pick(random, &["\"{}\"", "text(\"'{}'::jsonb\")"]),
            Type::Array(_) => pick(random, &["\"{}\"", "text(\"'{}'\")"]),
            Type::Uuid if self.allowed.postgresql => {
                pick(random, &["func.gen_random_uuid()", "text(\"gen_random_uuid()\")"])
            }
            Type::Enum(id) | Type::EnumText(id, _) | Type::EnumCheck(id, _) => {
                let one = models.enumeration(*id)?;
                let member = one.members[random.below(one.members.len())].clone();
                Some(if random.chance(30) { format!("{}.{member}.name", one.name) } else { format!("\"{member}\"") })
            }
            _ => None,
        }
    }
}

fn is_clock(ty: &Type) -> bool {
    matches!(ty, Type::Date | Type::Time | Type::DateTime(_))
}
