//! Lists: scoped in their query, a page at a time.

use architect_model::{
    EntityNames, ListScope, NestedPage, OperationDesign, PageShape, ParameterRole, Symbol, WithinDesign,
};

use super::{Finder, Rule, Rules};
use crate::write::code::{Code, call};
use crate::write::file::File;
use crate::write::names::filled;
use crate::write::place::Place;
use crate::write::repository;
use crate::write::select::{self, Listing, Scope, Whose};
use crate::write::signature::Parameter;
use crate::write::store::{Rows, Store};
use architect_model::ParameterPart as Part;

impl<'a> Rules<'a> {
    /// A page of rows.
    pub(super) fn list(&self, file: &mut File, op: &'a OperationDesign) -> Rule {
        let Some(listing) = Listing::of(&op.kind) else { return self.finder(file, Finder::of(op)) };
        let above = [ParameterRole::Parent, ParameterRole::Ancestor, ParameterRole::Within];
        let mut parameters = self.path_parameters(file, op, &above);
        if self.needs_user(op) {
            parameters.push(self.user_parameter(file));
        }
        parameters.extend(self.page_parameters(file));
        parameters.extend(self.filter_parameters(file, listing));
        let mut body = self.role_check(file, &op.access);
        let key = self.scope_key(file, op, listing, &mut body);
        let whose = match (listing.scope, &key) {
            (ListScope::Owner, Some(key)) => Whose::Owner(key),
            (ListScope::Parent, Some(key)) => Whose::Parent(key),
            _ => Whose::Everybody,
        };
        let within = listing.within.map(|within| self.find_within(file, op, within, &mut body));
        let scope = Scope { whose, role: op.access.member_role(), within: within.as_deref() };
        let rows = Store::new(self.house, self.entity, self.place).list(file, op, listing, scope);
        let returns = self.finish_list(file, rows, &mut body);
        Rule { name: self.name_of(op), signature: self.signature(file, parameters), returns, body }
    }

    /// Parameters for filters.
    pub(crate) fn filter_parameters(&self, file: &mut File, listing: Listing<'_>) -> Vec<Parameter> {
        let sent = self.place == Place::Handler;
        let filters = listing.filters.iter().map(|name| {
            let annotation = select::filter_type(self.house, file, self.entity, name, sent);
            let parameter = Parameter::new(Part::Filter, name, format!("{annotation} | None"));
            let defaults = &self.house.style.service.filter_defaults;
            let is_left_out = sent || defaults.value || !defaults.is_seen();
            if is_left_out { parameter.or("None") } else { parameter }
        });
        filters.collect()
    }

    /// The key by which the list is scoped, after the check of the parent.
    fn scope_key(
        &self,
        file: &mut File,
        op: &'a OperationDesign,
        listing: Listing<'_>,
        body: &mut Code,
    ) -> Option<String> {
        match listing.scope {
            ListScope::All => None,
            ListScope::Owner => Some(self.house.user_key(file, self.place)),
            ListScope::Parent => {
                let parent = self.find_parent_of(file, op, body);
                Some(format!("{parent}.{}", self.parent_key()))
            }
        }
    }

    /// Finds the row that the listed ones refer to, and gives its key.
    fn find_within(&self, file: &mut File, op: &OperationDesign, within: &WithinDesign, body: &mut Code) -> String {
        let named = op.parameters.iter().find(|parameter| parameter.role == ParameterRole::Within);
        let key = named.map(|parameter| parameter.name.clone()).unwrap_or_default();
        let is_taken = within.reference == self.house.user_name(self.place);
        let variable = if is_taken { "holder" } else { &within.reference };
        match self.house.new_entity(&within.target.class) {
            Some((_, entity)) => {
                let finder = Finder { owned: within.owned, above: 0, role: None };
                let call = self.finder_call(file, entity, finder, &[key]);
                body.add(&self.assign(variable, &call));
            }
            None => {
                let names = EntityNames { snake: variable.to_owned(), ..within.names.clone() };
                self.find_existing(file, &within.target, &names, &key, within.owned, body);
            }
        }
        format!("{variable}.{}", self.house.key_of(&within.target))
    }

    /// What the rule of an operation gives, with its imports in `file`.
    pub(crate) fn result(&self, file: &mut File, op: &OperationDesign) -> String {
        let model = self.model_symbol();
        if let Some(page) = self.linked_result(file, op) {
            return page;
        }
        if Listing::of(&op.kind).is_none() {
            return file.symbol(&model);
        }
        match repository::pager(self.house) {
            Some(false) if self.house.has_repository_classes() => {
                let model = file.symbol(&model);
                repository::base_page(self.house, file, &model)
            }
            _ => self.page_annotation(file),
        }
    }

    /// The annotation of a page in the house's shape.
    fn page_annotation(&self, file: &mut File) -> String {
        match &self.house.style.pages.shape.value {
            PageShape::Bare => format!("list[{}]", file.symbol(&self.model_symbol())),
            PageShape::PerEntity { name, .. } => {
                file.symbol(&self.house.schema(self.entity, &filled(name, &self.entity.names)))
            }
            PageShape::Generic { class, .. } => {
                let output = self.house.schema(self.entity, &self.entity.schemas.output_class);
                format!("{}[{}]", file.symbol(class), file.symbol(&output))
            }
        }
    }

    fn model_symbol(&self) -> Symbol {
        self.house.model(self.entity)
    }

    /// Gives the rows back in the house's shape.
    fn finish_list(&self, file: &mut File, rows: Rows, body: &mut Code) -> String {
        let model = self.model(file);
        match rows {
            Rows::Page(expression) => {
                body.line(format!("return {expression}"));
                repository::base_page(self.house, file, &model)
            }
            Rows::Pair(expression) => {
                let plural = &self.entity.names.snakes;
                body.line(format!("{plural}, total = {expression}"));
                self.shape(file, plural, Some("total"), body)
            }
            Rows::Apart { before, rows, total } => {
                body.add(&before);
                let plural = &self.entity.names.snakes;
                if self.house.counts_rows() && self.place == Place::Handler {
                    body.line(format!("count = {total}"));
                    body.line(format!("{plural} = {rows}"));
                } else {
                    body.line(format!("{plural} = {rows}"));
                    if self.house.counts_rows() {
                        body.line(format!("count = {total}"));
                    }
                }
                self.shape(file, plural, self.house.counts_rows().then_some("count"), body)
            }
        }
    }

    /// The page that is answered, and its type.
    fn shape(&self, file: &mut File, rows: &str, total: Option<&str>, body: &mut Code) -> String {
        let output = file.symbol(&self.house.schema(self.entity, &self.entity.schemas.output_class));
        let item = &self.entity.names.snake;
        let convert = self.house.conversion();
        let converted = format!("[{output}.model_validate({item}{convert}) for {item} in {rows}]");
        let (class, rows_field, total_field, others, annotation) = match &self.house.style.pages.shape.value {
            PageShape::Bare => {
                let model = self.model(file);
                body.line(format!(
                    "return {}",
                    if self.place == Place::Handler { rows.to_owned() } else { format!("list({rows})") }
                ));
                return format!("list[{model}]");
            }
            PageShape::PerEntity { name, rows, total, others } => {
                let class = filled(name, &self.entity.names);
                let class = file.symbol(&self.house.schema(self.entity, &class));
                (class.clone(), rows, total, others, class)
            }
            PageShape::Generic { class, rows, total, others } => {
                let class = file.symbol(class);
                (class.clone(), rows, total, others, format!("{class}[{output}]"))
            }
        };
        let converted = match &self.house.style.idioms.rows_variable.value {
            Some(pattern) if filled(pattern, &self.entity.names) != rows => {
                let variable = filled(pattern, &self.entity.names);
                body.line(format!("{variable} = {converted}"));
                variable
            }
            _ => converted,
        };
        let mut arguments = vec![format!("{rows_field}={converted}")];
        if let (Some(field), Some(total)) = (total_field, total) {
            arguments.push(format!("{field}={total}"));
        }
        let number = total.unwrap_or("total");
        for field in others {
            let value = match self.house.style.pages.nested.as_ref().filter(|nested| nested.field == *field) {
                Some(nested) => self.nested_page(file, nested, number),
                None => self.house.page_field(field, number),
            };
            arguments.push(format!("{field}={value}"));
        }
        body.line(format!("return {}", call(&class, &arguments)));
        annotation
    }

    /// What the page says of itself in an object of its own.
    fn nested_page(&self, file: &mut File, nested: &NestedPage, total: &str) -> String {
        let class = file.symbol(&nested.class);
        let given = nested.total.iter().map(|field| format!("{field}={total}"));
        let others = nested.others.iter().map(|field| format!("{field}={}", self.house.page_field(field, total)));
        call(&class, &given.chain(others).collect::<Vec<_>>())
    }
}
