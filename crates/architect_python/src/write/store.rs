//! The rows of one entity, as rules reach them: through the house's repository, or by queries on the spot.

use architect_model::{
    BaseMethod, CommitPlace, EntityDesign, Operation, OperationDesign, Parameter, ParameterKind, RepositoryKind,
};

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
    /// Statements that make the change; the row stands in the variable.
    Lines(Code, String),
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

    /// The row with a key if the user with `owner` owns it, or none.
    pub(crate) fn get_owned(&self, file: &mut File, id: &str, owner: &str) -> String {
        if !self.has_class() {
            let statement = repository::owned_statement(self.house, file, self.entity, id, owner);
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

    /// Inserts what `data` says, with further values.
    pub(crate) fn create(&self, file: &mut File, data: &str, values: &[(String, String)]) -> Effect {
        let names = &self.entity.names;
        if self.house.style.repository.kind.value == RepositoryKind::Functions
            && self.house.style.repository.functions.iter().any(|verb| verb == "create")
        {
            self.house.need(self.entity, Need::Create);
            return Effect::Value(self.function_call(file, &format!("create_{}", names.snake), data, values));
        }
        if !self.has_class() {
            let variable = names.snake.clone();
            let code = repository::insert_lines(
                self.house,
                file,
                self.entity,
                &self.session(),
                &variable,
                data,
                values,
                self.commits_here(),
            );
            return Effect::Lines(code, variable);
        }
        let takes_all = |method: &&BaseMethod| takes_anything(method) || takes_mapping(method) || values.is_empty();
        if let Some(method) = self.base(Operation::Create).filter(|method| method.gives).filter(takes_all) {
            let give = |parameter: &Parameter| {
                (!is_session(self.house, parameter)).then(|| given_as(parameter, data, "", values))
            };
            let extra = if takes_mapping(method) { &[] } else { values };
            let extra = extra.iter().map(|(name, value)| format!("{name}={value}"));
            return Effect::Value(self.base_call_with(file, method, give, extra.collect()));
        }
        if let Some(method) = self.base(Operation::Add) {
            let row = repository::row(self.house, file, self.entity, data, values);
            if !method.gives {
                let variable = names.snake.clone();
                let mut code = Code::of(format!("{variable} = {row}"));
                code.line(self.stored(file, method, &variable));
                return Effect::Lines(code, variable);
            }
            let give = |parameter: &Parameter| (!is_session(self.house, parameter)).then(|| row.clone());
            return Effect::Value(self.base_call(file, method, give));
        }
        self.house.need(self.entity, Need::Create);
        let mut arguments = vec![("data", data.to_owned())];
        arguments.extend(values.iter().map(|(name, value)| (name.as_str(), value.clone())));
        Effect::Value(self.own_call(file, "create", &arguments, false))
    }

    /// Changes a row as `data` says, with further values.
    pub(crate) fn update(&self, file: &mut File, item: &str, data: &str, values: &[(String, String)]) -> Effect {
        let takes_all = |method: &BaseMethod| takes_anything(method) || takes_mapping(method) || values.is_empty();
        let takes_data = |method: &&BaseMethod| self.takes(method) > 1 && takes_all(method);
        if let Some(method) = self.base(Operation::Update).filter(takes_data) {
            let mut first = true;
            let schema = |parameter: &Parameter| repository::is_schema(self.house, parameter);
            let give = |parameter: &Parameter| {
                if is_session(self.house, parameter) {
                    return None;
                }
                let is_data = schema(parameter) || is_mapping(parameter) || !std::mem::take(&mut first);
                Some(if is_data { given_as(parameter, data, "exclude_unset=True", values) } else { item.to_owned() })
            };
            let extra = if takes_mapping(method) { &[] } else { values };
            let extra = extra.iter().map(|(name, value)| format!("{name}={value}"));
            let call = self.base_call_with(file, method, give, extra.collect());
            return if method.gives { Effect::Value(call) } else { Effect::Lines(Code::of(call), item.to_owned()) };
        }
        if let Some(method) = self.base(Operation::Update).filter(|method| self.takes(method) == 1) {
            // The base stores a row that was changed already.
            let mut code = repository::assignment(self.house, self.entity, item, data);
            for (name, value) in values {
                code.line(format!("{item}.{name} = {value}"));
            }
            code.line(self.stored(file, method, item));
            return Effect::Lines(code, item.to_owned());
        }
        if self.has_class() && self.keeps_session() {
            self.house.need(self.entity, Need::Update);
            let mut arguments = vec![(self.entity.names.snake.as_str(), item.to_owned()), ("data", data.to_owned())];
            arguments.extend(values.iter().map(|(name, value)| (name.as_str(), value.clone())));
            return Effect::Value(self.own_call(file, "update", &arguments, false));
        }
        let mut code = repository::assignment(self.house, self.entity, item, data);
        for (name, value) in values {
            code.line(format!("{item}.{name} = {value}"));
        }
        code.add(&self.persist(item));
        Effect::Lines(code, item.to_owned())
    }

    /// Whether a method changes a row as a schema says.
    pub(crate) fn updates_by_schema(&self) -> bool {
        match self.base(Operation::Update) {
            Some(method) => self.takes(method) > 1,
            None => self.has_class() && self.keeps_session(),
        }
    }

    /// Whether only repositories can store what was changed.
    fn keeps_session(&self) -> bool {
        self.house.commits_at() == CommitPlace::Repository || self.house.service_hides_session()
    }

    /// Stores changes of a row that were made attribute by attribute.
    pub(crate) fn save(&self, file: &mut File, item: &str, values: &[(String, String)]) -> Effect {
        let mut code = Code::new();
        for (name, value) in values {
            code.line(format!("{item}.{name} = {value}"));
        }
        if let Some(method) = self.base(Operation::Update).filter(|method| self.takes(method) == 1) {
            code.line(self.stored(file, method, item));
            return Effect::Lines(code, item.to_owned());
        }
        if self.has_class() && self.keeps_session() {
            self.house.need(self.entity, Need::Save);
            let call = self.own_call(file, "save", &[(self.entity.names.snake.as_str(), item.to_owned())], false);
            code.line(call);
            return Effect::Lines(code, item.to_owned());
        }
        code.add(&self.persist(item));
        Effect::Lines(code, item.to_owned())
    }

    /// How many arguments a base method must be given beside the session.
    fn takes(&self, method: &BaseMethod) -> usize {
        let must = |parameter: &&Parameter| {
            let variadic = matches!(parameter.kind, ParameterKind::Arguments | ParameterKind::KeywordArguments);
            !variadic && parameter.default.is_none() && !is_session(self.house, parameter)
        };
        method.method.parameters.iter().filter(must).count()
    }

    /// The call of a base method that stores a changed row.
    fn stored(&self, file: &mut File, method: &BaseMethod, item: &str) -> String {
        let give = |parameter: &Parameter| (!is_session(self.house, parameter)).then(|| item.to_owned());
        self.base_call(file, method, give)
    }

    /// Deletes a row.
    pub(crate) fn delete(&self, file: &mut File, item: &str) -> Code {
        if let Some(method) = self.base(Operation::Delete) {
            let give = |parameter: &Parameter| (!is_session(self.house, parameter)).then(|| item.to_owned());
            return Code::of(self.base_call(file, method, give));
        }
        if let Some(method) = self.base(Operation::DeleteById) {
            let give = |parameter: &Parameter| {
                (!is_session(self.house, parameter))
                    .then(|| format!("{item}.{}", self.entity.id().map_or("id", |id| &id.name)))
            };
            return Code::of(self.base_call(file, method, give));
        }
        if self.has_class() {
            self.house.need(self.entity, Need::Delete);
            return Code::of(self.own_call(
                file,
                "delete",
                &[(self.entity.names.snake.as_str(), item.to_owned())],
                false,
            ));
        }
        let session = self.session();
        let mut code = Code::of(self.house.wait(&format!("{session}.delete({item})")));
        code.line(self.house.wait(&format!("{session}.{}()", if self.commits_here() { "commit" } else { "flush" })));
        code
    }

    /// Statements that store a changed row, as far as this place is in charge of it.
    fn persist(&self, item: &str) -> Code {
        let session = self.session();
        let mut code = Code::new();
        if self.commits_at_once() {
            code.line(format!("{session}.add({item})"));
            code.line(self.house.wait(&format!("{session}.commit()")));
            code.line(self.house.wait(&format!("{session}.refresh({item})")));
        } else if self.house.commits_at() == CommitPlace::Dependency {
            code.line(self.house.wait(&format!("{session}.flush()")));
        }
        code
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

/// Whether a parameter takes a mapping and nothing else: `data: dict[str, Any]`.
fn is_mapping(parameter: &Parameter) -> bool {
    let annotation = parameter.annotation.as_deref().unwrap_or_default();
    let outer = annotation.split('[').next().unwrap_or_default();
    let name = outer.rsplit('.').next().unwrap_or_default();
    ["dict", "Dict", "Mapping", "MutableMapping"].contains(&name) && !annotation.contains('|')
}

fn takes_mapping(method: &BaseMethod) -> bool {
    let given =
        |parameter: &&Parameter| parameter.kind != ParameterKind::KeywordArguments && parameter.default.is_none();
    method.method.parameters.iter().filter(given).any(is_mapping)
}

/// What `data` says as a parameter takes it: the schema, or a mapping of its values with further ones.
fn given_as(parameter: &Parameter, data: &str, options: &str, values: &[(String, String)]) -> String {
    if !is_mapping(parameter) {
        return data.to_owned();
    }
    let dumped = format!("{data}.model_dump({options})");
    let further: Vec<String> = values.iter().map(|(name, value)| format!("\"{name}\": {value}")).collect();
    if further.is_empty() { dumped } else { format!("{dumped} | {{{}}}", further.join(", ")) }
}

fn takes_anything(method: &BaseMethod) -> bool {
    method.method.parameters.iter().any(|parameter| parameter.kind == ParameterKind::KeywordArguments)
}

/// `{"tag_ids"}`: what a body has that is no column.
pub(crate) fn no_columns(house: &House<'_>, entity: &EntityDesign) -> Vec<String> {
    links_of(house, entity).map(ids_of).collect()
}

/// The name of a method that follows `pattern`, for what `scope` names.
pub(crate) fn scoped(pattern: &str, scope: &str, entity: &EntityDesign) -> String {
    filled(&pattern.replace("{scope}", scope), &entity.names)
}
