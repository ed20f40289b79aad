//! Random tables.

use super::models::{Column, Enumeration, Form, Index, Key, Models, Rule, Table, Type};
use super::rows::constant;
use crate::test::random::Random;

const TABLES: &[&str] = &[
    "user",
    "item",
    "order",
    "tag",
    "part",
    "project",
    "member",
    "price_list",
    "invoice",
    "note_book",
    "shelf",
    "city",
];
const COLUMNS: &[&str] = &[
    "title",
    "state",
    "amount",
    "code",
    "price",
    "size",
    "day",
    "level",
    "label",
    "group",
    "createdAt",
    "weight",
    "place",
    "rate",
    "color",
    "note",
    "mark",
    "width",
    "url",
    "zone",
    "kind",
    "age",
];
const MEMBERS: &[&str] = &["RED", "BLUE", "GREEN", "DARK_GREY", "WHITE", "BLACK", "PINK"];
const CLASSES: &[&str] = &["Color", "Shade", "Grade", "Phase", "Mood"];

/// What a house lets tables have.
#[derive(Clone, Copy)]
pub struct Allowed {
    /// What only PostgreSQL has.
    pub postgresql: bool,
    /// A naming convention: checks need names.
    pub convention: bool,
    /// SQLModel.
    pub sqlmodel: bool,
}

/// Draws tables and their parts.
pub struct Drawer<'r> {
    /// The source of all choices.
    pub random: &'r mut Random,
    /// What the house lets them have.
    pub allowed: Allowed,
}

impl Drawer<'_> {
    /// Some tables.
    pub fn models(&mut self) -> Models {
        let mut models = Models { convention: self.allowed.convention, ..Models::default() };
        for _ in 0..self.random.below(3) {
            self.enumeration(&mut models);
        }
        for _ in 0..2 + self.random.below(3) {
            self.table(&mut models);
        }
        if self.random.chance(30) {
            self.link(&mut models);
        }
        if self.random.chance(20) {
            self.circle(&mut models);
        }
        if self.random.chance(60) {
            self.composite(&mut models);
        }
        models
    }

    /// A name that none of `taken` has.
    pub fn free(&mut self, names: &[&str], taken: &[String]) -> Option<String> {
        let left: Vec<&&str> = names.iter().filter(|name| !taken.contains(&(**name).to_owned())).collect();
        self.random.pick(&left).map(|name| (**name).to_owned())
    }

    /// A name for a table.
    pub fn table_name(&mut self, models: &Models) -> Option<String> {
        let taken: Vec<String> = models.tables.iter().map(|table| table.name.clone()).collect();
        self.free(TABLES, &taken)
    }

    /// A name for a column.
    pub fn column_name(&mut self, table: &Table) -> Option<String> {
        let taken: Vec<String> = table.columns.iter().map(|column| column.name.clone()).collect();
        self.free(COLUMNS, &taken)
    }

    /// An enumeration.
    pub fn enumeration(&mut self, models: &mut Models) -> Option<usize> {
        let taken: Vec<String> = models.enums.iter().map(|one| one.name.clone()).collect();
        let name = self.free(CLASSES, &taken)?;
        let id = models.number();
        let first = self.random.below(3);
        let members = MEMBERS[first..first + 2 + self.random.below(2)].iter().map(|one| (*one).to_owned()).collect();
        models.enums.push(Enumeration { id, name, members });
        Some(id)
    }

    /// A member that an enumeration has not.
    pub fn member(&mut self, one: &Enumeration) -> Option<String> {
        self.free(MEMBERS, &one.members)
    }

    /// A table.
    pub fn table(&mut self, models: &mut Models) -> Option<()> {
        let name = self.table_name(models)?;
        let schema = (self.allowed.postgresql && self.random.chance(15)).then(|| "sales".to_owned());
        let comment = self.random.chance(20).then(|| "What's there".to_owned());
        let id = models.number();
        let mut table = Table { id, name, schema, comment, columns: Vec::new(), rules: Vec::new(), is_link: false };
        self.primary(models, &mut table);
        for _ in 0..2 + self.random.below(4) {
            if let Some(column) = self.column(models, &table) {
                table.columns.push(column);
            }
        }
        for _ in 0..self.random.below(4) {
            let rule = self.rule(models, &table);
            table.rules.extend(rule);
        }
        models.tables.push(table);
        Some(())
    }

    fn primary(&mut self, models: &mut Models, table: &mut Table) {
        let mut key = blank(models.number(), "id", Type::Int);
        key.primary = true;
        match self.random.below(10) {
            0 => key.ty = Type::Uuid,
            1 => key.ty = Type::Big,
            2 => {
                key.name = "code".to_owned();
                key.ty = Type::Str(Some(20));
            }
            3 => {
                let mut second = blank(models.number(), "number", Type::Int);
                second.primary = true;
                table.columns.push(second);
            }
            4 if self.allowed.postgresql => key.identity = Some(self.random.chance(50)),
            _ => {}
        }
        table.columns.insert(0, key);
    }

    fn link(&mut self, models: &mut Models) -> Option<()> {
        let name = self.table_name(models)?;
        let ends: Vec<(usize, usize, Type)> = models.tables.iter().filter_map(simple_key).collect();
        let (first, second) = (self.random.pick(&ends)?.clone(), self.random.pick(&ends)?.clone());
        let id = models.number();
        let mut columns = Vec::new();
        for (number, (table, column, ty)) in [first, second].into_iter().enumerate() {
            let mut one = blank(models.number(), if number == 0 { "left_id" } else { "right_id" }, ty);
            one.primary = true;
            one.key = Some(Key { on_delete: Some("CASCADE"), ..plain_key(table, column) });
            columns.push(one);
        }
        models.tables.push(Table { id, name, schema: None, comment: None, columns, rules: Vec::new(), is_link: true });
        Some(())
    }

    /// A key in a circle between the first two tables.
    fn circle(&mut self, models: &mut Models) -> Option<()> {
        let (table, column, ty) = simple_key(models.tables.get(1)?)?;
        let (first_table, first_column, first_ty) = simple_key(models.tables.first()?)?;
        for (index, name, target, ty) in
            [(0, "main_id", (table, column), ty), (1, "owner_id", (first_table, first_column), first_ty)]
        {
            let mut one = blank(models.number(), name, ty);
            one.nullable = true;
            let given = format!("fk_{}_{name}", models.tables.get(index)?.name);
            let name = (index == 0 || self.random.chance(50)).then_some(given);
            one.key = Some(Key { name, use_alter: index == 0, ..plain_key(target.0, target.1) });
            if models.tables.get(index)?.columns.iter().all(|known| known.name != one.name) {
                models.tables.get_mut(index)?.columns.push(one);
            }
        }
        Some(())
    }

    /// A key of two columns to a table whose primary key has two.
    fn composite(&mut self, models: &mut Models) -> Option<()> {
        let is_of_two = |table: &&Table| !table.is_link && table.primary().len() == 2;
        let target = models.tables.iter().find(is_of_two)?.clone();
        let index = models.tables.iter().position(|table| table.id > target.id && !table.is_link)?;
        let targets = target.primary();
        let mut own = Vec::new();
        for id in &targets {
            let to = target.column(*id)?;
            let mut one = blank(models.number(), &format!("{}_{}", target.name, to.name), to.ty.clone());
            one.nullable = true;
            own.push(one.id);
            models.tables.get_mut(index)?.columns.push(one);
        }
        let name = self.random.chance(50).then(|| format!("fk_two_{}", target.name));
        models.tables.get_mut(index)?.rules.push(Rule::Key(name, own, target.id, targets));
        Some(())
    }

    /// A type.
    pub fn ty(&mut self, models: &mut Models) -> Type {
        let enumeration = (!models.enums.is_empty()).then(|| models.enums[self.random.below(models.enums.len())].id);
        let own = if self.allowed.postgresql { 21 } else { 17 };
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
            17 => Type::Jsonb,
            18 => Type::Array([10, 20][self.random.below(2)]),
            19 => Type::Inet,
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
            Type::Enum(id) | Type::EnumText(id, _) => {
                let one = models.enumeration(*id)?;
                let member = one.members[random.below(one.members.len())].clone();
                Some(if random.chance(30) { format!("{}.{member}.name", one.name) } else { format!("\"{member}\"") })
            }
            _ => None,
        }
    }

    /// A column that a foreign key of the table may refer to.
    pub fn target(&mut self, models: &Models, table: &Table) -> Option<(usize, usize, Type)> {
        let mut ends: Vec<(usize, usize, Type)> =
            models.tables.iter().filter(|one| one.id != table.id).filter_map(simple_key).collect();
        // One that refers to its own table.
        if models.tables.iter().all(|one| one.id != table.id) || self.random.chance(20) {
            ends.extend(simple_key(table).filter(|_| self.random.chance(30)));
        }
        self.random.pick(&ends).cloned()
    }

    /// A foreign key with rules of its own.
    pub fn key(&mut self, column: &str, table: &Table, target: (usize, usize), nullable: bool) -> Key {
        let actions: &[&str] = if nullable { &["CASCADE", "SET NULL", "RESTRICT"] } else { &["CASCADE", "RESTRICT"] };
        let mut key = plain_key(target.0, target.1);
        key.name = self.random.chance(25).then(|| format!("fk_{}_{column}", table.name));
        key.on_delete = if self.random.chance(40) { self.random.pick(actions).copied() } else { None };
        key.on_update = self.random.chance(15).then_some("CASCADE");
        key.deferred = self.random.chance(12).then_some("DEFERRED");
        key
    }

    /// A constraint or an index.
    pub fn rule(&mut self, models: &mut Models, table: &Table) -> Option<Rule> {
        let number = models.number();
        let own = |column: &&Column| column.computed.is_none() && !column.primary && column.key.is_none();
        let columns: Vec<&Column> = table.columns.iter().filter(own).collect();
        let distinct: Vec<usize> =
            columns.iter().filter(|one| one.ty.is_distinct() && !has_default(one)).map(|one| one.id).collect();
        let name = |kind: &str| format!("{kind}_{}_{number}", table.name);
        match self.random.below(if self.allowed.postgresql { 9 } else { 8 }) {
            0 | 1 => {
                let checked: Vec<usize> =
                    columns.iter().filter(|one| one.ty.is_number() || one.ty.is_text()).map(|one| one.id).collect();
                let column = *self.random.pick(&checked)?;
                let is_named = self.allowed.convention || self.random.chance(70);
                let is_alone = !table.rules.iter().any(|rule| matches!(rule, Rule::Check(None, ..)));
                let name = (is_named || !is_alone).then(|| name("some"));
                Some(Rule::Check(name, column, self.random.below(3)))
            }
            2 | 3 => {
                let first = *self.random.pick(&distinct)?;
                let is_other = |rule: &Rule| matches!(rule, Rule::Unique(_, columns, ..) if columns[0] == first);
                if table.column(first).is_some_and(|one| one.unique) || table.rules.iter().any(is_other) {
                    return None;
                }
                let mut parts = vec![first];
                let second: Vec<usize> = columns.iter().map(|one| one.id).filter(|id| *id != first).collect();
                let second = self.random.pick(&second).copied();
                let is_json = |id: usize| table.column(id).is_some_and(|one| one.ty == Type::Json);
                parts.extend(second.filter(|id| self.random.chance(60) && !is_json(*id)));
                let name = self.random.chance(60).then(|| name("uq"));
                let deferrable = self.allowed.postgresql && self.random.chance(10);
                Some(Rule::Unique(name, parts, deferrable, self.allowed.postgresql && self.random.chance(10)))
            }
            8 => {
                let id = *self.random.pick(&distinct)?;
                // PostgreSQL makes one of two that are alike.
                let is_there = table.rules.iter().any(|rule| matches!(rule, Rule::Exclude(_, known) if *known == id));
                (!is_there).then(|| Rule::Exclude(name("ex"), id))
            }
            _ => self.index(table, &distinct, name("ix")).map(Rule::Index),
        }
    }

    fn index(&mut self, table: &Table, distinct: &[usize], name: String) -> Option<Index> {
        let first = *self.random.pick(distinct)?;
        let mut index =
            Index { name, parts: vec![(first, Form::Plain)], unique: false, filter: None, method: None, include: None };
        let is_text = table.column(first).is_some_and(|one| one.ty.is_text());
        let is_plain = |column: &&Column| column.computed.is_none() && column.id != first;
        let others: Vec<&Column> = table.columns.iter().filter(is_plain).collect();
        match self.random.below(8) {
            0 => index.unique = true,
            1 => index.parts = vec![(first, Form::Descending)],
            2 if is_text => index.parts = vec![(first, Form::Function)],
            3 if is_text => index.parts = vec![(first, Form::Text)],
            4 => index.filter = others.iter().find(|one| one.nullable).map(|one| one.id),
            5 if self.allowed.postgresql => {
                let arrays = table.columns.iter().filter(|one| matches!(one.ty, Type::Array(_) | Type::Jsonb));
                let array = arrays.map(|one| one.id).next();
                index.method = Some(if array.is_some() { "gin" } else { "hash" });
                index.parts = vec![(array.unwrap_or(first), Form::Plain)];
            }
            6 if self.allowed.postgresql => index.include = others.first().map(|one| one.id),
            _ => {
                let second: Vec<usize> = others.iter().filter(|one| one.ty.is_distinct()).map(|one| one.id).collect();
                index.parts.extend(self.random.pick(&second).map(|id| (*id, Form::Plain)));
            }
        }
        Some(index)
    }
}

/// Whether rows may come to have the same.
fn has_default(column: &Column) -> bool {
    column.default.is_some() || column.server_default.is_some()
}

fn is_clock(ty: &Type) -> bool {
    matches!(ty, Type::Date | Type::Time | Type::DateTime(_))
}

/// A column with nothing but a type.
pub fn blank(id: usize, name: &str, ty: Type) -> Column {
    Column {
        id,
        name: name.to_owned(),
        ty,
        nullable: false,
        primary: false,
        default: None,
        server_default: None,
        comment: None,
        unique: false,
        index: false,
        key: None,
        computed: None,
        identity: None,
    }
}

/// A key that says nothing but its target.
pub fn plain_key(table: usize, column: usize) -> Key {
    Key { target: (table, column), name: None, on_delete: None, on_update: None, deferred: None, use_alter: false }
}

/// The primary key of a table, where it is one column of its own.
pub fn simple_key(table: &Table) -> Option<(usize, usize, Type)> {
    let mut keys = table.columns.iter().filter(|column| column.primary);
    let key = keys.next().filter(|key| key.key.is_none())?;
    keys.next().is_none().then(|| (table.id, key.id, key.ty.clone()))
}
