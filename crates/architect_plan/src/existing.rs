//! Rows of classes that the code has: how a client makes one, so that tests of what stands on it can.

use architect_model::{
    AccessDesign, Column, ColumnDesign, ColumnRole, Endpoint, EndpointAccess, EntityDesign, ExistingEntity, IdKind,
    ModuleDesign, OnDelete, OperationDesign, OperationKind, ParameterRole, ParentDesign, PathParameter, ReferenceCheck,
    ReferenceDesign, Schema, SchemaFamily, SchemaField, Table, TableConstraint, UniqueDesign,
};

use crate::names;
use crate::notes::Notes;
use crate::paths::parameter;
use crate::types;
use crate::world::{Target, World, qualified};

/// The classes of the code that `modules` refer to, and what those need in their turn, as far as the code shows plainly
/// how their rows are made.
pub(crate) fn existing(world: &World<'_>, modules: &[ModuleDesign]) -> Vec<ExistingEntity> {
    let entities = || modules.iter().flat_map(|module| &module.entities);
    let parents = entities().filter_map(|entity| Some(&entity.parent.as_ref()?.target));
    let columns = entities().flat_map(|entity| &entity.columns);
    let references = columns.filter_map(|column| Some(&column.reference.as_ref()?.target));
    let links = modules.iter().flat_map(|module| &module.links).map(|link| &link.right.target);
    let mut found = Found { world, made: Vec::new(), seen: Vec::new() };
    for target in parents.chain(references).chain(links) {
        let table = target
            .existing
            .as_ref()
            .and_then(|class| world.project.tables().find(|table| table.class.as_ref() == Some(class)));
        if let Some(table) = table {
            found.add(table);
        }
    }
    found.made
}

/// Says of which rows no test will prove who may reach them: what they must refer to is in the code, and is not among
/// `made`.
pub(crate) fn remark(world: &World<'_>, modules: &[ModuleDesign], made: &[ExistingEntity], notes: &mut Notes) {
    let users = world.users().and_then(|table| table.class.as_ref());
    for entity in modules.iter().flat_map(|module| &module.entities) {
        // Tests bring the users themselves into the groups that they make.
        if entity.owner.members.as_ref().is_some_and(|members| members.step.class == entity.names.class) {
            continue;
        }
        let is_needed = |column: &&ColumnDesign| column.role == ColumnRole::Parent || column.required_in_create();
        let references = entity.columns.iter().filter(is_needed).filter_map(|column| column.reference.as_ref());
        let mut existing = references.filter_map(|reference| reference.target.existing.as_ref());
        let unmade = existing.find(|class| Some(*class) == users || !made.iter().any(|one| one.class == **class));
        if let Some(class) = unmade {
            notes.risk(
                &entity.at,
                format!(
                    "no generated test proves who may reach a `{}`: how a client makes a `{}` is not plain from the code",
                    entity.names.class, class.name
                ),
            );
        }
    }
}

struct Found<'a> {
    world: &'a World<'a>,
    made: Vec<ExistingEntity>,
    seen: Vec<&'a Table>,
}

impl<'a> Found<'a> {
    /// Adds a class after what its rows need; says whether its rows can be made.
    fn add(&mut self, table: &'a Table) -> bool {
        let class = table.class.as_ref();
        if self.seen.contains(&table) {
            return self.made.iter().any(|made| Some(&made.class) == class);
        }
        self.seen.push(table);
        let is_users = self.world.users() == Some(table);
        let found = if is_users { None } else { self.entity(table) };
        let is_made = found.is_some();
        self.made.extend(found);
        is_made
    }

    fn entity(&mut self, table: &'a Table) -> Option<ExistingEntity> {
        let world = self.world;
        let class = table.class.clone()?;
        let schemas = &world.style.schemas;
        let (taken, shown) = (
            format!("{}{}", class.name, schemas.create_suffix.value),
            format!("{}{}", class.name, schemas.output_suffix.value),
        );
        let schema = |name: &str| world.project.schemas.iter().find(|schema| schema.class.name == name);
        let (create, output) = (schema(&taken)?, schema(&shown)?);
        output.fields.iter().find(|field| field.name == "id")?;
        let names = names::entity_names(&class.name);
        let (endpoint, parameters) = self.creation(table, &[&shown, &class.name])?;
        let access = access(world, table, endpoint)?;
        let path = endpoint.path.known()?;
        let mounted = world.style.layout.registration.as_ref().map_or("", |one| one.mounted_at.as_str());
        let operation = OperationDesign {
            kind: OperationKind::Create,
            entity: class.name.clone(),
            method: "POST".to_owned(),
            path: path.strip_prefix(mounted).unwrap_or(path).to_owned(),
            parameters,
            name: None,
            access,
            satisfies: Vec::new(),
            description: None,
            at: endpoint.at.clone(),
        };
        let columns = self.columns(table, create)?;
        let parent = operation.parent().and_then(|parameter| self.parent(table, parameter));
        Some(ExistingEntity {
            entity: EntityDesign {
                table: qualified(table),
                explicit_table: false,
                description: None,
                columns,
                uniques: uniques(table),
                indexes: Vec::new(),
                owner: world.chain(Target::Existing(table)),
                parent,
                children: Vec::new(),
                schemas: SchemaFamily { create_class: Some(taken), output_class: shown, ..SchemaFamily::default() },
                at: table.at.clone(),
                names,
            },
            class,
            create: operation,
        })
    }

    /// The endpoint that makes a row: a `POST` that answers with it, and in whose path there are keys that its columns
    /// hold.
    fn creation(&mut self, table: &'a Table, answers: &[&str]) -> Option<(&'a Endpoint, Vec<PathParameter>)> {
        let world = self.world;
        let status = match world.style.endpoints.create_status.value {
            0 => 201,
            status => status,
        };
        let mut known: Vec<&'a Endpoint> = world
            .project
            .endpoints
            .iter()
            .filter(|endpoint| {
                endpoint.methods.iter().any(|method| method == "POST")
                    && endpoint.response.as_deref().is_some_and(|response| answers.contains(&response))
                    && endpoint.status.unwrap_or(200) == status
                    && endpoint.condition.is_none()
            })
            .collect();
        known.sort_by_key(|endpoint| endpoint.path.known().map_or(usize::MAX, |path| path.matches('/').count()));
        known.into_iter().find_map(|endpoint| {
            let segments = endpoint.path.known()?.split('/').filter_map(parameter);
            let parameters = segments.map(|name| self.in_path(table, name)).collect::<Option<Vec<_>>>()?;
            Some((endpoint, parameters))
        })
    }

    /// A key in the path: that of a row that this one refers to, which must be made before.
    fn in_path(&mut self, table: &'a Table, name: &str) -> Option<PathParameter> {
        let target = self.target(table, column(table, name)?)?;
        let (_, id) = self.world.key(Target::Existing(target))?;
        let class = target.class.as_ref()?.name.clone();
        self.add(target).then(|| PathParameter { name: name.to_owned(), class, id, role: ParameterRole::Parent })
    }

    /// The table that a column points at.
    fn target(&self, table: &Table, column: &Column) -> Option<&'a Table> {
        let wanted = table.constraints.iter().find_map(|one| match one {
            TableConstraint::ForeignKey { columns, ref_table, .. } if columns.iter().eq([&column.name]) => {
                Some(ref_table)
            }
            _ => None,
        })?;
        self.world.project.tables().find(|table| qualified(table) == *wanted)
    }

    fn parent(&self, table: &Table, parameter: &PathParameter) -> Option<ParentDesign> {
        let column = column(table, &parameter.name)?;
        let target = Target::Existing(self.target(table, column)?);
        Some(ParentDesign {
            names: names::entity_names(&parameter.class),
            target: self.world.entity_ref(target),
            column: column.name.clone(),
        })
    }

    /// What creation must be given; `None` where a value cannot be made up.
    fn columns(&mut self, table: &'a Table, create: &Schema) -> Option<Vec<ColumnDesign>> {
        let required = create.fields.iter().filter(|field| field.required);
        required.map(|field| self.column(table, field)).collect()
    }

    fn column(&mut self, table: &'a Table, field: &SchemaField) -> Option<ColumnDesign> {
        let world = self.world;
        let column = column(table, &field.name);
        let target = column.and_then(|column| self.target(table, column));
        let mut design = ColumnDesign {
            name: field.name.clone(),
            role: ColumnRole::Value,
            ty: types::field_type(world.project, column, field)?,
            id: None,
            nullable: false,
            default: None,
            unique: column.filter(|column| column.unique).map(|column| column.name.clone()),
            index: false,
            reference: None,
            in_create: true,
            in_update: false,
            in_output: true,
            description: None,
            at: column.map_or(&table.at, |column| &column.at).clone(),
        };
        if let Some(target) = target {
            let (key, id): (String, IdKind) = world.key(Target::Existing(target))?;
            if !self.add(target) {
                return None;
            }
            let entity = world.entity_ref(Target::Existing(target));
            let check = if entity.owner.is_owned() { ReferenceCheck::Own } else { ReferenceCheck::Exists };
            design.role = ColumnRole::Reference;
            design.id = Some(id);
            design.reference = Some(ReferenceDesign {
                name: field.name.trim_end_matches("_id").to_owned(),
                target: entity,
                column: key,
                on_delete: OnDelete::Cascade,
                check,
                acyclic: false,
                closes: false,
                deferred: None,
            });
        }
        Some(design)
    }
}

fn column<'t>(table: &'t Table, name: &str) -> Option<&'t Column> {
    table.columns.iter().find(|column| column.name == name || column.attribute.as_deref() == Some(name))
}

/// What is unique over several columns; the last of them is what a person would call taken.
fn uniques(table: &Table) -> Vec<UniqueDesign> {
    let unique = |constraint: &TableConstraint| {
        let columns: Vec<String> = constraint.unique_columns()?.into_iter().map(str::to_owned).collect();
        let subject = columns.last()?.clone();
        let name = constraint.name().unwrap_or_default().to_owned();
        Some(UniqueDesign { name, explicit_name: true, columns, subject })
    };
    table.constraints.iter().filter_map(unique).collect()
}

/// Who makes rows; `None` where that is not plain to see.
fn access(world: &World<'_>, table: &Table, endpoint: &Endpoint) -> Option<AccessDesign> {
    match &endpoint.access {
        EndpointAccess::Public => Some(AccessDesign::Public),
        EndpointAccess::SignedIn { .. } if world.chain(Target::Existing(table)).is_owned() => Some(AccessDesign::Owner),
        EndpointAccess::SignedIn { .. } => Some(AccessDesign::SignedIn),
        EndpointAccess::Role { dependency } => {
            (world.style.user.superuser_dependency.as_ref() == Some(dependency)).then_some(AccessDesign::Superuser)
        }
        EndpointAccess::Unknown { .. } => None,
    }
}
