//! Random tables.

mod columns;
mod rules;

use super::models::{Column, Enumeration, Key, Models, Rule, Several, Table, Type};
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

    /// A name for an enumeration.
    pub fn class_name(&mut self, models: &Models) -> Option<String> {
        let taken: Vec<String> = models.enums.iter().map(|one| one.name.clone()).collect();
        self.free(CLASSES, &taken)
    }

    /// An enumeration.
    pub fn enumeration(&mut self, models: &mut Models) -> Option<usize> {
        let name = self.class_name(models)?;
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
        let on_delete = self.random.chance(30).then_some("CASCADE");
        let full = self.allowed.postgresql && self.random.chance(20);
        let key = Several { name, columns: own, target: target.id, targets, on_delete, full };
        models.tables.get_mut(index)?.rules.push(Rule::Key(key));
        Some(())
    }
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
    Key {
        target: (table, column),
        name: None,
        on_delete: None,
        on_update: None,
        deferred: None,
        use_alter: false,
        full: false,
    }
}

/// The primary key of a table, where it is one column of its own.
pub fn simple_key(table: &Table) -> Option<(usize, usize, Type)> {
    let mut keys = table.columns.iter().filter(|column| column.primary);
    let key = keys.next().filter(|key| key.key.is_none())?;
    keys.next().is_none().then(|| (table.id, key.id, key.ty.clone()))
}
