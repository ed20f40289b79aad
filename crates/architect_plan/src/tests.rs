//! Designs resolved against a small project: what is implied, what clashes, what is asked.

use std::sync::Arc;

use architect_model::{
    Access, AccessDesign, Action, Column, ColumnLine, ColumnRole, ColumnType, Design, EndpointDesign, Entity, Field,
    FieldType, Known, ListScope, Literal, Location, Module, Observed, OnDelete, OperationKind, Ownership, Project,
    ReferenceCheck, Resolution, Symbol, Table, TableConstraint, Unique,
};

use crate::resolve;

mod modules;

fn at(line: u32) -> Location {
    Location::line("doc.md", line)
}

fn key(name: &str) -> Column {
    Column {
        nullable: Known::Known(false),
        primary_key: true,
        ..Column::new(name, ColumnType::Uuid, Location::line("app/models.py", 1))
    }
}

fn table(module: &str, class: &str, name: &str) -> Table {
    Table {
        class: Some(Symbol::new(module, class)),
        columns: vec![key("id")],
        ..Table::new(name.to_owned(), Location::line("app/models.py", 1))
    }
}

/// A project in the brief's layout, with users.
fn project() -> Project {
    let mut project = Project::default();
    project.tables.push(table("app.modules.users.models", "User", "user").into());
    let style = &mut project.style;
    style.user.class = Some(Symbol::new("app.modules.users.models", "User"));
    style.user.key_path = Some(vec!["id".into()]);
    style.user.parameter.value.alias = Some(Symbol::new("app.api.deps", "CurrentUser"));
    style.layout.source_root = "backend".into();
    style.layout.models = Observed::assumed("backend/app/modules/{module}/models.py".into());
    style.layout.schemas = Observed::assumed("backend/app/modules/{module}/schemas.py".into());
    style.layout.endpoints = Observed::assumed("backend/app/api/routes/{module}.py".into());
    let created = ColumnLine { name: "created_at".into(), ..ColumnLine::default() };
    style.models.timestamps.push(Observed::assumed(created));
    project
}

fn field(name: &str, ty: FieldType) -> Field {
    Field {
        name: name.into(),
        label: name.into(),
        ty,
        required: true,
        default: None,
        unique: None,
        index: false,
        filter: false,
        read_only: false,
        circular: false,
        description: None,
        at: at(9),
    }
}

pub(crate) fn text(name: &str) -> Field {
    field(name, FieldType::String { min: None, max: Some(40) })
}

fn reference(name: &str, entity: &str, required: bool) -> Field {
    let ty = FieldType::Reference { entity: entity.into(), on_delete: None };
    Field { required, ..field(name, ty) }
}

pub(crate) fn entity(name: &str, owner: Ownership, fields: Vec<Field>) -> Entity {
    Entity {
        name: name.into(),
        label: name.into(),
        description: None,
        owner,
        fields,
        constraints: Vec::new(),
        implied: Vec::new(),
        account: false,
        at: at(5),
    }
}

fn child(name: &str, parent: &str, fields: Vec<Field>) -> Entity {
    entity(name, Ownership::Parent { entity: parent.into() }, fields)
}

fn row(method: &str, path: &str, action: Action, who: Access) -> EndpointDesign {
    EndpointDesign {
        method: method.into(),
        path: path.into(),
        action,
        who,
        satisfies: Vec::new(),
        description: None,
        at: at(20),
    }
}

fn crud(path: &str, entity: &str, who: Access) -> EndpointDesign {
    row("CRUD", path, Action::Crud { entity: entity.into(), order: Vec::new(), only: Vec::new() }, who)
}

fn design(entities: Vec<Entity>, endpoints: Vec<EndpointDesign>) -> Design {
    Design { entities, endpoints, ..Design::default() }
}

/// Projects with tasks.
fn plain() -> Design {
    let name = Field { unique: Some(Unique::PerOwner), ..text("name") };
    let done = Field { filter: true, default: Some(Literal::Boolean(false)), ..field("done", FieldType::Boolean) };
    design(
        vec![
            child("Task", "Project", vec![text("title"), done, reference("assignee", "User", false)]),
            entity("Project", Ownership::User, vec![name]),
        ],
        vec![crud("/projects", "Project", Access::Owner), crud("/projects/{project_id}/tasks", "Task", Access::Owner)],
    )
}

fn resolved(design: &Design) -> Resolution {
    let found = resolve(design, &project());
    assert_eq!(found.problems, []);
    found
}

#[track_caller]
fn problem(design: &Design, project: &Project, says: &str) {
    let found = resolve(design, project);
    assert!(found.problems.iter().any(|problem| problem.text.contains(says)), "{:?}", found.problems);
    assert!(found.problems.iter().all(|problem| problem.help.is_some()));
    assert_eq!(found.modules, []);
}

#[test]
fn one_module_with_its_children_in_dependency_order() {
    let found = resolved(&plain());
    let [module] = found.modules.as_slice() else { panic!("{} modules", found.modules.len()) };
    assert_eq!(module.name, "projects");
    let [project, task] = module.entities.as_slice() else { panic!("{} entities", module.entities.len()) };
    let names = |entity: &architect_model::EntityDesign| {
        entity.columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(names(project), "id name owner_id created_at");
    assert_eq!(names(task), "id title done project_id assignee_id created_at");
    assert_eq!(project.uniques[0].columns, ["owner_id", "name"]);
    assert_eq!(project.uniques[0].name, "uq_project_owner_id_name");
    assert_eq!(task.indexes[0].columns, ["project_id", "done"]);
    assert!(project.owner.is_direct());
    assert_eq!(task.owner.steps[0].column, "project_id");
    assert_eq!(task.owner.user_column.as_deref(), Some("owner_id"));
    for column in task.columns.iter().filter(|column| column.reference.is_some()) {
        assert!(column.index, "{}", column.name);
    }
    let assignee = task.column("assignee_id").and_then(|column| column.reference.as_ref()).unwrap();
    assert_eq!((assignee.on_delete, assignee.check), (OnDelete::SetNull, ReferenceCheck::Exists));
}

#[test]
fn schema_families() {
    let found = resolved(&plain());
    let task = &found.modules[0].entities[1].schemas;
    assert_eq!(task.base, ["title", "done"]);
    assert_eq!(task.create, ["assignee_id"]);
    assert_eq!(task.update, ["title", "done", "assignee_id"]);
    assert_eq!(task.output, ["id", "project_id", "assignee_id", "created_at"]);
    assert_eq!(task.output_class, "TaskPublic");
}

#[test]
fn crud_is_nested_for_rows_and_flat_for_one() {
    let found = resolved(&plain());
    let router = &found.modules[0].routers[0];
    let shown: Vec<String> = router.operations.iter().map(|one| format!("{} {}", one.method, one.path)).collect();
    assert_eq!(
        shown[5..],
        [
            "GET /projects/{project_id}/tasks",
            "POST /projects/{project_id}/tasks",
            "GET /tasks/{task_id}",
            "PATCH /tasks/{task_id}",
            "DELETE /tasks/{task_id}"
        ]
    );
    let OperationKind::List { scope, filters, order, .. } = &router.operations[5].kind else { panic!() };
    assert_eq!((*scope, filters.join(" ")), (ListScope::Parent, "done".to_owned()));
    let order: Vec<_> = order.iter().map(|by| (by.column.as_str(), by.descending)).collect();
    assert_eq!(order, [("created_at", true), ("id", false)]);
    assert_eq!(router.prefix, "");
}

#[test]
fn a_crud_row_gives_its_list_an_order_and_conditions() {
    let mut design = plain();
    design.endpoints[1].action = Action::Crud {
        entity: "Task".into(),
        order: vec!["-title".into()],
        only: vec![("done".into(), Literal::Boolean(false))],
    };
    let found = resolved(&design);
    let operations = found.modules.iter().flat_map(|module| &module.routers).flat_map(|router| &router.operations);
    let lists: Vec<_> = operations
        .filter_map(|operation| match &operation.kind {
            OperationKind::List { order, only, filters, .. } => Some((order.clone(), only.clone(), filters.clone())),
            _ => None,
        })
        .collect();
    let (order, only, filters) = &lists[1];
    let order: Vec<_> = order.iter().map(|by| (by.column.as_str(), by.descending)).collect();
    assert_eq!(order, [("title", true), ("id", false)]);
    assert_eq!(only, &[("done".to_owned(), Literal::Boolean(false))]);
    assert!(filters.is_empty(), "what is fixed is no filter");
    assert!(lists[0].1.is_empty());
}

#[test]
fn the_house_shapes_names_paths_and_routers() {
    let mut project = project();
    let style = &mut project.style;
    style.layout.plural_modules = Observed { value: false, count: 3, of: 3, example: None };
    style.layout.endpoints = Observed::assumed("backend/app/api/{entity}.py".into());
    style.endpoints.id_parameter = Observed::assumed("id".into());
    style.endpoints.trailing_slash = Observed { value: true, count: 2, of: 2, example: None };
    style.endpoints.update_method = Observed::assumed("PUT".into());
    style.models.owner_column = Observed::assumed("user_id".into());
    style.models.plural_names = Observed { value: true, count: 2, of: 2, example: None };
    style.models.naming_convention = vec![("uq".into(), "uq_%(table_name)s_%(column_0_name)s".into())];
    let found = resolve(&plain(), &project);
    assert_eq!(found.problems, []);
    let module = &found.modules[0];
    assert_eq!((module.name.as_str(), module.routers.len()), ("project", 2));
    assert_eq!(module.entities[0].table, "projects");
    assert!(module.entities[0].explicit_table);
    assert_eq!(
        (&*module.entities[0].uniques[0].name, module.entities[0].uniques[0].explicit_name),
        ("uq_projects_user_id", false)
    );
    let shown: Vec<String> = module
        .routers
        .iter()
        .flat_map(|router| &router.operations)
        .map(|one| format!("{} {}", one.method, one.path))
        .collect();
    for wanted in ["GET /projects/", "PUT /projects/{id}", "POST /projects/{project_id}/tasks/", "PUT /tasks/{id}"] {
        assert!(shown.iter().any(|path| path == wanted), "{wanted}: {shown:?}");
    }
}

#[test]
fn rows_of_others_cannot_be_referred_to() {
    let mut design = plain();
    design.entities.push(entity("Note", Ownership::User, vec![text("body"), reference("project", "Project", true)]));
    design.endpoints.push(crud("/notes", "Note", Access::Owner));
    let found = resolved(&design);
    let notes = found.modules.iter().find(|module| module.name == "notes").unwrap();
    let reference = notes.entities[0].column("project_id").and_then(|column| column.reference.clone()).unwrap();
    assert_eq!((reference.check, reference.on_delete), (ReferenceCheck::Own, OnDelete::Cascade));
    assert_eq!(reference.target.module.as_deref(), Some("projects"));
    assert!(found.questions.iter().any(|question| question.text.contains("is deleted")));
    // What everybody may read, everybody may refer to.
    let read = Access::ReadWrite { read: Box::new(Access::SignedIn), write: Box::new(Access::Owner) };
    design.endpoints[0].who = read;
    let found = resolved(&design);
    let notes = found.modules.iter().find(|module| module.name == "notes").unwrap();
    let reference = notes.entities[0].column("project_id").and_then(|column| column.reference.clone()).unwrap();
    assert_eq!(reference.check, ReferenceCheck::Exists);
}

#[test]
fn many_to_many_is_a_link_table_with_three_operations() {
    let tags = field("tags", FieldType::Many { entity: "Tag".into() });
    let design = design(
        vec![
            entity("Note", Ownership::User, vec![text("body"), tags]),
            entity("Tag", Ownership::User, vec![text("name")]),
        ],
        vec![crud("/notes", "Note", Access::Owner), crud("/tags", "Tag", Access::Owner)],
    );
    let found = resolved(&design);
    let names: Vec<_> = found.modules.iter().map(|module| module.name.as_str()).collect();
    assert_eq!(names, ["tags", "notes"]);
    let notes = &found.modules[1];
    let link = &notes.links[0];
    assert_eq!((&*link.class, &*link.left.column, &*link.right.column), ("NoteTagLink", "note_id", "tag_id"));
    assert_eq!(link.check, ReferenceCheck::Own);
    let shown: Vec<String> = notes.routers[0].operations[5..]
        .iter()
        .map(|one| format!("{} {} {:?}", one.method, one.path, one.name))
        .collect();
    assert_eq!(
        shown,
        [
            "GET /notes/{note_id}/tags Some(\"list_note_tags\")",
            "PUT /notes/{note_id}/tags/{tag_id} Some(\"add_note_tag\")",
            "DELETE /notes/{note_id}/tags/{tag_id} Some(\"remove_note_tag\")"
        ]
    );
}

#[test]
fn actions_are_named_and_fixed_paths_come_first() {
    let mut design = plain();
    let values = vec![("done".to_owned(), Literal::Boolean(true))];
    let set = Action::Set { entity: "Task".into(), values, when: Vec::new() };
    design.endpoints.push(row("POST", "/tasks/{task_id}/finish", set, Access::Owner));
    let only = vec![("done".to_owned(), Literal::Boolean(false))];
    let open = Action::List { entity: "Task".into(), order: vec!["title".into()], only };
    design.endpoints.push(row("GET", "/tasks/open", open, Access::Owner));
    let found = resolved(&design);
    let operations = &found.modules[0].routers[0].operations;
    let place = |path: &str| operations.iter().position(|one| one.method == "GET" && one.path == path).unwrap();
    assert!(place("/tasks/open") < place("/tasks/{task_id}"));
    let named = |path: &str| operations.iter().find(|one| one.path == path).and_then(|one| one.name.as_deref());
    assert_eq!(named("/tasks/{task_id}/finish"), Some("finish_task"));
    assert_eq!(named("/tasks/open"), Some("list_open_tasks"));
}

#[test]
fn roles() {
    let access = |project: &Project, role: &str| {
        let who = Access::Role { role: role.into() };
        let design =
            design(vec![entity("News", Ownership::Nobody, vec![text("title")])], vec![crud("/news", "News", who)]);
        resolve(&design, project)
    };
    let mut project = project();
    assert!(access(&project, "admin").problems[0].text.contains("no roles"));
    project.style.user.superuser_attribute = Some("is_superuser".into());
    let found = access(&project, "admin");
    assert_eq!(found.modules[0].routers[0].operations[0].access, AccessDesign::Superuser);
    assert_eq!(found.questions, []);
    assert_eq!(access(&project, "editor").questions.len(), 1);
    project.style.user.role_attribute = Some("role".into());
    let mut role = key("role");
    role.primary_key = false;
    role.ty = Known::Known(ColumnType::String { length: Some(20), auto: true });
    Arc::make_mut(&mut project.tables[0]).columns.push(role);
    let found = access(&project, "editor");
    let expected = AccessDesign::Role { attribute: "role".into(), value: "editor".into(), member: None };
    assert_eq!(found.modules[0].routers[0].operations[0].access, expected);
}

#[test]
fn contradictions() {
    let project = project();
    let mut nobody = plain();
    nobody.entities[1].owner = Ownership::Nobody;
    nobody.entities[1].fields[0].unique = None;
    problem(&nobody, &project, "nobody owns `Project`");
    let mut unknown = plain();
    unknown.entities[0].fields.push(reference("place", "Planet", false));
    problem(&unknown, &project, "refers to `Planet`");
    let mut cycle = plain();
    cycle.entities[1].fields.push(reference("first_task", "Task", true));
    problem(&cycle, &project, "no first row could be made");
    let mut own = plain();
    own.entities[1].fields.push(reference("parent", "Project", true));
    problem(&own, &project, "no first row could be made");
    let mut reserved = plain();
    reserved.entities[0].fields.push(text("metadata"));
    problem(&reserved, &project, "attribute of every mapped class");
    let mut twice = plain();
    twice.endpoints.push(crud("/projects", "Project", Access::Owner));
    problem(&twice, &project, "is there twice");
    let mut stranger = plain();
    stranger.endpoints.push(crud("/tasks/{task_id}/projects", "Project", Access::Owner));
    problem(&stranger, &project, "names neither the `Project`");
    problem(&plain(), &Project::default(), "no table of users");
}

#[test]
fn clashes_with_the_code() {
    let mut by_table = project();
    by_table.tables.push(table("app.old", "Other", "task").into());
    problem(&plain(), &by_table, "the table `task` exists already");
    let mut by_module = project();
    by_module.modules.push(Module {
        name: "projects".into(),
        path: "backend/app/modules/projects".into(),
        layers: Vec::new(),
    });
    problem(&plain(), &by_module, "the module `projects` exists already");
}

#[test]
fn an_existing_parent_is_followed_to_its_owner() {
    let mut project = project();
    let mut item = table("app.modules.items.models", "Item", "item");
    item.owner =
        Some(architect_model::Owner { column: "owner_id".into(), table: "user".into(), direct: true, members: None });
    project.tables.push(item.into());
    let design = design(
        vec![child("Comment", "Item", vec![text("body")])],
        vec![crud("/items/{item_id}/comments", "Comment", Access::Owner)],
    );
    let found = resolve(&design, &project);
    assert_eq!(found.problems, []);
    let comment = &found.modules[0].entities[0];
    assert_eq!(comment.owner.steps[0].existing, Some(Symbol::new("app.modules.items.models", "Item")));
    assert_eq!(comment.owner.user_column.as_deref(), Some("owner_id"));
    assert_eq!(comment.columns.iter().find(|column| column.role == ColumnRole::Parent).unwrap().name, "item_id");
}

#[test]
fn words_become_questions() {
    let mut design = plain();
    design.endpoints.push(row("POST", "/import", Action::Other { text: "imports a file".into() }, Access::Owner));
    let found = resolved(&design);
    assert!(found.questions.iter().any(|question| question.text.contains("imports a file")));
}

fn refers(table: &mut Table, column: &str, target: &str, referred: &str) {
    table.columns.push(Column { primary_key: false, ..key(column) });
    table.constraints.push(TableConstraint::ForeignKey {
        name: None,
        columns: vec![column.into()],
        ref_table: target.into(),
        ref_columns: vec![referred.into()],
        on_delete: None,
        on_update: None,
        deferrable: None,
        initially: None,
        match_kind: None,
        use_alter: false,
    });
}

#[test]
fn users_with_a_key_of_several_columns_are_referred_to_as_others_do() {
    let mut project = project();
    Arc::make_mut(&mut project.tables[0]).columns.push(key("region"));
    problem(&plain(), &project, "its primary key is not one column of a known type");
    let mut notes = table("app.modules.notes.models", "Note", "note");
    refers(&mut notes, "user_id", "user", "id");
    project.tables.push(notes.into());
    let unique = TableConstraint::unique(None, vec!["id".into()]);
    problem(&plain(), &project, "its primary key is not one column of a known type");
    Arc::make_mut(&mut project.tables[0]).constraints.push(unique);
    assert_eq!(resolve(&plain(), &project).problems, []);
}

#[test]
fn a_key_from_a_package_is_known_by_what_refers_to_it() {
    let mut project = project();
    Arc::make_mut(&mut project.tables[0]).columns.clear();
    problem(&plain(), &project, "its primary key is not one column of a known type");
    let mut notes = table("app.modules.notes.models", "Note", "note");
    refers(&mut notes, "user_id", "user", "id");
    project.tables.push(notes.into());
    assert_eq!(resolve(&plain(), &project).problems, []);
}

#[test]
fn a_caller_without_the_users_key_owns_nothing() {
    let mut project = project();
    project.style.user.key_path = None;
    problem(&plain(), &project, "carries no key of the users' table");
}

#[test]
fn keys_are_called_as_the_house_calls_them() {
    let mut project = project();
    project.style.models.key_name = "{entity}_id".into();
    let found = resolve(&plain(), &project);
    let columns = &found.modules[0].entities[0].columns;
    assert_eq!(columns.first().map(|column| column.name.as_str()), Some("project_id"));
}
