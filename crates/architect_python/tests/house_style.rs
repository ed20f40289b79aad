//! The house style of the three fixture projects, as a person reads it in their code.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that fails is told so")]

use std::fs;
use std::path::Path;
use std::sync::Arc;

use architect_model::{
    CommitPlace, DeleteAnswer, ErrorKind, FixtureKind, HouseStyle, IdKind, LayerKind, Operation, Orm, PageParameters,
    PageShape, Project, RepositoryKind, ResponseDeclaration, ServiceKind, ServiceMaking, SessionPassing, Symbol,
};
use architect_python::{AlembicChoice, NothingInstalled, SourceText, Sources};

/// Reads a fixture project.
fn project(name: &str) -> Project {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").join(name);
    let mut sources = Sources {
        python: Vec::new(),
        other: Vec::new(),
        unreadable: Vec::new(),
        installed: Arc::new(NothingInstalled),
        alembic: AlembicChoice::default(),
    };
    collect(&root, &root, &mut sources);
    sources.python.sort_by(|a, b| a.path.cmp(&b.path));
    architect_python::read(&sources)
}

fn collect(root: &Path, folder: &Path, sources: &mut Sources) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if !name.starts_with('.') && name != "__pycache__" {
                collect(root, &path, sources);
            }
        } else if [".py", ".toml", ".ini", ".mako"].iter().any(|end| name.ends_with(end)) {
            let relative = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            let text = SourceText::new(relative, fs::read_to_string(&path).unwrap());
            if name.ends_with(".py") { sources.python.push(text) } else { sources.other.push(text) }
        }
    }
}

fn pairs(list: &[(String, String)]) -> Vec<(&str, &str)> {
    list.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect()
}

fn symbol(module: &str, name: &str) -> Option<Symbol> {
    Some(Symbol::new(module, name))
}

fn modules(project: &Project) -> Vec<(&str, &str)> {
    project.modules.iter().map(|module| (module.name.as_str(), module.path.as_str())).collect()
}

fn base_methods(style: &HouseStyle) -> Vec<(&str, Option<Operation>, bool)> {
    let base = style.repository.base.as_ref().unwrap();
    base.methods.iter().map(|method| (method.method.name.as_str(), method.does, method.commits)).collect()
}

fn timestamps(style: &HouseStyle) -> Vec<(&str, bool)> {
    style.models.timestamps.iter().map(|stamp| (stamp.value.name.as_str(), stamp.value.line.is_empty())).collect()
}

#[test]
fn flat_layout_and_models() {
    let project = project("flat");
    let style = &project.style;
    let layout = &style.layout;
    assert_eq!(layout.source_root, "backend");
    assert_eq!(layout.models.value, "backend/app/models.py");
    assert_eq!(layout.schemas.value, "backend/app/models.py");
    assert_eq!(layout.repository.value.as_deref(), Some("backend/app/crud.py"));
    assert_eq!(layout.service.value, None);
    assert_eq!((layout.endpoints.value.as_str(), layout.endpoints.count), ("backend/app/api/routes/{entities}.py", 4));
    assert_eq!(layout.tests.value.as_deref(), Some("backend/tests/api/routes/test_{entities}.py"));
    assert!(layout.plural_modules.value && layout.model_imports.is_none() && layout.errors.value.is_none());
    let registration = layout.registration.as_ref().unwrap();
    assert_eq!(registration.file, "backend/app/api/main.py");
    assert_eq!(registration.import, "from app.api.routes import loans");
    assert_eq!(registration.call, "api_router.include_router(loans.router)");
    assert_eq!((registration.neighbour.as_str(), registration.mounted_at.as_str()), ("loans", "/api/v1"));
    assert!(!registration.prefix_here && !registration.tags_here);
    assert_eq!(modules(&project)[0], ("items", "backend/app/api/routes/items.py"));

    let models = &style.models;
    assert_eq!((models.orm.value, models.id.value), (Orm::SqlModel, IdKind::Uuid));
    assert_eq!(models.id_line.as_deref(), Some("id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)"));
    assert!(models.extends_schema_base.value && models.relationships.value);
    assert!(!models.explicit_names.value && !models.plural_names.value && models.mixins.is_empty());
    assert_eq!(models.owner_column.value, "owner_id");
    assert!(models.owner_line.as_deref().unwrap().contains("foreign_key=\"user.id\""));
    assert_eq!(timestamps(style), [("created_at", false)]);
    assert_eq!(models.enum_bases.value, ["StrEnum"]);
    assert!(!models.upper_members.value);
}

#[test]
fn flat_layers_and_endpoints() {
    let style = project("flat").style;
    let schemas = &style.schemas;
    assert_eq!(schemas.base.value, Symbol::new("sqlmodel", "SQLModel"));
    assert_eq!(schemas.base_suffix.value.as_deref(), Some("Base"));
    assert_eq!(
        [&schemas.create_suffix.value, &schemas.update_suffix.value, &schemas.output_suffix.value],
        ["Create", "Update", "Public"]
    );

    assert_eq!(style.session.parameter.value.alias, symbol("app.api.deps", "SessionDep"));
    assert_eq!(style.session.class, symbol("sqlmodel", "Session"));
    let place = |name: &str| style.session.commits.iter().find(|(action, _)| action == name).map(|(_, place)| *place);
    assert_eq!((place("create"), place("update")), (Some(CommitPlace::Repository), Some(CommitPlace::Endpoint)));
    assert_eq!(style.user.class, symbol("app.models", "User"));
    assert_eq!(style.user.parameter.value.name, "current_user");
    assert_eq!(style.user.superuser_attribute.as_deref(), Some("is_superuser"));
    assert_eq!(style.user.superuser_dependency, symbol("app.api.deps", "get_current_active_superuser"));
    assert!(style.user.superuser_sees_all.value);

    assert_eq!(style.repository.kind.value, RepositoryKind::Functions);
    assert_eq!(style.repository.session.value, SessionPassing::Keyword);
    assert!(pairs(&style.repository.methods).contains(&("create", "create_{entity}")));
    assert_eq!(style.service.kind.value, ServiceKind::None);

    let endpoints = &style.endpoints;
    assert!(!endpoints.is_async.value && endpoints.prefix_on_router.value && endpoints.trailing_slash.value);
    assert_eq!(endpoints.response.value, ResponseDeclaration::ResponseModel);
    assert_eq!(
        pairs(&endpoints.names),
        [
            ("list", "read_{entities}"),
            ("read", "read_{entity}"),
            ("create", "create_{entity}"),
            ("update", "update_{entity}"),
            ("delete", "delete_{entity}")
        ]
    );
    assert_eq!((endpoints.create_status.value, endpoints.id_parameter.value.as_str()), (200, "id"));
    assert_eq!(endpoints.body_parameter.value, "{entity}_in");
    let message = DeleteAnswer::Message {
        class: Symbol::new("app.models", "Message"),
        field: "message".into(),
        constants: Vec::new(),
    };
    assert_eq!(endpoints.delete.value, message);
}

#[test]
fn flat_errors_pages_tests() {
    let style = project("flat").style;
    assert_eq!((style.errors.kind.value, style.errors.denied_status.value), (ErrorKind::HttpException, 403));
    assert_eq!(style.errors.raised_in.value, Some(LayerKind::Endpoints));
    assert_eq!(style.errors.not_found_text.value, "{Entity} not found");
    assert_eq!(style.errors.forbidden_text.as_deref(), Some("Not enough permissions"));
    assert!(!style.errors.named_status.value);
    let page = PageShape::PerEntity {
        name: "{Entities}Public".into(),
        rows: "data".into(),
        total: Some("count".into()),
        others: Vec::new(),
    };
    assert_eq!(style.pages.shape.value, page);
    assert_eq!(
        (style.pages.parameters.value, style.pages.max, style.pages.default),
        (PageParameters::SkipLimit, None, Some(100))
    );
    assert_eq!(style.migrations.heads[0].0, "c45b70d18e3f");
    assert_eq!(style.migrations.versions.as_deref(), Some("backend/app/alembic/versions"));
    assert!(!style.migrations.batch && !style.migrations.sequential.value);
    let users: Vec<&str> = style.tests.users.iter().map(|fixture| fixture.name.as_str()).collect();
    assert_eq!(users, ["normal_user_token_headers", "other_user_token_headers", "superuser_token_headers"]);
    assert_eq!(style.tests.url_prefix.value, "{settings.API_V1_STR}/");
    assert_eq!(style.tests.client.as_ref().unwrap().name, "client");
    assert_eq!((style.format.line_length, style.format.double_quotes, style.format.python), (88, true, (3, 11)));
}

#[test]
fn modular_layout_and_models() {
    let project = project("modular");
    let style = &project.style;
    let layout = &style.layout;
    assert_eq!(layout.models.value, "backend/app/modules/{module}/models.py");
    assert_eq!(layout.repository.value.as_deref(), Some("backend/app/modules/{module}/repository.py"));
    assert_eq!(layout.service.value.as_deref(), Some("backend/app/modules/{module}/service.py"));
    assert_eq!(layout.endpoints.value, "backend/app/api/v1/endpoints/{module}.py");
    assert_eq!(layout.tests.value.as_deref(), Some("backend/tests/api/v1/test_{module}.py"));
    assert!(!layout.plural_modules.value && layout.init_files.value);
    let registration = layout.registration.as_ref().unwrap();
    assert_eq!(registration.import, "from app.api.v1.endpoints import item");
    assert_eq!(registration.call, "api_router.include_router(item.router, prefix='/items', tags=['items'])");
    assert!(registration.prefix_here && registration.tags_here);
    assert_eq!(registration.mounted_at, "/api/v1");
    let imports = layout.model_imports.as_ref().unwrap();
    assert_eq!(imports.file, "backend/alembic/env.py");
    assert_eq!(imports.import, "from app.modules.stock_movement.models import StockMovement  # noqa: F401");
    assert_eq!((imports.neighbour.as_str(), imports.in_all), ("stock_movement", false));
    assert!(modules(&project).contains(&("item", "backend/app/modules/item")));

    let models = &style.models;
    assert_eq!(models.mixins[0].class, Symbol::new("app.core.mixins", "TimestampMixin"));
    assert_eq!(timestamps(style), [("created_at", true), ("updated_at", true)]);
    assert!(models.snake_names.value && !models.relationships.value && !models.native_enums.value);
    assert!(models.upper_members.value);
    assert_eq!(
        models.owner_line.as_deref(),
        Some("owner_id: uuid.UUID = Field(foreign_key='user.id', ondelete='CASCADE', index=True)")
    );
}

#[test]
fn modular_layers() {
    let style = project("modular").style;
    let base = style.repository.base.as_ref().unwrap();
    assert_eq!(base.class, Symbol::new("app.core.base_crud", "BaseCRUD"));
    assert_eq!(base.type_parameters, ["model", "create", "update"]);
    assert_eq!(base.constructor.as_ref().unwrap().parameters[0].name, "model");
    assert_eq!(
        base_methods(&style),
        [
            ("get", Some(Operation::Get), false),
            ("get_multi", Some(Operation::List), false),
            ("count", Some(Operation::Count), false),
            ("create", Some(Operation::Create), true),
            ("update", Some(Operation::Update), true),
            ("remove", Some(Operation::Delete), true)
        ]
    );
    assert_eq!(
        base.construction.as_deref(),
        Some("stock_movement_repository = StockMovementRepository(StockMovement)")
    );
    assert_eq!(style.repository.session.value, SessionPassing::FirstParameter);
    assert_eq!(style.repository.instance.value.as_deref(), Some("{entity}_repository"));
    assert_eq!(style.session.commit.value, CommitPlace::Repository);
    assert_eq!(style.session.parameter.value.dependency, symbol("app.core.db", "get_session"));

    let service = &style.service;
    assert_eq!((service.kind.value, service.made.value), (ServiceKind::Classes, ServiceMaking::Instance));
    assert_eq!(service.instance.as_deref(), Some("{entity}_service"));
    assert_eq!(
        pairs(&service.methods),
        [("list", "get_multi"), ("read", "get"), ("create", "create"), ("update", "update"), ("delete", "delete")]
    );
    assert_eq!(
        (service.session.value, service.user_parameter.value.as_str()),
        (SessionPassing::FirstParameter, "current_user")
    );
}

#[test]
fn modular_endpoints_errors_format() {
    let style = project("modular").style;
    assert_eq!(style.endpoints.delete.value, DeleteAnswer::NoContent);
    assert_eq!(style.endpoints.create_status.value, 201);
    assert!(!style.endpoints.trailing_slash.value && !style.endpoints.prefix_on_router.value);
    assert_eq!(style.endpoints.update_method.value, "PATCH");
    assert_eq!(style.errors.raised_in.value, Some(LayerKind::Service));
    assert_eq!((style.errors.denied_status.value, style.errors.named_status.value), (404, true));
    assert_eq!((style.pages.max, style.pages.default), (Some(100), Some(100)));
    assert!(style.migrations.batch);
    assert_eq!(style.tests.url_prefix.value, "");
    let users: Vec<&str> = style.tests.users.iter().map(|fixture| fixture.name.as_str()).collect();
    assert_eq!(users, ["auth_headers", "other_auth_headers"]);
    // What the code shows, whatever AGENTS.md says.
    assert_eq!((style.format.line_length, style.format.double_quotes), (100, false));
    assert_eq!(style.schemas.output_suffix.value, "Public");
    assert!(!style.session.is_async.value);
}

#[test]
fn async_layout_and_models() {
    let project = project("asyncsa");
    let style = &project.style;
    let layout = &style.layout;
    assert_eq!((layout.source_root.as_str(), layout.models.value.as_str()), ("src", "src/tempo/{module}/models.py"));
    assert_eq!(layout.endpoints.value, "src/tempo/{module}/router.py");
    assert_eq!(layout.errors.value.as_deref(), Some("src/tempo/{module}/exceptions.py"));
    assert_eq!(layout.tests.value.as_deref(), Some("tests/test_{module}.py"));
    let registration = layout.registration.as_ref().unwrap();
    assert_eq!(registration.import, "from tempo.entries.router import router as entries_router");
    assert_eq!((registration.target.as_str(), registration.mounted_at.as_str()), ("app", ""));
    let imports = layout.model_imports.as_ref().unwrap();
    assert_eq!(imports.file, "src/tempo/models.py");
    assert_eq!(imports.import, "from tempo.projects.models import Project");
    assert!(imports.in_all);

    let models = &style.models;
    assert_eq!((models.orm.value, models.id.value), (Orm::SqlAlchemy, IdKind::Integer));
    assert_eq!(models.base, symbol("tempo.core.database", "Base"));
    let mixins: Vec<&str> = models.mixins.iter().map(|mixin| mixin.class.name.as_str()).collect();
    assert_eq!((mixins, models.id_line.as_deref()), (vec!["IdMixin", "TimestampMixin"], None));
    assert!(models.plural_names.value && models.explicit_names.value && models.snake_names.value);
    assert_eq!(models.owner_column.value, "user_id");
    assert_eq!(models.naming_convention.len(), 5);
    assert!(modules(&project).contains(&("projects", "src/tempo/projects")));
}

#[test]
fn async_layers() {
    let style = project("asyncsa").style;
    assert!(style.session.is_async.value && style.endpoints.is_async.value && style.tests.is_async.value);
    let unit = style.session.unit_of_work.as_ref().unwrap();
    assert_eq!(unit.class, Symbol::new("tempo.unit_of_work", "UnitOfWork"));
    assert_eq!(unit.session_attribute.as_deref(), Some("session"));
    let held: Vec<&str> = unit.repositories.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(held, ["users", "clients", "projects", "entries"]);
    assert_eq!(style.session.parameter.value.alias, symbol("tempo.unit_of_work", "UnitOfWorkDep"));
    assert_eq!(style.session.commit.value, CommitPlace::UnitOfWork);
    assert_eq!(
        base_methods(&style),
        [
            ("get", Some(Operation::Get), false),
            ("add", Some(Operation::Add), false),
            ("delete", Some(Operation::Delete), false),
            ("paginate", Some(Operation::List), false)
        ]
    );
    assert_eq!(style.repository.base.as_ref().unwrap().model_attribute.as_deref(), Some("model"));
    assert_eq!(style.repository.session.value, SessionPassing::Constructor);
    assert_eq!(style.service.made.value, ServiceMaking::Provider);
    assert_eq!(style.service.provider.as_deref(), Some("get_{entity}_service"));
    assert_eq!(style.service.alias.as_deref(), Some("{Entity}ServiceDep"));
    assert_eq!(style.service.constructor.as_ref().unwrap().parameters[0].annotation.as_deref(), Some("UnitOfWork"));
    assert_eq!(style.user.parameter.value.alias, symbol("tempo.auth.dependencies", "CurrentUser"));
}

#[test]
fn async_endpoints_errors_pages() {
    let style = project("asyncsa").style;
    assert_eq!(
        (style.schemas.output_suffix.value.as_str(), style.schemas.base_suffix.value.as_deref()),
        ("Read", None)
    );
    assert!(style.schemas.from_attributes.value);
    let not_found = style.errors.not_found.as_ref().unwrap();
    assert_eq!(not_found.class, Symbol::new("tempo.core.exceptions", "NotFoundError"));
    assert_eq!((not_found.status, not_found.derived_per_module), (Some(404), true));
    assert_eq!((style.errors.kind.value, style.errors.denied_status.value), (ErrorKind::Domain, 404));
    let PageShape::Generic { class, rows, total, others } = &style.pages.shape.value else { panic!("not generic") };
    assert_eq!((class.name.as_str(), rows.as_str(), total.as_deref()), ("Page", "items", Some("total")));
    assert_eq!(others, &["page", "size"]);
    assert_eq!(
        (style.pages.parameters.value, style.pages.max, style.pages.default),
        (PageParameters::PageSize, Some(100), Some(20))
    );
    assert_eq!(style.pages.parameters_class, symbol("tempo.core.pagination", "PageParams"));
    assert!(style.migrations.sequential.value);
    assert_eq!(style.migrations.file_template.as_deref(), Some("%(rev)s_%(slug)s"));
    let users: Vec<_> = style.tests.users.iter().map(|fixture| (fixture.name.as_str(), fixture.gives)).collect();
    assert_eq!(users, [("alice", FixtureKind::SignedInClient), ("bob", FixtureKind::SignedInClient)]);
    assert_eq!((style.tests.client.unwrap().name.as_str(), style.tests.marker), ("anonymous", None));
    assert_eq!((style.format.line_length, style.tests.url_prefix.value.as_str()), (120, "/"));
}
