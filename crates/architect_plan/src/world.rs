//! What a name in a design stands for: an entity of the design, or a class of the project.

use std::collections::BTreeMap;

use architect_model::{
    Column, ColumnType, Design, Entity, EntityRef, HouseStyle, IdKind, OwnerChain, OwnerStep, Ownership, Project,
    RenamedColumn, Table, TableConstraint,
};
use heck::ToSnakeCase;

use crate::{members, modules, names, order};

/// A design and the project it is resolved against.
pub(crate) struct World<'a> {
    pub(crate) design: &'a Design,
    pub(crate) project: &'a Project,
    pub(crate) style: &'a HouseStyle,
    /// Columns that the design calls otherwise than the code.
    pub(crate) renamed: &'a [RenamedColumn],
    /// Module of each entity that is to be made.
    pub(crate) modules: BTreeMap<&'a str, String>,
    /// Fields that refer in circles, with their entities before them.
    pub(crate) closing: Vec<(&'a str, &'a str)>,
    /// Fields whose foreign keys point at tables that are made later, with their entities before them.
    pub(crate) deferred: Vec<(&'a str, &'a str)>,
}

/// What a class name stands for.
#[derive(Clone, Copy)]
pub(crate) enum Target<'a> {
    /// An entity that is to be made.
    New(&'a Entity),
    /// A table of the project.
    Existing(&'a Table),
}

impl<'a> World<'a> {
    pub(crate) fn new(design: &'a Design, project: &'a Project) -> Self {
        let (modules, style) = (BTreeMap::new(), &project.style);
        let (closing, deferred) = (Vec::new(), Vec::new());
        let mut world = Self { design, project, style, renamed: &[], modules, closing, deferred };
        world.closing = order::closing(&world);
        world.deferred = order::deferred(&world);
        world.modules = modules::assign(&world);
        world
    }

    /// Entities that are to be made: all but the user account, which every project has.
    pub(crate) fn entities(&self) -> impl Iterator<Item = &'a Entity> + use<'a> {
        self.design.entities.iter().filter(|entity| !entity.account)
    }

    /// What `class` stands for.
    pub(crate) fn find(&self, class: &str) -> Option<Target<'a>> {
        let new = self.entities().find(|entity| entity.name == class).map(Target::New);
        new.or_else(|| self.existing(class).map(Target::Existing))
    }

    /// The table of the project whose class is `class`; `User` stands for the house's users.
    pub(crate) fn existing(&self, class: &str) -> Option<&'a Table> {
        let by_class = |name: &str| {
            self.project.tables().find(|table| table.class.as_ref().is_some_and(|class| class.name == name))
        };
        if class == "User" { self.users().or_else(|| by_class(class)) } else { by_class(class) }
    }

    /// The table of users.
    pub(crate) fn users(&self) -> Option<&'a Table> {
        let class = self.style.user.class.as_ref()?;
        self.project.tables().find(|table| table.class.as_ref() == Some(class))
    }

    /// The same design, which calls some columns otherwise than the code.
    pub(crate) fn with_renamed(self, renamed: &'a [RenamedColumn]) -> Self {
        Self { renamed, ..self }
    }

    /// What the code calls a column of an entity.
    pub(crate) fn in_code<'n>(&self, class: &str, column: &'n str) -> &'n str
    where
        'a: 'n,
    {
        let known = self.renamed.iter().find(|one| one.class == class && one.to == column);
        known.map_or(column, |one| &one.from)
    }

    /// The table that the code has of an entity's class already.
    pub(crate) fn table_of(&self, class: &str) -> Option<&'a Table> {
        crate::compare::table_of(self.project, class)
    }

    /// Name of the column with a user's key in rows of the class `class`, which users own: the code's where it has the
    /// class already, or the house's.
    pub(crate) fn owner_column(&self, class: &str) -> String {
        let known = self.table_of(class).and_then(|table| table.owner.as_ref()).filter(|owner| owner.direct);
        let house = &self.style.models.owner_column.value;
        match known {
            Some(owner) => owner.column.clone(),
            None if house.is_empty() => "owner_id".to_owned(),
            None => house.clone(),
        }
    }

    /// Foreign-key column of the class `child` to its parent: the code's where it has the class already, or
    /// `project_id`.
    pub(crate) fn parent_column(&self, child: &str, parent: &str) -> String {
        let owner = self.table_of(child).and_then(|table| table.owner.as_ref()).filter(|owner| !owner.direct);
        let leads = |owner: &&architect_model::Owner| {
            self.table_of(parent).is_some_and(|table| table.name.known() == Some(&owner.table))
        };
        owner.filter(leads).map_or_else(|| parent_column(parent), |owner| owner.column.clone())
    }

    /// Table name of a new class by the house's habit, and whether it must be written out.
    pub(crate) fn table_name(&self, class: &str) -> (String, bool) {
        let models = &self.style.models;
        let known = crate::compare::table_of(self.project, class).and_then(|table| table.name.known());
        let snake = class.to_snake_case();
        let named = if models.plural_names.value { names::plural(&snake) } else { snake };
        let usual = if models.snake_names.value { named } else { named.replace('_', "") };
        let name = known.cloned().unwrap_or_else(|| usual.clone());
        let library = match models.orm.value {
            architect_model::Orm::SqlModel => Some(class.to_lowercase()),
            _ => None,
        };
        let explicit = models.explicit_names.value || name != usual || library.is_some_and(|library| library != name);
        (name, explicit)
    }

    /// Whether the house gives what belongs to a row of another module a module of its own.
    pub(crate) fn parts_children(&self) -> bool {
        if !self.style.layout.models.value.contains("{module}") {
            return false;
        }
        let (mut apart, mut together) = (0, 0);
        for child in &self.project.tables {
            let Some(owner) = child.owner.as_ref().filter(|owner| !owner.direct && owner.members.is_none()) else {
                continue;
            };
            let parent = self.project.tables().find(|table| table.name.known() == Some(&owner.table));
            match parent {
                Some(parent) if parent.at.file != child.at.file => apart += 1,
                Some(_) => together += 1,
                None => {}
            }
        }
        apart > together
    }

    /// Whether modules are named in the plural; where no code shows it, they are.
    pub(crate) fn plural_modules(&self) -> bool {
        let seen = &self.style.layout.plural_modules;
        seen.value || !seen.is_seen()
    }

    /// The topmost parent of an entity within the design, or itself.
    pub(crate) fn topmost(&self, entity: &'a Entity) -> &'a Entity {
        let mut current = entity;
        for _ in 0..self.design.entities.len() {
            let Some(parent) = current.owner.parent() else { break };
            match self.find(parent) {
                Some(Target::New(parent)) => current = parent,
                _ => break,
            }
        }
        current
    }

    /// Whether `entity` belongs to `above`, through any number of parents.
    pub(crate) fn is_below(&self, entity: &Entity, above: &Entity) -> bool {
        let mut current = entity;
        for _ in 0..self.design.entities.len() {
            let Some(parent) = current.owner.parent() else { return false };
            match self.find(parent) {
                Some(Target::New(parent)) if parent.name == above.name => return true,
                Some(Target::New(parent)) => current = parent,
                _ => return false,
            }
        }
        false
    }

    /// A reference to what `target` stands for.
    pub(crate) fn entity_ref(&self, target: Target<'a>) -> EntityRef {
        let owner = self.chain(target);
        match target {
            Target::New(entity) => EntityRef {
                class: entity.name.clone(),
                table: self.table_name(&entity.name).0,
                existing: None,
                module: self.modules.get(&*entity.name).cloned(),
                owner,
            },
            Target::Existing(table) => EntityRef {
                class: table.class.as_ref().map(|class| class.name.clone()).unwrap_or_default(),
                table: qualified(table),
                existing: table.class.clone(),
                module: None,
                owner,
            },
        }
    }

    /// Primary key of a target: column and kind. `None` where it is not one column of a kind that can be referred to.
    pub(crate) fn key(&self, target: Target<'a>) -> Option<(String, IdKind)> {
        let Target::Existing(table) = target else {
            let Target::New(entity) = target else { return None };
            if let Some(table) = self.table_of(&entity.name) {
                return self.key(Target::Existing(table));
            }
            return Some((self.key_name(&entity.name), self.style.models.id.value));
        };
        let Some(column) = self.referred_column(table) else { return self.key_by_references(table) };
        let kind = column.ty.known().and_then(kind_of).or_else(|| self.kind_by_values(table, &column.name))?;
        Some((column.name.clone(), kind))
    }

    /// Name of the primary key of an entity.
    pub(crate) fn key_name(&self, class: &str) -> String {
        let known = self.table_of(class).and_then(|table| self.referred_column(table));
        if let Some(column) = known {
            return column.attribute.clone().unwrap_or_else(|| column.name.clone());
        }
        let pattern = &self.style.models.key_name;
        if pattern.contains("{entity}") { pattern.replace("{entity}", &class.to_snake_case()) } else { "id".to_owned() }
    }

    /// The column by which rows of other tables refer to a table: its primary key, or one that is unique by itself
    /// where all foreign keys of the code point at that.
    pub(crate) fn referred_column(&self, table: &'a Table) -> Option<&'a Column> {
        let mut keys = table.columns.iter().filter(|column| column.primary_key);
        if let (Some(key), None) = (keys.next(), keys.next()) {
            return Some(key);
        }
        let name = table.name.known()?;
        let referred = self.project.tables().flat_map(|other| &other.constraints).filter_map(|one| match one {
            TableConstraint::ForeignKey { ref_table, ref_columns, .. }
                if *ref_table == qualified(table) || ref_table == name =>
            {
                Some(ref_columns.as_slice())
            }
            _ => None,
        });
        let mut referred: Vec<&[String]> = referred.collect();
        referred.sort_unstable();
        referred.dedup();
        let [[only]] = referred.as_slice() else { return None };
        let unique = table.constraints.iter().any(|one| match (one, one.unique_columns().as_deref()) {
            (TableConstraint::Index(_), Some([column])) => column.contains(only.as_str()),
            (_, Some([column])) => column == only,
            _ => false,
        });
        table.columns.iter().find(|column| column.name == *only && unique)
    }

    /// The key of a table whose own columns come from a package that was not found: what all foreign keys to it say.
    fn key_by_references(&self, table: &Table) -> Option<(String, IdKind)> {
        let name = table.name.known()?;
        let mut found: Vec<(String, IdKind)> = Vec::new();
        for other in &self.project.tables {
            for constraint in &other.constraints {
                let TableConstraint::ForeignKey { columns, ref_table, ref_columns, .. } = constraint else { continue };
                if *ref_table != qualified(table) && ref_table != name {
                    continue;
                }
                let ([own], [referred]) = (columns.as_slice(), ref_columns.as_slice()) else { return None };
                let column = other.columns.iter().find(|column| column.name == *own)?;
                found.push((referred.clone(), kind_of(column.ty.known()?)?));
            }
        }
        found.dedup();
        if found.len() == 1 && table.columns.iter().all(|column| !column.primary_key) { found.pop() } else { None }
    }

    /// The kind of the users' key by the values that fill it in, where its type could not be read.
    fn kind_by_values(&self, table: &Table, column: &str) -> Option<IdKind> {
        let user = &self.style.user;
        let is_users = table.class.is_some() && table.class == user.class && user.id_attribute == column;
        is_users.then_some(user.id)
    }

    /// How the owning user is reached from a row of `target`.
    pub(crate) fn chain(&self, target: Target<'a>) -> OwnerChain {
        let mut steps = Vec::new();
        let mut current = target;
        let direct = |steps, column| OwnerChain { steps, members: None, user_column: Some(column) };
        for _ in 0..=self.design.entities.len() + self.project.tables.len() {
            let next = match current {
                Target::New(entity) => match (&entity.owner, entity.owner.parent()) {
                    (Ownership::User, _) => return direct(steps, self.owner_column(&entity.name)),
                    (_, Some(parent)) => self.parent_step(entity, parent),
                    (owner, None) => {
                        let end = members::end(self, entity).filter(|_| owner.is_group());
                        return end.map_or_else(OwnerChain::default, |(members, user)| OwnerChain {
                            steps,
                            members: Some(members),
                            user_column: Some(user),
                        });
                    }
                },
                Target::Existing(table) => match &table.owner {
                    Some(owner) if owner.direct => return direct(steps, owner.column.clone()),
                    Some(owner) if owner.members.is_some() => {
                        let end = members::existing(self, table, owner);
                        return end.map_or_else(OwnerChain::default, |(members, user)| OwnerChain {
                            steps,
                            members: Some(members),
                            user_column: Some(user),
                        });
                    }
                    Some(owner) => self.table_step(owner),
                    None => None,
                },
            };
            let Some((step, target)) = next else { return OwnerChain::default() };
            steps.push(step);
            current = target;
        }
        OwnerChain::default()
    }

    /// How the owning user is reached from what the rows of an entity belong to.
    pub(crate) fn chain_of_parent(&self, entity: &'a Entity) -> OwnerChain {
        let parent = entity.owner.parent().and_then(|parent| self.find(parent));
        parent.map(|parent| self.chain(parent)).unwrap_or_default()
    }

    fn parent_step(&self, child: &Entity, parent: &str) -> Option<(OwnerStep, Target<'a>)> {
        let target = self.find(parent).filter(|_| child.name != parent)?;
        let column = self.parent_column(&child.name, parent);
        Some((self.step(column, target)?, target))
    }

    fn table_step(&self, owner: &architect_model::Owner) -> Option<(OwnerStep, Target<'a>)> {
        let table = self.project.tables().find(|table| table.name.known() == Some(&owner.table))?;
        let target = Target::Existing(table);
        Some((self.step(owner.column.clone(), target)?, target))
    }

    fn step(&self, column: String, target: Target<'a>) -> Option<OwnerStep> {
        let (key, _) = self.key(target)?;
        let (class, existing, module) = match target {
            Target::New(entity) => (entity.name.clone(), None, self.modules.get(&*entity.name).cloned()),
            Target::Existing(table) => {
                let symbol = table.class.clone()?;
                (symbol.name.clone(), Some(symbol), None)
            }
        };
        Some(OwnerStep { column, class, key, existing, module })
    }
}

/// Foreign-key column of a new child: `project_id`.
fn parent_column(parent: &str) -> String {
    format!("{}_id", parent.to_snake_case())
}

/// Table name with its schema where it has one.
pub(crate) fn qualified(table: &Table) -> String {
    let name = table.name.known().cloned().unwrap_or_default();
    match &table.schema {
        Some(schema) => format!("{schema}.{name}"),
        None => name,
    }
}

/// The kind of key that a column of this type holds.
fn kind_of(ty: &ColumnType) -> Option<IdKind> {
    match ty {
        ColumnType::Uuid => Some(IdKind::Uuid),
        ColumnType::Integer | ColumnType::BigInteger | ColumnType::SmallInteger => Some(IdKind::Integer),
        ColumnType::String { .. } | ColumnType::Text => Some(IdKind::String),
        ColumnType::Other { symbol, .. } if ["UUID", "GUID"].contains(&symbol.name.as_str()) => Some(IdKind::Uuid),
        ColumnType::Other { implementation, .. } => kind_of(implementation.as_deref()?),
        _ => None,
    }
}
