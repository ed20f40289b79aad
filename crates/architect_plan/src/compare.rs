//! What a design says beside what the code has: the differences, each with both places.

mod document;

use architect_model::{
    Access, AccessDesign, ColumnDesign, ColumnRole, ColumnType, Design, Endpoint, EndpointAccess, EntityDesign, Known,
    LinkDesign, Location, ModuleDesign, OnDelete, OperationDesign, OperationKind, Project, Table, TableConstraint,
};

use crate::paths::shape;
use crate::references;
use crate::types;
use crate::world::qualified;

/// One thing in which the design and the code differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Class of the entity, or of the link table.
    pub entity: String,
    /// What differs.
    pub kind: DifferenceKind,
    /// Where the document says it.
    pub designed_at: Location,
    /// Where the code has it, or its table.
    pub found_at: Option<Location>,
}

/// What differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DifferenceKind {
    /// The code has no such table.
    MissingTable,
    /// The table has no such column.
    MissingColumn {
        /// The column.
        column: String,
    },
    /// The table has a column that the document does not give.
    FurtherColumn {
        /// The column.
        column: String,
    },
    /// A column of another type.
    Type {
        /// The column.
        column: String,
        /// The type in the document's words.
        designed: String,
        /// The type in the code.
        found: String,
    },
    /// A column that may be empty in one of the two.
    Nullability {
        /// The column.
        column: String,
        /// Whether the document lets it be empty.
        designed: bool,
    },
    /// A foreign key that leads elsewhere, does something else on deletion, or is missing.
    ForeignKey {
        /// The column.
        column: String,
        /// Table and rule in the document.
        designed: String,
        /// Table and rule in the code; none where there is no foreign key.
        found: Option<String>,
    },
    /// A default that differs, or that only one of the two has.
    Default {
        /// The column.
        column: String,
        /// Whether the document gives one.
        designed: bool,
    },
    /// The document's lists can be filtered by it, and the code's cannot.
    Filter {
        /// The column.
        column: String,
    },
    /// Columns that have an index of their own in the document only.
    Index {
        /// The columns.
        columns: Vec<String>,
    },
    /// Columns that are unique in the document only.
    Unique {
        /// The columns.
        columns: Vec<String>,
    },
    /// The code has no such endpoint.
    MissingEndpoint {
        /// HTTP method.
        method: String,
        /// Full path.
        path: String,
    },
    /// An endpoint that others may call than the document says.
    Access {
        /// HTTP method.
        method: String,
        /// Full path.
        path: String,
        /// Who may call it in the code.
        found: Access,
    },
    /// A part of the code that static reading could not determine.
    Unknown {
        /// What it is about.
        subject: String,
        /// The column, where it is about one.
        column: Option<String>,
        /// Why it is not known.
        reason: String,
    },
}

impl Difference {
    /// Whether the code changes where a document says this of it: what it does not give stays.
    pub(crate) fn changes(&self) -> bool {
        !matches!(self.kind, DifferenceKind::FurtherColumn { .. })
    }

    /// The difference in one sentence.
    pub fn text(&self) -> String {
        let entity = &self.entity;
        match &self.kind {
            DifferenceKind::MissingTable => format!("the code has no table for `{entity}`"),
            DifferenceKind::MissingColumn { column } => format!("`{entity}` has no `{column}` in the code"),
            DifferenceKind::FurtherColumn { column } => {
                format!("`{entity}` has `{column}` in the code, and the document does not give it")
            }
            DifferenceKind::Type { column, designed, found } => {
                format!("`{entity}.{column}` is {designed} in the document and {found} in the code")
            }
            DifferenceKind::Nullability { column, designed: true } => {
                format!("`{entity}.{column}` may be empty in the document and not in the code")
            }
            DifferenceKind::Nullability { column, .. } => {
                format!("`{entity}.{column}` may be empty in the code and not in the document")
            }
            DifferenceKind::ForeignKey { column, designed, found } => {
                let found = found.as_deref().unwrap_or("no foreign key");
                format!("`{entity}.{column}` refers to {designed} in the document and has {found} in the code")
            }
            DifferenceKind::Default { column, designed: true } => {
                format!("`{entity}.{column}` has another default in the document, or none in the code")
            }
            DifferenceKind::Default { column, .. } => {
                format!("`{entity}.{column}` has a default in the code and none in the document")
            }
            DifferenceKind::Filter { column } => {
                format!("lists of `{entity}` can be filtered by `{column}` in the document and not in the code")
            }
            DifferenceKind::Index { columns } => {
                format!("`{entity}` has an index on `{}` in the document and none in the code", columns.join("`, `"))
            }
            DifferenceKind::Unique { columns } => {
                format!("`{entity}` is unique by `{}` in the document and not in the code", columns.join("`, `"))
            }
            DifferenceKind::MissingEndpoint { method, path } => format!("the code has no `{method} {path}`"),
            DifferenceKind::Access { method, path, found } => {
                let found = match found {
                    Access::Public => "everybody",
                    Access::Role { .. } => "administrators",
                    _ => "signed-in users",
                };
                format!("`{method} {path}` is for {found} in the code, and for others in the document")
            }
            DifferenceKind::Unknown { subject, reason, .. } => {
                format!("`{entity}`: whether {subject} is as the document says is not known: {reason}")
            }
        }
    }
}

/// The table of the project that an entity's class names.
pub(crate) fn table_of<'p>(project: &'p Project, class: &str) -> Option<&'p Table> {
    project.tables().find(|table| table.class.as_ref().is_some_and(|known| known.name == class))
}

/// The differences between modules, resolved as if they were new, and the project. What a document leaves to the house,
/// such as the indexes of foreign keys, is not compared.
pub fn compare(design: &Design, modules: &[ModuleDesign], project: &Project) -> Vec<Difference> {
    let mut found = Vec::new();
    for module in modules {
        for entity in &module.entities {
            match table_of(project, &entity.names.class) {
                Some(table) => Comparison { project, entity, table, found: &mut found }.all(),
                None => found.push(missing(&entity.names.class, &entity.at)),
            }
        }
        for link in module.links.iter().filter(|link| !has_link(project, link)) {
            found.push(missing(&link.class, &link.at));
        }
        endpoints(module, project, &mut found);
    }
    found.extend(document::differences(design, project));
    found
}

fn missing(class: &str, at: &Location) -> Difference {
    Difference { entity: class.to_owned(), kind: DifferenceKind::MissingTable, designed_at: at.clone(), found_at: None }
}

/// Whether a table links the same two tables, whatever its class is called.
fn has_link(project: &Project, link: &LinkDesign) -> bool {
    let leads = |table: &Table, wanted: &str| {
        table.constraints.iter().any(|constraint| match constraint {
            TableConstraint::ForeignKey { ref_table, .. } => ref_table == wanted,
            _ => false,
        })
    };
    project.tables().any(|table| {
        leads(table, &link.left.target.table)
            && leads(table, &link.right.target.table)
            && table.columns.iter().filter(|column| column.primary_key).count() == 2
    })
}

fn endpoints(module: &ModuleDesign, project: &Project, found: &mut Vec<Difference>) {
    let mounted = project.style.layout.registration.as_ref().map_or("", |registration| &registration.mounted_at);
    for operation in module.routers.iter().flat_map(|router| &router.operations) {
        let path = format!("{mounted}{}", operation.path);
        let wanted = shape(&path);
        // A house may change some rows by PUT and others by PATCH.
        let changes = operation.kind == OperationKind::Update;
        let is_method =
            |method: &String| *method == operation.method || changes && ["PUT", "PATCH"].contains(&method.as_str());
        let known = project.endpoints.iter().find(|known| {
            known.methods.iter().any(is_method) && known.path.known().is_some_and(|path| shape(path) == wanted)
        });
        let kind = match known {
            None => DifferenceKind::MissingEndpoint { method: operation.method.clone(), path },
            Some(known) => match other_access(project, operation, known) {
                Some(found) => DifferenceKind::Access { method: operation.method.clone(), path, found },
                None => continue,
            },
        };
        found.push(Difference {
            entity: operation.entity.clone(),
            kind,
            designed_at: operation.at.clone(),
            found_at: known.map(|known| known.at.clone()),
        });
    }
}

/// Who may call an endpoint in the code, where that is plainly not what the document says. A signed-in user is all that
/// dependencies show of an owner; a role may be asked for inside.
fn other_access(project: &Project, operation: &OperationDesign, known: &Endpoint) -> Option<Access> {
    let is_public = operation.access == AccessDesign::Public;
    match &known.access {
        EndpointAccess::Public if !is_public => Some(Access::Public),
        EndpointAccess::SignedIn { .. } if is_public => Some(Access::SignedIn),
        EndpointAccess::Role { dependency }
            if project.style.user.superuser_dependency.as_ref() == Some(dependency)
                && !matches!(operation.access, AccessDesign::Superuser | AccessDesign::Role { .. }) =>
        {
            Some(Access::Role { role: "admin".to_owned() })
        }
        _ => None,
    }
}

/// One entity beside its table.
struct Comparison<'a> {
    project: &'a Project,
    entity: &'a EntityDesign,
    table: &'a Table,
    found: &'a mut Vec<Difference>,
}

impl<'a> Comparison<'a> {
    fn all(mut self) {
        let before = self.found.len();
        self.columns();
        // What could not be read counts only where the document says something else than what could.
        if self.found[before..].iter().any(Difference::changes) {
            for unknown in &self.table.unknowns {
                let (subject, reason) = ("the table".to_owned(), unknown.reason.clone());
                let kind = DifferenceKind::Unknown { subject, column: None, reason };
                self.add(&self.entity.at, kind, &unknown.at);
            }
        }
    }

    fn columns(&mut self) {
        for design in &self.entity.columns {
            match self.column(&design.name) {
                Some(column) => {
                    self.ty(design, column);
                    self.nullability(design, column);
                    self.reference(design, column);
                    if design.unique.is_some() && !column.unique {
                        self.unique(std::slice::from_ref(&design.name), &design.at);
                    }
                }
                None => {
                    let kind = self.missing(design);
                    self.add(&design.at, kind, &self.table.at);
                }
            }
        }
        for unique in &self.entity.uniques {
            self.unique(&unique.columns, &self.entity.at);
        }
        for column in &self.table.columns {
            let is_given = self.entity.columns.iter().any(|design| is_called(column, &design.name));
            if !is_given {
                let kind = DifferenceKind::FurtherColumn { column: column.name.clone() };
                self.add(&self.entity.at, kind, &column.at);
            }
        }
    }

    /// A column that is not there to see: it may come from a part of the code that is not known.
    fn missing(&self, design: &ColumnDesign) -> DifferenceKind {
        let column = design.name.clone();
        match self.table.unknowns.first() {
            Some(unknown) => {
                let (subject, reason) = (format!("`{column}`"), unknown.reason.clone());
                DifferenceKind::Unknown { subject, column: Some(column), reason }
            }
            None => DifferenceKind::MissingColumn { column },
        }
    }

    fn column(&self, name: &str) -> Option<&'a architect_model::Column> {
        self.table.columns.iter().find(|column| is_called(column, name))
    }

    fn add(&mut self, designed_at: &Location, kind: DifferenceKind, found_at: &Location) {
        self.found.push(Difference {
            entity: self.entity.names.class.clone(),
            kind,
            designed_at: designed_at.clone(),
            found_at: Some(found_at.clone()),
        });
    }

    fn ty(&mut self, design: &ColumnDesign, column: &architect_model::Column) {
        // What a document only implies is as it is there.
        if !matches!(design.role, ColumnRole::Value | ColumnRole::Reference) {
            return;
        }
        let found = match &column.ty {
            Known::Known(found) => found,
            Known::Unknown { unknown } => {
                let subject = format!("the type of `{}`", design.name);
                let named = Some(design.name.clone());
                let kind = DifferenceKind::Unknown { subject, column: named, reason: unknown.reason.clone() };
                return self.add(&design.at, kind, &column.at);
            }
        };
        if !types::is_stored_as(self.project, design, found) {
            let kind = DifferenceKind::Type {
                column: design.name.clone(),
                designed: types::designed(&design.ty),
                found: types::found(found),
            };
            self.add(&design.at, kind, &column.at);
        }
    }

    fn nullability(&mut self, design: &ColumnDesign, column: &architect_model::Column) {
        if column.nullable.known().is_some_and(|nullable| *nullable != design.nullable) {
            let kind = DifferenceKind::Nullability { column: design.name.clone(), designed: design.nullable };
            self.add(&design.at, kind, &column.at);
        }
    }

    fn reference(&mut self, design: &ColumnDesign, column: &architect_model::Column) {
        let Some(reference) = &design.reference else { return };
        let found = self.table.constraints.iter().find_map(|constraint| match constraint {
            TableConstraint::ForeignKey { columns, ref_table, on_delete, .. } if *columns == [column.name.as_str()] => {
                Some((ref_table.clone(), on_delete.clone()))
            }
            _ => None,
        });
        let rule = rule(reference.on_delete);
        let table = self
            .project
            .tables()
            .find(|table| table.class.as_ref().is_some_and(|class| class.name == reference.target.class));
        let wanted = table.map_or_else(|| reference.target.table.clone(), qualified);
        // Without a rule, a row that is referred to cannot be deleted either.
        let is_rule = |written: Option<&str>| references::rule(written) == reference.on_delete;
        let is_same = found.as_ref().is_some_and(|(table, written)| *table == wanted && is_rule(written.as_deref()));
        if !is_same {
            let said = |table: &str, rule: &str| format!("`{table}` (on delete {})", rule.to_lowercase());
            let kind = DifferenceKind::ForeignKey {
                column: design.name.clone(),
                designed: said(&wanted, rule),
                found: found.map(|(table, on_delete)| said(&table, on_delete.as_deref().unwrap_or("no action"))),
            };
            self.add(&design.at, kind, &column.at);
        }
    }

    fn unique(&mut self, columns: &[String], at: &Location) {
        let is_same = |known: Vec<&str>| {
            known.len() == columns.len() && columns.iter().all(|column| known.contains(&column.as_str()))
        };
        let is_there = self.table.constraints.iter().filter_map(TableConstraint::unique_columns).any(is_same);
        if !is_there {
            self.add(at, DifferenceKind::Unique { columns: columns.to_vec() }, &self.table.at);
        }
    }
}

fn is_called(column: &architect_model::Column, name: &str) -> bool {
    column.name == name || column.attribute.as_deref() == Some(name)
}

fn rule(on_delete: OnDelete) -> &'static str {
    match on_delete {
        OnDelete::Cascade => "CASCADE",
        OnDelete::SetNull => "SET NULL",
        OnDelete::Restrict => "RESTRICT",
    }
}

/// What a type in the code is, without what a project wraps around it.
pub(crate) fn bare(ty: &ColumnType) -> &ColumnType {
    match ty {
        ColumnType::Other { implementation: Some(inner), .. } => bare(inner),
        other => other,
    }
}
