//! The document of code that exists: what its tables, schemas and endpoints say, as a design.
//!
//! What the code does not show plainly is left out, and said: a document made here never claims more than was read.

mod consistent;
pub(crate) mod defaults;
mod endpoints;
mod fields;

pub use consistent::contradictions;

use architect_model::{
    Access, Action, Assumption, Design, EndpointDesign, Entity, EntityConstraint, FORMAT, Location, Ownership, Project,
    Table, TableConstraint, Unique,
};

use heck::ToSnakeCase;

use crate::world::qualified;

/// A table of the project beside everything that says something about its rows.
pub(crate) struct Described<'p> {
    pub(crate) project: &'p Project,
    pub(crate) table: &'p Table,
    pub(crate) class: &'p str,
    notes: Vec<Assumption>,
}

/// The design that the code of the tables `wanted` amounts to. Users, link tables and tables without a class are no
/// entities.
pub fn describe(project: &Project, wanted: impl Fn(&Table) -> bool) -> Design {
    let mut design = Design { format: FORMAT, ..Design::default() };
    let entities = project.tables().filter(|table| is_entity(project, table) && wanted(table));
    for table in entities {
        let Some(class) = &table.class else { continue };
        if let Some(known) = design.entities.iter().find(|known| known.name == class.name) {
            let text = format!("`{class}` is left out: another class has its name, {}", known.at);
            design.assumptions.push(Assumption { text, at: table.at.clone() });
            continue;
        }
        let mut described = Described::new(project, table, &class.name);
        let entity = described.entity();
        let rows = endpoints(&mut described, &entity);
        if rows.iter().any(|row| row.who == Access::Owner) {
            described.assume_owner(&entity);
        }
        design.endpoints.extend(rows);
        design.assumptions.append(&mut described.notes);
        design.entities.push(entity);
    }
    consistent::keep(&mut design, project);
    design
}

/// The same design with the usual five endpoints of each entity in one `CRUD` row, where they are there together and
/// such a row says the same.
#[must_use]
pub fn condensed(design: &Design, project: &Project) -> Design {
    let mut apart: Vec<&str> = Vec::new();
    loop {
        let mut rows = design.endpoints.clone();
        for entity in design.entities.iter().filter(|entity| !apart.contains(&entity.name.as_str())) {
            rows = endpoints::together(rows, entity);
        }
        let found = Design { endpoints: rows, ..design.clone() };
        let wrong = consistent::contradictions(&found, project);
        let is_wrong = |entity: &&Entity| {
            let own = |row: &&EndpointDesign| matches!(&row.action, Action::Crud { entity: class, .. } if *class == entity.name);
            let row = found.endpoints.iter().find(own);
            row.is_some_and(|row| wrong.iter().any(|problem| problem.at == row.at))
        };
        let known = apart.len();
        apart.extend(design.entities.iter().filter(is_wrong).map(|entity| entity.name.as_str()));
        if apart.len() == known {
            return found;
        }
    }
}

/// The endpoints that work on the rows of a table, each by itself.
pub(crate) fn endpoints(described: &mut Described<'_>, entity: &Entity) -> Vec<EndpointDesign> {
    described.rows(entity)
}

/// Whether rows of a table are something that documents speak of.
pub(crate) fn is_entity(project: &Project, table: &Table) -> bool {
    let is_users = table.class.is_some() && table.class == project.style.user.class;
    table.class.is_some() && table.name.known().is_some() && !is_users && !is_link(table)
}

/// Whether a table only links two others: its primary key is two foreign keys, and there is nothing else to set.
pub(crate) fn is_link(table: &Table) -> bool {
    let keys: Vec<&str> =
        table.columns.iter().filter(|column| column.primary_key).map(|column| column.name.as_str()).collect();
    let others = table.columns.iter().filter(|column| !column.primary_key && column.server_default.is_none());
    keys.len() == 2
        && keys.iter().all(|key| foreign_key(table, key).is_some())
        && others.into_iter().all(|column| column.default.is_some())
}

/// Where the foreign key of a column leads: the table's name with its schema, and what happens on deletion.
pub(crate) fn foreign_key<'t>(table: &'t Table, column: &str) -> Option<(&'t str, Option<&'t str>)> {
    table.constraints.iter().find_map(|constraint| match constraint {
        TableConstraint::ForeignKey { columns, ref_table, on_delete, .. } if columns.iter().eq([column]) => {
            Some((ref_table.as_str(), on_delete.as_deref()))
        }
        _ => None,
    })
}

/// The table that a foreign key names.
pub(crate) fn referred<'p>(project: &'p Project, name: &str) -> Option<&'p Table> {
    project.tables().find(|table| qualified(table) == name)
}

impl<'p> Described<'p> {
    /// The table of `class`.
    pub(crate) fn new(project: &'p Project, table: &'p Table, class: &'p str) -> Self {
        Self { project, table, class, notes: Vec::new() }
    }

    /// The entity that its rows are.
    pub(crate) fn entity(&mut self) -> Entity {
        let at = self.table.at.clone();
        let mut entity = Entity {
            name: self.class.to_owned(),
            label: self.class.to_owned(),
            description: None,
            owner: self.owner(),
            fields: Vec::new(),
            constraints: Vec::new(),
            implied: Vec::new(),
            account: false,
            at,
        };
        for unknown in &self.table.unknowns {
            let text = format!("`{}` may have more than this document says: {}", self.class, unknown.reason);
            self.notes.push(Assumption { text, at: unknown.at.clone() });
        }
        fields::of(self, &mut entity);
        self.constraints(&mut entity);
        entity
    }

    pub(crate) fn owner(&self) -> Ownership {
        let Some(owner) = &self.table.owner else { return Ownership::Nobody };
        if owner.direct {
            let users = self.project.style.user.class.as_ref();
            let has_table =
                users.is_some_and(|users| self.project.tables().any(|table| table.class.as_ref() == Some(users)));
            return if has_table { Ownership::User } else { Ownership::Nobody };
        }
        let parent = self.project.tables().find(|table| table.name.known() == Some(&owner.table));
        if owner.members.is_some() {
            let through = parent.and_then(|table| table.class.as_ref()).map(|class| class.name.clone());
            return Ownership::Members { of: None, through };
        }
        match parent.and_then(|table| table.class.as_ref()) {
            Some(class) => Ownership::Parent { entity: class.name.clone() },
            None => Ownership::Nobody,
        }
    }

    /// Says what the dependencies of endpoints do not show: of signed-in users, who may call them.
    fn assume_owner(&mut self, entity: &Entity) {
        let text = format!(
            "endpoints of `{}` that ask for a signed-in user are taken to be for the owner: dependencies show no more",
            entity.name
        );
        self.notes.push(Assumption { text, at: entity.at.clone() });
    }

    /// Says that something was left out, and why.
    fn leave_out(&mut self, what: &str, why: &str, at: &Location) {
        self.notes.push(Assumption { text: format!("{what} is left out: {why}"), at: at.clone() });
    }

    /// Unique constraints become rules of fields where they are over one field, alone or within its scope.
    fn constraints(&self, entity: &mut Entity) {
        let is_owned = entity.owner != Ownership::Nobody;
        let scope = self.table.owner.as_ref().filter(|_| is_owned).map(|owner| (owner.column.as_str(), owner.direct));
        for constraint in &self.table.constraints {
            let unique = match constraint {
                TableConstraint::Unique { .. } => true,
                TableConstraint::Index(index) if index.is_plain() => index.unique,
                _ => continue,
            };
            let columns = constraint.columns();
            let names: Vec<String> = columns.iter().map(|column| self.field_name(column)).collect();
            let field = |name: &str| entity.fields.iter().position(|field| field.name == name);
            match (names.as_slice(), unique) {
                ([one], true) => {
                    if let Some(index) = field(one) {
                        entity.fields[index].unique = Some(Unique::Global);
                    }
                }
                ([first, second], true) if scope.is_some_and(|(column, _)| self.field_name(column) == *first) => {
                    let direct = scope.is_some_and(|(_, direct)| direct);
                    if let Some(index) = field(second) {
                        entity.fields[index].unique = Some(if direct { Unique::PerOwner } else { Unique::PerParent });
                    }
                }
                ([one], false) => {
                    let is_key = foreign_key(self.table, columns[0]).is_some();
                    if let Some(index) = field(one).filter(|_| !is_key) {
                        entity.fields[index].index = true;
                    }
                }
                (_, unique) => self.several(entity, names, scope, unique),
            }
        }
    }

    /// A constraint over several fields, unless a list that is filtered implies it.
    fn several(&self, entity: &mut Entity, names: Vec<String>, scope: Option<(&str, bool)>, unique: bool) {
        let known = |name: &String| {
            entity.fields.iter().any(|field| field.name == *name)
                || scope.is_some_and(|(column, _)| self.field_name(column) == *name)
        };
        if !names.iter().all(known) {
            return;
        }
        let named = |name: &String| match scope {
            Some((column, true)) if self.field_name(column) == *name => "owner".to_owned(),
            Some((column, false)) if self.field_name(column) == *name => match &entity.owner {
                Ownership::Parent { entity } => entity.to_snake_case(),
                _ => "parent".to_owned(),
            },
            _ => name.clone(),
        };
        let is_scope = |name: &String| scope.is_some_and(|(column, _)| self.field_name(column) == *name);
        let is_filter = |name: &String| entity.fields.iter().any(|field| field.name == *name && field.filter);
        let implied = names.len() == 2 && is_scope(&names[0]) && is_filter(&names[1]);
        let fields = names.iter().map(named).collect();
        if unique {
            entity.constraints.push(EntityConstraint::Unique { fields });
        } else if !implied {
            entity.constraints.push(EntityConstraint::Index { fields });
        }
    }

    /// What a document calls the field of a column: a reference without its `_id`.
    pub(crate) fn field_name(&self, column: &str) -> String {
        let is_reference = foreign_key(self.table, column).is_some();
        match column.strip_suffix("_id") {
            Some(stem) if is_reference && !stem.is_empty() => stem.to_owned(),
            _ => column.to_owned(),
        }
    }
}
