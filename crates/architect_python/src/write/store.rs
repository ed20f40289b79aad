//! The rows of one entity, as rules reach them: through the house's repository, or by queries on the spot.

mod change;

use architect_model::{BaseMethod, CommitPlace, EntityDesign, Operation, OperationDesign, Parameter, ParameterKind};

use super::code::{Code, call};
use super::file::File;
use super::house::{House, Need};
use super::names::filled;
use super::place::Place;
use super::relations::links_of;
use super::repository;
use super::schemas::ids_of;
use super::select::{self, Listing, Scope, Whose};

/// The rows of one entity.
pub(crate) struct Store<'a> {
    pub(crate) house: &'a House<'a>,
    pub(crate) entity: &'a EntityDesign,
    pub(crate) place: Place,
}

/// What a list gives.
pub(crate) enum Rows {
    /// One object with rows and total, as the base class makes it.
    Page(String),
    /// A pair of rows and total.
    Pair(String),
    /// Rows and total by themselves, after some statements.
    Apart {
        /// Statements before.
        before: Code,
        /// Expression of the rows.
        rows: String,
        /// Expression of the total.
        total: String,
    },
}

/// A change that is made by an expression or by statements.
pub(crate) enum Effect {
    /// An expression that makes the change and gives the row.
    Value(String),
    /// An expression that makes the change, commits it, and gives the row.
    Stored(String),
    /// Statements that make the change; the row stands in the variable.
    Lines(Lines),
}

/// Statements that make a change.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lines {
    /// What changes the row in memory alone, and can break nothing.
    pub(crate) before: Code,
    /// What sends it to the database.
    pub(crate) sent: Code,
    /// What reads it again.
    pub(crate) after: Code,
    /// The variable in which the row stands.
    pub(crate) variable: String,
}

impl Lines {
    /// No statements yet, about the row in `variable`.
    pub(crate) fn about(variable: &str) -> Self {
        Self { variable: variable.to_owned(), ..Self::default() }
    }

    /// One statement that sends the row in `variable` to the database.
    pub(crate) fn sending(variable: &str, statement: impl Into<String>) -> Self {
        Self { sent: Code::of(statement), ..Self::about(variable) }
    }

    /// All of them, in order.
    pub(crate) fn all(&self) -> Code {
        let mut code = self.before.clone();
        code.add(&self.sent).add(&self.after);
        code
    }
}

impl<'a> Store<'a> {
    /// The rows of `entity` as code at `place` reaches them.
    pub(crate) fn new(house: &'a House<'a>, entity: &'a EntityDesign, place: Place) -> Self {
        Self { house, entity, place }
    }

    /// The row with a key, or none.
    pub(crate) fn get(&self, file: &mut File, id: &str) -> String {
        if !self.has_class() {
            let model = file.symbol(&self.house.model(self.entity));
            return self.house.wait(&format!("{}.get({model}, {id})", self.session()));
        }
        if let Some(method) = self.base(Operation::Get) {
            let values = |parameter: &Parameter| (!is_session(self.house, parameter)).then(|| id.to_owned());
            return self.base_call(file, method, values);
        }
        self.house.need(self.entity, Need::Get);
        self.own_call(file, "get", &[(&repository::key_name(self.entity), id.to_owned())], false)
    }

    /// Whether what [`Self::get`] finds may be marked as deleted.
    pub(crate) fn finds_deleted(&self) -> bool {
        let sees = || self.base(Operation::Get).is_none_or(|method| method.sees_mark);
        self.house.mark(self.entity).is_some() && !(self.has_class() && sees())
    }

    /// The row with a key if the user with `owner` owns it, or none.
    pub(crate) fn get_owned(&self, file: &mut File, id: &str, owner: &str) -> String {
        if !self.has_class() {
            let statement = repository::owned_statement(self.house, file, self.entity, id, owner, None);
            return select::first(self.house, &self.session(), &statement);
        }
        self.house.need(self.entity, Need::GetOwned);
        let name = repository::owned_name(self.house);
        let (key, column) = (repository::key_name(self.entity), repository::owner_key(self.house));
        self.own_call(
            file,
            &name,
            &[(&key, id.to_owned()), (&column, owner.to_owned())],
            self.house.style.repository.owned.keywords,
        )
    }

    /// The row with a key if the user with `owner` has the role at the place `role` in the group that owns it, or none.
    pub(crate) fn get_as(&self, file: &mut File, id: &str, owner: &str, role: usize) -> String {
        if !self.has_class() {
            let statement = repository::owned_statement(self.house, file, self.entity, id, owner, Some(role));
            return select::first(self.house, &self.session(), &statement);
        }
        self.house.need(self.entity, Need::GetAs(role));
        let name = repository::role_name(self.house, self.entity, role);
        let (key, column) = (repository::key_name(self.entity), repository::owner_key(self.house));
        let keywords = self.house.style.repository.owned.keywords;
        self.own_call(file, &name, &[(&key, id.to_owned()), (&column, owner.to_owned())], keywords)
    }

    /// The row with a key if it belongs to the parent with `parent`, or none.
    pub(crate) fn get_in_parent(&self, file: &mut File, id: &str, parent: &str) -> String {
        self.house.need(self.entity, Need::GetInParent);
        let name = repository::in_parent_name(self.house, self.entity);
        let key = repository::key_name(self.entity);
        let column = self.entity.parent.as_ref().map(|parent| parent.column.clone()).unwrap_or_default();
        self.own_call(
            file,
            &name,
            &[(&key, id.to_owned()), (&column, parent.to_owned())],
            self.house.style.repository.owned.keywords,
        )
    }

    /// The rows of the right side with these keys.
    pub(crate) fn many(&self, file: &mut File, ids: &str, owner: Option<&str>) -> String {
        if !self.has_class() {
            let statement = repository::many_statement(self.house, file, self.entity, ids, owner);
            return select::all(self.house, &self.session(), &statement);
        }
        self.house.need(self.entity, Need::Many);
        let mut arguments = vec![("ids", ids.to_owned())];
        let key = repository::owner_key(self.house);
        arguments.extend(owner.map(|owner| (key.as_str(), owner.to_owned())));
        self.own_call(file, "list_by_ids", &arguments, false)
    }

    /// Rows and number of what is linked to the row with a key.
    pub(crate) fn linked(&self, file: &mut File, link: &architect_model::LinkDesign, key: &str) -> (String, String) {
        let names = &link.right.names.snakes;
        let left = &link.left.column;
        let keywords = self.house.style.repository.owned.keywords || self.house.by_keyword("list");
        let form = |name: &str, value: &str| if keywords { format!("{name}={value}") } else { value.to_owned() };
        let page = repository::page_names(self.house);
        let mut arguments = vec![form(left, key)];
        arguments.extend(page.iter().map(|(name, value)| form(name, value)));
        let rows = self.with_session(file, &format!("list_{names}"), arguments);
        let total = self.with_session(file, &format!("count_{names}"), vec![form(left, key)]);
        (rows, total)
    }

    /// A page of rows.
    pub(crate) fn list(
        &self,
        file: &mut File,
        op: &'a OperationDesign,
        listing: Listing<'a>,
        asked: Scope<'_>,
    ) -> Rows {
        if !self.has_class() {
            return self.list_on_the_spot(file, listing, asked);
        }
        let index = self.house.list_index(op);
        let name = repository::list_name(self.house, self.entity, op);
        let paged = repository::pager(self.house);
        self.house.need(self.entity, Need::List(index));
        let scope = repository::scope_argument(self.house, self.entity, listing.scope);
        let key = match asked.whose {
            Whose::Owner(key) | Whose::Parent(key) => Some(key.to_owned()),
            Whose::Everybody => None,
        };
        let within = listing.within.map(|within| within.column.clone()).zip(asked.within.map(str::to_owned));
        let scope: Vec<_> = scope.into_iter().zip(key).chain(within).collect();
        let page = repository::page_names(self.house);
        let arguments = |file: &mut File, name: &str, paging: bool| {
            let mut plain: Vec<(&str, String)> =
                scope.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
            let mut named = Vec::new();
            for filter in listing.filters {
                if self.house.style.service.order.is_keyword(architect_model::ParameterPart::Filter)
                    || self.house.style.repository.owned.keywords
                {
                    named.push(format!("{filter}={filter}"));
                } else {
                    named.push(filter.clone());
                }
            }
            if paging {
                plain.extend(page.iter().map(|(name, value)| (name.as_str(), value.clone())));
            }
            self.list_call(file, name, &plain, &named)
        };
        if let Some(pair) = paged {
            let call = arguments(file, &name, true);
            return if pair { Rows::Pair(call) } else { Rows::Page(call) };
        }
        let counted = repository::count_name(self.house, self.entity, op);
        Rows::Apart { before: Code::new(), rows: arguments(file, &name, true), total: arguments(file, &counted, false) }
    }

    fn list_call(&self, file: &mut File, name: &str, plain: &[(&str, String)], filters: &[String]) -> String {
        let keywords = self.house.style.repository.owned.keywords;
        let (scope, page): (Vec<_>, Vec<_>) = plain.iter().partition(|(name, _)| name.ends_with("_id"));
        let form = |(name, value): &&(&str, String)| if keywords { format!("{name}={value}") } else { value.clone() };
        let mut arguments: Vec<String> = scope.iter().map(form).collect();
        let page = page.iter().map(form);
        // As the own method takes them: filters by keyword stand where the house has them.
        if keywords {
            arguments.extend(filters.iter().cloned());
            arguments.extend(page);
        } else {
            arguments.extend(page);
            arguments.extend(filters.iter().cloned());
        }
        self.with_session(file, name, arguments)
    }

    fn list_on_the_spot(&self, file: &mut File, listing: Listing<'a>, scope: Scope<'_>) -> Rows {
        let session = self.session();
        let (before, rows, total) = repository::list_lines(self.house, file, self.entity, listing, scope, &session);
        Rows::Apart { before, rows, total }
    }

    /// Whether the statements that change a row commit it, and read it again.
    pub(crate) fn commits_at_once(&self) -> bool {
        !self.has_class() && self.commits_here()
    }

    /// Whether this place commits what it writes by itself.
    fn commits_here(&self) -> bool {
        !matches!(self.house.commits_at(), CommitPlace::Dependency | CommitPlace::UnitOfWork)
    }

    pub(crate) fn session(&self) -> String {
        self.house.session_at(self.place, self.entity)
    }

    pub(crate) fn has_class(&self) -> bool {
        self.house.has_repository_classes()
    }

    fn base(&self, operation: Operation) -> Option<&'a BaseMethod> {
        if !self.has_class() {
            return None;
        }
        repository::base_method(self.house, operation)
    }

    fn base_call(
        &self,
        file: &mut File,
        method: &BaseMethod,
        value: impl FnMut(&Parameter) -> Option<String>,
    ) -> String {
        self.base_call_with(file, method, value, Vec::new())
    }

    /// A call of a base method; `value` gives the argument for a parameter, none for the session.
    fn base_call_with(
        &self,
        file: &mut File,
        method: &BaseMethod,
        mut value: impl FnMut(&Parameter) -> Option<String>,
        extra: Vec<String>,
    ) -> String {
        let mut arguments = Vec::new();
        for parameter in &method.method.parameters {
            if matches!(parameter.kind, ParameterKind::Arguments | ParameterKind::KeywordArguments)
                || parameter.default.is_some()
            {
                continue;
            }
            let given = match &method.model_parameter {
                Some(name) if *name == parameter.name => file.symbol(&self.house.model(self.entity)),
                _ => value(parameter).unwrap_or_else(|| self.session()),
            };
            arguments.push(match parameter.kind {
                ParameterKind::KeywordOnly => format!("{}={given}", parameter.name),
                _ => given,
            });
        }
        arguments.extend(extra);
        let receiver = self.house.repository_at(file, self.place, self.entity);
        let call = call(&format!("{receiver}.{}", method.method.name), &arguments);
        if method.method.is_async { format!("await {call}") } else { call }
    }

    pub(crate) fn own_call(&self, file: &mut File, name: &str, arguments: &[(&str, String)], keywords: bool) -> String {
        let keywords = keywords || self.house.by_keyword(name);
        let arguments = arguments
            .iter()
            .map(|(name, value)| if keywords { format!("{name}={value}") } else { value.clone() })
            .collect();
        self.with_session(file, name, arguments)
    }

    fn with_session(&self, file: &mut File, name: &str, mut arguments: Vec<String>) -> String {
        use architect_model::SessionPassing::{Constructor, FirstParameter, Keyword};
        match self.house.style.repository.session.value {
            Constructor => {}
            FirstParameter => arguments.insert(0, self.session()),
            Keyword => arguments.push(format!("{}={}", self.house.session_name(), self.session())),
        }
        let receiver = self.house.repository_at(file, self.place, self.entity);
        self.house.wait(&call(&format!("{receiver}.{name}"), &arguments))
    }

    /// `crud.create_item(session=session, item_in=item_in, owner_id=current_user.id)`.
    fn function_call(&self, file: &mut File, name: &str, data: &str, values: &[(String, String)]) -> String {
        let module = repository::module(self.house, self.entity);
        let body = repository::function_body(self.house, self.entity);
        let keyword = self.house.style.repository.session.value == architect_model::SessionPassing::Keyword;
        let mut arguments = Vec::new();
        let mut add = |name: &str, value: &str| {
            arguments.push(if keyword { format!("{name}={value}") } else { value.to_owned() });
        };
        add(&self.house.session_name(), &self.session());
        add(&body, data);
        for (name, value) in values {
            add(name, value);
        }
        let function = match module.rsplit_once('.') {
            Some((package, last)) if self.house.style.repository.by_module.value => {
                format!("{}.{name}", file.from(package, last))
            }
            _ => file.from(&module, name),
        };
        self.house.wait(&call(&function, &arguments))
    }
}

/// Whether a base method's parameter is the session.
pub(crate) fn is_session(house: &House<'_>, parameter: &Parameter) -> bool {
    let annotation = parameter.annotation.as_deref().unwrap_or_default();
    let class = house.style.session.class.as_ref().map(|class| class.name.as_str());
    annotation.contains("Session")
        || class.is_some_and(|class| annotation == class)
        || house.session_in_calls() && parameter.name == house.session_name()
}

/// `{"tag_ids"}`: what a body has that is no column.
pub(crate) fn no_columns(house: &House<'_>, entity: &EntityDesign) -> Vec<String> {
    links_of(house, entity).map(ids_of).collect()
}

/// The name of a method that follows `pattern`, for what `scope` names.
pub(crate) fn scoped(pattern: &str, scope: &str, entity: &EntityDesign) -> String {
    filled(&pattern.replace("{scope}", scope), &entity.names)
}
