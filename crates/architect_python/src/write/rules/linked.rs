//! Pages of rows that are linked to one row.

use architect_model::{LinkDesign, OperationDesign, OrderBy, PageShape, ParameterRole, Symbol};

use super::{Rule, Rules};
use crate::write::code::{Code, call};
use crate::write::file::File;
use crate::write::house::Need;
use crate::write::names::filled;
use crate::write::relations::links_of;
use crate::write::repository;
use crate::write::select;
use crate::write::store::Store;

impl<'a> Rules<'a> {
    /// A page of the rows that are linked to one row.
    pub(super) fn list_linked(&self, file: &mut File, op: &'a OperationDesign, class: &str, order: &[OrderBy]) -> Rule {
        let roles = [ParameterRole::Parent, ParameterRole::Ancestor, ParameterRole::Item];
        let mut parameters = self.path_parameters(file, op, &roles);
        if self.needs_user(op) {
            parameters.push(self.user_parameter(file));
        }
        parameters.extend(self.page_parameters(file));
        let mut body = self.role_check(file, &op.access);
        body.add(&self.take_item(file, op));
        let item = &self.entity.names.snake;
        let Some(link) = links_of(self.house, self.entity).find(|link| link.class == class) else {
            return self.finder(file, super::Finder::of(op));
        };
        let (rows, total) = self.linked_rows(file, op, link, order, &format!("{item}.{}", self.own_key()));
        let plural = &link.right.names.snakes;
        body.line(format!("{plural} = {rows}"));
        if self.house.counts_rows() {
            body.line(format!("count = {total}"));
        }
        self.linked_page(file, link, &mut body);
        let returns = self.linked_annotation(file, link);
        Rule { name: self.name_of(op), signature: self.signature(file, parameters), returns, body }
    }

    /// Expressions of the rows and of their number.
    fn linked_rows(
        &self,
        file: &mut File,
        op: &'a OperationDesign,
        link: &LinkDesign,
        order: &[OrderBy],
        key: &str,
    ) -> (String, String) {
        let store = Store::new(self.house, self.entity, self.place);
        if store.has_class() {
            self.house.need(self.entity, Need::Linked(self.house.list_index(op)));
            return store.linked(file, link, key);
        }
        let session = self.house.session_at(self.place, self.entity);
        let statement = repository::linked_statement(self.house, file, link, key);
        let count = select::count(self.house, file, &format!("{statement}.subquery()"));
        let page = repository::linked_page(self.house, file, link, order, &statement);
        (select::all(self.house, &session, &page), select::number(self.house, &session, &count))
    }

    /// Gives the page back in the house's shape.
    fn linked_page(&self, file: &mut File, link: &LinkDesign, body: &mut Code) {
        let names = &link.right.names;
        let output = self.linked_output(file, link);
        let convert = self.house.conversion();
        let rows = format!("[{output}.model_validate({0}{convert}) for {0} in {1}]", names.snake, names.snakes);
        let (class, rows_field, total, others) = match &self.house.style.pages.shape.value {
            PageShape::Bare => {
                body.line(format!("return {rows}"));
                return;
            }
            PageShape::PerEntity { rows, total, others, .. } | PageShape::Generic { rows, total, others, .. } => {
                let annotation = self.linked_annotation(file, link);
                (annotation.split('[').next().unwrap_or_default().to_owned(), rows, total, others)
            }
        };
        let mut arguments = vec![format!("{rows_field}={rows}")];
        arguments.extend(total.as_ref().map(|total| format!("{total}=count")));
        arguments.extend(others.iter().map(|field| format!("{field}={}", self.house.page_field(field, "count"))));
        body.line(format!("return {}", call(&class, &arguments)));
    }

    fn linked_output(&self, file: &mut File, link: &LinkDesign) -> String {
        let symbol = match self.house.new_entity(&link.right.names.class) {
            Some((module, entity)) => self.house.schema_in(&module.name, entity, &entity.schemas.output_class),
            None => self
                .house
                .existing_output(&link.right.names.class)
                .unwrap_or_else(|| self.house.class_of(&link.right.target)),
        };
        file.symbol(&symbol)
    }

    /// The annotation of such a page.
    pub(super) fn linked_annotation(&self, file: &mut File, link: &LinkDesign) -> String {
        let output = self.linked_output(file, link);
        match (&self.house.style.pages.shape.value, self.house.new_entity(&link.right.names.class)) {
            (PageShape::Generic { class, .. }, _) => format!("{}[{output}]", file.symbol(class)),
            (PageShape::PerEntity { name, .. }, Some((module, entity))) => {
                let symbol = self.house.schema_in(&module.name, entity, &filled(name, &entity.names));
                file.symbol(&symbol)
            }
            (PageShape::PerEntity { name, .. }, None) => {
                let page = self.house.schema_called(&filled(name, &link.right.names));
                file.symbol(&page.unwrap_or_else(|| Symbol::new("", "list")))
            }
            (PageShape::Bare, _) => format!("list[{output}]"),
        }
    }

    /// The annotation of the page that `op` answers, if it is a page of linked rows.
    pub(crate) fn linked_result(&self, file: &mut File, op: &OperationDesign) -> Option<String> {
        let architect_model::OperationKind::ListLinked { link, .. } = &op.kind else { return None };
        let link = links_of(self.house, self.entity).find(|known| known.class == *link)?;
        Some(self.linked_annotation(file, link))
    }
}
