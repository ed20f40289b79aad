//! The schema family of an entity: class names, and which columns each class declares.

use architect_model::{
    ColumnDesign, ColumnPart, ColumnRole, Entity, OperationDesign, OperationKind, SchemaFamily, SchemaStyle,
};

use crate::columns::part;
use crate::world::World;

/// The schema family of an entity with these columns and operations.
pub(crate) fn family(
    world: &World<'_>,
    entity: &Entity,
    columns: &[ColumnDesign],
    operations: &[OperationDesign],
) -> SchemaFamily {
    let style = &world.style.schemas;
    let class = |suffix: &str| format!("{}{suffix}", entity.name);
    let has = |kind: OperationKind| {
        operations.iter().any(|operation| operation.entity == entity.name && operation.kind == kind)
    };
    let is_shareable = |column: &ColumnDesign| {
        let is_reference = column.role == ColumnRole::Reference && style.references_shared.value;
        column.role == ColumnRole::Value || is_reference
    };
    let is_shared = |column: &ColumnDesign| is_shareable(column) && column.in_create && column.in_output;
    let base_class = style.base_suffix.value.as_deref().map(class).filter(|_| columns.iter().any(is_shared));
    let with_base = base_class.is_some();
    let names = |order: &[ColumnPart], wanted: &dyn Fn(&ColumnDesign) -> bool| -> Vec<String> {
        let mut found: Vec<_> = columns.iter().filter(|column| wanted(column)).collect();
        found.sort_by_key(|column| part(column.role).place_in(order));
        found.into_iter().map(|column| column.name.clone()).collect()
    };
    let (request, response) = (&style.request_order.value, &style.response_order.value);
    SchemaFamily {
        create_class: has(OperationKind::Create).then(|| class(&style.create_suffix.value)),
        update_class: has(OperationKind::Update).then(|| class(update_suffix(style))),
        output_class: class(output_suffix(world)),
        base: names(request, &|column| with_base && is_shared(column)),
        create: names(request, &|column| column.in_create && !(with_base && is_shared(column))),
        update: names(request, &|column| column.in_update),
        output: names(response, &|column| column.in_output && !(with_base && is_shared(column))),
        base_class,
    }
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
