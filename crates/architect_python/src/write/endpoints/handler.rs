//! One handler: its decorator, its parameters, its body.

use architect_model::{
    AccessDesign, DeleteAnswer, EntityDesign, OperationDesign, OperationKind, PageShape, ParameterOrder,
    ParameterPart as Part, ResponseDeclaration, RouterDesign, ServiceMaking, Symbol,
};

use super::provider;
use crate::write::code::{Code, Function, call};
use crate::write::collaborators::Collaborator;
use crate::write::errors::status_code;
use crate::write::file::File;
use crate::write::house::House;
use crate::write::names::{capital, filled, with_article};
use crate::write::place::{Holds, Place};
use crate::write::rules::{Rule, Rules};
use crate::write::select::{self, Listing};
use crate::write::signature::{Parameter, Signature};
use crate::write::text;
use crate::write::{service, values};

/// The handler of an operation as source.
pub(super) fn code<'a>(
    house: &'a House<'a>,
    file: &mut File,
    router: &RouterDesign,
    entity: &'a EntityDesign,
    op: &'a OperationDesign,
) -> Code {
    let handler = Handler { house, router, entity, op, rules: Rules::new(house, entity) };
    handler.code(file)
}

/// Which of the usual five an operation is, where it is one.
pub(super) fn usual(op: &OperationDesign) -> Option<&'static str> {
    match op.kind {
        _ if op.name.is_some() => None,
        OperationKind::List { .. } => Some("list"),
        OperationKind::Read => Some("read"),
        OperationKind::Create => Some("create"),
        OperationKind::Update => Some("update"),
        OperationKind::Delete => Some("delete"),
        _ => None,
    }
}

/// What the handler of an operation is called.
pub(super) fn name(house: &House<'_>, entity: &EntityDesign, op: &OperationDesign) -> String {
    let key = match op.kind {
        OperationKind::List { .. } => "list",
        OperationKind::Read => "read",
        OperationKind::Create => "create",
        OperationKind::Update => "update",
        _ => "delete",
    };
    op.name.clone().unwrap_or_else(|| house.handler_name(key, entity))
}

struct Handler<'a> {
    house: &'a House<'a>,
    router: &'a RouterDesign,
    entity: &'a EntityDesign,
    op: &'a OperationDesign,
    rules: Rules<'a>,
}

impl<'a> Handler<'a> {
    fn code(&self, file: &mut File) -> Code {
        let in_place = self.house.rules_at() == Place::Handler;
        let rule =
            if in_place { self.rules.of(file, self.op) } else { self.rules.of(&mut self.house.scratch(), self.op) };
        let signature = self.signature(file, &rule);
        let (body, result) = if in_place { self.own_body(file, &rule) } else { self.service_body(file, &rule) };
        let response = self.response(file);
        let (body, returns, model) = self.answer(file, body, result, response);
        let decorator = self.decorator(file, model);
        let doc = self.doc();
        Function {
            decorators: vec![decorator],
            is_async: self.house.is_async() || self.house.style.endpoints.is_async.value,
            name: self.name(),
            parameters: self.with_star(signature),
            returns,
            doc,
            body,
        }
        .code()
    }

    fn with_star(&self, signature: Signature) -> Vec<String> {
        signature.written()
    }

    fn name(&self) -> String {
        name(self.house, self.entity, self.op)
    }

    /// Parameters as FastAPI reads them.
    fn signature(&self, file: &mut File, rule: &Rule) -> Signature {
        let house = self.house;
        let mut all = Vec::new();
        for parameter in &self.op.parameters {
            all.push(Parameter::new(Part::Path, &parameter.name, values::sent_key(house, file, parameter.id)));
        }
        if let Some(class) = self.body_class() {
            let class = file.symbol(&house.schema(self.entity, &class));
            all.push(Parameter::new(Part::Body, house.body_name(self.entity), class));
        }
        if self.takes_session() {
            let (name, annotation) = provider::session(house, file);
            all.push(Parameter::new(Part::Session, name, annotation));
        }
        if self.passes_user(rule) {
            all.push(self.user(file));
        }
        if provider::has_providers(house)
            || house.rules_in_class() && house.style.service.made.value == ServiceMaking::ClassDependency
        {
            all.push(self.service(file));
        }
        if matches!(self.op.kind, OperationKind::ListLinked { .. }) {
            all.extend(self.page(file));
        }
        if let Some(listing) = Listing::of(&self.op.kind) {
            all.extend(self.page(file));
            for name in listing.filters {
                let annotation = select::filter_type(house, file, self.entity, name, true);
                all.push(Parameter::new(Part::Filter, name, format!("{annotation} | None")).or("None"));
            }
        }
        Signature::new(all, &self.order())
    }

    /// Where neighbours put `*`, they put it first in handlers that take a body.
    fn order(&self) -> ParameterOrder {
        let order = &self.house.style.endpoints.order;
        let first = order.parts.first().copied();
        ParameterOrder {
            keyword_from: first.filter(|_| order.keyword_from.is_some() && self.body_class().is_some()),
            ..order.clone()
        }
    }

    fn body_class(&self) -> Option<String> {
        match self.op.kind {
            OperationKind::Create => self.entity.schemas.create_class.clone(),
            OperationKind::Update => self.entity.schemas.update_class.clone(),
            _ => None,
        }
    }

    fn takes_session(&self) -> bool {
        let house = self.house;
        if house.rules_at() == Place::Handler || house.takes_session(Place::Service) {
            return true;
        }
        let is_given = provider::has_providers(house)
            || house.style.service.instance.is_some()
            || matches!(house.style.service.made.value, ServiceMaking::ClassDependency | ServiceMaking::Static);
        !is_given && house.service_holds() != Holds::Nothing
    }

    fn passes_user(&self, rule: &Rule) -> bool {
        rule.signature.has(Part::User) || self.rules.needs_user(self.op)
    }

    fn user(&self, file: &mut File) -> Parameter {
        let house = self.house;
        let parameter = &house.style.user.parameter.value;
        let name = house.user_name(Place::Handler);
        let annotation = match (&parameter.alias, &parameter.dependency) {
            (Some(alias), _) => file.symbol(alias),
            (None, Some(dependency)) => {
                let annotation = house.user_annotation(file);
                provider::depending(file, &annotation, dependency, parameter.annotated)
            }
            (None, None) => house.user_annotation(file),
        };
        Parameter::new(Part::User, name, annotation)
    }

    fn service(&self, file: &mut File) -> Parameter {
        let house = self.house;
        let name = filled(&house.style.endpoints.service_parameter.value, &self.entity.names);
        if provider::has_providers(house) {
            return Parameter::new(Part::Service, name, provider::alias_name(house, self.entity));
        }
        let class = file.symbol(&service::class(house, self.entity));
        let depends = file.from("fastapi", "Depends");
        let session = &house.style.session.parameter.value;
        if session.dependency.is_some() && session.alias.is_none() && !session.annotated {
            return Parameter::new(Part::Service, name, format!("{class} = {depends}({class})"));
        }
        let annotated = file.from("typing", "Annotated");
        Parameter::new(Part::Service, name, format!("{annotated}[{class}, {depends}()]"))
    }

    fn page(&self, file: &mut File) -> Vec<Parameter> {
        let house = self.house;
        if let Some(page) = &house.style.pages.object {
            let annotation = match &page.alias {
                Some(alias) => file.symbol(alias),
                None => {
                    let (annotated, depends) = (file.from("typing", "Annotated"), file.from("fastapi", "Depends"));
                    format!("{annotated}[{}, {depends}()]", file.symbol(&page.class))
                }
            };
            return vec![Parameter::new(Part::Page, "params", annotation)];
        }
        let [first, second] = house.page_parameters();
        let [start, size] = house.page_defaults();
        let max = house.style.pages.max.unwrap_or(100.max(size));
        let pages = &house.style.pages;
        let far = match &pages.last_start {
            Some(last) => last.as_str(),
            None if house.counts_pages() && !pages.in_defaults.value => "1_000_000",
            None => "2**31 - 1",
        };
        if pages.in_defaults.value {
            let query = file.from("fastapi", "Query");
            return vec![
                Parameter::new(Part::Page, first, "int").or(format!("{query}({start}, ge={start}, le={far})")),
                Parameter::new(Part::Page, second, "int").or(format!("{query}({size}, ge=1, le={max})")),
            ];
        }
        let (annotated, query) = (file.from("typing", "Annotated"), file.from("fastapi", "Query"));
        vec![
            Parameter::new(Part::Page, first, format!("{annotated}[int, {query}(ge={start}, le={far})]"))
                .or(start.to_string()),
            Parameter::new(Part::Page, second, format!("{annotated}[int, {query}(ge=1, le={max})]"))
                .or(size.to_string()),
        ]
    }

    /// The rule itself as the body, and what it gives.
    fn own_body(&self, file: &mut File, rule: &Rule) -> (Code, String) {
        if matches!(self.op.kind, OperationKind::Read) {
            let mut body = self.rules.role_check(file, &self.op.access);
            body.add(&self.rules.give_item(file, self.op));
            return (body, rule.returns.clone());
        }
        (rule.body.clone(), rule.returns.clone())
    }

    /// The call of the service, and what it gives.
    fn service_body(&self, file: &mut File, rule: &Rule) -> (Code, String) {
        let mut keys = self.op.parameters.iter().map(|parameter| parameter.name.clone());
        let names: Vec<(String, String)> = rule_paths(rule).into_iter().zip(&mut keys).collect();
        let house = self.house;
        let passes_key = rule.signature.has(Part::User) && house.passes_user_key();
        let key = if passes_key { house.user_key(file, Place::Handler) } else { String::new() };
        let arguments = rule.signature.arguments(|parameter| match parameter.part {
            Part::Path => names
                .iter()
                .find(|(name, _)| *name == parameter.name)
                .map_or_else(|| parameter.name.clone(), |(_, key)| key.clone()),
            Part::User if house.passes_user_key() => key.clone(),
            Part::User => house.user_name(Place::Handler),
            Part::Session => house.handler_session_name(),
            _ => parameter.name.clone(),
        });
        let function = self.service_expression(file, &rule.name);
        let call = house.wait(&call(&function, &arguments));
        let mut body = Code::new();
        if rule.returns == "None" {
            body.line(call)
        } else {
            body.line(format!("return {call}"))
        };
        (body, self.returns(&mut self.house.scratch(), rule))
    }

    fn service_expression(&self, file: &mut File, method: &str) -> String {
        let house = self.house;
        let class = service::class(house, self.entity);
        if !house.rules_in_class() {
            return file.symbol(&Symbol::new(class.module, method));
        }
        if provider::has_providers(house) || house.style.service.made.value == ServiceMaking::ClassDependency {
            return format!("{}.{method}", filled(&house.style.endpoints.service_parameter.value, &self.entity.names));
        }
        if let Some(instance) = &house.style.service.instance {
            let instance = file.symbol(&Symbol::new(class.module, filled(instance, &self.entity.names)));
            return format!("{instance}.{method}");
        }
        if house.service_holds() == Holds::Nothing && house.style.service.made.value == ServiceMaking::Static {
            return format!("{}.{method}", file.symbol(&class));
        }
        format!("{}.{method}", made(house, file, self.entity))
    }

    /// What the service gives, with its imports in this file.
    fn returns(&self, file: &mut File, rule: &Rule) -> String {
        if rule.returns == "None" {
            return rule.returns.clone();
        }
        self.rules.result(file, self.op)
    }

    /// The class of the response; none where nothing is answered.
    fn response(&self, file: &mut File) -> Option<String> {
        let output = self.house.schema(self.entity, &self.entity.schemas.output_class);
        match &self.op.kind {
            OperationKind::Delete if self.house.style.endpoints.delete.value == DeleteAnswer::Row => {
                Some(file.symbol(&output))
            }
            OperationKind::Delete | OperationKind::Link { .. } | OperationKind::Unlink { .. } => None,
            OperationKind::List { .. } => Some(match &self.house.style.pages.shape.value {
                PageShape::PerEntity { name, .. } => {
                    let class = filled(name, &self.entity.names);
                    file.symbol(&self.house.schema(self.entity, &class))
                }
                PageShape::Generic { class, .. } => format!("{}[{}]", file.symbol(class), file.symbol(&output)),
                PageShape::Bare => format!("list[{}]", file.symbol(&output)),
            }),
            OperationKind::ListLinked { .. } => self.rules.linked_result(file, self.op),
            _ => Some(file.symbol(&output)),
        }
    }

    /// Body, return annotation and `response_model` of the answer.
    fn answer(
        &self,
        file: &mut File,
        mut body: Code,
        result: String,
        response: Option<String>,
    ) -> (Code, String, Option<String>) {
        let Some(response) = response else {
            return self.nothing(file, body);
        };
        if self.house.style.endpoints.response.value == ResponseDeclaration::Annotation
            && !self.house.style.endpoints.any_results.value
        {
            let convert = self.house.conversion();
            if let Some(output) = response.strip_prefix("list[").and_then(|rest| rest.strip_suffix(']')) {
                body =
                    body.last_return_as(|value| format!("[{output}.model_validate(row{convert}) for row in {value}]"));
            } else if result != response {
                body = body.last_return_as(|value| format!("{response}.model_validate({value}{convert})"));
            }
            return (body, response, None);
        }
        let generic = matches!(self.house.style.pages.shape.value, PageShape::Generic { .. });
        if self.house.style.endpoints.any_results.value {
            let any = file.from("typing", "Any");
            return (body, any, Some(response));
        }
        if generic && result == response {
            return (body, response, None);
        }
        let result = self.rules.result(file, self.op);
        (body, result, Some(response))
    }

    /// The answer where no row is answered.
    fn nothing(&self, file: &mut File, mut body: Code) -> (Code, String, Option<String>) {
        if let (OperationKind::Delete, DeleteAnswer::Message { class, field, constants }) =
            (&self.op.kind, &self.house.style.endpoints.delete.value)
        {
            let class = file.symbol(class);
            let message = format!("{} deleted successfully", capital(&self.entity.names.label));
            let text = format!("{field}={}", text::string(&message));
            let arguments: Vec<String> = constants.iter().cloned().chain([text]).collect();
            body.line(format!("return {}", call(&class, &arguments)));
            return (body, class, None);
        }
        // Under `from __future__ import annotations`, FastAPI before 0.119 takes `-> None` for a body, which 204 forbids.
        let model = self.house.style.endpoints.none_is_a_body && self.house.style.format.future_annotations;
        (body, "None".to_owned(), model.then(|| "None".to_owned()))
    }

    fn decorator(&self, file: &mut File, model: Option<String>) -> String {
        let house = self.house;
        let router = house.router_variable(self.router);
        let mut arguments = vec![text::string(&self.path())];
        arguments.extend(model.map(|model| format!("response_model={model}")));
        arguments.extend(self.status(file).map(|status| format!("status_code={status}")));
        arguments.extend(self.dependencies(file).map(|dependencies| format!("dependencies=[{dependencies}]")));
        arguments.extend(self.responses(file).map(|responses| format!("responses={responses}")));
        call(&format!("{router}.{}", self.op.method.to_lowercase()), &arguments)
    }

    fn path(&self) -> String {
        let style = &self.house.style;
        let at_registration = style.layout.registration.as_ref().is_some_and(|registration| registration.prefix_here);
        if style.endpoints.shared.is_none() && (style.endpoints.prefix_on_router.value || at_registration) {
            return self.house.path_behind(self.op, &self.router.prefix);
        }
        self.house.path_of(self.op)
    }

    fn status(&self, file: &mut File) -> Option<String> {
        let code = match (&self.op.kind, &self.house.style.endpoints.delete.value) {
            (OperationKind::Create, _) => self.house.style.endpoints.create_status.value,
            (OperationKind::Delete, DeleteAnswer::NoContent) => 204,
            (OperationKind::Link { .. } | OperationKind::Unlink { .. }, _) => 204,
            _ => 200,
        };
        let code = if code == 0 { 201 } else { code };
        (code != 200).then(|| {
            let hidden = std::mem::replace(&mut file.shadows_status, false);
            let written = status_code(self.house, file, code);
            file.shadows_status = hidden;
            written
        })
    }

    /// Dependencies that only guard.
    fn dependencies(&self, file: &mut File) -> Option<String> {
        let style = &self.house.style.user;
        let needed = match &self.op.access {
            AccessDesign::Superuser if self.house.superuser_by_dependency() => style.superuser_dependency.as_ref(),
            AccessDesign::Public => None,
            _ if self.rules.needs_user(self.op) => None,
            _ => style.parameter.value.dependency.as_ref(),
        }?;
        let depends = file.from("fastapi", "Depends");
        Some(format!("{depends}({})", file.symbol(needed)))
    }

    /// `responses=errors(NotFound, Conflict)`, where the house documents them.
    fn responses(&self, file: &mut File) -> Option<String> {
        let function = self.house.style.endpoints.responses.as_ref()?;
        let errors = &self.house.style.errors;
        let mut classes = Vec::new();
        let public_router = self.router.operations.iter().any(|op| op.access == AccessDesign::Public);
        if public_router && self.op.access != AccessDesign::Public {
            classes.extend(self.house.style.errors.unauthorized.as_ref().map(|class| file.symbol(class)));
        }
        let mut add = |file: &mut File, error: &Option<architect_model::DomainError>| {
            classes.extend(error.as_ref().map(|error| file.symbol(&error.class)));
        };
        if matches!(self.op.access, AccessDesign::Role { .. } | AccessDesign::Superuser | AccessDesign::Member { .. }) {
            add(file, &errors.forbidden);
        }
        let body = matches!(self.op.kind, OperationKind::Create | OperationKind::Update);
        let refuses = body && self.rules.has_checked_references() && self.house.style.errors.as_conflict.is_none();
        if !self.op.parameters.is_empty() || refuses {
            add(file, &errors.not_found);
        }
        if self.rules.may_conflict(self.op) {
            add(file, &errors.conflict);
        }
        (!classes.is_empty()).then(|| format!("{}({})", file.symbol(function), classes.join(", ")))
    }

    /// `Close a warranty.` for `close_warranty`.
    fn action_in_words(&self) -> String {
        let (name, names) = (self.name(), &self.entity.names);
        match name.strip_suffix(&format!("_{}", names.snake)) {
            Some(verb) => format!("{} {}.", capital(&verb.replace('_', " ")), with_article(&names.label)),
            None => format!("{}.", capital(&name.replace('_', " "))),
        }
    }

    fn doc(&self) -> Option<String> {
        let names = &self.entity.names;
        let words = match (&self.op.description, &self.op.kind) {
            (Some(text), _) => text.clone(),
            (None, OperationKind::List { .. }) => format!("Retrieve {}.", names.labels),
            (None, OperationKind::Read) => format!("Get {} by ID.", names.label),
            (None, OperationKind::Create) => format!("Create new {}.", names.label),
            (None, OperationKind::Update) => format!("Update {}.", with_article(&names.label)),
            (None, OperationKind::Delete) => format!("Delete {}.", with_article(&names.label)),
            (None, _) => self.action_in_words(),
        };
        let doc = self.house.doc(&words, 4)?;
        if self.house.style.format.open_docstrings && !doc.contains('\n') {
            let inner = doc.trim_start_matches("\"\"\"").trim_end_matches("\"\"\"");
            return Some(format!("\"\"\"\n{inner}\n\"\"\""));
        }
        Some(doc)
    }
}

/// Names of the path parameters of a rule, in order.
fn rule_paths(rule: &Rule) -> Vec<String> {
    rule.signature.names_of(Part::Path)
}

/// A service made on the spot, with the services that it works with.
fn made(house: &House<'_>, file: &mut File, entity: &EntityDesign) -> String {
    let class = file.symbol(&service::class(house, entity));
    let mut arguments = match house.service_holds() {
        Holds::Session(_) | Holds::UnitOfWork(_) => vec![house.handler_session_name()],
        Holds::Repository(_) => vec![house.repository_at(file, Place::Handler, entity)],
        Holds::Nothing => Vec::new(),
    };
    for collaborator in house.collaborators(entity) {
        if let Collaborator::New(other) = collaborator {
            arguments.push(made(house, file, other));
        }
    }
    call(&class, &arguments)
}
