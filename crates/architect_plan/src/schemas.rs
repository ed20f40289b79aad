//! The schema family of an entity: class names, and which columns each class declares.

use architect_model::{
    ColumnDesign, ColumnPart, ColumnRole, Entity, OperationDesign, OperationKind, Schema, SchemaFamily, SchemaStyle,
    Table,
};

use crate::columns::part;
use crate::shown::{Shown, derives, has_field};
use crate::world::World;

/// The schema family of an entity with these columns and operations. Where the code has the entity, it is the code's.
pub(crate) fn family(
    world: &World<'_>,
    entity: &Entity,
    columns: &[ColumnDesign],
    operations: &[OperationDesign],
) -> SchemaFamily {
    let has = |kind: OperationKind| {
        operations.iter().any(|operation| operation.entity == entity.name && operation.kind == kind)
    };
    let known = world.table_of(&entity.name).map(|table| (table, Shown::of(world.project, table)));
    match known.filter(|(_, shown)| shown.create.or(shown.update).or(shown.output).is_some()) {
        Some((table, shown)) => Known { world, entity, columns, table, shown }.family(&has),
        None if world.table_of(&entity.name).is_some() => there(world, usual(world, entity, columns, &has)),
        None => usual(world, entity, columns, &has),
    }
}

/// The family of a table of the code that no endpoint shows: classes that the code has by these names alone.
fn there(world: &World<'_>, mut family: SchemaFamily) -> SchemaFamily {
    let is_there = |class: &String| world.project.schemas.iter().any(|schema| schema.class.name == *class);
    if let Some(base) = family.base_class.take_if(|base| !is_there(base)) {
        let shared = std::mem::take(&mut family.base);
        family.create.splice(0..0, shared.iter().cloned());
        family.output.splice(0..0, shared);
        drop(base);
    }
    let classes = [&family.create_class, &family.update_class].into_iter().flatten().chain([&family.output_class]);
    family.absent = classes.filter(|class| !is_there(class)).cloned().collect();
    family
}

/// The family of a new entity, by the house's habits.
fn usual(
    world: &World<'_>,
    entity: &Entity,
    columns: &[ColumnDesign],
    has: &dyn Fn(OperationKind) -> bool,
) -> SchemaFamily {
    let style = &world.style.schemas;
    let class = |suffix: &str| format!("{}{suffix}", entity.name);
    let is_shared = |column: &ColumnDesign| is_shareable(world, column) && column.in_create && column.in_output;
    let base_class = style.base_suffix.value.as_deref().map(class).filter(|_| columns.iter().any(is_shared));
    let with_base = base_class.is_some();
    let (request, response) = (&style.request_order.value, &style.response_order.value);
    SchemaFamily {
        create_class: has(OperationKind::Create).then(|| class(&style.create_suffix.value)),
        update_class: has(OperationKind::Update).then(|| class(update_suffix(style))),
        output_class: class(output_suffix(world)),
        base: names(columns, request, |column| with_base && is_shared(column)),
        create: names(columns, request, |column| column.in_create && !(with_base && is_shared(column))),
        update: names(columns, request, |column| column.in_update),
        output: names(columns, response, |column| column.in_output && !(with_base && is_shared(column))),
        base_class,
        extended: None,
        absent: Vec::new(),
    }
}

/// Whether a class that creation, rows and responses share may hold a column.
fn is_shareable(world: &World<'_>, column: &ColumnDesign) -> bool {
    let is_reference = column.role == ColumnRole::Reference && world.style.schemas.references_shared.value;
    column.role == ColumnRole::Value || is_reference
}

fn names(columns: &[ColumnDesign], order: &[ColumnPart], wanted: impl Fn(&ColumnDesign) -> bool) -> Vec<String> {
    let mut found: Vec<_> = columns.iter().filter(|column| wanted(column)).collect();
    found.sort_by_key(|column| part(column.role).place_in(order));
    found.into_iter().map(|column| column.name.clone()).collect()
}

/// An entity whose endpoints the code has, with the classes that they take and answer.
struct Known<'a> {
    world: &'a World<'a>,
    entity: &'a Entity,
    columns: &'a [ColumnDesign],
    table: &'a Table,
    shown: Shown<'a>,
}

impl<'a> Known<'a> {
    fn family(&self, has: &dyn Fn(OperationKind) -> bool) -> SchemaFamily {
        let style = &self.world.style.schemas;
        let class = |suffix: &str| format!("{}{suffix}", self.entity.name);
        let base = self.base();
        let is_base = |schema: &Schema| base.is_some_and(|base| std::ptr::eq(base, schema));
        let mut absent: Vec<String> = Vec::new();
        let mut taken: Vec<String> = base.iter().map(|base| base.class.name.clone()).collect();
        // In one file, a class cannot have the table's name.
        if self.world.style.layout.models.value == self.world.style.layout.schemas.value {
            taken.push(self.entity.name.clone());
        }
        let mut called = |schema: Option<&Schema>, usual: String, is_needed: bool| {
            let known = schema.map(|schema| schema.class.name.clone()).filter(|name| !taken.contains(name));
            let usual = free(&taken, usual);
            if known.is_none() && is_needed {
                absent.push(usual.clone());
            }
            let name = known.or(is_needed.then_some(usual))?;
            taken.push(name.clone());
            Some(name)
        };
        let own = |schema: Option<&'a Schema>| schema.filter(|schema| !is_base(schema));
        let Shown { create, update, output } = self.shown;
        let (create, update, output) = (own(create), own(update), own(output));
        let create_class = called(create, class(&style.create_suffix.value), has(OperationKind::Create));
        let update_class = called(update, class(update_suffix(style)), has(OperationKind::Update));
        let output_class = called(output, class(output_suffix(self.world)), true).unwrap_or_default();
        let (request, response) = (&style.request_order.value, &style.response_order.value);
        let in_base = |column: &ColumnDesign| base.is_some_and(|base| self.is_in_base(base, column));
        let beside = |schema: Option<&Schema>, column: &ColumnDesign| self.is_own(schema, base, column);
        SchemaFamily {
            base_class: base.map(|base| base.class.name.clone()),
            base: names(self.columns, request, in_base),
            create: names(self.columns, request, |column| column.in_create && beside(create, column)),
            update: names(self.columns, request, |column| column.in_update && beside(update, column)),
            output: names(self.columns, response, |column| column.in_output && beside(output, column)),
            create_class,
            update_class,
            output_class,
            extended: base.map(|base| self.extends(base)),
            absent,
        }
    }

    /// The class that the others extend: the one from which the table has its columns, if there is one.
    fn base(&self) -> Option<&'a Schema> {
        let Shown { create, update, output } = self.shown;
        let of_table = [create, update, output].into_iter().flatten().find(|schema| self.extends(schema));
        of_table.or_else(|| self.shown.base(self.world.project, self.table))
    }

    /// Whether the base class has a column, or gets it: what creation takes, and creation has from it.
    fn is_in_base(&self, base: &Schema, column: &ColumnDesign) -> bool {
        let is_new = !self.is_there(column) && is_shareable(self.world, column) && column.in_create;
        let project = self.world.project;
        let inherits =
            self.shown.create.is_some_and(|create| std::ptr::eq(create, base) || derives(project, create, base));
        // What creation does not take stands in no class from which creation has all.
        let is_given = matches!(column.role, ColumnRole::Value | ColumnRole::Reference);
        let stays = has_field(base, self.name(column)) && (column.in_create || !inherits || !is_given);
        stays || is_new && inherits && !self.shown.has(self.name(column))
    }

    /// Whether a class declares a column itself, or will.
    fn is_own(&self, schema: Option<&Schema>, base: Option<&Schema>, column: &ColumnDesign) -> bool {
        let Some(schema) = schema else { return true };
        let project = self.world.project;
        let left = |base: &Schema| has_field(base, self.name(column)) && !self.is_in_base(base, column);
        if let Some(field) = schema.fields.iter().find(|field| field.name == self.name(column)) {
            return !field.inherited || base.is_some_and(|base| derives(project, schema, base) && left(base));
        }
        // A class that declares what it inherits again says it otherwise: all optional.
        let again = |from: &Schema| schema.fields.iter().any(|field| !field.inherited && has_field(from, &field.name));
        let from_base =
            base.is_some_and(|base| derives(project, schema, base) && self.is_in_base(base, column) && !again(base));
        let from_create = self
            .shown
            .create
            .is_some_and(|create| column.in_create && derives(project, schema, create) && !again(create));
        !from_base && !from_create
    }

    /// What the code calls a column.
    fn name<'n>(&'n self, column: &'n ColumnDesign) -> &'n str {
        self.world.in_code(&self.entity.name, &column.name)
    }

    fn is_there(&self, column: &ColumnDesign) -> bool {
        let name = self.name(column);
        self.table.columns.iter().any(|known| known.name == name || known.attribute.as_deref() == Some(name))
    }

    /// Whether the table has its columns from a class: they stand there, and not in its own.
    fn extends(&self, base: &Schema) -> bool {
        let (own, there) = (&self.table.at, &base.at);
        let next = self
            .world
            .project
            .schemas
            .iter()
            .map(|schema| &schema.at)
            .filter(|at| at.file == there.file && at.line > there.line);
        let end = next.map(|at| at.line).min().unwrap_or(u32::MAX);
        self.table.columns.iter().any(|column| {
            let is_above = column.at.file != own.file || column.at.line < own.line;
            let is_within = column.at.file == there.file && (there.line..end).contains(&column.at.line);
            is_above && is_within && has_field(base, &column.name)
        })
    }
}

/// A name that no other class has: `ItemBase` where that is the base, and creation takes it.
fn free(taken: &[String], name: String) -> String {
    if taken.contains(&name) { free(taken, format!("{name}Data")) } else { name }
}

/// The suffix of the class for changes; the brief's where the house's would give the class for creation again.
fn update_suffix(style: &SchemaStyle) -> &str {
    let update = &style.update_suffix.value;
    if *update == style.create_suffix.value || update.is_empty() { "Update" } else { update }
}

/// The suffix of the class of responses; the brief's where the house's would give the name of another class.
fn output_suffix<'a>(world: &'a World<'_>) -> &'a str {
    let (style, layout) = (&world.style.schemas, &world.style.layout);
    let output = &style.output_suffix.value;
    let is_table = output.is_empty() && layout.models.value == layout.schemas.value;
    if is_table || [style.create_suffix.value.as_str(), update_suffix(style)].contains(&output.as_str()) {
        "Public"
    } else {
        output
    }
}
