//! In which order functions of the house take their parameters, and how repositories name what is somebody's.

use architect_model::{HouseStyle, Layer, Method, ParameterKind, Project};
use ruff_python_ast::{Expr, Stmt, StmtFunctionDef};
use ruff_text_size::Ranged;

use super::{Habits, Owned};
use crate::{SourceText, Sources};

/// A kind of parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    /// The database session, or the unit of work.
    Session,
    /// The signed-in user.
    User,
    /// Keys in the path.
    Path,
    /// The body.
    Body,
    /// The service.
    Service,
    /// The page.
    Page,
    /// Filters.
    Filter,
}

/// The order of parameters, and from where on they are passed by keyword only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Order {
    /// Kinds in order.
    pub(crate) parts: Vec<Part>,
    /// The first kind behind `*`, where there is one.
    pub(crate) keyword_from: Option<Part>,
}

impl Default for Order {
    fn default() -> Self {
        use Part::{Body, Filter, Page, Path, Service, Session, User};
        Self { parts: vec![Session, Path, Body, Page, User, Service, Filter], keyword_from: None }
    }
}

impl Order {
    /// The place of a kind.
    pub(crate) fn rank(&self, part: Part) -> usize {
        self.parts.iter().position(|known| *known == part).unwrap_or(self.parts.len())
    }

    /// Whether a kind stands behind `*`.
    pub(crate) fn is_keyword(&self, part: Part) -> bool {
        self.keyword_from.is_some_and(|from| self.rank(part) >= self.rank(from))
    }
}

/// Finds the orders.
pub(crate) fn find(habits: &mut Habits, project: &Project, style: &HouseStyle, sources: &Sources) {
    habits.services = service_order(project, style);
    habits.finds_first = finds_first(project, style);
    habits.handlers = handler_order(habits, style, sources);
    habits.owned = owned(project, style);
    let has_others = project.services.iter().any(|layer| !serves_users(style, layer) && !layer.methods.is_empty());
    habits.user_parameter =
        has_others.then(|| style.service.user_parameter.value.clone()).filter(|name| !name.is_empty());
}

/// Whether most services have the method for one row above the one for many.
fn finds_first(project: &Project, style: &HouseStyle) -> bool {
    let named = |key: &str| {
        style
            .service
            .methods
            .iter()
            .find(|(known, _)| known == key)
            .map(|(_, pattern)| pattern.replace("_{entity}", ""))
    };
    let (Some(one), Some(many)) = (named("read"), named("list")) else { return false };
    let place = |layer: &Layer, name: &str| layer.methods.iter().position(|method| method.name == name);
    let votes = project.services.iter().filter_map(|layer| Some(place(layer, &one)? < place(layer, &many)?));
    let votes: Vec<bool> = votes.collect();
    votes.iter().filter(|first| **first).count() * 2 > votes.len()
}

/// Whether a layer is about the users themselves: there a user is a row, and not the caller.
fn serves_users(style: &HouseStyle, layer: &Layer) -> bool {
    let Some(class) = &style.user.class else { return false };
    layer.model.as_deref() == Some(class.name.as_str()) || layer.symbol.name.starts_with(&class.name)
}

/// Pairs of kinds that were seen one before the other, in functions one after the other.
#[derive(Default)]
struct Sightings {
    before: Vec<(Part, Part)>,
    keyword: Vec<Part>,
    normal: Vec<Part>,
}

impl Sightings {
    fn add(&mut self, parts: &[(Part, bool)]) {
        for (index, (first, keyword)) in parts.iter().enumerate() {
            if *keyword {
                self.keyword.push(*first)
            } else {
                self.normal.push(*first)
            }
            self.before
                .extend(parts[index + 1..].iter().filter(|(next, _)| next != first).map(|(next, _)| (*first, *next)));
        }
    }

    fn order(&self, fallback: Order) -> Order {
        let mut parts = fallback.parts.clone();
        let wins = |a: Part, b: Part| {
            let count = |x, y| self.before.iter().filter(|pair| **pair == (x, y)).count();
            count(a, b).cmp(&count(b, a))
        };
        // Insertion by majority: stable where nothing was seen.
        for index in 1..parts.len() {
            let mut at = index;
            while at > 0 && (0..at).any(|earlier| wins(parts[at], parts[earlier]).is_gt()) {
                let first = (0..at).find(|earlier| wins(parts[at], parts[*earlier]).is_gt()).unwrap_or(at);
                let part = parts.remove(at);
                parts.insert(first, part);
                at = first;
            }
        }
        let is_keyword = |part: &Part| {
            let count = |list: &[Part]| list.iter().filter(|seen| *seen == part).count();
            count(&self.keyword) > count(&self.normal)
        };
        let keyword_from = parts.iter().copied().find(is_keyword);
        Order { parts, keyword_from }
    }
}

fn service_order(project: &Project, style: &HouseStyle) -> Order {
    let mut seen = Sightings::default();
    for method in project.services.iter().filter(|layer| !serves_users(style, layer)).flat_map(|layer| &layer.methods) {
        if method.name.starts_with('_') {
            continue;
        }
        let parts: Vec<_> = method
            .parameters
            .iter()
            .filter_map(|parameter| {
                let annotation = parameter.annotation.as_deref().unwrap_or_default();
                let part = part_of(style, &parameter.name, annotation, parameter.default.is_some())?;
                Some((part, parameter.kind == ParameterKind::KeywordOnly))
            })
            .collect();
        if parts.iter().any(|(part, _)| *part == Part::User) {
            seen.add(&parts);
        }
    }
    seen.order(Order::default())
}

fn handler_order(habits: &mut Habits, style: &HouseStyle, sources: &Sources) -> Order {
    use Part::{Body, Filter, Page, Path, Service, Session, User};
    let fallback = Order { parts: vec![Session, Path, Body, Page, User, Service, Filter], keyword_from: None };
    habits.service_parameter = "{entities}".to_owned();
    let mut seen = Sightings::default();
    let pattern = &style.layout.endpoints.value;
    let (folder, name) = pattern.rsplit_once('/').unwrap_or(("", pattern));
    let stem = folder.split('{').next().unwrap_or_default().trim_end_matches('/');
    for file in sources.python.iter().filter(|file| {
        file.path.starts_with(stem) && (name.contains('{') || file.path.ends_with(name)) && file.text.contains("router")
    }) {
        for function in handlers(file) {
            seen.add(&handler_parts(style, &file.text, function));
            if let Some(pattern) = service_parameter(style, &file.text, function) {
                habits.service_parameter = pattern;
            }
        }
    }
    seen.order(fallback)
}

/// What a handler calls its service, as a pattern.
fn service_parameter(style: &HouseStyle, text: &str, function: &StmtFunctionDef) -> Option<String> {
    let suffix = &style.service.suffix.value;
    let parameter = function.parameters.iter_non_variadic_params().find(|parameter| {
        parameter.annotation().is_some_and(|annotation| {
            let range = annotation.range();
            let annotation = text.get(range.start().to_usize()..range.end().to_usize()).unwrap_or_default();
            !suffix.is_empty() && annotation.contains(suffix.as_str())
        })
    })?;
    let name = parameter.name().as_str();
    Some(match name {
        name if name.ends_with("_service") => "{entity}_service".to_owned(),
        name if name.contains("service") => name.to_owned(),
        name if name.ends_with('s') => "{entities}".to_owned(),
        name => name.to_owned(),
    })
}

fn handlers(file: &SourceText) -> impl Iterator<Item = &StmtFunctionDef> {
    let is_route = |function: &StmtFunctionDef| {
        function.decorator_list.iter().any(|decorator| {
            matches!(&decorator.expression, Expr::Call(call) if matches!(&*call.func, Expr::Attribute(attribute)
                if ["get", "post", "put", "patch", "delete"].contains(&attribute.attr.as_str())))
        })
    };
    let functions = file.parsed().syntax().body.iter().filter_map(Stmt::as_function_def_stmt);
    functions.filter(move |function| is_route(function))
}

fn handler_parts(style: &HouseStyle, text: &str, function: &StmtFunctionDef) -> Vec<(Part, bool)> {
    let of = |parameter: &ruff_python_ast::ParameterWithDefault, keyword: bool| {
        let slice = |range: ruff_text_size::TextRange| text.get(range.start().to_usize()..range.end().to_usize());
        let annotation = parameter.annotation().and_then(|annotation| slice(annotation.range())).unwrap_or_default();
        let default = parameter.default().and_then(|default| slice(default.range())).unwrap_or_default();
        let is_default = !default.is_empty() && !default.contains("Depends");
        let part = part_of(style, parameter.name(), &format!("{annotation} {default}"), is_default)?;
        Some((part, keyword))
    };
    let parameters = &function.parameters;
    let normal = parameters.posonlyargs.iter().chain(&parameters.args).filter_map(|parameter| of(parameter, false));
    normal.chain(parameters.kwonlyargs.iter().filter_map(|parameter| of(parameter, true))).collect()
}

/// What a parameter is for, by its annotation first.
fn part_of(style: &HouseStyle, name: &str, annotation: &str, has_default: bool) -> Option<Part> {
    let mentions =
        |symbol: Option<&architect_model::Symbol>| symbol.is_some_and(|symbol| mentions(annotation, &symbol.name));
    let session = &style.session;
    let user = &style.user;
    let parameter = &session.parameter.value;
    if mentions(session.class.as_ref())
        || mentions(parameter.alias.as_ref())
        || mentions(parameter.dependency.as_ref())
        || mentions(session.unit_of_work.as_ref().map(|unit| &unit.class))
        || name == "uow"
    {
        return Some(Part::Session);
    }
    let parameter = &user.parameter.value;
    if mentions(user.class.as_ref())
        || mentions(parameter.alias.as_ref())
        || mentions(parameter.dependency.as_ref())
        || name == style.service.user_parameter.value
    {
        return Some(Part::User);
    }
    let suffix = &style.service.suffix.value;
    if !suffix.is_empty() && (annotation.contains(suffix.as_str()) || name.ends_with("service")) {
        return Some(Part::Service);
    }
    if name.ends_with("params")
        || name.contains("pagination")
        || ["skip", "limit", "offset", "page", "size"].contains(&name)
    {
        return Some(Part::Page);
    }
    let schemas = &style.schemas;
    if [&schemas.create_suffix.value, &schemas.update_suffix.value]
        .iter()
        .any(|suffix| !suffix.is_empty() && annotation.contains(suffix.as_str()))
    {
        return Some(Part::Body);
    }
    if has_default || annotation.ends_with("| None") || annotation.starts_with("Optional[") {
        return Some(Part::Filter);
    }
    if name == "id" || name.ends_with("_id") {
        return Some(Part::Path);
    }
    None
}

/// Whether `annotation` holds `name` as a whole word.
fn mentions(annotation: &str, name: &str) -> bool {
    annotation.split(|char: char| !char.is_alphanumeric() && char != '_').any(|word| word == name)
}

/// Whether a query's name says nothing of the entity that it is about: `list_orders_by_user` does.
fn is_plain(name: &str) -> bool {
    const WORDS: [&str; 14] = [
        "get",
        "list",
        "find",
        "fetch",
        "read",
        "count",
        "all",
        "many",
        "multi",
        "one",
        "total",
        "page",
        "paginated",
        "rows",
    ];
    let joint = ["_by_", "_for_"].iter().filter_map(|joint| name.rfind(joint)).max();
    joint.is_some_and(|at| name[..at].split('_').all(|word| WORDS.contains(&word)))
}

/// How repositories name what belongs to somebody.
fn owned(project: &Project, style: &HouseStyle) -> Owned {
    let column = style.models.owner_column.value.trim_end_matches("_id").to_owned();
    let mut owned = Owned { owner: if column.is_empty() { "owner".to_owned() } else { column }, ..Owned::default() };
    let methods: Vec<&Method> = project.repositories.iter().flat_map(|layer: &Layer| &layer.methods).collect();
    let own = owned.owner.clone();
    let words = [own.as_str(), "owner", "user"];
    let scoped = |method: &&&Method| {
        words
            .iter()
            .find(|word| ["_by_", "_for_"].iter().any(|joint| method.name.ends_with(&format!("{joint}{word}"))))
            .map(|word| (*word).to_owned())
    };
    let pattern = |name: &str, word: &str| format!("{}{{scope}}", name.strip_suffix(word).unwrap_or(name));
    for method in &methods {
        if method.name.starts_with('_') {
            continue;
        }
        let Some(word) = scoped(&method).filter(|_| is_plain(&method.name)) else { continue };
        let returns = method.returns.as_deref().unwrap_or_default();
        if returns == "int" {
            owned.count = pattern(&method.name, &word);
        } else if returns.contains("None") {
            owned.get = Some(pattern(&method.name, &word));
        } else {
            owned.list = pattern(&method.name, &word);
            owned.keywords = method
                .parameters
                .iter()
                .any(|parameter| parameter.kind == ParameterKind::KeywordOnly && parameter.name.ends_with("_id"));
        }
        owned.owner = word;
    }
    owned
}
