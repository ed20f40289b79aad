//! Changes of the values of fields alone: what tests of a person make of these, uses of the fields tell.

use architect_model::{ColumnDesign, EntityDesign, ModuleDesign, OperationDesign, OperationKind, Resolution};

/// Whether a change leaves rows with their owners, endpoints with who may call them, lists with their filters: fields
/// get other values or names, go, or come without being demanded.
pub(super) fn are_all(resolution: &Resolution) -> bool {
    let (old, new) = (entities(&resolution.before), entities(&resolution.modules));
    let is_one = |old: &&EntityDesign| {
        let new = new.iter().find(|new| new.names.class == old.names.class);
        new.is_some_and(|new| Pair { resolution, old, new }.is_of_values())
    };
    let links = |modules: &[ModuleDesign]| modules.iter().map(|module| module.links.len()).sum::<usize>();
    old.len() == new.len()
        && links(&resolution.before) == links(&resolution.modules)
        && old.iter().all(is_one)
        && operations(resolution)
}

fn entities(modules: &[ModuleDesign]) -> Vec<&EntityDesign> {
    modules.iter().flat_map(|module| &module.entities).collect()
}

/// The column that one of a class is from then on; none where it goes.
fn becomes(resolution: &Resolution, class: &str, column: &str) -> Option<String> {
    let renamed = resolution.renamed.iter().find(|one| one.class == class && one.from == column);
    let name = renamed.map_or(column, |one| &one.to);
    let entity = entities(&resolution.modules).into_iter().find(|entity| entity.names.class == class)?;
    entity.column(name).map(|column| column.name.clone())
}

/// An entity before and after the change.
struct Pair<'r> {
    resolution: &'r Resolution,
    old: &'r EntityDesign,
    new: &'r EntityDesign,
}

impl Pair<'_> {
    fn is_of_values(&self) -> bool {
        let (old, new) = (self.old, self.new);
        let parent = |entity: &EntityDesign| entity.parent.as_ref().map(|parent| parent.names.class.clone());
        old.owner == new.owner && parent(old) == parent(new) && self.columns() && self.uniques()
    }

    fn columns(&self) -> bool {
        let ways = |column: &ColumnDesign| {
            let deleted = column.reference.as_ref().map(|reference| reference.on_delete);
            (column.unique.is_some(), column.in_create, column.in_update, column.in_output, deleted)
        };
        let class = &self.old.names.class;
        let mut known = Vec::new();
        for column in &self.old.columns {
            let Some(name) = becomes(self.resolution, class, &column.name) else { continue };
            if self.new.column(&name).is_none_or(|new| ways(new) != ways(column)) {
                return false;
            }
            known.push(name);
        }
        let mut added = self.new.columns.iter().filter(|column| !known.contains(&column.name));
        added.all(|column| !column.required_in_create() && column.unique.is_none())
    }

    fn uniques(&self) -> bool {
        let class = &self.old.names.class;
        let old = self.old.uniques.iter().filter_map(|unique| {
            unique.columns.iter().map(|column| becomes(self.resolution, class, column)).collect::<Option<Vec<_>>>()
        });
        let (mut old, mut new): (Vec<_>, Vec<_>) =
            (old.collect(), self.new.uniques.iter().map(|unique| unique.columns.clone()).collect());
        old.sort();
        new.sort();
        old == new
    }
}

/// Whether the endpoints are the same, and their lists have the filters that they had.
fn operations(resolution: &Resolution) -> bool {
    let all = |modules: &'_ [ModuleDesign]| -> Vec<OperationDesign> {
        modules.iter().flat_map(|module| &module.routers).flat_map(|router| router.operations.clone()).collect()
    };
    let (old, new) = (all(&resolution.before), all(&resolution.modules));
    old.len() == new.len()
        && old.iter().all(|old| {
            let is_it = |new: &&OperationDesign| new.method == old.method && new.path == old.path;
            new.iter().find(is_it).is_some_and(|new| new.access == old.access && is_alike(resolution, old, new))
        })
}

fn is_alike(resolution: &Resolution, old: &OperationDesign, new: &OperationDesign) -> bool {
    match (&old.kind, &new.kind) {
        (
            OperationKind::List { scope, filters, order, only, within },
            OperationKind::List {
                scope: new_scope,
                filters: new_filters,
                order: new_order,
                only: new_only,
                within: new_within,
            },
        ) => {
            let mut kept = filters.iter().filter_map(|filter| becomes(resolution, &old.entity, filter));
            scope == new_scope
                && kept.all(|filter| new_filters.contains(&filter))
                && (order.len(), only.len()) == (new_order.len(), new_only.len())
                && within.is_some() == new_within.is_some()
        }
        (OperationKind::Set { values, when }, OperationKind::Set { values: new_values, when: new_when }) => {
            (values.len(), when.len()) == (new_values.len(), new_when.len())
        }
        (old, new) => std::mem::discriminant(old) == std::mem::discriminant(new),
    }
}
