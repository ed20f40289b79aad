//! A document beside the code: what it would be if it said what the code has.

use architect_model::{
    Access, Action, ColumnRole, Design, DesignEdit, EndpointDesign, Entity, EntityConstraint, EntityDesign, Field,
    FieldType, ModuleDesign, OperationDesign, OperationKind, Ownership, Project,
};

use crate::code::{self, Described};
use crate::columns::column_name;
use crate::compare::{Difference, DifferenceKind};
use crate::endpoints::entity_of;
use crate::notes::Notes;
use crate::paths::shape;
use crate::resolve::modules;
use crate::world::World;

/// The document as the code has it, and as it shall be: with what the code has beyond it, which stays.
///
/// `there` are the document's modules as far as the code has their tables, `differences` those between the two; `edits`
/// are still to be made in what shall be.
pub(crate) fn aligned(
    design: &Design,
    project: &Project,
    edits: &[DesignEdit],
    there: &[ModuleDesign],
    differences: &[Difference],
    notes: &mut Notes,
) -> (Design, Design) {
    let known: Vec<&EntityDesign> = there.iter().flat_map(|module| &module.entities).collect();
    let mut before = design.clone();
    let mut after = design.clone();
    let mut rows_of_code: Vec<EndpointDesign> = Vec::new();
    before.entities.retain(|entity| entity.account || known.iter().any(|one| one.names.class == entity.name));
    for resolved in &known {
        let class = &resolved.names.class;
        let (Some(old), Some(new)) = (position(&before, class), position(&after, class)) else { continue };
        let Some(table) = crate::compare::table_of(project, class) else { continue };
        let mut described = Described::new(project, table, class);
        let code = described.entity();
        let own = differences.iter().filter(|difference| difference.entity == *class);
        let (old, new) = (&mut before.entities[old], &mut after.entities[new]);
        let mut pair = Pair { resolved, code: &code, edits, old, new };
        for difference in own {
            pair.undo(difference, notes);
        }
        let rows = code::endpoints(&mut described, &code);
        rows_of_code.extend(further(&rows, class, there));
    }
    // What cannot be said again of the code stays as it is, unsaid.
    let mut ignored = Notes::default();
    let all = Design { endpoints: rows_of_code.clone(), ..before.clone() };
    modules(&World::new(&all, project), &mut ignored);
    rows_of_code.retain(|row| !ignored.problems.iter().any(|problem| problem.at == row.at));
    links(&mut before, differences);
    let found = |method: &str, path: &str| {
        let full = shape(&mounted(project, path));
        let kinds = differences.iter().map(|difference| &difference.kind);
        kinds.into_iter().find_map(|kind| match kind {
            DifferenceKind::MissingEndpoint { method: known, path } if known == method && shape(path) == full => {
                Some(Found::Nothing)
            }
            DifferenceKind::Access { method: known, path, found } if known == method && shape(path) == full => {
                Some(Found::For(found.clone()))
            }
            _ => None,
        })
    };
    before.endpoints = before.endpoints.iter().flat_map(|row| existing(row, there, &found)).collect();
    let entities = &before.entities;
    let is_there = |class: &str| entities.iter().any(|entity| entity.name == class);
    before.endpoints.retain(|row| entity_of(&row.action).is_none_or(is_there));
    before.endpoints.extend(rows_of_code.iter().cloned());
    after.endpoints.extend(rows_of_code);
    (before, after)
}

fn mounted(project: &Project, path: &str) -> String {
    let mount = project.style.layout.registration.as_ref().map_or("", |registration| &registration.mounted_at);
    format!("{mount}{path}")
}

fn position(design: &Design, class: &str) -> Option<usize> {
    design.entities.iter().position(|entity| entity.name == class)
}

/// An entity as the code has it and as it shall be.
struct Pair<'a> {
    resolved: &'a EntityDesign,
    code: &'a Entity,
    edits: &'a [DesignEdit],
    old: &'a mut Entity,
    new: &'a mut Entity,
}

impl Pair<'_> {
    /// Takes back in `old` what the document says otherwise than the code.
    fn undo(&mut self, difference: &Difference, notes: &mut Notes) {
        match &difference.kind {
            DifferenceKind::MissingColumn { column } => self.without(column),
            DifferenceKind::FurtherColumn { column } => self.further(column, difference, notes),
            DifferenceKind::Type { column, .. } | DifferenceKind::ForeignKey { column, .. } => {
                self.with(column, |field, code| field.ty = code.ty.clone());
            }
            DifferenceKind::Nullability { column, .. } => self.with(column, |field, code| {
                field.required = code.required;
                field.default.clone_from(&code.default);
            }),
            DifferenceKind::Default { column, .. } => {
                self.with(column, |field, code| field.default.clone_from(&code.default));
            }
            DifferenceKind::Filter { column } => self.with(column, |field, code| field.filter = code.filter),
            DifferenceKind::Index { columns } => self.not_indexed(columns),
            DifferenceKind::Unique { columns } => self.not_unique(columns),
            DifferenceKind::MissingTable
            | DifferenceKind::MissingEndpoint { .. }
            | DifferenceKind::Access { .. }
            | DifferenceKind::Unknown { .. } => {}
        }
    }

    fn with(&mut self, column: &str, change: impl FnOnce(&mut Field, &Field)) {
        let field = self.old.fields.iter_mut().find(|field| column_name(field) == column);
        let code = self.code.fields.iter().find(|field| column_name(field) == column);
        if let (Some(field), Some(code)) = (field, code) {
            change(field, code);
        }
    }

    fn without(&mut self, column: &str) {
        let role = self.resolved.column(column).map(|column| column.role);
        match role {
            Some(ColumnRole::Owner | ColumnRole::Parent) => self.old.owner = self.code.owner.clone(),
            _ => self.old.fields.retain(|field| column_name(field) != column),
        }
        let names = |fields: &[String]| fields.iter().any(|field| field == column);
        self.old.constraints.retain(|constraint| match constraint {
            EntityConstraint::Unique { fields } | EntityConstraint::Index { fields } => !names(fields),
        });
    }

    /// What the code has beyond the document stays, but for the key of an owner that changes.
    fn further(&mut self, column: &str, difference: &Difference, notes: &mut Notes) {
        if let Some(index) = self.code.fields.iter().position(|field| column_name(field) == column) {
            let field = &self.code.fields[index];
            let before = self.code.fields[..index].iter().rev().map(|field| &field.name);
            for entity in [&mut *self.old, &mut *self.new] {
                let place = before.clone().find_map(|name| entity.fields.iter().position(|one| one.name == *name));
                entity.fields.insert(place.map_or(0, |place| place + 1), field.clone());
            }
            let (class, name) = (&self.resolved.names.class, &field.name);
            let removal = DesignEdit::RemoveField { entity: class.clone(), field: name.clone() };
            if !self.edits.contains(&removal) {
                stays(class, field, difference, notes);
            }
        }
        if self.code.owner != self.new.owner && self.is_key_of_owner(column) {
            self.old.owner = self.code.owner.clone();
        }
    }

    fn is_key_of_owner(&self, column: &str) -> bool {
        match &self.code.owner {
            Ownership::Nobody => false,
            Ownership::Members { of: None, .. } => false,
            Ownership::User | Ownership::Parent { .. } | Ownership::Members { .. } => {
                !self.code.fields.iter().any(|field| column_name(field) == column)
            }
        }
    }

    fn not_indexed(&mut self, columns: &[String]) {
        if let [column] = columns {
            self.with(column, |field, code| field.index = code.index);
        }
        self.old.constraints.retain(|constraint| match constraint {
            EntityConstraint::Index { fields } => fields != columns,
            EntityConstraint::Unique { .. } => true,
        });
    }

    fn not_unique(&mut self, columns: &[String]) {
        if let Some(subject) = columns.last() {
            self.with(subject, |field, code| field.unique = code.unique);
        }
        let code = &self.code.constraints;
        self.old.constraints.retain(|constraint| match constraint {
            EntityConstraint::Unique { fields } => {
                code.contains(constraint)
                    || !fields.iter().all(|field| columns.iter().any(|one| one.starts_with(field)))
            }
            EntityConstraint::Index { .. } => true,
        });
    }
}

/// Says of a field of the code that it stays.
pub(super) fn stays(class: &str, field: &Field, difference: &Difference, notes: &mut Notes) {
    let name = &field.name;
    notes.assume(
        difference.found_at.as_ref().unwrap_or(&difference.designed_at),
        format!(
            "`{class}.{name}` stays, although the document does not give it: `--remove {class}.{name}` removes it, `--rename {class}.{name}:NEW` gives it a name of the document"
        ),
    );
}

/// Many-to-many relations of which the code has no link table.
fn links(before: &mut Design, differences: &[Difference]) {
    let missing = |field: &Field| {
        differences
            .iter()
            .any(|difference| difference.kind == DifferenceKind::MissingTable && difference.designed_at == field.at)
    };
    for entity in &mut before.entities {
        entity.fields.retain(|field| !matches!(field.ty, FieldType::Many { .. }) || !missing(field));
    }
}

/// What the code has where the document has an endpoint, if not the same.
enum Found {
    /// No such endpoint.
    Nothing,
    /// The endpoint, for others.
    For(Access),
}

/// The row of a document as the code has it: a `CRUD` row becomes the operations that are there.
fn existing(
    row: &EndpointDesign,
    there: &[ModuleDesign],
    found: &dyn Fn(&str, &str) -> Option<Found>,
) -> Vec<EndpointDesign> {
    let own = |operation: &&OperationDesign| {
        operation.at == row.at
            && !matches!(
                operation.kind,
                OperationKind::ListLinked { .. } | OperationKind::Link { .. } | OperationKind::Unlink { .. }
            )
    };
    let operations: Vec<&OperationDesign> =
        there.iter().flat_map(|module| &module.routers).flat_map(|router| &router.operations).filter(own).collect();
    if operations.iter().all(|operation| found(&operation.method, &operation.path).is_none()) {
        return vec![row.clone()];
    }
    let rows = operations.into_iter().filter_map(|operation| match found(&operation.method, &operation.path) {
        None => Some(one(row, operation)),
        Some(Found::For(who)) => {
            let own = there.iter().flat_map(|module| &module.entities);
            let is_owned =
                own.filter(|entity| entity.names.class == operation.entity).any(|entity| entity.owner.is_owned());
            // Of the owner, dependencies show that somebody is signed in.
            let who = if who == Access::SignedIn && is_owned { Access::Owner } else { who };
            Some(EndpointDesign { who, ..one(row, operation) })
        }
        Some(Found::Nothing) => None,
    });
    rows.collect()
}

/// One operation of a row as a row of its own.
fn one(row: &EndpointDesign, operation: &OperationDesign) -> EndpointDesign {
    let entity = operation.entity.clone();
    let action = match (&operation.kind, &row.action) {
        (OperationKind::List { .. }, Action::Crud { order, only, .. }) => {
            Action::List { entity, order: order.clone(), only: only.clone() }
        }
        (OperationKind::Read, _) => Action::Read { entity },
        (OperationKind::Create, _) => Action::Create { entity },
        (OperationKind::Update, _) => Action::Update { entity },
        (OperationKind::Delete, _) => Action::Delete { entity },
        (_, action) => action.clone(),
    };
    EndpointDesign { method: operation.method.clone(), path: operation.path.clone(), action, ..row.clone() }
}

/// Usual endpoints of the code that the document does not name: they stay on both sides.
fn further(rows: &[EndpointDesign], class: &str, there: &[ModuleDesign]) -> Vec<EndpointDesign> {
    let designed: Vec<(&str, String)> = there
        .iter()
        .flat_map(|module| &module.routers)
        .flat_map(|router| &router.operations)
        .map(|operation| (operation.method.as_str(), shape(&operation.path)))
        .collect();
    let is_usual = |row: &&EndpointDesign| entity_of(&row.action) == Some(class);
    let is_new = |row: &&EndpointDesign| {
        !designed.iter().any(|(method, path)| *method == row.method && *path == shape(&row.path))
    };
    rows.iter().filter(is_usual).filter(is_new).cloned().collect()
}
