//! The house that a module is written for: what the writers ask of the project, its style and the design.

use std::cell::RefCell;
use std::collections::BTreeMap;

use architect_model::{
    EntityDesign, EntityNames, EntityRef, EnumDesign, ExistingEntity, HouseStyle, Membership, ModuleDesign, Orm,
    OwnerChain, Project, Step, Symbol,
};

use super::file::File;
use super::names::filled;
use super::others::Other;
use super::place::Place;
use super::service;

/// What all writers of one module work from.
pub(crate) struct House<'a> {
    /// The project as read.
    pub(crate) project: &'a Project,
    /// Its style.
    pub(crate) style: &'a HouseStyle,
    /// The module to write.
    pub(crate) module: &'a ModuleDesign,
    /// All modules of the design, this one included.
    pub(crate) modules: &'a [ModuleDesign],
    /// Classes of the code that the design refers to and whose rows a client can make.
    pub(crate) existing: &'a [ExistingEntity],
    /// Queries that rules asked for, by entity, in the order of asking.
    pub(crate) needs: RefCell<Vec<(String, Need)>>,
    /// Lookups of rows of other classes that rules asked for.
    pub(crate) others: RefCell<Vec<Other>>,
    /// Whether the code makes the service of a class as the design would, as far as it was asked.
    pub(crate) made: RefCell<BTreeMap<String, bool>>,
}

/// A query that rules ask of a repository beyond what its base class has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Need {
    /// A row by its key.
    Get,
    /// A row by its key, for its owner.
    GetOwned,
    /// A row by its key, for its owner who has the role at this place in the group.
    GetAs(usize),
    /// A row by its key, within its parent.
    GetInParent,
    /// The list of the operation with this number.
    List(usize),
    /// The rows linked to one row, for the operation with this number.
    Linked(usize),
    /// Rows by their keys.
    Many,
    /// Whether the reference in the column with this number leads from one row to another.
    LeadsTo(usize),
    /// A new row.
    Create,
    /// A new group with its first member.
    Found,
    /// Changes to a row.
    Update,
    /// A row that was changed already.
    Save,
    /// A deletion.
    Delete,
    /// Rows of another class: the lookup with this number.
    Other(usize),
}

impl<'a> House<'a> {
    /// What a variable with a query is called.
    pub(crate) fn statement_word(&self) -> &'a str {
        &self.style.repository.statement.value
    }

    /// Whether rows of one test are there in the next: the client's fixture outlives a test.
    pub(crate) fn shares_rows_of_tests(&self) -> bool {
        let scope = self.style.tests.client.as_ref().and_then(|client| client.scope.as_deref());
        matches!(scope, Some("module" | "package" | "session"))
    }

    /// The path that `pattern` gives for an entity of `module`.
    pub(crate) fn path(&self, pattern: &str, module: &str, names: &EntityNames) -> String {
        filled(&pattern.replace("{module}", module), names)
    }

    /// The import path of the file at `path`.
    pub(crate) fn dotted(&self, path: &str) -> String {
        let root = self.style.layout.source_root.trim_end_matches('/');
        let inner = path.strip_prefix(root).unwrap_or(path).trim_start_matches('/');
        let stem = inner.strip_suffix(".py").unwrap_or(inner);
        stem.strip_suffix("/__init__").unwrap_or(stem).replace('/', ".")
    }

    /// An empty file at the place that `pattern` gives.
    pub(crate) fn file(&self, pattern: &str, module: &str, names: &EntityNames, step: Step) -> File {
        let path = self.path(pattern, module, names);
        let dotted = self.dotted(&path);
        File::new(&self.style.format, path, dotted, step)
    }

    /// The import path of the file at the place that `pattern` gives for an entity of this module.
    pub(crate) fn place(&self, pattern: &str, names: &EntityNames) -> String {
        self.dotted(&self.path(pattern, &self.module.name, names))
    }

    /// The table class of an entity of the design.
    pub(crate) fn model(&self, entity: &EntityDesign) -> Symbol {
        let module = self.designed(&entity.names.class).map_or(self.module, |(module, _)| module);
        let path = self.path(&self.style.layout.models.value, &module.name, &entity.names);
        Symbol::new(self.dotted(&path), &entity.names.class)
    }

    /// The file of schemas of an entity of this module.
    pub(crate) fn schema(&self, entity: &EntityDesign, class: &str) -> Symbol {
        Symbol::new(self.place(&self.style.layout.schemas.value, &entity.names), class)
    }

    /// A class in the file of schemas of an entity of another module.
    pub(crate) fn schema_in(&self, module: &str, entity: &EntityDesign, class: &str) -> Symbol {
        let path = self.path(&self.style.layout.schemas.value, module, &entity.names);
        Symbol::new(self.dotted(&path), class)
    }

    /// Whether schemas are SQLModel classes: those read attributes by themselves.
    pub(crate) fn schemas_are_models(&self) -> bool {
        self.style.schemas.base.value.module.starts_with("sqlmodel")
    }

    /// The attribute with the key of what a reference points at.
    pub(crate) fn key_of(&self, target: &EntityRef) -> String {
        if let Some(symbol) = &target.existing {
            let table = self.project.tables().find(|table| table.class.as_ref() == Some(symbol));
            let mut keys = table.into_iter().flat_map(|table| &table.columns).filter(|column| column.primary_key);
            if let (Some(key), None) = (keys.next(), keys.next()) {
                return key.attribute.clone().unwrap_or_else(|| key.name.clone());
            }
        }
        let entity = self.designed(&target.class).map(|(_, entity)| entity);
        entity.and_then(EntityDesign::id).map_or_else(|| "id".to_owned(), |id| id.name.clone())
    }

    /// The class that a reference points at, new or existing.
    pub(crate) fn class_of(&self, target: &EntityRef) -> Symbol {
        self.class_at(&target.class, target.existing.as_ref(), target.module.as_deref())
    }

    /// The class `class`, existing at `existing` or new in `module`.
    pub(crate) fn class_at(&self, class: &str, existing: Option<&Symbol>, module: Option<&str>) -> Symbol {
        if let Some(symbol) = existing {
            return symbol.clone();
        }
        let name = module.unwrap_or(&self.module.name);
        match self.designed(class) {
            Some((_, entity)) if self.is_otherwise(entity) => {
                let mut known = self.project.tables().filter_map(|table| table.class.as_ref());
                known.find(|known| known.name == class).cloned().unwrap_or_else(|| Symbol::new("", class))
            }
            Some((_, entity)) => {
                let path = self.path(&self.style.layout.models.value, name, &entity.names);
                Symbol::new(self.dotted(&path), class)
            }
            None => Symbol::new("", class),
        }
    }

    /// The entity of the design whose class is `class`, with its module, where what is written of it is there for others.
    pub(crate) fn new_entity(&self, class: &str) -> Option<(&'a ModuleDesign, &'a EntityDesign)> {
        self.designed(class).filter(|(_, entity)| !self.is_otherwise(entity))
    }

    /// Whether the code has an entity of the design, and not the service or function by which others would find its rows,
    /// or makes that service of other things: then they find them as they do those of any class of the code.
    pub(crate) fn is_otherwise(&self, entity: &'a EntityDesign) -> bool {
        let class = &entity.names.class;
        if !self.project.tables().any(|table| table.class.as_ref().is_some_and(|known| known.name == *class)) {
            return false;
        }
        if self.rules_at() == Place::Handler {
            let module = self.designed(class).map_or(self.module, |(module, _)| module);
            let place = self.dotted(&self.path(&self.style.layout.endpoints.value, &module.name, &entity.names));
            return !self.project.handlers.iter().any(|handler| handler.symbol.module == place);
        }
        let service = service::class(self, entity);
        let mut services = self.project.services.iter();
        if self.rules_in_class() {
            return !services.any(|layer| layer.symbol == service && self.is_made_as_designed(layer, entity));
        }
        let name = self.method_name("read", entity);
        !services.any(|layer| {
            layer.symbol.module == service.module && layer.methods.iter().any(|method| method.name == name)
        })
    }

    /// The entity of the design whose class is `class`, with its module.
    pub(crate) fn designed(&self, class: &str) -> Option<(&'a ModuleDesign, &'a EntityDesign)> {
        self.modules.iter().find_map(|module| {
            let entity = module.entities.iter().find(|entity| entity.names.class == class)?;
            Some((module, entity))
        })
    }

    /// The entity of this module whose class is `class`.
    pub(crate) fn entity(&self, class: &str) -> Option<&'a EntityDesign> {
        self.module.entities.iter().find(|entity| entity.names.class == class)
    }

    /// Whether a class is named after a table, existing or new: `ItemCreate`, `ItemsPublic`.
    pub(crate) fn is_of_entity(&self, name: &str) -> bool {
        let existing = self.project.tables().filter_map(|table| table.class.as_ref()).map(|class| &class.name);
        let new = self.modules.iter().flat_map(|module| &module.entities).map(|entity| &entity.names.class);
        let starts = |class: &str| {
            let rest = name.strip_prefix(class);
            rest.is_some_and(|rest| !rest.starts_with(|letter: char| letter.is_lowercase()))
        };
        existing.chain(new).any(|class| starts(class) || starts(&crate::style::words::plural(class)))
    }

    /// The enumeration of this module whose class is `class`.
    pub(crate) fn enumeration(&self, class: &str) -> Option<&'a EnumDesign> {
        self.module.enums.iter().find(|item| item.class == class)
    }

    /// The class of an enumeration: it stands with the models, or with the schemas where models extend schemas.
    pub(crate) fn enum_symbol(&self, class: &str) -> Symbol {
        let Some(entity) = self.module.entities.first() else {
            return Symbol::new("", class);
        };
        let names = self.module.entities.iter().find(|entity| uses_enum(entity, class)).unwrap_or(entity);
        Symbol::new(self.place(self.shared_pattern(), &names.names), class)
    }

    /// A value of the role of members, as an expression.
    pub(crate) fn role_value(&self, file: &mut File, members: &Membership, value: &str) -> String {
        let Some(roles) = &members.role else { return super::text::string(value) };
        let member = |members: &[(String, String)]| {
            members.iter().find(|(_, stored)| stored == value).map(|(name, _)| name.clone())
        };
        let found = match &roles.existing {
            Some(symbol) => {
                let known = self.project.enums.iter().find(|known| known.class == *symbol);
                known.and_then(|known| member(&known.members)).map(|name| (symbol.clone(), name))
            }
            None => {
                let all = self.modules.iter().flat_map(|module| &module.enums);
                let design = all.into_iter().find(|known| known.class == roles.class);
                let home = self.designed(&members.step.class);
                design.zip(home).and_then(|(design, (module, entity))| {
                    let path = self.path(self.shared_pattern(), &module.name, &entity.names);
                    Some((Symbol::new(self.dotted(&path), roles.class.as_str()), member(&design.members)?))
                })
            }
        };
        match found {
            Some((class, name)) => format!("{}.{name}", file.symbol(&class)),
            None => super::text::string(value),
        }
    }

    /// A role of members as a part of names: `team_lead`.
    pub(crate) fn role_word(&self, chain: &OwnerChain, role: Option<usize>) -> Option<String> {
        let value = chain.members.as_ref()?.role.as_ref()?.values.get(role?)?;
        let word = heck::ToSnakeCase::to_snake_case(value.as_str());
        let is_name = word.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_') && !word.is_empty();
        Some(if is_name { word } else { format!("role_{}", role? + 1) })
    }

    /// Whether tables extend the entity's `Base` schema.
    pub(crate) fn models_extend_schemas(&self) -> bool {
        self.style.models.extends_schema_base.value && self.is_sqlmodel()
    }

    /// Whether the `Base` schemas that tables extend stand with the other schemas, and not beside the tables.
    pub(crate) fn bases_are_with_schemas(&self) -> bool {
        self.models_extend_schemas() && !self.style.models.base_beside_table.value
    }

    /// Where what tables and schemas share stands: enumerations, and the `Base` schemas that tables extend.
    pub(crate) fn shared_pattern(&self) -> &'a str {
        let layout = &self.style.layout;
        if self.bases_are_with_schemas() { &layout.schemas.value } else { &layout.models.value }
    }

    /// The `Base` schema of an entity of this module.
    pub(crate) fn base_schema(&self, entity: &EntityDesign, class: &str) -> Symbol {
        let is_beside = self.extends_base(entity) && !self.bases_are_with_schemas();
        let pattern = if is_beside { &self.style.layout.models.value } else { &self.style.layout.schemas.value };
        Symbol::new(self.place(pattern, &entity.names), class)
    }

    /// Whether the table of an entity extends its `Base` schema.
    pub(crate) fn extends_base(&self, entity: &EntityDesign) -> bool {
        entity.schemas.base_class.is_some() && entity.schemas.extended.unwrap_or_else(|| self.models_extend_schemas())
    }

    /// Whether tables are SQLModel classes.
    pub(crate) fn is_sqlmodel(&self) -> bool {
        self.style.models.orm.value == Orm::SqlModel
    }

    /// Whether sessions are asynchronous.
    pub(crate) fn is_async(&self) -> bool {
        self.style.session.is_async.value
    }

    /// `expression`, awaited where the session is asynchronous.
    pub(crate) fn wait(&self, expression: &str) -> String {
        if self.is_async() { format!("await {expression}") } else { expression.to_owned() }
    }

    /// `expression`, awaited where the session is asynchronous, so that something can follow it.
    pub(crate) fn waited(&self, expression: &str) -> String {
        if self.is_async() { format!("(await {expression})") } else { expression.to_owned() }
    }

    /// A docstring where functions of the house carry them.
    pub(crate) fn doc(&self, text: &str, indent: usize) -> Option<String> {
        let width = usize::from(self.style.format.line_length).saturating_sub(indent);
        if self.style.format.docstrings { super::text::docstring(text, width) } else { None }
    }
}

/// Whether a column of `entity` is of the enumeration `class`.
pub(crate) fn uses_enum(entity: &EntityDesign, class: &str) -> bool {
    entity.columns.iter().any(|column| match &column.ty {
        architect_model::FieldType::Enum { name, .. } => name == class,
        architect_model::FieldType::Array { items } => {
            matches!(&**items, architect_model::FieldType::Enum { name, .. } if name == class)
        }
        _ => false,
    })
}
