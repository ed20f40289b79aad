//! Rules that change rows: create, update, delete, and actions.

use architect_model::{ColumnRole, DeleteAnswer, LinkDesign, Literal, OperationDesign, ParameterRole};

use super::check::Write;
use super::finish::Ending;
use super::{Rule, Rules};
use crate::write::code::{Code, call};
use crate::write::errors::{self, Refusal};
use crate::write::file::File;
use crate::write::names::spoken;
use crate::write::relations::links_of;
use crate::write::store::{Effect, Lines, Store};
use crate::write::{text, values};

const ABOVE: [ParameterRole; 2] = [ParameterRole::Parent, ParameterRole::Ancestor];
const ALL: [ParameterRole; 3] = [ParameterRole::Parent, ParameterRole::Ancestor, ParameterRole::Item];

impl<'a> Rules<'a> {
    fn rows(&self) -> Store<'a> {
        Store::new(self.house, self.entity, self.place)
    }

    /// A new row.
    pub(super) fn create(&self, file: &mut File, op: &'a OperationDesign) -> Rule {
        let mut parameters = self.path_parameters(file, op, &ABOVE);
        let class = self.entity.schemas.create_class.clone().unwrap_or_default();
        let data = self.body_parameter(file, &class);
        let body_name = data.name.clone();
        parameters.push(data);
        if self.needs_user(op) {
            parameters.push(self.user_parameter(file));
        }
        let mut body = self.role_check(file, &op.access);
        let mut given: Vec<(String, String)> = Vec::new();
        for column in self.house.given_by_server(self.entity) {
            match column.role {
                ColumnRole::Owner => given.push((column.name.clone(), self.house.user_key(file, self.place))),
                ColumnRole::Parent if op.parent().is_some() => {
                    let parent = self.find_parent_of(file, op, &mut body);
                    given.push((column.name.clone(), format!("{parent}.{}", self.parent_key())));
                }
                _ => {}
            }
        }
        body.add(&self.check_call(file, &body_name, Write::Creation));
        for link in links_of(self.house, self.entity) {
            let ids = self.linked_ids(&body_name, link);
            let found = self.linked_call(file, link, &ids);
            let code = self.assign(&link.field, &found);
            body.add(&self.guarded(file, code));
            given.push((link.field.clone(), link.field.clone()));
        }
        let effect = match self.entity.owner.group() {
            Some(_) => {
                let founder = self.house.user_key(file, self.place);
                self.rows().found_group(file, &body_name, &given, &founder)
            }
            None => self.rows().create(file, &body_name, &given),
        };
        self.finish(file, effect, Ending::ROW, &mut body);
        let returns = self.model(file);
        Rule { name: self.name_of(op), signature: self.signature(file, parameters), returns, body }
    }

    /// What a body refers to, where the house answers a missing reference as a conflict.
    fn guarded(&self, file: &mut File, code: Code) -> Code {
        let Some(symbol) = &self.house.style.errors.as_conflict else { return code };
        let mut guarded = Code::new();
        guarded.block(format!("with {}():", file.symbol(symbol)), &code);
        guarded
    }

    /// Finds the row that an operation works on.
    fn found(&self, file: &mut File, op: &'a OperationDesign) -> Code {
        let mut body = self.role_check(file, &op.access);
        body.add(&self.take_item(file, op));
        body
    }

    /// Changes to a row.
    pub(super) fn update(&self, file: &mut File, op: &'a OperationDesign) -> Rule {
        let mut parameters = self.path_parameters(file, op, &ALL);
        let class = self.entity.schemas.update_class.clone().unwrap_or_default();
        let data = self.body_parameter(file, &class);
        let body_name = data.name.clone();
        parameters.push(data);
        if self.needs_user(op) {
            parameters.push(self.user_parameter(file));
        }
        let mut body = self.found(file, op);
        body.add(&self.check_call(file, &body_name, Write::Change));
        let item = self.entity.names.snake.clone();
        self.refuse_circles(file, &item, &body_name, &mut body);
        for link in links_of(self.house, self.entity) {
            let ids = self.linked_ids(&body_name, link);
            let found = self.linked_call(file, link, &ids);
            let condition = self.house.was_sent(&ids, "list");
            let code = Code::of(format!("{item}.{} = {found}", link.field));
            let code = self.guarded(file, code);
            body.block(format!("if {condition}:"), &code);
        }
        let effect = self.rows().update(file, &item, &body_name, &[]);
        self.finish(file, effect, Ending::ROW, &mut body);
        let returns = self.model(file);
        Rule { name: self.name_of(op), signature: self.signature(file, parameters), returns, body }
    }

    /// Refuses what would make a row its own ancestor.
    fn refuse_circles(&self, file: &mut File, item: &str, data: &str, body: &mut Code) {
        for (index, column) in self.entity.columns.iter().enumerate().filter(|(_, column)| column.in_update) {
            let Some(reference) = column.reference.as_ref().filter(|reference| reference.acyclic) else { continue };
            let sent = format!("{data}.{}", column.name);
            let class = values::key(file, column.id.unwrap_or_default());
            let sent_at_all = self.house.was_sent(&sent, &class);
            let key = format!("{item}.{}", self.own_key());
            let (lines, leads_back) = self.rows().leads_to(file, index, &sent, &key);
            let message =
                format!("This {} leads back to the {} itself", spoken(&reference.name), self.entity.names.label);
            let raise = Code::of(errors::raise(self.house, file, Refusal::Conflict(&message), &key, None));
            if lines.is_empty() {
                body.block(format!("if {sent_at_all} and {leads_back}:"), &raise);
                continue;
            }
            let mut inner = lines;
            inner.block(format!("if {leads_back}:"), &raise);
            body.block(format!("if {sent_at_all}:"), &inner);
        }
    }

    /// Deletes a row.
    pub(super) fn delete(&self, file: &mut File, op: &'a OperationDesign) -> Rule {
        let mut parameters = self.path_parameters(file, op, &ALL);
        if self.needs_user(op) {
            parameters.push(self.user_parameter(file));
        }
        let mut body = self.found(file, op);
        let item = self.entity.names.snake.clone();
        let lines = Lines { sent: self.rows().delete(file, &item), ..Lines::about(&item) };
        let gives_row = self.house.style.endpoints.delete.value == DeleteAnswer::Row;
        self.finish(file, Effect::Lines(lines), Ending { gives_row, ..Ending::NOTHING }, &mut body);
        let returns = if gives_row { self.model(file) } else { "None".to_owned() };
        Rule { name: self.name_of(op), signature: self.signature(file, parameters), returns, body }
    }

    /// Sets columns to fixed values.
    pub(super) fn set(
        &self,
        file: &mut File,
        op: &'a OperationDesign,
        values: &[(String, Literal)],
        when: &[(String, Vec<Literal>)],
    ) -> Rule {
        let mut parameters = self.path_parameters(file, op, &ALL);
        if self.needs_user(op) {
            parameters.push(self.user_parameter(file));
        }
        let mut body = self.found(file, op);
        for (column, allowed) in when {
            self.demand(file, column, allowed, &mut body);
        }
        let written = self.literals(file, values);
        let item = &self.entity.names.snake;
        let schema = self
            .entity
            .schemas
            .update_class
            .as_ref()
            .filter(|_| values.iter().all(|(name, _)| self.entity.schemas.update.contains(name)));
        let effect = match schema.filter(|_| self.rows().updates_by_schema()) {
            Some(class) => {
                let class = file.symbol(&self.house.schema(self.entity, class));
                let arguments: Vec<_> = written.iter().map(|(name, value)| format!("{name}={value}")).collect();
                self.rows().update(file, item, &call(&class, &arguments), &[])
            }
            None => self.rows().save(file, item, &written),
        };
        let ending = Ending { gives_row: true, conflicts: values.iter().any(|(name, _)| self.is_unique(name)) };
        self.finish(file, effect, ending, &mut body);
        let returns = self.model(file);
        Rule { name: self.name_of(op), signature: self.signature(file, parameters), returns, body }
    }

    fn literals(&self, file: &mut File, values: &[(String, Literal)]) -> Vec<(String, String)> {
        let value = |(name, literal): &(String, Literal)| {
            let column = self.entity.column(name)?;
            Some((name.clone(), values::literal_value(self.house, file, &column.ty, literal)?))
        };
        values.iter().filter_map(value).collect()
    }

    /// `if project.status != ProjectStatus.ACTIVE: raise Conflict(…)`.
    fn demand(&self, file: &mut File, column: &str, allowed: &[Literal], body: &mut Code) {
        let Some(design) = self.entity.column(column) else { return };
        let item = &self.entity.names.snake;
        let options: Vec<_> =
            allowed.iter().filter_map(|literal| values::literal_value(self.house, file, &design.ty, literal)).collect();
        let condition = match options.as_slice() {
            [] => return,
            [only] if ["None", "True", "False"].contains(&only.as_str()) => format!("{item}.{column} is not {only}"),
            [only] => format!("{item}.{column} != {only}"),
            several => format!("{item}.{column} not in ({})", several.join(", ")),
        };
        let message = demanded(column, &self.entity.names.label, allowed);
        let raise =
            errors::raise(self.house, file, Refusal::Conflict(&message), &format!("{item}.{}", self.own_key()), None);
        body.block(format!("if {condition}:"), &Code::of(raise));
    }

    /// Links or unlinks two rows.
    pub(super) fn link(&self, file: &mut File, op: &'a OperationDesign, link: &str, add: bool) -> Rule {
        let mut parameters = self.path_parameters(
            file,
            op,
            &[ParameterRole::Item, ParameterRole::Ancestor, ParameterRole::Parent, ParameterRole::Linked],
        );
        if self.needs_user(op) {
            parameters.push(self.user_parameter(file));
        }
        let mut body = self.found(file, op);
        let item = &self.entity.names.snake;
        let linked = op.parameters.iter().find(|parameter| parameter.role == ParameterRole::Linked);
        let key = linked.map(|parameter| parameter.name.clone()).unwrap_or_default();
        if let Some(link) = links_of(self.house, self.entity).find(|known| known.class == link) {
            if add {
                self.add_link(file, item, link, &key, &mut body);
            } else {
                self.remove_link(file, item, link, &key, &mut body);
            }
        }
        Rule { name: self.name_of(op), signature: self.signature(file, parameters), returns: "None".to_owned(), body }
    }

    /// Links a row, unless it is linked already; another request may do the same at the same moment.
    fn add_link(&self, file: &mut File, item: &str, link: &LinkDesign, key: &str, body: &mut Code) {
        let (other, field) = (&link.right.names.snake, &link.field);
        let found = self.linked_call(file, link, &format!("[{key}]"));
        body.line(format!("[{other}] = {found}"));
        let mut attempt = Code::new();
        let effect = self.rows().save(file, item, &[]);
        self.finish(file, effect, Ending::NOTHING, &mut attempt);
        let (name, columns) = self.key_of_link(link);
        let mut expected = Code::new();
        let condition = format!("if not violates(exc, {}, {}):", text::string(&name), text::string(&columns));
        expected.block(condition, &Code::of("raise"));
        expected.line("# Another request has linked them in the meantime.");
        expected.line(self.rollback());
        file.needs_violates = true;
        let error = file.from("sqlalchemy.exc", "IntegrityError");
        let mut linking = Code::of(format!("{item}.{field}.append({other})"));
        linking.block("try:", &attempt);
        linking.block(format!("except {error} as exc:"), &expected);
        body.block(format!("if {other} not in {item}.{field}:"), &linking);
    }

    /// Unlinks a row; one that is not linked, or no longer, is not found.
    fn remove_link(&self, file: &mut File, item: &str, link: &LinkDesign, key: &str, body: &mut Code) {
        let (other, field) = (&link.right.names.snake, &link.field);
        body.line(format!("{field} = [{other} for {other} in {item}.{field} if {other}.id != {key}]"));
        let raise = errors::raise(self.house, file, Refusal::NotFound(&link.right.names), key, None);
        body.block(format!("if len({field}) == len({item}.{field}):"), &Code::of(raise));
        body.line(format!("{item}.{field} = {field}"));
        let effect = self.rows().save(file, item, &[]);
        if self.house.base_flushes() {
            return self.finish(file, effect, Ending::NOTHING, body);
        }
        let mut attempt = Code::new();
        self.finish(file, effect, Ending::NOTHING, &mut attempt);
        let error = file.from("sqlalchemy.orm.exc", "StaleDataError");
        let mut gone = Code::of(self.rollback());
        gone.line(errors::raise(self.house, file, Refusal::NotFound(&link.right.names), key, Some("exc")));
        body.block("try:", &attempt);
        body.block(format!("except {error} as exc:"), &gone);
    }

    fn rollback(&self) -> String {
        let session = self.house.session_at(self.place, self.entity);
        self.house.wait(&format!("{session}.rollback()"))
    }

    /// The primary key of a link table: its name on PostgreSQL, and its columns as SQLite names them.
    ///
    /// PostgreSQL calls it `<table>_pkey`, the table cut so that the whole has 63 bytes, unless a convention names it.
    fn key_of_link(&self, link: &LinkDesign) -> (String, String) {
        let table = &link.table;
        let conventions = &self.house.style.models.naming_convention;
        let convention = conventions.iter().find(|(kind, _)| kind == "pk").map(|(_, pattern)| pattern);
        let named = convention.map(|pattern| pattern.replace("%(table_name)s", table));
        let cut: String = table.chars().take(63 - "_pkey".len()).collect();
        let name = named.filter(|name| !name.contains("%(")).unwrap_or_else(|| format!("{cut}_pkey"));
        (name, format!("{table}.{}, {table}.{}", link.left.column, link.right.column))
    }
}

/// What must be true of a row before, for people: "The status of this project must be draft or active".
fn demanded(column: &str, label: &str, allowed: &[Literal]) -> String {
    let adjective = spoken(column.strip_prefix("is_").unwrap_or(column));
    let is_adjective = !["has ", "can ", "may ", "needs "].iter().any(|verb| adjective.starts_with(verb));
    match allowed {
        [Literal::Boolean(false)] if is_adjective => return format!("This {label} is {adjective} already"),
        [Literal::Boolean(true)] if is_adjective => return format!("This {label} is not {adjective}"),
        _ => {}
    }
    let said = |literal: &Literal| match literal {
        Literal::Null => Some("empty".to_owned()),
        Literal::Text(text) => Some(text.replace('_', " ")),
        Literal::Integer(number) => Some(number.to_string()),
        Literal::Number { number } => Some(number.clone()),
        Literal::Boolean(_) | Literal::Now { .. } | Literal::Empty { .. } => None,
    };
    let field = spoken(column);
    match allowed.iter().map(said).collect::<Option<Vec<_>>>().as_deref() {
        Some([before @ .., last]) => {
            let before = if before.is_empty() { String::new() } else { format!("{} or ", before.join(", ")) };
            format!("The {field} of this {label} must be {before}{last}")
        }
        _ => format!("The {field} of this {label} does not allow it"),
    }
}
