//! Makes new modules known: registers their routers, imports their models for Alembic, re-exports their names.

use architect_model::{EntityNames, FormatStyle, ModelImports, Registration};
use ruff_python_ast::visitor::source_order::{SourceOrderVisitor, walk_body};
use ruff_python_ast::{Expr, ExprCall, Keyword, Stmt};
use ruff_python_parser::parse_module;
use ruff_text_size::Ranged;

use super::respelled::Respelling;
use super::text::string;
use crate::edit::{Document, NewImport, Refused, add_entry, add_import, put_import, put_statement_after};
use crate::format::format;

/// A router that is to be registered.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewRouter<'a> {
    /// Value of `{module}` for its file.
    pub(crate) module: &'a str,
    /// The entity it is named after.
    pub(crate) names: &'a EntityNames,
    /// Import path of its file: `app.api.routes.projects`.
    pub(crate) dotted: &'a str,
    /// Its variable: `router`.
    pub(crate) variable: &'a str,
    /// Its prefix; used where the house gives prefixes in `include_router`.
    pub(crate) prefix: &'a str,
    /// Its tag; used where the house gives tags in `include_router`.
    pub(crate) tag: &'a str,
}

/// Registers a router in `text`, the file that `registration` names, as its neighbour is: imported, and included behind
/// the last router that is included beside it.
///
/// ```ignore
/// let text = register_router(&text, &registration, &NewRouter { module: "projects", .. }, &style.format)?;
/// ```
pub(crate) fn register_router(
    text: &str,
    registration: &Registration,
    router: &NewRouter<'_>,
    style: &FormatStyle,
) -> Result<String, Refused> {
    let respelling = Respelling::new(&registration.neighbour, router.module, router.names);
    let like = Neighbour::of(registration).ok_or_else(|| refused("the neighbour's registration is no plain call"))?;
    let (import, expression) = imported(registration, &like, router, &respelling);
    let call = call(registration, &like, router, &expression, &respelling);
    let call = format(&call, style).map_err(|error| refused(&error.message))?;
    let mut document = Document::parse(text)?;
    let Some(line) = last_beside(&document, registration) else {
        return Err(Refused {
            reason: format!("`{}.include_router` is not called in the way it was read", registration.target),
            line: registration.at.line,
        });
    };
    put_statement_after(&mut document, line, call.trim_end())?;
    put_import(&mut document, &import, style);
    document.finish()
}

fn refused(reason: &str) -> Refused {
    Refused { reason: reason.to_owned(), line: 1 }
}

/// A neighbour's registration, taken apart.
struct Neighbour {
    /// The router as written: `items.router`.
    router: String,
    /// Further arguments: name and value as written.
    keywords: Vec<(String, String)>,
}

impl Neighbour {
    fn of(registration: &Registration) -> Option<Self> {
        let source = &registration.call;
        let module = parse_module(source).ok()?;
        let [Stmt::Expr(stmt)] = &module.syntax().body[..] else { return None };
        let Expr::Call(call) = &*stmt.value else { return None };
        let text = |node: &Expr| source[node.range()].to_owned();
        let positional = call.arguments.args.first().map(text);
        let named = |keyword: &Keyword| Some((keyword.arg.as_ref()?.to_string(), text(&keyword.value)));
        let mut keywords: Vec<_> = call.arguments.keywords.iter().filter_map(named).collect();
        let by_name = keywords.iter().position(|(name, _)| name == "router").map(|index| keywords.remove(index).1);
        Some(Self { router: positional.or(by_name)?, keywords })
    }
}

/// The import of the new router, and the expression that names it.
fn imported(
    registration: &Registration,
    like: &Neighbour,
    router: &NewRouter<'_>,
    respelling: &Respelling,
) -> (NewImport, String) {
    let own = || {
        let name = format!("{}_router", router.module);
        (NewImport::from(router.dotted, router.variable).bound_to(&name), name)
    };
    let Some(import) = parsed(&registration.import).map(|import| respelled(&import, respelling)) else { return own() };
    let expression = respelling.of(&like.router);
    let bound = import.alias.as_deref().or(import.name.as_deref()).unwrap_or(&import.module);
    let leads = |module: &str| {
        let inner = module.trim_start_matches('.');
        module.len() == inner.len() && module == router.dotted
            || module.len() > inner.len() && (router.dotted.ends_with(&format!(".{inner}")) || router.dotted == inner)
    };
    let whole = import.name.as_ref().map(|name| match import.module.ends_with('.') {
        true => format!("{}{name}", import.module),
        false => format!("{}.{name}", import.module),
    });
    let rest = expression.strip_prefix(bound).unwrap_or("?");
    let is_variable = import.name.as_deref() == Some(router.variable) && leads(&import.module) && rest.is_empty();
    let is_module =
        whole.as_deref().or(Some(&import.module)).is_some_and(leads) && rest == format!(".{}", router.variable);
    if is_variable || is_module { (import, expression) } else { own() }
}

fn call(
    registration: &Registration,
    like: &Neighbour,
    router: &NewRouter<'_>,
    expression: &str,
    respelling: &Respelling,
) -> String {
    let mut arguments = vec![expression.to_owned()];
    for (name, value) in &like.keywords {
        let is_text = value.starts_with(['"', '\'']);
        match name.as_str() {
            // A prefix that all share stays; the neighbour's own is replaced where modules have theirs here.
            "prefix" if is_text && !registration.prefix_here => {
                let shared = value.trim_matches(['"', '\'']);
                if !shared.is_empty() && registration.mounted_at.ends_with(shared) {
                    arguments.push(format!("prefix={value}"));
                }
            }
            "prefix" if is_text && router.prefix.is_empty() => {}
            "prefix" if is_text => arguments.push(format!("prefix={}", string(router.prefix))),
            "tags" => arguments.push(format!("tags=[{}]", string(router.tag))),
            _ => arguments.push(format!("{name}={}", respelling.of(value))),
        }
    }
    let has = |name: &str| like.keywords.iter().any(|(known, _)| known == name);
    if registration.prefix_here && !has("prefix") && !router.prefix.is_empty() {
        arguments.push(format!("prefix={}", string(router.prefix)));
    }
    if registration.tags_here && !has("tags") {
        arguments.push(format!("tags=[{}]", string(router.tag)));
    }
    format!("{}.include_router({})\n", registration.target, arguments.join(", "))
}

/// The line of the last call of the same kind in the block of the neighbour's call.
fn last_beside(document: &Document<'_>, registration: &Registration) -> Option<u32> {
    let mut search = Search { text: document.text, registration, line: None, is_beside: false };
    search.visit_body(document.body());
    search.line
}

struct Search<'a> {
    text: &'a str,
    registration: &'a Registration,
    line: Option<u32>,
    is_beside: bool,
}

impl<'a> SourceOrderVisitor<'a> for Search<'_> {
    fn visit_body(&mut self, body: &'a [Stmt]) {
        let calls: Vec<&ExprCall> = body.iter().filter_map(|stmt| self.inclusion(stmt)).collect();
        let is_beside = calls.iter().any(|call| self.text[call.range()] == self.registration.call);
        if let Some(last) = calls.last().filter(|_| !self.is_beside && (is_beside || self.line.is_none())) {
            let before = &self.text[..last.end().to_usize()];
            self.line = u32::try_from(before.matches('\n').count() + 1).ok();
            self.is_beside = is_beside;
        }
        walk_body(self, body);
    }
}

impl Search<'_> {
    fn inclusion<'a>(&self, stmt: &'a Stmt) -> Option<&'a ExprCall> {
        let Stmt::Expr(stmt) = stmt else { return None };
        let call = stmt.value.as_call_expr()?;
        let function = call.func.as_attribute_expr()?;
        let is_target = self.text[function.value.range()] == self.registration.target;
        (is_target && function.attr.as_str() == "include_router").then_some(call)
    }
}

/// Imports the models of a new module where Alembic looks, as a neighbour's are. `dotted` is the import path of the file
/// of its models, `package` that of the folder of the file that imports them, `classes` are its tables.
pub(crate) fn import_models(
    text: &str,
    imports: &ModelImports,
    module: (&str, &EntityNames),
    (dotted, package): (&str, &str),
    classes: &[String],
    style: &FormatStyle,
) -> Result<String, Refused> {
    let respelling = Respelling::new(&imports.neighbour, module.0, module.1);
    let like = parsed(&imports.import).ok_or_else(|| refused("the neighbour's import is no plain import"))?;
    let comment = imports.import.split_once('#').map(|(_, comment)| comment.trim().to_owned());
    let mut new = NewImport { comment, ..respelled(&like, &respelling) };
    let is_relative = new.module.starts_with('.');
    if imports.class.is_none() {
        return add_import(text, &new, style);
    }
    // A package that is new re-exports nothing: its file is named itself.
    let leads = dotted.ends_with(&format!(".{}", new.module.trim_start_matches('.')));
    if !is_relative {
        new.module = dotted.to_owned();
    } else if !leads {
        let last = new.module.trim_start_matches('.').rsplit('.').next().unwrap_or_default().to_owned();
        let beside = dotted.strip_prefix(package).and_then(|rest| rest.strip_prefix('.'));
        new.module = match (dotted.split_once(&format!(".{last}.")), beside) {
            (Some((_, rest)), _) if !last.is_empty() => format!("{}.{rest}", new.module),
            (_, Some(rest)) => format!(".{rest}"),
            _ => dotted.to_owned(),
        };
    }
    let mut text = text.to_owned();
    for class in classes {
        let import = NewImport { name: Some(class.clone()), alias: None, ..new.clone() };
        text = add_import(&text, &import, style)?;
        if imports.in_all {
            text = add_entry(&text, "__all__", &string(class), style)?;
        }
    }
    Ok(text)
}

fn respelled(import: &NewImport, respelling: &Respelling) -> NewImport {
    NewImport {
        module: respelling.of(&import.module),
        name: import.name.as_deref().map(|name| respelling.of(name)),
        alias: import.alias.as_deref().map(|alias| respelling.of(alias)),
        ..import.clone()
    }
}

/// An import statement of one name, taken apart.
fn parsed(source: &str) -> Option<NewImport> {
    let module = parse_module(source).ok()?;
    let [stmt] = &module.syntax().body[..] else { return None };
    let (from, alias) = match stmt {
        Stmt::Import(stmt) => (None, stmt.names.first()?),
        Stmt::ImportFrom(stmt) => (Some(crate::edit::module_of(stmt)), stmt.names.first()?),
        _ => return None,
    };
    let bound = alias.asname.as_ref().map(ToString::to_string);
    let mut import = match from {
        None => NewImport::module(alias.name.as_str()),
        Some(module) => NewImport::from(module, alias.name.as_str()),
    };
    import.alias = bound;
    Some(import)
}

#[cfg(test)]
mod tests {
    use architect_model::Location;

    use super::*;

    fn names() -> EntityNames {
        EntityNames {
            class: "Project".into(),
            classes: "Projects".into(),
            snake: "project".into(),
            snakes: "projects".into(),
            label: "project".into(),
            labels: "projects".into(),
        }
    }

    fn registration(target: &str, import: &str, call: &str, neighbour: &str) -> Registration {
        Registration {
            file: "main.py".into(),
            target: target.into(),
            import: import.into(),
            call: call.into(),
            neighbour: neighbour.into(),
            prefix_here: call.contains("prefix"),
            tags_here: call.contains("tags"),
            mounted_at: String::new(),
            at: Location::line("main.py", 1),
        }
    }

    #[track_caller]
    fn check(text: &str, like: &Registration, dotted: &str, module: &str, expected: &str) {
        let names = names();
        let router =
            NewRouter { module, names: &names, dotted, variable: "router", prefix: "/projects", tag: "projects" };
        let style = FormatStyle { first_party: vec!["app".into()], ..FormatStyle::default() };
        let once = register_router(text, like, &router, &style).unwrap();
        assert_eq!(once, expected);
        assert_eq!(register_router(&once, like, &router, &style).unwrap(), expected, "twice");
    }

    #[test]
    fn module_of_routes() {
        let like = registration(
            "api_router",
            "from app.api.routes import items",
            "api_router.include_router(items.router)",
            "items",
        );
        check(
            "from app.api.routes import items, users\n\napi_router.include_router(items.router)\napi_router.include_router(users.router)\n\nif local:\n    api_router.include_router(private.router)\n",
            &like,
            "app.api.routes.projects",
            "projects",
            "from app.api.routes import items, projects, users\n\napi_router.include_router(items.router)\napi_router.include_router(users.router)\napi_router.include_router(projects.router)\n\nif local:\n    api_router.include_router(private.router)\n",
        );
    }

    #[test]
    fn prefix_and_tags_in_the_call() {
        let call =
            "api_router.include_router(stock_movement.router, prefix='/stock', tags=['stock'], dependencies=[x])";
        let like =
            registration("api_router", "from app.api.v1.endpoints import stock_movement", call, "stock_movement");
        check(
            &format!("from app.api.v1.endpoints import stock_movement\n\n{call}\n"),
            &like,
            "app.api.v1.endpoints.project",
            "project",
            &format!(
                "from app.api.v1.endpoints import project, stock_movement\n\n{call}\napi_router.include_router(\n    project.router, prefix=\"/projects\", tags=[\"projects\"], dependencies=[x]\n)\n"
            ),
        );
    }

    #[test]
    fn routers_by_name_in_a_factory() {
        let like = registration(
            "app",
            "from app.items.router import router as items_router",
            "app.include_router(items_router)",
            "items",
        );
        check(
            "from app.items.router import router as items_router\n\ndef make():\n    app.include_router(items_router)\n    return app\n",
            &like,
            "app.projects.router",
            "projects",
            "from app.items.router import router as items_router\nfrom app.projects.router import router as projects_router\n\ndef make():\n    app.include_router(items_router)\n    app.include_router(projects_router)\n    return app\n",
        );
    }

    #[test]
    fn a_neighbour_of_another_kind_is_not_copied_blindly() {
        let like = registration("app", "from app.legacy import items_api", "app.include_router(items_api)", "items");
        check(
            "from app.legacy import items_api\n\napp.include_router(items_api)\n",
            &like,
            "app.projects.router",
            "projects",
            "from app.legacy import items_api\nfrom app.projects.router import router as projects_router\n\napp.include_router(items_api)\napp.include_router(projects_router)\n",
        );
    }

    #[test]
    fn models_for_alembic() {
        let imports = ModelImports {
            file: "env.py".into(),
            import: "from app.modules.item.models import Item  # noqa: F401".into(),
            neighbour: "item".into(),
            class: Some("Item".into()),
            in_all: false,
            at: Location::line("env.py", 1),
        };
        let style = FormatStyle { first_party: vec!["app".into()], ..FormatStyle::default() };
        let names = names();
        let text = "from app.modules.item.models import Item  # noqa: F401\nfrom app.modules.user.models import User  # noqa: F401\n";
        let classes = ["Project".to_owned(), "Task".to_owned()];
        let add = |text: &str| {
            import_models(text, &imports, ("project", &names), ("app.modules.project.models", "app"), &classes, &style)
                .unwrap()
        };
        let expected = "from app.modules.item.models import Item  # noqa: F401\nfrom app.modules.project.models import Project, Task  # noqa: F401\nfrom app.modules.user.models import User  # noqa: F401\n";
        assert_eq!(add(text), expected);
        assert_eq!(add(expected), expected);
    }

    #[test]
    fn a_package_that_imports_its_own_files() {
        let imports = ModelImports {
            file: "app/models/__init__.py".into(),
            import: "from .user_session import UserSession".into(),
            neighbour: "user_session".into(),
            class: Some("UserSession".into()),
            in_all: false,
            at: Location::line("app/models/__init__.py", 1),
        };
        let text = "from .note import Note\nfrom .user_session import UserSession\n";
        let (names, classes, place) = (names(), ["Project".to_owned()], ("app.models.project", "app.models"));
        let after = import_models(text, &imports, ("projects", &names), place, &classes, &FormatStyle::default());
        assert_eq!(
            after.unwrap(),
            "from .note import Note\nfrom .project import Project\nfrom .user_session import UserSession\n"
        );
    }

    #[test]
    fn a_registry_of_models() {
        let imports = ModelImports {
            file: "app/models/__init__.py".into(),
            import: "from .item import Item".into(),
            neighbour: "item".into(),
            class: Some("Item".into()),
            in_all: true,
            at: Location::line("app/models/__init__.py", 1),
        };
        let names = names();
        let text = "from .item import Item\nfrom .user import User\n\n__all__ = [\"Item\", \"User\"]\n";
        let classes = ["Project".to_owned()];
        let after = import_models(
            text,
            &imports,
            ("project", &names),
            ("app.models.project", "app.models"),
            &classes,
            &FormatStyle::default(),
        );
        assert_eq!(
            after.unwrap(),
            "from .item import Item\nfrom .project import Project\nfrom .user import User\n\n__all__ = [\"Item\", \"Project\", \"User\"]\n"
        );
    }
}
