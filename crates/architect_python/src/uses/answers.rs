//! What endpoints take and answer.

use std::sync::Arc;

use architect_model::Symbol;

use super::types::Type;
use super::world::World;
use crate::resolve::Class;
use crate::syntax::File;

impl<'a> World<'_, 'a> {
    fn handler(&self, endpoint: usize) -> Option<&architect_model::Handler> {
        let symbol = &self.project.endpoints.get(endpoint)?.handler;
        self.handlers.get(symbol).and_then(|number| self.project.handlers.get(*number))
    }

    /// The file of a module.
    pub(super) fn file_of(&self, module: &str) -> Option<&'a File> {
        self.modules.get(module).copied()
    }

    fn class(&self, symbol: &Symbol) -> Option<Class<'a>> {
        let file = self.file_of(&symbol.module)?;
        super::carriers::class_in(self.index, file, symbol)
    }

    /// The class of one row that an endpoint answers.
    pub(super) fn answer(&self, endpoint: usize) -> Option<Class<'a>> {
        self.class(self.handler(endpoint)?.answer.as_ref()?)
    }

    /// The class of a whole answer, where it is one: `ItemBoard`, and not the rows in it.
    pub(super) fn response(&self, endpoint: usize) -> Option<Class<'a>> {
        let found = self.project.endpoints.get(endpoint)?;
        let function = self.function(&found.handler)?;
        let declared = function.def.decorator_list.iter().find_map(|decorator| {
            let call = decorator.expression.as_call_expr()?;
            call.arguments.find_keyword("response_model").map(|keyword| &keyword.value)
        });
        let annotation = declared.or(function.def.returns.as_deref())?;
        match self.annotated(function.outer, annotation, &Arc::from([])).each().first() {
            Some(Type::Object(class, _)) => Some(*class),
            _ => None,
        }
    }

    /// Whether the subject is a relationship, and not a column.
    pub(super) fn is_relationship(&self) -> bool {
        let field = self.field();
        let tables = self.project.tables().filter(|table| table.class.as_ref() == Some(&self.subject.entity));
        tables.flat_map(|table| &table.relationships).any(|one| Some(one.name.as_str()) == field)
    }

    /// The class of what is sent to an endpoint.
    pub(super) fn body(&self, endpoint: usize) -> Option<Class<'a>> {
        self.class(self.handler(endpoint)?.body.as_ref()?)
    }

    /// The handler of an endpoint, where it has a parameter that is named after the field and is about the entity.
    pub(super) fn has_parameter(&self, endpoint: usize) -> Option<String> {
        let handler = self.handler(endpoint)?;
        let named = handler.parameters.iter().any(|parameter| Some(parameter.name.as_str()) == self.field());
        (named && handler.table.as_ref() == Some(&self.subject.entity)).then(|| handler.symbol.name.clone())
    }
}
