//! What writers ask of the house again and again: queries, commits, keys that the server fills in, checks.

use architect_model::{
    AccessDesign, ColumnDesign, ColumnRole, CommitPlace, DomainError, EntityDesign, EntityNames, ErrorClass, ErrorKind,
    LinkDesign, OperationDesign, OperationKind, ReferenceCheck, RouterDesign, Step, Symbol,
};

use super::file::File;
use super::house::{House, Need};
use super::names::{filled, pascal};
use super::place::{Holds, Place};
use super::repository::{self, Conflict, conflicts};

impl<'a> House<'a> {
    /// Asks for a query of the repository of `entity`.
    pub(crate) fn need(&self, entity: &EntityDesign, need: Need) {
        let item = (entity.names.class.clone(), need);
        let mut needs = self.needs.borrow_mut();
        if !needs.contains(&item) {
            needs.push(item);
        }
    }

    /// The queries that were asked of the repository of `entity`, in a fixed order.
    pub(crate) fn needs_of(&self, entity: &EntityDesign) -> Vec<Need> {
        let needs = self.needs.borrow();
        let mut own: Vec<_> =
            needs.iter().filter(|(class, _)| *class == entity.names.class).map(|(_, need)| *need).collect();
        own.sort_unstable();
        own
    }

    /// The number of a list operation.
    pub(crate) fn list_index(&self, op: &OperationDesign) -> usize {
        self.operations().position(|known| std::ptr::eq(known, op)).unwrap_or_default()
    }

    /// The list operation with a number.
    pub(crate) fn list(&self, index: usize) -> Option<&'a OperationDesign> {
        self.operations().nth(index)
    }

    fn operations(&self) -> impl Iterator<Item = &'a OperationDesign> {
        self.module.routers.iter().flat_map(|router| &router.operations)
    }

    /// Whether rules look at an attribute of the user beside the key: who sees all, and who has a role.
    pub(crate) fn rules_ask_more_than_the_key(&self) -> bool {
        let user = &self.style.user;
        let passes = self.style.errors.denied_status.value == 403
            && user.superuser_sees_all.value
            && user.superuser_attribute.is_some();
        let by_dependency = self.superuser_by_dependency();
        passes
            || self.operations().any(|op| match op.access {
                AccessDesign::Role { .. } => true,
                AccessDesign::Superuser => !by_dependency,
                _ => false,
            })
    }

    /// The condition under which a list is narrowed to its owner, where administrators see all.
    pub(crate) fn unless_superuser(&self, whose: super::select::Whose<'_>) -> Option<String> {
        let attribute = self.style.user.superuser_attribute.as_ref()?;
        let sees_all = self.style.user.superuser_sees_all.value && self.rules_at() == Place::Handler;
        let by_owner = matches!(whose, super::select::Whose::Owner(_));
        (sees_all && by_owner).then(|| format!("not {}.{attribute}", self.user_name(Place::Handler)))
    }

    /// The link table whose class is `class`, of whatever module.
    pub(crate) fn link(&self, class: &str) -> Option<&'a LinkDesign> {
        self.modules.iter().flat_map(|module| &module.links).find(|link| link.class == class)
    }

    /// Lists of whatever module whose rows refer to the row of `class` in their paths: whether it must be the caller's.
    pub(crate) fn lists_within(&self, class: &str) -> impl Iterator<Item = bool> + '_ {
        let class = class.to_owned();
        let routers = self.modules.iter().flat_map(|module| &module.routers);
        let found = routers.flat_map(|router| &router.operations).filter_map(OperationDesign::within);
        found.filter(move |within| within.target.class == class).map(|within| within.owned)
    }

    /// The class of a link table: it stands with the entity that declares it.
    pub(crate) fn link_class(&self, link: &LinkDesign) -> Symbol {
        let left = self.class_of(&link.left.target);
        Symbol::new(left.module, &link.class)
    }

    /// Where the house commits.
    pub(crate) fn commits_at(&self) -> CommitPlace {
        self.style.session.commit.value
    }

    /// The status of a value that is taken.
    pub(crate) fn taken_status(&self) -> u16 {
        let errors = &self.style.errors;
        let by_class = errors.conflict.as_ref().filter(|_| errors.kind.value == ErrorKind::Domain);
        match by_class {
            Some(class) => class.status.unwrap_or(409),
            None if errors.taken_status.is_seen() && self.conflicts_attribute().is_none() => errors.taken_status.value,
            None => 409,
        }
    }

    /// Whether a row is found for its owner by a query: as repositories of rows that name their owner themselves do, or, for
    /// rows below others, any.
    pub(crate) fn finds_own_by_query(&self, entity: &EntityDesign) -> bool {
        if self.style.repository.owned.get.is_none() || !self.has_repository_classes() {
            return false;
        }
        let own = self.project.repositories.iter().filter(|layer| {
            let is_direct = |table: &architect_model::Table| table.owner.as_ref().is_some_and(|owner| owner.direct);
            let of_layer = |table: &&architect_model::Table| {
                table.class.as_ref().is_some_and(|class| Some(&class.name) == layer.model.as_ref())
            };
            self.project.tables().find(of_layer).is_some_and(is_direct)
        });
        let name = repository::owned_name(self);
        let mut own = own.map(|layer| layer.methods.iter().any(|method| method.name == name)).peekable();
        !entity.owner.is_direct() || own.peek().is_none() || own.any(|has| has)
    }

    /// Whether query functions commit the rows that they create.
    pub(crate) fn functions_commit(&self) -> bool {
        let shown = self.style.session.commits.iter().find(|(verb, _)| verb == "create").map(|(_, place)| *place);
        match shown {
            Some(place) => place == CommitPlace::Repository,
            None => !matches!(self.commits_at(), CommitPlace::Dependency | CommitPlace::UnitOfWork),
        }
    }

    /// Whether services have no session of their own: then only repositories can flush.
    pub(crate) fn service_hides_session(&self) -> bool {
        matches!(self.service_holds(), Holds::Repository(_))
            && !self.session_in_calls()
            && self.rules_at() == Place::Service
    }

    /// Columns that the server fills in on creation: the owner, and a parent from the path.
    pub(crate) fn given_by_server(&self, entity: &'a EntityDesign) -> Vec<&'a ColumnDesign> {
        let by_server =
            |column: &&ColumnDesign| matches!(column.role, ColumnRole::Owner | ColumnRole::Parent) && !column.in_create;
        entity.columns.iter().filter(by_server).collect()
    }

    /// Whether queries run by `session.exec`.
    pub(crate) fn runs_exec(&self) -> bool {
        match &self.style.session.class {
            Some(class) => class.module.starts_with("sqlmodel"),
            None => self.is_sqlmodel() && !self.is_async(),
        }
    }

    /// Whether the base class of repositories sends changes with a method of its own, which answers what goes wrong.
    pub(crate) fn base_flushes(&self) -> bool {
        let base = self.style.repository.base.as_ref().filter(|_| self.conflicts_attribute().is_some());
        base.is_some_and(|base| {
            base.methods.iter().any(|known| known.method.name == "flush" && known.method.parameters.is_empty())
        })
    }

    /// The response class of an existing table class.
    pub(crate) fn existing_output(&self, class: &str) -> Option<Symbol> {
        self.schema_called(&format!("{class}{}", self.style.schemas.output_suffix.value))
    }

    /// The schema class of the project with this name.
    pub(crate) fn schema_called(&self, name: &str) -> Option<Symbol> {
        self.project.schemas.iter().find(|schema| schema.class.name == name).map(|schema| schema.class.clone())
    }

    /// The house's own exception of a module for a missing row, and whether it takes the key.
    pub(crate) fn own_error(&self, names: &EntityNames, error: &DomainError) -> Option<(Symbol, bool)> {
        let example = self.style.errors.missing_row.as_ref()?;
        let class = example.name.replace("{Entity}", &names.class);
        let symbol = match error.derived.iter().find(|known| known.name == class).cloned() {
            Some(symbol) => symbol,
            None => {
                let pattern = self.errors_pattern()?;
                let module = self.new_entity(&names.class).map(|(module, _)| module.name.clone())?;
                Symbol::new(self.dotted(&self.path(pattern, &module, names)), class)
            }
        };
        Some((symbol, example.takes_key))
    }

    /// The exception that the module declares for a value that is taken, where modules of the house do.
    pub(crate) fn own_conflict(&self, names: &EntityNames, conflict: &Conflict) -> Option<Symbol> {
        let name = self.style.errors.taken_value.as_ref().filter(|_| self.conflicts_attribute().is_none())?;
        let (module, entity) = self.new_entity(&names.class)?;
        if !name.contains("{Field}") && conflicts(self, entity).len() > 1 {
            return None;
        }
        let name = name.replace("{Entity}", &names.class).replace("{Field}", &pascal(&conflict.subject));
        let pattern = self.errors_pattern()?;
        Some(Symbol::new(self.dotted(&self.path(pattern, &module.name, names)), name))
    }

    /// The file with the exceptions that modules derive: one of the module, or one for all.
    pub(crate) fn errors_pattern(&self) -> Option<&'a String> {
        self.style.errors.file.as_ref().or(self.style.layout.errors.value.as_ref())
    }

    /// The exception of the module that follows a neighbour's.
    pub(crate) fn following(&self, names: &EntityNames, neighbour: &ErrorClass) -> Option<Symbol> {
        let (module, _) = self.new_entity(&names.class)?;
        let name = neighbour.name.replace("{Entity}", &names.class);
        Some(Symbol::new(self.dotted(&self.path(self.errors_pattern()?, &module.name, names)), name))
    }

    /// Whether functions named by `pattern` do not meet: of several entities in one file, or of none in particular.
    pub(super) fn tells_apart(&self, pattern: &str) -> bool {
        let file = self.style.layout.service.value.as_deref().unwrap_or_default();
        self.rules_in_class()
            || pattern.contains('{')
            || !pattern.contains('_') && (self.module.entities.len() == 1 || file.contains("{entity}"))
    }

    /// What the variable of a router is called.
    pub(crate) fn router_variable(&self, router: &RouterDesign) -> String {
        if let Some(shared) = &self.style.endpoints.shared {
            return shared.clone();
        }
        let pattern = &self.style.endpoints.router.value;
        if pattern.is_empty() { "router".to_owned() } else { filled(pattern, &router.names) }
    }

    /// References of new modules to `class` that a body may carry: whether each must be the caller's own.
    pub(crate) fn references_to(&self, class: &str) -> impl Iterator<Item = bool> + '_ {
        let class = class.to_owned();
        let columns = self.modules.iter().flat_map(|module| &module.entities).flat_map(|entity| &entity.columns);
        columns.filter(|column| column.in_create || column.in_update).filter_map(move |column| {
            let reference = column.reference.as_ref()?;
            let is_new = reference.target.existing.is_none();
            (reference.target.class == class && is_new && !reference.closes).then_some(())?;
            match reference.check {
                ReferenceCheck::None => None,
                ReferenceCheck::Exists => self.must_check(reference.check).then_some(false),
                ReferenceCheck::Own => Some(true),
            }
        })
    }

    /// A file that is thrown away: for code that is only asked about.
    pub(crate) fn scratch(&self) -> File {
        File::new(&self.style.format, String::new(), String::new(), Step::Service)
    }

    /// The condition under which a value of a body was sent and is not null.
    pub(crate) fn was_sent(&self, expression: &str, class: &str) -> String {
        match self.style.schemas.unset {
            Some(_) => format!("isinstance({expression}, {class})"),
            None => format!("{expression} is not None"),
        }
    }

    /// Whether the house has a dependency that demands an administrator.
    pub(crate) fn superuser_by_dependency(&self) -> bool {
        self.style.user.superuser_dependency.is_some() && self.style.user.require_superuser.is_none()
    }

    /// Whether rules check a reference: where repositories answer a broken foreign key, only what is owned needs it.
    pub(crate) fn must_check(&self, check: ReferenceCheck) -> bool {
        match check {
            ReferenceCheck::None => false,
            ReferenceCheck::Exists => !self.base_class().is_some_and(|base| base.answers_foreign_keys),
            ReferenceCheck::Own => true,
        }
    }

    /// Whether every new user has this access already: the role is the column's default.
    pub(crate) fn has_by_default(&self, access: &architect_model::AccessDesign) -> bool {
        let architect_model::AccessDesign::Role { attribute, value, member } = access else { return false };
        let users = self.project.tables().find(|table| table.class == self.style.user.class);
        let column = users.and_then(|table| {
            table.columns.iter().find(|column| column.attribute.as_deref().unwrap_or(&column.name) == attribute)
        });
        let default = column
            .and_then(|column| column.default.as_ref())
            .map(|default| default.source.as_str())
            .unwrap_or_default();
        let word = default.rsplit('.').next().unwrap_or_default().trim_matches(['"', '\'']);
        word == value || member.as_ref().is_some_and(|(_, member)| word == member)
    }

    /// Operations on rows of `entity` that a page answers.
    pub(crate) fn lists_of(&self, entity: &EntityDesign) -> bool {
        self.operations().any(|op| op.entity == entity.names.class && matches!(op.kind, OperationKind::List { .. }))
    }
}
