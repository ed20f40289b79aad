//! What a resolution adds and changes, in the words of a plan.

use architect_model::{
    AccessDesign, Change, ChangeKind, ColumnDesign, EntityDesign, FieldType, ModuleDesign, OperationDesign,
    OperationKind, Project, RenamedColumn, Resolution, Step,
};

/// What a resolution does, step by step.
pub(crate) fn changes(resolution: &Resolution, project: &Project) -> Vec<Change> {
    let old = Old { modules: &resolution.before };
    let mut found = Vec::new();
    for RenamedColumn { class, from, to, .. } in resolution.renamed.clone() {
        found.push(Change { step: Step::Models, kind: ChangeKind::RenameColumn { class, from, to } });
    }
    for module in &resolution.modules {
        of_module(module, &old, &mut found);
        endpoints(module, &old, project, &mut found);
    }
    removed_endpoints(resolution, project, &mut found);
    found.retain(|change| !is_renaming(&change.kind, &resolution.renamed));
    found
}

/// Whether a change only says of a renamed column that it comes or goes.
fn is_renaming(kind: &ChangeKind, renamed: &[RenamedColumn]) -> bool {
    renamed.iter().any(|one| match kind {
        ChangeKind::AddColumn { class, column } => *class == one.class && *column == one.to,
        ChangeKind::RemoveColumn { class, column } => *class == one.class && *column == one.from,
        _ => false,
    })
}

/// The modules as the code has them.
struct Old<'a> {
    modules: &'a [ModuleDesign],
}

impl<'a> Old<'a> {
    fn entity(&self, class: &str) -> Option<&'a EntityDesign> {
        self.modules.iter().flat_map(|module| &module.entities).find(|entity| entity.names.class == class)
    }

    fn operations(&self) -> impl Iterator<Item = &'a OperationDesign> {
        self.modules.iter().flat_map(|module| &module.routers).flat_map(|router| &router.operations)
    }

    fn operation(&self, method: &str, path: &str) -> Option<&'a OperationDesign> {
        self.operations().find(|operation| operation.method == method && operation.path == path)
    }
}

fn of_module(module: &ModuleDesign, old: &Old<'_>, found: &mut Vec<Change>) {
    let mut add = |step, kind| found.push(Change { step, kind });
    for item in &module.enums {
        let known = old.modules.iter().flat_map(|module| &module.enums).find(|known| known.class == item.class);
        let values = |members: &[(String, String)]| members.iter().map(|(_, value)| value.clone()).collect::<Vec<_>>();
        match known {
            None => add(Step::Models, ChangeKind::AddEnum { class: item.class.clone() }),
            Some(known) if known.members != item.members => {
                let (before, after) = (values(&known.members), values(&item.members));
                let added = after.iter().filter(|value| !before.contains(value)).cloned().collect();
                let removed = before.iter().filter(|value| !after.contains(value)).cloned().collect();
                add(Step::Models, ChangeKind::ChangeEnum { class: item.class.clone(), added, removed });
            }
            Some(_) => {}
        }
    }
    for entity in &module.entities {
        if let Some(before) = old.entity(&entity.names.class) {
            columns(before, entity, &mut add);
            constraints(before, entity, &mut add);
            continue;
        }
        let (class, table) = (entity.names.class.clone(), entity.table.clone());
        add(Step::Models, ChangeKind::AddTable { class, table });
        let family = &entity.schemas;
        let classes = [&family.base_class, &family.create_class, &family.update_class];
        let mut classes: Vec<String> = classes.into_iter().flatten().cloned().collect();
        classes.push(family.output_class.clone());
        add(Step::Schemas, ChangeKind::AddSchemas { classes });
    }
    for link in &module.links {
        let mut known = old.modules.iter().flat_map(|module| &module.links);
        if !known.any(|known| known.class == link.class) {
            add(Step::Models, ChangeKind::AddTable { class: link.class.clone(), table: link.table.clone() });
        }
    }
}

fn columns(before: &EntityDesign, after: &EntityDesign, add: &mut impl FnMut(Step, ChangeKind)) {
    let class = &after.names.class;
    for column in &after.columns {
        let (class, name) = (class.clone(), column.name.clone());
        match before.column(&column.name) {
            None => add(Step::Models, ChangeKind::AddColumn { class, column: name }),
            Some(known) => {
                let what = differences(known, column);
                if !what.is_empty() {
                    add(Step::Models, ChangeKind::ChangeColumn { class, column: name, what: what.join(", ") });
                }
            }
        }
    }
    for column in before.columns.iter().filter(|column| after.column(&column.name).is_none()) {
        add(Step::Models, ChangeKind::RemoveColumn { class: class.clone(), column: column.name.clone() });
    }
}

/// What differs between two columns of one name, in words.
fn differences(before: &ColumnDesign, after: &ColumnDesign) -> Vec<String> {
    let mut what = Vec::new();
    let is_value = |ty: &FieldType| matches!(ty, FieldType::Enum { .. });
    let refers_alike = |one: &FieldType, two: &FieldType| match (one, two) {
        (FieldType::Reference { entity: one, .. }, FieldType::Reference { entity: two, .. }) => one == two,
        _ => false,
    };
    let is_alike = is_value(&before.ty) && is_value(&after.ty) || refers_alike(&before.ty, &after.ty);
    if before.ty != after.ty && !is_alike {
        what.push("another type".to_owned());
    }
    match (before.nullable, after.nullable) {
        (true, false) => what.push("required".to_owned()),
        (false, true) => what.push("optional".to_owned()),
        _ => {}
    }
    if before.default != after.default {
        what.push(if after.default.is_some() { "another default" } else { "no default" }.to_owned());
    }
    match (before.unique.is_some(), after.unique.is_some()) {
        (false, true) => what.push("unique".to_owned()),
        (true, false) => what.push("no longer unique".to_owned()),
        _ => {}
    }
    match (before.index, after.index) {
        (false, true) => what.push("with an index".to_owned()),
        (true, false) => what.push("without an index".to_owned()),
        _ => {}
    }
    if (before.in_create, before.in_update) != (after.in_create, after.in_update) {
        what.push(if after.in_create { "set by clients" } else { "read only" }.to_owned());
    }
    let rule = |column: &ColumnDesign| column.reference.as_ref().map(|reference| reference.on_delete);
    if rule(before) != rule(after) && rule(before).is_some() && rule(after).is_some() {
        what.push("another rule on deletion".to_owned());
    }
    what
}

fn constraints(before: &EntityDesign, after: &EntityDesign, add: &mut impl FnMut(Step, ChangeKind)) {
    let mut what = Vec::new();
    let joined = |columns: &[String]| columns.join(", ");
    for unique in after.uniques.iter().filter(|one| !before.uniques.iter().any(|known| known.columns == one.columns)) {
        what.push(format!("unique ({})", joined(&unique.columns)));
    }
    for unique in before.uniques.iter().filter(|one| !after.uniques.iter().any(|known| known.columns == one.columns)) {
        what.push(format!("no longer unique ({})", joined(&unique.columns)));
    }
    for index in after.indexes.iter().filter(|one| !before.indexes.iter().any(|known| known.columns == one.columns)) {
        what.push(format!("index ({})", joined(&index.columns)));
    }
    for index in before.indexes.iter().filter(|one| !after.indexes.iter().any(|known| known.columns == one.columns)) {
        what.push(format!("no index ({})", joined(&index.columns)));
    }
    if !what.is_empty() {
        let class = after.names.class.clone();
        add(Step::Models, ChangeKind::ChangeConstraints { class, what: what.join(", ") });
    }
}

fn endpoints(module: &ModuleDesign, old: &Old<'_>, project: &Project, found: &mut Vec<Change>) {
    for router in &module.routers {
        for operation in &router.operations {
            let path = mounted(project, &operation.path);
            let method = operation.method.clone();
            let kind = match old.operation(&operation.method, &operation.path) {
                None => ChangeKind::AddEndpoint { method, path, who: who(&operation.access) },
                Some(known) => match changed(known, operation) {
                    Some(what) => ChangeKind::ChangeEndpoint { method, path, what },
                    None => continue,
                },
            };
            found.push(Change { step: Step::Endpoints, kind });
        }
        let is_new = !old
            .modules
            .iter()
            .flat_map(|module| &module.routers)
            .any(|known| known.module == router.module && known.names == router.names);
        if is_new {
            let kind = ChangeKind::RegisterRouter { module: router.module.clone() };
            found.push(Change { step: Step::Endpoints, kind });
        }
    }
}

/// What becomes of an operation, in words.
fn changed(before: &OperationDesign, after: &OperationDesign) -> Option<String> {
    let mut what = Vec::new();
    if before.access != after.access {
        what.push(format!("for {}", who(&after.access)));
    }
    match (&before.kind, &after.kind) {
        (OperationKind::List { filters: old, order: by, .. }, OperationKind::List { filters, order, .. }) => {
            let more: Vec<&str> = filters.iter().filter(|name| !old.contains(name)).map(String::as_str).collect();
            let less: Vec<&str> = old.iter().filter(|name| !filters.contains(name)).map(String::as_str).collect();
            if !more.is_empty() {
                what.push(format!("filter by {}", more.join(", ")));
            }
            if !less.is_empty() {
                what.push(format!("no filter by {}", less.join(", ")));
            }
            if by != order {
                what.push("another order".to_owned());
            }
        }
        (old, new) if old != new => what.push("does something else".to_owned()),
        _ => {}
    }
    (!what.is_empty()).then(|| what.join(", "))
}

fn removed_endpoints(resolution: &Resolution, project: &Project, found: &mut Vec<Change>) {
    let old = Old { modules: &resolution.before };
    let new = Old { modules: &resolution.modules };
    for gone in old.operations().filter(|one| new.operation(&one.method, &one.path).is_none()) {
        let kind = ChangeKind::RemoveEndpoint { method: gone.method.clone(), path: mounted(project, &gone.path) };
        found.push(Change { step: Step::Endpoints, kind });
    }
}

fn mounted(project: &Project, path: &str) -> String {
    let mount = project.style.layout.registration.as_ref().map_or("", |registration| &registration.mounted_at);
    format!("{mount}{path}")
}

fn who(access: &AccessDesign) -> String {
    match access {
        AccessDesign::Owner => "owner".to_owned(),
        AccessDesign::Member { group, role, .. } => format!("{role} of {group}"),
        AccessDesign::Role { value, .. } => format!("role {value}"),
        AccessDesign::Superuser => "administrators".to_owned(),
        AccessDesign::SignedIn => "any signed-in user".to_owned(),
        AccessDesign::Public => "everybody".to_owned(),
    }
}
