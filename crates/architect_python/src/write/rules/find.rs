//! Finders: the one place where a row is looked up, and where it is decided whether the caller may know of it.

use architect_model::{ColumnDesign, EntityDesign, EntityNames, OperationDesign, OperationKind, ParameterRole};

use super::{Rule, Rules};
use crate::write::code::Code;
use crate::write::deletion;
use crate::write::errors::{self, Refusal};
use crate::write::file::File;
use crate::write::place::Place;
use crate::write::signature::Parameter;
use crate::write::store::Store;
use architect_model::ParameterPart as Part;

/// How a row is looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finder {
    /// Whether the caller must own it.
    pub(crate) owned: bool,
    /// How many keys of parents stand before its own.
    pub(crate) above: usize,
    /// The role that the caller must have in the group that owns it, by its place among the roles.
    pub(crate) role: Option<usize>,
}

impl Finder {
    /// The finder of the row that an operation works on.
    pub(crate) fn of(op: &OperationDesign) -> Self {
        let above = op.parameters.iter().take_while(|parameter| parameter.role != ParameterRole::Item).count();
        let above = if op.item().is_some() { above } else { 0 };
        Self { owned: op.access.is_owner(), above, role: op.access.member_role() }
    }

    /// The finder of the parent that an operation names.
    pub(crate) fn of_parent(op: &OperationDesign) -> Self {
        let above = op.parameters.iter().take_while(|parameter| parameter.role != ParameterRole::Parent).count();
        Self { owned: op.access.is_owner(), above, role: op.access.member_role() }
    }

    pub(super) fn parent(self) -> Self {
        Self { owned: self.owned, above: self.above.saturating_sub(1), role: None }
    }
}

impl<'a> Rules<'a> {
    /// The finders that somebody asks for.
    pub(crate) fn finders(&self) -> Vec<Finder> {
        let mut all: Vec<Finder> = Vec::new();
        let works_on_row = |op: &OperationDesign| op.item().is_some();
        all.extend(self.operations().filter(|op| works_on_row(op)).map(Finder::of));
        if !self.keeps_apart() {
            all.extend(self.asked_by_others());
        }
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The finders that rules of other entities ask for.
    pub(super) fn asked_by_others(&self) -> Vec<Finder> {
        if self.house.is_otherwise(self.entity) {
            return Vec::new();
        }
        let mut all: Vec<Finder> = Vec::new();
        for child in self.children() {
            let rules = Rules::new(self.house, child);
            all.extend(rules.operations().filter(|op| op.parent().is_some()).map(Finder::of_parent));
            all.extend(rules.finders().into_iter().filter(|finder| finder.above > 0).map(Finder::parent));
        }
        if self.house.style.errors.denied_status.value == 403 {
            // Rows of children that stand under their own address lead to this one.
            let flat = |child: &&EntityDesign| {
                Rules::new(self.house, child).finders().iter().any(|finder| finder.owned && finder.above == 0)
            };
            all.extend(self.children().filter(flat).map(|_| Finder { owned: true, above: 0, role: None }));
        }
        let class = &self.entity.names.class;
        let named = self.house.references_to(class).chain(self.house.lists_within(class));
        all.extend(named.map(|owned| Finder { owned, above: 0, role: None }));
        let made = self.children().flat_map(|child| {
            let rules = Rules::new(self.house, child);
            child.columns.iter().filter(|column| column.in_create).filter_map(move |column| rules.parent_role(column))
        });
        all.extend(made.map(|role| Finder { owned: true, above: 0, role: Some(role) }));
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The finders that a check of references to rows of the same table asks for.
    pub(super) fn asked_by_itself(&self) -> Vec<Finder> {
        let class = &self.entity.names.class;
        let refers = |column: &&ColumnDesign| {
            column.reference.as_ref().is_some_and(|reference| reference.target.class == *class)
        };
        if !self.entity.columns.iter().any(|column| refers(&column)) {
            return Vec::new();
        }
        let mut all: Vec<Finder> =
            self.house.references_to(class).map(|owned| Finder { owned, above: 0, role: None }).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    fn children(&self) -> impl Iterator<Item = &'a EntityDesign> {
        self.entity.children.iter().filter_map(|class| self.house.new_entity(class).map(|(_, entity)| entity))
    }

    /// The name of a finder: the house's word for reading, told apart where there are several.
    pub(crate) fn finder_name(&self, finder: Finder) -> String {
        let all = self.finders();
        let reads =
            self.operations().find(|op| matches!(op.kind, OperationKind::Read) && op.name.is_none()).map(Finder::of);
        let main = reads.or_else(|| all.iter().rev().max_by_key(|finder| finder.above).copied()).unwrap_or(finder);
        let base = if self.place == Place::Handler || !self.house.rules_in_class() {
            self.function_name()
        } else {
            self.private_name(self.house.method_name("read", self.entity))
        };
        if finder == main {
            return base;
        }
        let mut name = base;
        if finder.owned != main.owned {
            name.push_str(if finder.owned { "_own" } else { "_any" });
        }
        if finder.above != main.above {
            name.push_str(if finder.above == 0 { "_by_id" } else { "_within" });
        }
        if finder.role != main.role {
            let role = self.house.role_word(&self.entity.owner, finder.role);
            name.push_str(&format!("_as_{}", role.as_deref().unwrap_or("member")));
        }
        name
    }

    /// The name of a finder that is a function.
    fn function_name(&self) -> String {
        match self.place {
            Place::Handler => format!("get_{}_or_raise", self.entity.names.snake),
            Place::Service => self.house.method_name("read", self.entity),
        }
    }

    /// The name of a finder that is not for other classes.
    fn private_name(&self, base: String) -> String {
        let is_read = self.operations().any(|op| matches!(op.kind, OperationKind::Read) && op.name.is_none());
        let style = &self.house.style.reach.private_helpers;
        let hides = self.keeps_apart() && self.place == Place::Service && style.value && !is_read;
        if hides { format!("_get_{}", self.entity.names.snake) } else { base }
    }

    /// The finder as a rule.
    pub(crate) fn finder(&self, file: &mut File, finder: Finder) -> Rule {
        let mut parameters = self.keys(file, finder);
        if finder.owned {
            parameters.push(self.user_parameter(file));
        }
        let mut body = Code::new();
        let above = if finder.above > 0 { self.parent_keys(finder.parent()) } else { Vec::new() };
        self.find(file, finder, &above, &self.key_name(), &mut body);
        body.line(format!("return {}", self.entity.names.snake));
        let returns = self.model(file);
        let name = self.finder_name(finder);
        Rule { name, signature: self.signature(file, parameters), returns, body }
    }

    /// Statements that look a row up by the keys of its parents and its own, and ask for the caller's role.
    pub(super) fn find(&self, file: &mut File, finder: Finder, above: &[String], id: &str, body: &mut Code) {
        let plain = Finder { role: None, ..finder };
        let is_here = self.home.names.class == self.entity.names.class && !self.looks_up_in_place();
        if finder.role.is_some() && is_here && self.finders().contains(&plain) {
            let keys: Vec<String> = above.iter().cloned().chain([id.to_owned()]).collect();
            let call = self.finder_call(file, self.entity, plain, &keys);
            body.add(&self.assign(&self.entity.names.snake, &call));
        } else {
            self.find_plain(file, plain, above, id, body);
        }
        if let Some(role) = finder.role {
            let user = self.house.user_key(file, self.place);
            let found = self.store().get_as(file, id, &user, role);
            body.add(&self.refuse_role(file, &self.entity.owner, role, "", &found));
        }
    }

    fn find_plain(&self, file: &mut File, finder: Finder, above: &[String], id: &str, body: &mut Code) {
        if finder.above > 0 && self.entity.parent.is_some() {
            self.find_in_parent(file, finder, above, id, body);
        } else if finder.owned {
            self.find_owned(file, id, body);
        } else {
            self.find_any(file, id, body);
        }
    }

    /// Keys of the parents and of the row.
    fn keys(&self, file: &mut File, finder: Finder) -> Vec<Parameter> {
        let mut keys = Vec::new();
        let mut entity = self.entity;
        for _ in 0..finder.above {
            let Some(parent) = &entity.parent else { break };
            let kind = entity.column(&parent.column).and_then(|column| column.id).unwrap_or_default();
            keys.push(Parameter::new(Part::Path, &parent.column, self.key(file, kind)));
            match self.house.new_entity(&parent.names.class) {
                Some((_, parent)) => entity = parent,
                None => break,
            }
        }
        keys.reverse();
        let kind = self.entity.id().and_then(|id| id.id).unwrap_or_default();
        keys.push(Parameter::new(Part::Path, self.key_name(), self.key(file, kind)));
        keys
    }

    pub(super) fn store(&self) -> Store<'a> {
        Store::new(self.house, self.entity, self.place)
    }

    fn find_in_parent(&self, file: &mut File, finder: Finder, keys: &[String], id: &str, body: &mut Code) {
        let Some(parent) = &self.entity.parent else { return };
        let variable = &self.entity.names.snake;
        let holder = self.find_parent(file, finder.parent(), keys, body);
        let key = self.house.key_of(&parent.target);
        if self.house.style.repository.owned.get.is_some() && self.house.has_repository_classes() {
            let found = self.store().get_in_parent(file, id, &format!("{holder}.{key}"));
            body.add(&self.assign(variable, &found));
            self.refuse_none(file, &self.entity.names, id, body);
            return;
        }
        let found = self.store().get(file, id);
        body.add(&self.assign(variable, &found));
        let raise = errors::raise(self.house, file, Refusal::NotFound(&self.entity.names), id, None);
        let (missing, dead) = (self.house.is_missing(self.place, variable), self.or_dead(variable));
        body.block(format!("if {missing}{dead} or {variable}.{} != {holder}.{key}:", parent.column), &Code::of(raise));
    }

    /// Finds the parent that an operation names in its path, and gives the variable in which it stands then.
    pub(super) fn find_parent_of(&self, file: &mut File, op: &OperationDesign, body: &mut Code) -> String {
        let above = [ParameterRole::Ancestor, ParameterRole::Parent];
        let named = op.parameters.iter().filter(|parameter| above.contains(&parameter.role));
        let keys: Vec<String> = named.map(|parameter| parameter.name.clone()).collect();
        self.find_parent(file, Finder::of_parent(op), &keys, body)
    }

    /// Finds the parent by `keys`, the outermost first, and gives the variable in which it stands then.
    fn find_parent(&self, file: &mut File, finder: Finder, keys: &[String], body: &mut Code) -> String {
        let Some(parent) = &self.entity.parent else { return String::new() };
        let variable = parent.names.snake.clone();
        match self.house.new_entity(&parent.names.class) {
            Some((_, entity)) => {
                let call = self.finder_call(file, entity, finder, keys);
                body.add(&self.assign(&variable, &call));
            }
            None => {
                let key = keys.last().unwrap_or(&parent.column);
                self.find_existing(file, &parent.target, &parent.names, key, finder.owned, body);
                if let Some(role) = finder.role {
                    let user = self.house.user_key(file, self.place);
                    let found = self.store().other(file, &parent.target, false, key, Some(&user), Some(role));
                    body.add(&self.refuse_role(file, &parent.target.owner, role, "", &found));
                }
            }
        }
        variable
    }

    /// The names of the keys that a finder has for the parents of its row.
    fn parent_keys(&self, finder: Finder) -> Vec<String> {
        let mut keys = Vec::new();
        let mut entity = self.entity;
        for _ in 0..=finder.above {
            let Some(parent) = &entity.parent else { break };
            keys.push(parent.column.clone());
            match self.house.new_entity(&parent.names.class) {
                Some((_, parent)) => entity = parent,
                None => break,
            }
        }
        keys.reverse();
        keys
    }

    fn find_owned(&self, file: &mut File, id: &str, body: &mut Code) {
        let variable = &self.entity.names.snake;
        let house = self.house;
        let key = house.user_key(file, self.place);
        let column = self.entity.owner.user_column.clone().unwrap_or_default();
        let by_query = house.finds_own_by_query(self.entity);
        let refuses_openly = house.style.errors.denied_status.value == 403;
        if refuses_openly && !self.entity.owner.is_direct() && !by_query {
            return self.find_through_parent(file, id, body);
        }
        if !self.entity.owner.is_direct() || by_query {
            let found = self.store().get_owned(file, id, &key);
            body.add(&self.assign(variable, &found));
            return self.refuse_none(file, &self.entity.names, id, body);
        }
        let found = self.store().get(file, id);
        body.add(&self.assign(variable, &found));
        if refuses_openly {
            self.refuse_dead(file, id, body);
            return self.refuse_strange(file, &self.entity.names, &column, id, body);
        }
        let raise = errors::raise(house, file, Refusal::NotFound(&self.entity.names), id, None);
        let (missing, dead) = (house.is_missing(self.place, variable), self.or_dead(variable));
        body.block(format!("if {missing}{dead} or {variable}.{column} != {key}:"), &Code::of(raise));
    }

    /// ` or task.deleted_at is not None`, where what was found by its key alone may be marked.
    fn or_dead(&self, variable: &str) -> String {
        let mark = self.house.mark(self.entity).filter(|_| self.store().finds_deleted());
        mark.map_or_else(String::new, |mark| format!(" or {}", deletion::is_dead(mark, variable)))
    }

    /// Refuses openly whoever does not own the row in the variable of `names`.
    pub(super) fn refuse_strange(&self, file: &mut File, names: &EntityNames, column: &str, id: &str, body: &mut Code) {
        let user = &self.house.style.user;
        let key = self.house.user_key(file, self.place);
        let strange = format!("{}.{column} != {key}", names.snake);
        let strange = match (&user.superuser_attribute, user.superuser_sees_all.value) {
            (Some(attribute), true) => format!("not {}.{attribute} and ({strange})", self.house.user_name(self.place)),
            _ => strange,
        };
        let raise = errors::raise(self.house, file, Refusal::Denied(names), id, None);
        body.block(format!("if {strange}:"), &Code::of(raise));
    }

    /// The row, then its parent: whoever may not know of that may not know of this.
    fn find_through_parent(&self, file: &mut File, id: &str, body: &mut Code) {
        self.find_any(file, id, body);
        let Some(parent) = &self.entity.parent else {
            let user = self.house.user_key(file, self.place);
            let found = self.store().get_owned(file, id, &user);
            return self.refuse_unless(file, &found, Refusal::Denied(&self.entity.names), id, body);
        };
        let variable = &self.entity.names.snake;
        let key = format!("{variable}.{}", parent.column);
        match self.house.new_entity(&parent.names.class) {
            Some((_, entity)) => {
                let call = self.finder_call(file, entity, Finder { owned: true, above: 0, role: None }, &[key]);
                body.line(call);
            }
            None => match self.existing_call(&parent.target, &parent.names, &key, true) {
                Some(call) => {
                    body.line(call);
                }
                None => self.find_existing(file, &parent.target, &parent.names, &key, true, body),
            },
        }
    }

    fn find_any(&self, file: &mut File, id: &str, body: &mut Code) {
        let found = self.store().get(file, id);
        body.add(&self.assign(&self.entity.names.snake, &found));
        self.refuse_dead(file, id, body);
    }

    /// Refuses where the variable of `names` holds no row.
    pub(super) fn refuse_none(&self, file: &mut File, names: &EntityNames, id: &str, body: &mut Code) {
        self.refuse(file, names, "", id, body);
    }

    /// Refuses where no row of the entity has the key, or a deleted one.
    fn refuse_dead(&self, file: &mut File, id: &str, body: &mut Code) {
        let names = &self.entity.names;
        self.refuse(file, names, &self.or_dead(&names.snake), id, body);
    }

    fn refuse(&self, file: &mut File, names: &EntityNames, or_dead: &str, id: &str, body: &mut Code) {
        let variable = &names.snake;
        let raise = errors::raise(self.house, file, Refusal::NotFound(names), id, None);
        let missing = self.house.is_missing(self.place, variable);
        body.block(format!("if {missing}{or_dead}:"), &Code::of(raise));
    }

    /// A call of the finder of an entity of the design.
    pub(crate) fn finder_call(
        &self,
        file: &mut File,
        entity: &'a EntityDesign,
        finder: Finder,
        keys: &[String],
    ) -> String {
        let rules = Rules::new(self.house, entity);
        let rule_signature = {
            // The signature decides the order of arguments; its annotations are of no interest here.
            let mut parameters: Vec<_> = rules.keys(&mut self.house.scratch(), finder);
            if finder.owned {
                parameters.push(rules.user_parameter(&mut self.house.scratch()));
            }
            rules.signature(&mut self.house.scratch(), parameters)
        };
        let mut keys = keys.iter();
        let values: Vec<String> = rules
            .keys(&mut self.house.scratch(), finder)
            .into_iter()
            .map(|key| keys.next().cloned().unwrap_or(key.name))
            .collect();
        let names: Vec<String> =
            rules.keys(&mut self.house.scratch(), finder).into_iter().map(|key| key.name).collect();
        let arguments = rule_signature.arguments(|parameter| match parameter.part {
            Part::Path => names
                .iter()
                .position(|name| *name == parameter.name)
                .and_then(|at| values.get(at))
                .cloned()
                .unwrap_or_default(),
            Part::User => self.user_argument(),
            _ => parameter.name.clone(),
        });
        let function = if self.keeps_apart() && entity.names.class != self.home.names.class {
            self.foreign_receiver(&self.foreign_name(entity, finder))
        } else {
            self.receiver(file, entity, &rules.finder_name(finder))
        };
        self.house.wait(&crate::write::code::call(&function, &arguments))
    }

    /// The user as an argument for another rule.
    pub(crate) fn user_argument(&self) -> String {
        self.house.user_name(self.place)
    }

    /// What the rule `name` of another entity is called by.
    pub(crate) fn receiver(&self, file: &mut File, entity: &'a EntityDesign, name: &str) -> String {
        if entity.names.class == self.home.names.class {
            if !self.house.rules_in_class() {
                return name.to_owned();
            }
            let is_static = self.house.rules_are_static();
            let class = crate::write::service::class(self.house, entity).name;
            return format!("{}.{name}", if is_static { class.as_str() } else { "self" });
        }
        self.house.collaborator_at(file, self.entity, entity, name)
    }

    /// Looks the row up that an operation works on, and puts it into its variable.
    pub(super) fn take_item(&self, file: &mut File, op: &OperationDesign) -> Code {
        if !self.looks_up_in_place() {
            let call = self.item_call(file, op);
            return self.assign(&self.entity.names.snake, &call);
        }
        let finder = Finder::of(op);
        let keys = op.parameters.iter().filter(|parameter| parameter.role != ParameterRole::Linked);
        let mut keys: Vec<String> = keys.map(|parameter| parameter.name.clone()).collect();
        let id = keys.pop().unwrap_or_else(|| self.key_name());
        let mut body = Code::new();
        self.find(file, finder, &keys, &id, &mut body);
        body
    }

    /// Gives the row back that an operation works on.
    pub(crate) fn give_item(&self, file: &mut File, op: &OperationDesign) -> Code {
        if !self.looks_up_in_place() {
            return Code::of(format!("return {}", self.item_call(file, op)));
        }
        let mut body = self.take_item(file, op);
        body.line(format!("return {}", self.entity.names.snake));
        body
    }

    /// The call of the finder of the row that an operation works on, with the keys from the path.
    pub(crate) fn item_call(&self, file: &mut File, op: &OperationDesign) -> String {
        let finder = Finder::of(op);
        let keys: Vec<String> = op
            .parameters
            .iter()
            .filter(|parameter| parameter.role != ParameterRole::Linked)
            .map(|parameter| parameter.name.clone())
            .collect();
        self.finder_call(file, self.entity, finder, &keys)
    }
}
