//! Resolves a design against a project.

use architect_model::{
    Design, DesignEdit, Entity, EntityDesign, EnumDesign, FieldType, LinkDesign, ModuleDesign, OperationDesign,
    OperationKind, ParentDesign, Project, Resolution, Trace,
};

use crate::compare::{self, Difference, compare};
use crate::notes::Notes;
use crate::world::{Target, World};
use crate::{
    change, clashes, columns, constraints, endpoints, enums, existing, links, members, modules, names, order, routers,
    schemas,
};

/// Resolves a design against a project: modules complete in every detail, in the house's names.
///
/// Where there are problems there are no modules: nothing can be planned. Without problems there are none if the code
/// has all that the design says already. Of a design that the code has in part, what is missing is planned.
pub fn resolve(design: &Design, project: &Project) -> Resolution {
    resolve_with(design, &[], project)
}

/// The same, with what a document cannot say: which of its fields the code has under another name (`RenameField`), and
/// which of the code's fields go (`RemoveField`).
pub fn resolve_with(design: &Design, edits: &[DesignEdit], project: &Project) -> Resolution {
    let mut notes = Notes::default();
    let design = &change::taken_back(design, edits, &mut notes);
    let world = World::new(design, project);
    let all = modules(&world, &mut notes);
    let there = described(project, &all);
    change::unknown(&there, edits, &mut notes);
    if there.is_empty() || !notes.problems.is_empty() {
        clashes::report(&world, &change::added(&there, &all), &there, &mut notes);
        return resolution(&world, &all, all.clone(), notes);
    }
    let differences = compare(design, &there, project);
    let moves = |difference: &Difference| difference.changes() || change::takes_owner(design, project, difference);
    if !edits.is_empty() || differences.iter().any(moves) {
        return changed(&world, edits, &all, &there, &differences, notes);
    }
    if there.len() == all.len() && there.iter().zip(&all).all(|(there, all)| there.entities == all.entities) {
        let mut stays = Notes::default();
        change::unsaid(project, &differences, &mut stays);
        let traces = traces(design, &all, &mut notes);
        return Resolution { traces, assumptions: stays.assumptions, ..Resolution::default() };
    }
    let rest = without(design, &there);
    let world = World::new(&rest, project);
    let mut notes = Notes::default();
    let missing = modules(&world, &mut notes);
    clashes::report(&world, &missing, &[], &mut notes);
    resolution(&world, &all, missing, notes)
}

/// What is to be written, with all that there is to say; requirements are met by `all`.
fn resolution(world: &World<'_>, all: &[ModuleDesign], modules: Vec<ModuleDesign>, mut notes: Notes) -> Resolution {
    remark(world, all, &mut notes);
    let traces = traces(world.design, all, &mut notes);
    notes.problems.sort_by(|a, b| a.at.cmp(&b.at));
    let modules = if notes.problems.is_empty() { modules } else { Vec::new() };
    let existing = existing::existing(world, &modules);
    existing::remark(world, &modules, &existing, &mut notes);
    Resolution {
        existing,
        before: Vec::new(),
        renamed: Vec::new(),
        joins: Vec::new(),
        parted: Vec::new(),
        modules,
        problems: notes.problems,
        risks: notes.risks,
        assumptions: notes.assumptions,
        questions: notes.questions,
        traces,
    }
}

/// The part of `modules` for whose entities the code has tables.
fn described(project: &Project, modules: &[ModuleDesign]) -> Vec<ModuleDesign> {
    let is_there = |class: &str| compare::table_of(project, class).is_some();
    let mut found = modules.to_vec();
    for module in &mut found {
        module.entities.retain(|entity| is_there(&entity.names.class));
        module.links.retain(|link| is_there(&link.left.target.class));
        for router in &mut module.routers {
            router.operations.retain(|operation| is_there(&operation.entity));
        }
    }
    found.retain(|module| !module.entities.is_empty());
    found
}

/// The design without the entities of `there`, and without what is done with their rows.
fn without(design: &Design, there: &[ModuleDesign]) -> Design {
    let is_there =
        |class: &str| there.iter().flat_map(|module| &module.entities).any(|entity| entity.names.class == class);
    let mut rest = design.clone();
    rest.entities.retain(|entity| !is_there(&entity.name));
    rest.endpoints.retain(|row| !endpoints::entity_of(&row.action).is_some_and(is_there));
    rest
}

/// The code changes to what the document says, unless it is not known what it has there.
fn changed(
    world: &World<'_>,
    edits: &[DesignEdit],
    all: &[ModuleDesign],
    there: &[ModuleDesign],
    differences: &[Difference],
    mut notes: Notes,
) -> Resolution {
    for difference in differences.iter().filter(|difference| change::is_unknown(difference)) {
        let place = difference.found_at.as_ref().map(|at| format!(": {at}")).unwrap_or_default();
        let text = format!("{}{place}", difference.text());
        notes.problem(&difference.designed_at, text, "Write this part of the code in a form that can be read.");
    }
    if !notes.problems.is_empty() {
        return resolution(world, all, Vec::new(), notes);
    }
    let mut notes = Notes::default();
    let (before, mut after) = change::aligned(world.design, world.project, edits, there, differences, &mut notes);
    change::made(&mut after, edits, &mut notes);
    if !notes.problems.is_empty() {
        return resolution(world, all, Vec::new(), notes);
    }
    let renamed: Vec<_> = edits.iter().flat_map(|edit| change::renamed(world.project, edit, &before)).collect();
    let mut found = change::resolve_change(&before, &after, &renamed, world.project);
    found.assumptions.splice(0..0, notes.assumptions);
    found
}

pub(crate) fn modules(world: &World<'_>, notes: &mut Notes) -> Vec<ModuleDesign> {
    let entities = order::entities(world, notes);
    modules::remark(world, notes);
    members::check(world, notes);
    let mut operations = endpoints::operations(world, notes);
    let links = links::links(world, &operations, notes);
    for link in &links {
        let further = links::operations(world, link, &operations, notes);
        operations.extend(further);
    }
    let enums = enums::enums(world, &entities, notes);
    let mut declared: Vec<String> = Vec::new();
    order::modules(world, &entities)
        .into_iter()
        .map(|name| {
            let own: Vec<&Entity> = entities
                .iter()
                .copied()
                .filter(|entity| world.modules.get(&*entity.name).is_some_and(|module| module == name))
                .collect();
            let enums = used(&enums, &own, &mut declared);
            module(world, name, &own, &operations, enums, &links, notes)
        })
        .collect()
}

/// The enumerations that `entities` use and no module before has declared.
fn used(enums: &[EnumDesign], entities: &[&Entity], declared: &mut Vec<String>) -> Vec<EnumDesign> {
    let is_used = |class: &str| {
        entities.iter().flat_map(|entity| &entity.fields).any(|field| match &field.ty {
            FieldType::Enum { name, .. } => name == class,
            FieldType::Array { items } => matches!(&**items, FieldType::Enum { name, .. } if name == class),
            _ => false,
        })
    };
    let found: Vec<EnumDesign> =
        enums.iter().filter(|found| is_used(&found.class) && !declared.contains(&found.class)).cloned().collect();
    declared.extend(found.iter().map(|found| found.class.clone()));
    found
}

fn module(
    world: &World<'_>,
    name: &str,
    entities: &[&Entity],
    operations: &[OperationDesign],
    enums: Vec<EnumDesign>,
    links: &[LinkDesign],
    notes: &mut Notes,
) -> ModuleDesign {
    let in_document_order: Vec<&str> = world.entities().map(|entity| &*entity.name).collect();
    let mut names: Vec<&str> = entities.iter().map(|entity| &*entity.name).collect();
    names.sort_by_key(|name| in_document_order.iter().position(|known| known == name));
    let at = entities.iter().map(|entity| &entity.at).min().cloned();
    ModuleDesign {
        name: name.to_owned(),
        routers: routers::routers(world, name, &names, operations),
        entities: entities.iter().map(|entity| self::entity(world, entity, operations, notes)).collect(),
        enums,
        links: links.iter().filter(|link| names.contains(&&*link.left.target.class)).cloned().collect(),
        at: at.unwrap_or_else(|| architect_model::Location::line("", 0)),
    }
}

fn entity(world: &World<'_>, entity: &Entity, operations: &[OperationDesign], notes: &mut Notes) -> EntityDesign {
    let (table, explicit_table) = world.table_name(&entity.name);
    let mut columns = columns::columns(world, entity, operations, notes);
    let (uniques, indexes) = constraints::constraints(world, entity, &mut columns, operations, notes);
    let is_child = |other: &&Entity| other.owner.parent() == Some(&entity.name);
    let target = world.entities().find(|other| other.name == entity.name);
    EntityDesign {
        names: names::entity_names(&entity.name),
        table,
        explicit_table,
        description: entity.description.clone(),
        schemas: schemas::family(world, entity, &columns, operations),
        columns,
        uniques,
        indexes,
        owner: target.map(|target| world.chain(Target::New(target))).unwrap_or_default(),
        parent: parent(world, entity),
        children: world.entities().filter(is_child).map(|other| other.name.clone()).collect(),
        at: entity.at.clone(),
    }
}

fn parent(world: &World<'_>, entity: &Entity) -> Option<ParentDesign> {
    let class = entity.owner.parent()?;
    let target = world.find(class)?;
    Some(ParentDesign {
        names: names::entity_names(class),
        target: world.entity_ref(target),
        column: world.parent_column(&entity.name, class),
    })
}

/// What is worth knowing although nothing is wrong.
pub(crate) fn remark(world: &World<'_>, modules: &[ModuleDesign], notes: &mut Notes) {
    let operations: Vec<_> =
        modules.iter().flat_map(|module| &module.routers).flat_map(|router| &router.operations).collect();
    for entity in world.entities() {
        let mut own = operations.iter().filter(|operation| operation.entity == entity.name).peekable();
        if own.peek().is_none() {
            notes.risk(
                &entity.at,
                format!("no endpoint works on `{}`: its table can only be filled by other code", entity.name),
            );
        } else if !own.any(|operation| operation.kind == OperationKind::Create) {
            notes.ask(
                &entity.at,
                format!("Which endpoint makes a `{}`?", entity.name),
                "None: other code does, and no generated test proves who may reach one.",
            );
        }
    }
    let Some(users) = world.users() else { return };
    for account in world.design.entities.iter().filter(|entity| entity.account) {
        for field in &account.fields {
            let name = columns::column_name(field);
            if !users.columns.iter().any(|column| column.name == name) {
                let class = users.class.as_ref().map_or("User", |class| &*class.name);
                notes.risk(&field.at, format!("`{class}` has no `{name}`: the existing table of users is not changed"));
            }
        }
    }
}

/// Which operations satisfy which requirement.
pub(crate) fn traces(design: &Design, modules: &[ModuleDesign], notes: &mut Notes) -> Vec<Trace> {
    let operations = || modules.iter().flat_map(|module| &module.routers).flat_map(|router| &router.operations);
    let traced = operations().any(|operation| !operation.satisfies.is_empty());
    let mut traces = Vec::new();
    for requirement in &design.requirements {
        let endpoints: Vec<String> = operations()
            .filter(|operation| operation.satisfies.contains(&requirement.id))
            .map(|operation| format!("{} {}", operation.method, operation.path))
            .collect();
        if endpoints.is_empty() && traced {
            notes.risk(&requirement.at, format!("no endpoint satisfies `{}`: {}", requirement.id, requirement.text));
        }
        traces.push(Trace { requirement: requirement.id.clone(), endpoints });
    }
    let known = |id: &String| design.requirements.iter().any(|requirement| requirement.id == *id);
    for operation in operations() {
        for id in operation.satisfies.iter().filter(|id| !known(id)) {
            notes.risk(
                &operation.at,
                format!("`{} {}` satisfies `{id}`, which the document does not list", operation.method, operation.path),
            );
        }
    }
    traces
}
