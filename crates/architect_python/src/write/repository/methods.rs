//! The methods that a repository has beyond its base class.

use architect_model::{CommitPlace, EntityDesign, OperationDesign, ParameterKind, SessionPassing};

use super::base::{pager_method, pager_returns, takes_statement};
use super::{
    count_name, in_parent_name, key_name, list_name, owned_name, owner_key, role_name, scope_argument, statements,
};
use crate::write::code::{Code, Function, call};
use crate::write::deletion;
use crate::write::file::File;
use crate::write::house::{House, Need};
use crate::write::relations::links_of;
use crate::write::select::{self, Listing, Scope, Whose};
use crate::write::values;
use architect_model::ParameterPart as Part;

/// The constructor of a repository that has no base class.
pub(super) fn constructor(house: &House<'_>, file: &mut File) -> Code {
    let session = session_class(house, file);
    Function {
        name: "__init__".to_owned(),
        parameters: vec!["self".to_owned(), format!("session: {session}")],
        returns: "None".to_owned(),
        body: Code::of("self.session = session"),
        ..Function::default()
    }
    .code()
}

/// The session class, imported.
pub(crate) fn session_class(house: &House<'_>, file: &mut File) -> String {
    match &house.style.session.class {
        Some(symbol) => file.symbol(symbol),
        None if house.is_async() => file.from("sqlalchemy.ext.asyncio", "AsyncSession"),
        None => file.from("sqlmodel", "Session"),
    }
}

/// The methods for one need.
pub(super) fn own(house: &House<'_>, file: &mut File, entity: &EntityDesign, need: Need) -> Vec<Code> {
    let method = Method { house, entity };
    match need {
        Need::Get => vec![method.get(file)],
        Need::GetOwned => vec![method.get_owned(file, None)],
        Need::GetAs(role) => vec![method.get_owned(file, Some(role))],
        Need::GetInParent => vec![method.get_in_parent(file)],
        Need::Many => vec![method.many(file)],
        Need::LeadsTo(index) => {
            entity.columns.get(index).map(|column| method.leads_to(file, column)).into_iter().collect()
        }
        Need::List(index) => match house.list(index) {
            Some(op) => method.lists(file, op),
            None => Vec::new(),
        },
        Need::Linked(index) => match house.list(index) {
            Some(op) => method.linked(file, op),
            None => Vec::new(),
        },
        Need::Create => vec![method.create(file)],
        Need::Found => vec![method.found_group(file)],
        Need::Update => vec![method.update(file)],
        Need::Save => vec![method.save(file)],
        Need::Delete => vec![method.delete(file)],
        Need::Other(index) => house.other(index).map(|other| method.other(file, &other)).into_iter().collect(),
    }
}

/// What writes the methods of the repository of an entity.
pub(super) struct Method<'a> {
    pub(super) house: &'a House<'a>,
    pub(super) entity: &'a EntityDesign,
}

impl Method<'_> {
    pub(super) fn session(&self) -> String {
        if self.house.session_in_calls() {
            self.house.session_name()
        } else {
            format!("self.{}", self.house.session_attribute())
        }
    }

    /// A method with the session where the house has it.
    pub(super) fn function(
        &self,
        file: &mut File,
        name: &str,
        scope: Vec<String>,
        rest: Vec<String>,
        returns: String,
        body: Code,
    ) -> Code {
        let house = self.house;
        let mut parameters = vec!["self".to_owned()];
        let session = || house.session_name();
        match house.style.repository.session.value {
            SessionPassing::Constructor => {}
            SessionPassing::FirstParameter => parameters.push(format!("{}: {}", session(), session_class(house, file))),
            SessionPassing::Keyword => {}
        }
        if house.style.repository.session.value == SessionPassing::Keyword {
            parameters.push("*".to_owned());
            parameters.push(format!("{}: {}", session(), session_class(house, file)));
        } else if house.by_keyword(name) && scope.len() + rest.len() > 0 {
            parameters.push("*".to_owned());
        }
        parameters.extend(scope);
        parameters.extend(rest);
        Function { is_async: house.is_async(), name: name.to_owned(), parameters, returns, body, ..Function::default() }
            .code()
    }

    pub(super) fn key(&self, file: &mut File) -> String {
        let kind = self.entity.id().and_then(|id| id.id).unwrap_or_default();
        format!("{}: {}", key_name(self.entity), values::key(file, kind))
    }

    pub(super) fn owner(&self, file: &mut File) -> String {
        format!("{}: {}", owner_key(self.house), values::key(file, self.house.style.user.id))
    }

    fn model(&self, file: &mut File) -> String {
        file.symbol(&self.house.model(self.entity))
    }

    fn found(&self, statement: &str) -> Code {
        Code::of(format!("return {}", select::first(self.house, &self.session(), statement)))
    }

    fn get(&self, file: &mut File) -> Code {
        let model = self.model(file);
        let id = key_name(self.entity);
        let body = if self.house.mark(self.entity).is_some() {
            self.found(&statements::kept_statement(self.house, file, self.entity, &id))
        } else {
            Code::of(format!("return {}", self.house.wait(&format!("{}.get({model}, {id})", self.session()))))
        };
        let key = self.key(file);
        self.function(file, "get", vec![key], Vec::new(), format!("{model} | None"), body)
    }

    fn get_owned(&self, file: &mut File, role: Option<usize>) -> Code {
        let (id, owner) = (key_name(self.entity), owner_key(self.house));
        let statement = statements::owned_statement(self.house, file, self.entity, &id, &owner, role);
        let body = self.found(&statement);
        let scope = vec![self.key(file), self.owner(file)];
        let returns = format!("{} | None", self.model(file));
        let name = match role {
            Some(role) => role_name(self.house, self.entity, role),
            None => owned_name(self.house),
        };
        self.function(file, &name, scope, Vec::new(), returns, body)
    }

    fn get_in_parent(&self, file: &mut File) -> Code {
        let Some(parent) = &self.entity.parent else { return Code::new() };
        let statement =
            statements::in_parent_statement(self.house, file, self.entity, &key_name(self.entity), &parent.column);
        let body = self.found(&statement);
        let scope = vec![self.key(file), self.parent(file)];
        let returns = format!("{} | None", self.model(file));
        self.function(file, &in_parent_name(self.house, self.entity), scope, Vec::new(), returns, body)
    }

    fn parent(&self, file: &mut File) -> String {
        let Some(parent) = &self.entity.parent else { return String::new() };
        let kind = self.entity.column(&parent.column).and_then(|column| column.id).unwrap_or_default();
        format!("{}: {}", parent.column, values::key(file, kind))
    }

    fn many(&self, file: &mut File) -> Code {
        let owned = self.entity.owner.is_owned();
        let owner = owner_key(self.house);
        let statement =
            statements::many_statement(self.house, file, self.entity, "ids", owned.then_some(owner.as_str()));
        let kind = self.entity.id().and_then(|id| id.id).unwrap_or_default();
        let key = values::key(file, kind);
        let sequence = file.from("collections.abc", "Sequence");
        let mut scope = vec![format!("ids: {sequence}[{key}]")];
        if owned {
            scope.push(self.owner(file));
        }
        let returns = format!("{sequence}[{}]", self.model(file));
        let body = Code::of(format!("return {}", select::all(self.house, &self.session(), &statement)));
        self.function(file, "list_by_ids", scope, Vec::new(), returns, body)
    }

    /// The list, and the count where the base class does not count.
    fn lists(&self, file: &mut File, op: &OperationDesign) -> Vec<Code> {
        let Some(listing) = Listing::of(&op.kind) else { return Vec::new() };
        let name = list_name(self.house, self.entity, op);
        let scope_name = scope_argument(self.house, self.entity, listing.scope);
        let within = listing.within.map(|within| within.column.as_str());
        let whose = match (listing.scope, &scope_name) {
            (architect_model::ListScope::Owner, Some(key)) => Whose::Owner(key),
            (architect_model::ListScope::Parent, Some(key)) => Whose::Parent(key),
            _ => Whose::Everybody,
        };
        let asked = Scope { whose, role: op.access.member_role(), within };
        let scope = self.scope(file, listing);
        let filters = self.filters(file, listing);
        if let Some(pager) = pager_method(self.house) {
            let body = self.paged(file, listing, asked, &pager.method);
            let model = self.model(file);
            let returns = pager_returns(self.house, file, &model);
            let rest = self.rest(file, filters, true);
            return vec![self.function(file, &name, scope, rest, returns, body)];
        }
        let rows = self.rows(file, listing, asked);
        let sequence = file.from("collections.abc", "Sequence");
        let returns = format!("{sequence}[{}]", self.model(file));
        let rest = self.rest(file, filters.clone(), true);
        let list = self.function(file, &name, scope.clone(), rest, returns, rows);
        if !self.house.counts_rows() {
            return vec![list];
        }
        let total = self.total(file, listing, asked);
        let counted = count_name(self.house, self.entity, op);
        let rest = self.rest(file, filters, false);
        vec![list, self.function(file, &counted, scope, rest, "int".to_owned(), total)]
    }

    /// The rows that are linked to one row, and their number.
    fn linked(&self, file: &mut File, op: &OperationDesign) -> Vec<Code> {
        let architect_model::OperationKind::ListLinked { link, order } = &op.kind else { return Vec::new() };
        let mut links = crate::write::relations::links_of(self.house, self.entity);
        let Some(link) = links.find(|known| known.class == *link) else { return Vec::new() };
        let word = self.house.statement_word();
        let key = &link.left.column;
        let scope = vec![format!("{key}: {}", values::key(file, link.left.id))];
        let statement = statements::linked_statement(self.house, file, link, key);
        let page = statements::linked_page(self.house, file, link, order, word);
        let mut rows = Code::of(format!("{word} = {statement}"));
        rows.line(format!("return {}", select::all(self.house, &self.session(), &page)));
        let count = select::count(self.house, file, &format!("{word}.subquery()"));
        let mut total = Code::of(format!("{word} = {statement}"));
        total.line(format!("return {}", select::number(self.house, &self.session(), &count)));
        let sequence = file.from("collections.abc", "Sequence");
        let right = file.symbol(&self.house.class_of(&link.right.target));
        let names = &link.right.names.snakes;
        let rest = self.rest(file, Vec::new(), true);
        let list =
            self.function(file, &format!("list_{names}"), scope.clone(), rest, format!("{sequence}[{right}]"), rows);
        if !self.house.counts_rows() {
            return vec![list];
        }
        vec![list, self.function(file, &format!("count_{names}"), scope, Vec::new(), "int".to_owned(), total)]
    }

    fn scope(&self, file: &mut File, listing: Listing<'_>) -> Vec<String> {
        let mut scope = match listing.scope {
            architect_model::ListScope::Owner => vec![self.owner(file)],
            architect_model::ListScope::Parent => vec![self.parent(file)],
            architect_model::ListScope::All => Vec::new(),
        };
        scope.extend(listing.within.map(|within| format!("{}: {}", within.column, values::key(file, within.id))));
        scope
    }

    fn filters(&self, file: &mut File, listing: Listing<'_>) -> Vec<String> {
        listing
            .filters
            .iter()
            .map(|name| {
                format!("{name}: {} | None = None", select::filter_type(self.house, file, self.entity, name, false))
            })
            .collect()
    }

    /// Page and filters, in the order of the house.
    fn rest(&self, file: &mut File, filters: Vec<String>, paging: bool) -> Vec<String> {
        let house = self.house;
        let page: Vec<String> = match (&house.style.pages.object, paging) {
            (_, false) => Vec::new(),
            (Some(page), true) => vec![format!("params: {}", file.symbol(&page.class))],
            (None, true) => {
                let [first, second] = house.page_parameters();
                let [start, size] = house.page_defaults();
                vec![format!("{first}: int = {start}"), format!("{second}: int = {size}")]
            }
        };
        if house.style.repository.owned.keywords {
            return filters.into_iter().chain(page).collect();
        }
        let star = house.style.service.order.is_keyword(Part::Filter) && !filters.is_empty();
        let star = star.then(|| "*".to_owned());
        page.into_iter().chain(star).chain(filters).collect()
    }

    /// A statement that the base class pages.
    fn paged(&self, file: &mut File, listing: Listing<'_>, scope: Scope<'_>, pager: &architect_model::Method) -> Code {
        let word = self.house.statement_word();
        let mut code =
            Code::of(format!("{word} = {}", statements::statement(self.house, file, self.entity, listing, scope)));
        code.add(&select::filters(self.house, file, self.entity, listing, &[word]));
        let orders_itself = pager.parameters.iter().any(|parameter| parameter.kind == ParameterKind::Arguments);
        let mut order = select::order(self.house, file, self.entity, listing.order, !orders_itself);
        if orders_itself {
            // What takes columns as arguments takes expressions, and a mapped column is none to a type checker.
            order.iter_mut().filter(|term| !term.ends_with(".desc()")).for_each(|term| term.push_str(".asc()"));
        }
        let statement = if orders_itself { word.to_owned() } else { format!("{word}.order_by({})", order.join(", ")) };
        let mut arguments = Vec::new();
        for parameter in &pager.parameters {
            match parameter.kind {
                ParameterKind::Arguments => arguments.extend(order.iter().cloned()),
                ParameterKind::KeywordArguments => {}
                _ if takes_statement(parameter) => arguments.push(statement.clone()),
                _ if crate::write::store::is_session(self.house, parameter) => arguments.push(self.session()),
                kind => {
                    let value = self.paging(parameter);
                    let keyword = kind == ParameterKind::KeywordOnly;
                    arguments.push(if keyword { format!("{}={value}", parameter.name) } else { value });
                }
            }
        }
        let call = call(&format!("self.{}", pager.name), &arguments);
        code.line(format!("return {}", if pager.is_async { format!("await {call}") } else { call }));
        code
    }

    /// The argument for a parameter of the pager: the page as a whole, or the part of it that the parameter names.
    fn paging(&self, parameter: &architect_model::Parameter) -> String {
        let Some(page) = &self.house.style.pages.object else { return parameter.name.clone() };
        if parameter.annotation.as_deref().is_some_and(|annotation| annotation.contains(&page.class.name)) {
            return "params".to_owned();
        }
        match parameter.name.as_str() {
            "limit" | "size" | "page_size" | "per_page" => self.house.offset_and_limit().1,
            "offset" | "skip" => self.house.offset_and_limit().0,
            name if self.house.page_parameters().contains(&name) => format!("params.{name}"),
            name => name.to_owned(),
        }
    }

    fn rows(&self, file: &mut File, listing: Listing<'_>, scope: Scope<'_>) -> Code {
        let word = self.house.statement_word();
        let mut code =
            Code::of(format!("{word} = {}", statements::statement(self.house, file, self.entity, listing, scope)));
        code.add(&select::filters(self.house, file, self.entity, listing, &[word]));
        let order = select::order(self.house, file, self.entity, listing.order, true);
        code.line(format!("{word} = {word}.order_by({})", order.join(", ")));
        let (offset, limit) = self.house.offset_and_limit();
        let page = format!("{word}.offset({offset}).limit({limit})");
        code.line(format!("return {}", select::all(self.house, &self.session(), &page)));
        code
    }

    fn total(&self, file: &mut File, listing: Listing<'_>, scope: Scope<'_>) -> Code {
        let word = self.house.statement_word();
        let model = self.model(file);
        let count = select::count(self.house, file, &model);
        let conditions = statements::conditions(self.house, file, self.entity, listing, scope);
        let mut code = Code::of(format!("{word} = {count}{conditions}"));
        code.add(&select::filters(self.house, file, self.entity, listing, &[word]));
        code.line(format!("return {}", select::number(self.house, &self.session(), word)));
        code
    }

    /// Extra values of a new row as parameters.
    pub(super) fn extra(&self, file: &mut File) -> (Vec<String>, Vec<(String, String)>) {
        let columns = self.house.given_by_server(self.entity);
        let mut parameters = Vec::new();
        let mut values = Vec::new();
        for column in columns {
            parameters.push(format!("{}: {}", column.name, values::stored(self.house, file, column)));
            values.push((column.name.clone(), column.name.clone()));
        }
        for link in links_of(self.house, self.entity) {
            let class = file.symbol(&self.house.class_of(&link.right.target));
            parameters.push(format!("{}: list[{class}]", link.field));
            values.push((link.field.clone(), link.field.clone()));
        }
        (parameters, values)
    }

    fn create(&self, file: &mut File) -> Code {
        let Some(schema) = &self.entity.schemas.create_class else { return Code::new() };
        let schema = file.symbol(&self.house.schema(self.entity, schema));
        let (parameters, values) = self.extra(file);
        let commits = self.house.commits_at() == CommitPlace::Repository;
        let mut body = statements::insert_lines(
            self.house,
            file,
            self.entity,
            &self.session(),
            &self.entity.names.snake,
            "data",
            &values,
            commits,
        )
        .all();
        body.line(format!("return {}", self.entity.names.snake));
        let returns = self.model(file);
        self.function(
            file,
            super::base::create_name(self.house),
            vec![format!("data: {schema}")],
            parameters,
            returns,
            body,
        )
    }

    fn update(&self, file: &mut File) -> Code {
        let Some(schema) = &self.entity.schemas.update_class else { return Code::new() };
        let schema = file.symbol(&self.house.schema(self.entity, schema));
        let item = &self.entity.names.snake;
        let mut body = statements::assignment(self.house, self.entity, item, "data");
        body.add(&self.store(item));
        body.line(format!("return {item}"));
        let model = self.model(file);
        self.function(
            file,
            "update",
            vec![format!("{item}: {model}"), format!("data: {schema}")],
            Vec::new(),
            model,
            body,
        )
    }

    fn save(&self, file: &mut File) -> Code {
        let item = &self.entity.names.snake;
        let model = self.model(file);
        let body = self.store(item);
        self.function(file, "save", vec![format!("{item}: {model}")], Vec::new(), "None".to_owned(), body)
    }

    fn store(&self, item: &str) -> Code {
        let session = self.session();
        let mut code = Code::of(format!("{session}.add({item})"));
        if self.house.commits_at() == CommitPlace::Repository {
            code.line(self.house.wait(&format!("{session}.commit()")));
            code.line(self.house.wait(&format!("{session}.refresh({item})")));
        } else if self.house.base_flushes() {
            code.line(self.house.wait("self.flush()"));
        } else {
            code.line(self.house.wait(&format!("{session}.flush()")));
        }
        code
    }

    fn delete(&self, file: &mut File) -> Code {
        let item = &self.entity.names.snake;
        let model = self.model(file);
        let session = self.session();
        let mut body = match self.house.mark(self.entity) {
            Some(mark) => {
                let value = deletion::value(self.house, file, self.entity, mark);
                Code::of(format!("{item}.{} = {value}", mark.column))
            }
            None => Code::of(self.house.wait(&format!("{session}.delete({item})"))),
        };
        let end = if self.house.commits_at() == CommitPlace::Repository { "commit" } else { "flush" };
        body.line(self.house.wait(&format!("{session}.{end}()")));
        self.function(file, "delete", vec![format!("{item}: {model}")], Vec::new(), "None".to_owned(), body)
    }
}

/// `def create_item(*, session: Session, item_in: ItemCreate, owner_id: uuid.UUID) -> Item`.
pub(super) fn create_function(house: &House<'_>, file: &mut File, entity: &EntityDesign) -> Code {
    let Some(schema) = &entity.schemas.create_class else { return Code::new() };
    let schema = file.symbol(&house.schema(entity, schema));
    let body_name = super::function_body(house, entity);
    let session = house.session_name();
    let class = session_class(house, file);
    let (mut parameters, values) = Method { house, entity }.extra(file);
    let founder = super::founding(house, file, entity, "").map(|(user, _)| user);
    parameters.extend(founder.iter().map(|user| format!("{user}: {}", values::key(file, house.style.user.id))));
    let mut all = vec![format!("{session}: {class}"), format!("{body_name}: {schema}")];
    all.extend(parameters);
    if house.style.repository.session.value == SessionPassing::Keyword {
        all.insert(0, "*".to_owned());
    }
    let commits = house.functions_commit();
    let variable = format!("db_{}", entity.names.snake);
    let lines = match &founder {
        Some(user) => super::founded(house, file, entity, &session, &variable, &body_name, &values, user, commits),
        None => statements::insert_lines(house, file, entity, &session, &variable, &body_name, &values, commits),
    };
    let mut body = lines.all();
    body.line(format!("return {variable}"));
    let returns = file.symbol(&house.model(entity));
    Function {
        is_async: house.is_async(),
        name: format!("create_{}", entity.names.snake),
        parameters: all,
        returns,
        body,
        ..Function::default()
    }
    .code()
}
