//! What writers ask of the house again and again: names, pages, commits, collaborators.

use architect_model::{
    ColumnDesign, ColumnRole, CommitPlace, DomainError, EntityDesign, EntityNames, EntityRef, LinkDesign, OperationDesign,
    OperationKind, PageParameters, PageShape, ReferenceCheck, RouterDesign, ServiceMaking, Step, Symbol,
};
use heck::ToSnakeCase;

use super::file::File;
use super::house::{House, Need};
use super::names::filled;
use super::place::{Holds, Place};
use super::{rules, service};

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

    /// The path of an operation, with the names of its parameters.
    pub(crate) fn path_of(&self, op: &OperationDesign) -> String {
        let mut names = op.parameters.iter();
        let segments = op.path.split('/').map(|segment| {
            if !segment.starts_with('{') {
                return segment.to_owned();
            }
            names.next().map_or_else(|| segment.to_owned(), |parameter| format!("{{{}}}", parameter.name))
        });
        segments.collect::<Vec<_>>().join("/")
    }

    /// The path of an operation behind the prefix of its router.
    pub(crate) fn path_behind(&self, op: &OperationDesign, prefix: &str) -> String {
        let path = self.path_of(op);
        let depth = prefix.split('/').filter(|segment| !segment.is_empty()).count();
        if !op.path.starts_with(prefix) {
            return path;
        }
        let rest: Vec<_> = path.split('/').skip(depth + 1).collect();
        if rest.is_empty() { String::new() } else { format!("/{}", rest.join("/")) }
    }

    /// The condition under which a list is narrowed to its owner, where administrators see all.
    pub(crate) fn unless_superuser(&self, whose: super::select::Whose<'_>) -> Option<String> {
        let attribute = self.style.user.superuser_attribute.as_ref()?;
        let sees_all = self.style.user.superuser_sees_all.value && self.rules_at() == Place::Handler;
        let by_owner = matches!(whose, super::select::Whose::Owner(_));
        (sees_all && by_owner).then(|| format!("not {}.{attribute}", self.user_name(Place::Handler)))
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

    /// Whether services have no session of their own: then only repositories can flush.
    pub(crate) fn service_hides_session(&self) -> bool {
        matches!(self.service_holds(), Holds::Repository(_))
            && !self.session_in_calls()
            && self.rules_at() == Place::Service
    }

    /// Names of the page's parameters.
    pub(crate) fn page_parameters(&self) -> [&'static str; 2] {
        match self.style.pages.parameters.value {
            PageParameters::SkipLimit => ["skip", "limit"],
            PageParameters::OffsetLimit => ["offset", "limit"],
            PageParameters::PageSize => ["page", "size"],
            PageParameters::PagePageSize => ["page", "page_size"],
            PageParameters::PageLimit => ["page", "limit"],
            PageParameters::PagePerPage => ["page", "per_page"],
        }
    }

    /// Whether pages are counted from 1.
    pub(crate) fn counts_pages(&self) -> bool {
        self.page_parameters()[0] == "page"
    }

    /// Defaults of the page's parameters.
    pub(crate) fn page_defaults(&self) -> [u32; 2] {
        [u32::from(self.counts_pages()), self.style.pages.default.unwrap_or(100)]
    }

    /// Expressions of the offset and the limit.
    pub(crate) fn offset_and_limit(&self) -> (String, String) {
        let [first, second] = self.page_parameters();
        let holder = if self.habits.page.is_some() { "params." } else { "" };
        let limit = format!("{holder}{second}");
        if self.counts_pages() {
            return (format!("({holder}{first} - 1) * {limit}"), limit);
        }
        (format!("{holder}{first}"), limit)
    }

    /// The field of the total, where pages have one.
    pub(crate) fn page_total(&self) -> Option<&'a str> {
        match &self.style.pages.shape.value {
            PageShape::PerEntity { total, .. } | PageShape::Generic { total, .. } => total.as_deref(),
            PageShape::Bare => None,
        }
    }

    /// A further field of a page: `page`, `size`, `pages`, …
    pub(crate) fn page_field(&self, field: &str, total: &str) -> String {
        let [first, second] = self.page_parameters();
        let holder = if self.habits.page.is_some() { "params." } else { "" };
        let (first, second) = (format!("{holder}{first}"), format!("{holder}{second}"));
        match field {
            "pages" | "total_pages" | "page_count" | "num_pages" => format!("-(-{total} // {second})"),
            "skip" | "offset" => self.offset_and_limit().0,
            "page" | "current_page" | "page_number" if self.counts_pages() => first,
            "page" | "current_page" | "page_number" => format!("{first} // {second} + 1"),
            "has_next" | "has_more" => format!("{} + {second} < {total}", self.offset_and_limit().0),
            "has_prev" | "has_previous" => format!("{} > 0", self.offset_and_limit().0),
            _ => second,
        }
    }

    /// Columns that the server fills in on creation: the owner, and a parent from the path.
    pub(crate) fn given_by_server(&self, entity: &'a EntityDesign) -> Vec<&'a ColumnDesign> {
        let by_server =
            |column: &&ColumnDesign| matches!(column.role, ColumnRole::Owner | ColumnRole::Parent) && !column.in_create;
        entity.columns.iter().filter(by_server).collect()
    }

    /// What the body of a request is called.
    pub(crate) fn body_name(&self, entity: &EntityDesign) -> String {
        let pattern = &self.style.endpoints.body_parameter.value;
        let name = filled(pattern, &entity.names);
        // A row is called by the entity's name already.
        if name.is_empty() || name == entity.names.snake { "data".to_owned() } else { name }
    }

    /// Whether queries run by `session.exec`.
    pub(crate) fn runs_exec(&self) -> bool {
        match &self.style.session.class {
            Some(class) => class.module.starts_with("sqlmodel"),
            None => self.is_sqlmodel() && !self.is_async(),
        }
    }

    /// The response class of an existing table class.
    pub(crate) fn existing_output(&self, class: &str) -> Option<Symbol> {
        let wanted = format!("{class}{}", self.style.schemas.output_suffix.value);
        self.project.schemas.iter().find(|schema| schema.class.name == wanted).map(|schema| schema.class.clone())
    }

    /// The house's own exception of a module for a missing row, and whether it takes the key.
    pub(crate) fn own_error(&self, names: &EntityNames, _error: &DomainError) -> Option<(Symbol, bool)> {
        let example = self.habits.not_found_class.as_ref()?;
        let class = example.class_for(names);
        let known = self.project_error(&class);
        let symbol = match known {
            Some(symbol) => symbol,
            None => {
                let pattern = self.style.layout.errors.value.as_ref()?;
                let module = self.new_entity(&names.class).map(|(module, _)| module.name.clone())?;
                Symbol::new(self.dotted(&self.path(pattern, &module, names)), class)
            }
        };
        Some((symbol, example.takes_id))
    }

    fn project_error(&self, class: &str) -> Option<Symbol> {
        self.habits.classes.get(class).cloned()
    }

    /// The house's name for one of the five standard methods of a service.
    pub(crate) fn method_name(&self, key: &str, entity: &EntityDesign) -> String {
        let known = self
            .style
            .service
            .methods
            .iter()
            .find(|(known, pattern)| known == key && is_general(pattern) && self.tells_apart(pattern))
            .map(|(_, pattern)| pattern.as_str());
        let names = &entity.names;
        if self.rules_at() == Place::Handler {
            return self.handler_name(key, entity);
        }
        match (known, self.rules_in_class(), key) {
            (Some(pattern), _, _) => filled(pattern, names),
            (None, true, "list") => "list_page".to_owned(),
            (None, true, "read") => "get".to_owned(),
            (None, true, key) => key.to_owned(),
            (None, false, "list") => format!("list_{}", names.snakes),
            (None, false, "read") => format!("get_{}", names.snake),
            (None, false, key) => format!("{key}_{}", names.snake),
        }
    }

    /// Whether functions named by `pattern` do not meet: of several entities in one file, or of none in particular.
    fn tells_apart(&self, pattern: &str) -> bool {
        let file = self.style.layout.service.value.as_deref().unwrap_or_default();
        self.rules_in_class()
            || pattern.contains('{')
            || !pattern.contains('_') && (self.module.entities.len() == 1 || file.contains("{entity}"))
    }

    /// What the variable of a router is called.
    pub(crate) fn router_variable(&self, router: &RouterDesign) -> String {
        let pattern = &self.style.endpoints.router.value;
        if pattern.is_empty() { "router".to_owned() } else { filled(pattern, &router.names) }
    }

    /// The house's name for one of the five standard handlers.
    pub(crate) fn handler_name(&self, key: &str, entity: &EntityDesign) -> String {
        let known = self
            .style
            .endpoints
            .names
            .iter()
            .find(|(known, pattern)| known == key && pattern.contains('{') && is_general(pattern))
            .map(|(_, pattern)| pattern.as_str());
        let pattern = match (known, key) {
            (Some(pattern), _) => pattern.to_owned(),
            (None, "list") => "list_{entities}".to_owned(),
            (None, key) => format!("{key}_{{entity}}"),
        };
        filled(&pattern, &entity.names)
    }

    /// References of new modules to `class` that a body may carry: whether each must be the caller's own.
    pub(crate) fn references_to(&self, class: &str) -> impl Iterator<Item = bool> + '_ {
        let class = class.to_owned();
        let columns = self.modules.iter().flat_map(|module| &module.entities).flat_map(|entity| &entity.columns);
        columns.filter(|column| column.in_create || column.in_update).filter_map(move |column| {
            let reference = column.reference.as_ref()?;
            (reference.target.class == class && reference.target.existing.is_none()).then_some(())?;
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
        match self.habits.unset {
            Some(_) => format!("isinstance({expression}, {class})"),
            None => format!("{expression} is not None"),
        }
    }

    /// Whether the house has a dependency that demands an administrator.
    pub(crate) fn superuser_by_dependency(&self) -> bool {
        self.style.user.superuser_dependency.is_some() && self.habits.require_superuser.is_none()
    }

    /// The names of an entity that a reference points at.
    pub(crate) fn names_of(&self, target: &EntityRef) -> EntityNames {
        if let Some((_, entity)) = self.new_entity(&target.class) {
            return entity.names.clone();
        }
        let snake = target.class.to_snake_case();
        let label = snake.replace('_', " ");
        EntityNames {
            class: target.class.clone(),
            classes: format!("{}s", target.class),
            snakes: format!("{snake}s"),
            labels: format!("{label}s"),
            snake,
            label,
        }
    }

    /// What the service of another entity is called inside a service.
    pub(crate) fn collaborator_name(&self, names: &EntityNames) -> String {
        match self.service_holds() {
            Holds::Repository(pattern) if pattern == "{entities}" => names.snakes.clone(),
            _ => format!("{}_service", names.snake),
        }
    }

    /// Whether services are given the services of other entities when they are made.
    pub(crate) fn gives_services(&self) -> bool {
        matches!(self.service_holds(), Holds::Repository(_)) && self.style.service.instance.is_none()
    }

    /// The expression by which a rule of `from` reaches the rule `name` of `to`.
    pub(crate) fn collaborator_at(
        &self,
        file: &mut File,
        _from: &EntityDesign,
        to: &'a EntityDesign,
        name: &str,
    ) -> String {
        if self.rules_at() == Place::Handler {
            let module =
                self.new_entity(&to.names.class).map_or(self.module.name.as_str(), |(module, _)| module.name.as_str());
            let path = self.path(&self.style.layout.endpoints.value, module, &to.names);
            return file.symbol(&Symbol::new(self.dotted(&path), name));
        }
        let class = service::class(self, to);
        if !self.rules_in_class() {
            return file.symbol(&Symbol::new(class.module, name));
        }
        self.through_service(file, &class, &to.names, name)
    }

    fn through_service(&self, file: &mut File, class: &Symbol, names: &EntityNames, name: &str) -> String {
        if let Some(instance) = &self.style.service.instance {
            let instance = file.symbol(&Symbol::new(class.module.clone(), filled(instance, names)));
            return format!("{instance}.{name}");
        }
        match (self.service_holds(), self.style.service.made.value) {
            (Holds::Repository(_), _) => format!("self.{}.{name}", self.collaborator_name(names)),
            (Holds::Session(held) | Holds::UnitOfWork(held), _) => {
                format!("{}(self.{held}).{name}", file.symbol(class))
            }
            (Holds::Nothing, ServiceMaking::Static) => format!("{}.{name}", file.symbol(class)),
            (Holds::Nothing, _) => format!("{}().{name}", file.symbol(class)),
        }
    }

    /// Whether the service of an existing class can be reached from a new one.
    pub(crate) fn can_reach_service_of(&self, class: &str) -> bool {
        if self.rules_at() == Place::Handler || !self.rules_in_class() {
            return false;
        }
        if self.style.service.instance.is_some() || !self.gives_services() {
            return true;
        }
        self.provider_alias(class).is_some()
    }

    /// The alias by which handlers are given the service of an existing class: `UserServiceDep`.
    pub(crate) fn provider_alias(&self, class: &str) -> Option<Symbol> {
        let pattern = self.style.service.alias.as_deref().unwrap_or("{Entity}ServiceDep");
        let name = pattern.replace("{Entity}", class).replace("{entity}", &class.to_snake_case());
        self.habits.aliases.get(&name).cloned()
    }

    /// The expression by which a rule reaches the method of an existing service.
    pub(crate) fn existing_collaborator(
        &self,
        file: &mut File,
        _from: &EntityDesign,
        target: &EntityRef,
        names: &EntityNames,
        method: &str,
    ) -> String {
        let Some((layer, _)) = rules::existing_method(self, &target.class, true)
            .or_else(|| rules::existing_method(self, &target.class, false))
        else {
            return method.to_owned();
        };
        self.through_service(file, &layer.symbol, names, method)
    }

    /// Collaborators that the service of `entity` is given: new entities, and existing classes.
    pub(crate) fn collaborators(&self, entity: &'a EntityDesign) -> Vec<Collaborator<'a>> {
        let mut all = Vec::new();
        if !self.gives_services() {
            return all;
        }
        let mut add = |target: &'a EntityRef, own: bool| {
            if let Some((_, other)) = self.new_entity(&target.class) {
                if other.names.class != entity.names.class {
                    all.push(Collaborator::New(other));
                }
            } else if rules::existing_method(self, &target.class, own).is_some()
                && self.can_reach_service_of(&target.class)
            {
                all.push(Collaborator::Existing(target));
            }
        };
        let by_path = self
            .module
            .routers
            .iter()
            .flat_map(|router| &router.operations)
            .any(|op| op.entity == entity.names.class && op.parameters.len() > usize::from(op.item().is_some()));
        if let Some(parent) = entity.parent.as_ref().filter(|_| by_path) {
            add(&parent.target, true);
        }
        for column in entity.columns.iter().filter(|column| column.in_create || column.in_update) {
            if let Some(reference) = column.reference.as_ref().filter(|reference| self.must_check(reference.check)) {
                add(&reference.target, reference.check == ReferenceCheck::Own);
            }
        }
        for link in super::relations::links_of(self, entity) {
            add(&link.right.target, link.right.target.owner.is_owned());
        }
        let mut seen = Vec::new();
        all.retain(|collaborator| {
            let class = collaborator.class().to_owned();
            let fresh = !seen.contains(&class);
            seen.push(class);
            fresh
        });
        all
    }

    /// Whether rules check a reference: where repositories answer a broken foreign key, only what is owned needs it.
    pub(crate) fn must_check(&self, check: ReferenceCheck) -> bool {
        match check {
            ReferenceCheck::None => false,
            ReferenceCheck::Exists => !self.habits.translates_foreign_keys,
            ReferenceCheck::Own => true,
        }
    }

    /// Whether operations are guarded by a role that an ordinary user of the tests lacks for sure.
    pub(crate) fn guards_by_superuser(&self, operations: &[&OperationDesign]) -> bool {
        operations.iter().all(|op| op.access == architect_model::AccessDesign::Superuser)
    }

    /// Path and body by which the house creates a row of an existing class; none where that is not plain to see.
    pub(crate) fn existing_creation(&self, class: &str) -> Option<(String, Vec<String>)> {
        let schemas = &self.style.schemas;
        let wanted = format!("{class}{}", schemas.create_suffix.value);
        let schema = self.project.schemas.iter().find(|schema| schema.class.name == wanted)?;
        let output = format!("{class}{}", schemas.output_suffix.value);
        let endpoint = self.project.endpoints.iter().find(|endpoint| {
            endpoint.methods.iter().any(|method| method == "POST")
                && endpoint.response.as_deref().is_some_and(|response| response == output || response == class)
                && endpoint.path.known().is_some_and(|path| !path.contains('{'))
        })?;
        let path = endpoint.path.known()?;
        let mounted =
            self.style.layout.registration.as_ref().map_or("", |registration| registration.mounted_at.as_str());
        let path = path.strip_prefix(mounted).unwrap_or(path).to_owned();
        let mut items = Vec::new();
        for field in schema.fields.iter().filter(|field| field.required) {
            let value = match field.annotation.as_str() {
                "str" => "\"Name\"",
                "int" => "1",
                "float" => "1.5",
                "bool" => "True",
                "Decimal" => "\"1.00\"",
                "date" => "\"2030-01-31\"",
                "EmailStr" => "\"somebody@example.com\"",
                _ => return None,
            };
            items.push(format!("{}: {value}", super::text::string(&field.name)));
        }
        Some((path, items))
    }

    /// Operations on rows of `entity` that a page answers.
    pub(crate) fn lists_of(&self, entity: &EntityDesign) -> bool {
        self.operations().any(|op| op.entity == entity.names.class && matches!(op.kind, OperationKind::List { .. }))
    }
}

/// Whether a name says nothing but what is done, and to what: `sign_up` and `get_{entity}_by_order` say more.
fn is_general(pattern: &str) -> bool {
    const WORDS: [&str; 80] = [
        "list", "get", "read", "find", "fetch", "create", "add", "insert", "store", "save", "update", "edit", "patch",
        "replace", "change", "modify", "delete", "remove", "destroy", "all", "index", "show", "retrieve", "search", "new",
        "by", "id", "one", "many", "multi", "page", "paginated", "single", "item", "items", "or", "404", "raise", "fail",
        "details", "detail", "put", "post", "view", "browse", "query", "make", "register", "set", "the", "an", "a", "async",
        // The same in Spanish, Portuguese, French and German.
        "crear", "criar", "creer", "listar", "lister", "obtener", "obter", "obtenir", "buscar", "leer", "ler", "lire",
        "actualizar", "atualizar", "editar", "modifier", "eliminar", "borrar", "deletar", "excluir", "remover", "supprimer",
        "por", "todos", "todas", "erstellen", "lesen",
    ];
    let rest = pattern.replace("{entity}", "").replace("{entities}", "").replace("{Entity}", "").replace("{Entities}", "");
    rest.split('_').filter(|word| !word.is_empty()).all(|word| WORDS.contains(&word))
}

/// A service that another service is given.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Collaborator<'a> {
    /// Of an entity of the design.
    New(&'a EntityDesign),
    /// Of a class that exists.
    Existing(&'a EntityRef),
}

impl Collaborator<'_> {
    /// The class whose service it is.
    pub(crate) fn class(&self) -> &str {
        match self {
            Self::New(entity) => &entity.names.class,
            Self::Existing(target) => &target.class,
        }
    }
}
