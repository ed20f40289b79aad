//! Fields of an entity from the columns of its table and the fields of its schemas.

use architect_model::{
    Column, ColumnType, Entity, Field, FieldType, Implied, ImpliedRole, Known, Literal, OnDelete, Ownership, Schema,
    SchemaField, StandardOperation,
};

use super::{Described, defaults, foreign_key, is_link, referred};
use crate::compare::bare;
use crate::shown::Shown;
use crate::types;
use crate::world::qualified;

/// Adds the fields of the table to `entity`.
pub(super) fn of(described: &mut Described<'_>, entity: &mut Entity) {
    let columns = &described.table.columns;
    for column in columns {
        if let Some(role) = described.implied(column) {
            if let Some(role) = role {
                entity.implied.push(Implied { label: column.name.clone(), role, at: column.at.clone() });
            }
            continue;
        }
        if let Some(field) = described.field(column) {
            entity.fields.push(field);
        }
    }
    entity.fields.extend(described.links());
}

impl<'p> Described<'p> {
    /// What a column is that the conventions imply; `Some(None)` for one that a document does not name at all.
    fn implied(&self, column: &Column) -> Option<Option<ImpliedRole>> {
        let models = &self.project.style.models;
        let owner = self.table.owner.as_ref();
        if column.primary_key {
            return Some(None);
        }
        if owner.is_some_and(|owner| owner.column == column.name) && self.owner() != Ownership::Nobody {
            return Some(None);
        }
        if models.deletion.as_ref().is_some_and(|mark| mark.value.column == column.name)
            || models.timestamps.iter().any(|line| line.value.name == column.name)
            || models.base_columns.contains(&column.name)
        {
            return Some(None);
        }
        let is_time = matches!(column.ty.known(), Some(ColumnType::DateTime { .. }))
            && (column.default.is_some() || column.server_default.is_some());
        match column.name.as_str() {
            "created_at" if is_time => Some(Some(ImpliedRole::CreatedAt)),
            "updated_at" if is_time => Some(Some(ImpliedRole::UpdatedAt)),
            _ => None,
        }
    }

    fn field(&mut self, column: &Column) -> Option<Field> {
        let what = format!("`{}.{}`", self.class, column.name);
        let Some(nullable) = column.nullable.known().copied() else {
            self.leave_out(&what, "whether it may be empty is not known", &column.at);
            return None;
        };
        let reference = foreign_key(self.table, &column.name).and_then(|(table, rule)| {
            let class = referred(self.project, table)?.class.as_ref()?;
            let on_delete = match rule {
                Some("CASCADE") => Some(OnDelete::Cascade),
                Some("SET NULL") => Some(OnDelete::SetNull),
                Some("RESTRICT") => Some(OnDelete::Restrict),
                _ => None,
            };
            // The column of a reference ends in `_id`: any other is said as what it holds.
            let name = column.attribute.as_deref().unwrap_or(&column.name);
            if !name.ends_with("_id") {
                return None;
            }
            let is_users = Some(class) == self.project.style.user.class.as_ref();
            let entity = if is_users { "User".to_owned() } else { class.name.clone() };
            Some(FieldType::Reference { entity, on_delete })
        });
        let Some(ty) = reference.clone().or_else(|| self.ty(column)) else {
            let why = match &column.ty {
                Known::Unknown { unknown } => unknown.reason.clone(),
                Known::Known(ty) => format!("no type of a document stands for {}", types::found(ty)),
            };
            self.leave_out(&what, &why, &column.at);
            return None;
        };
        let default = defaults::of(self.project, &ty, column);
        if let (Some(source), None) = (column.default.as_ref().map(|default| &default.source), &default)
            && !self.is_given(column)
        {
            self.notes.push(architect_model::Assumption {
                text: format!("the default of {what} is computed by the code: `{source}`"),
                at: column.at.clone(),
            });
        }
        let name = column.attribute.as_deref().unwrap_or(&column.name);
        let name = if reference.is_some() { self.field_name(name) } else { name.to_owned() };
        Some(Field {
            label: name.clone(),
            name,
            required: !nullable,
            default: default.filter(|default| *default != Literal::Null),
            unique: None,
            index: false,
            filter: self.is_filter(column),
            read_only: !self.is_given(column),
            circular: false,
            description: None,
            at: column.at.clone(),
            ty,
        })
    }

    fn ty(&self, column: &Column) -> Option<FieldType> {
        let name = column.attribute.as_deref().unwrap_or(&column.name);
        let schemas = [StandardOperation::Create, StandardOperation::Update].map(|operation| self.body(operation));
        let output = self.output();
        let mut found = schemas.into_iter().flatten().chain(output).filter_map(|schema| schema_field(schema, name));
        let given = found.find_map(|field| {
            let plain = SchemaField { annotation: without_none(&field.annotation), ..field.clone() };
            items(&plain.annotation)
                .filter(|_| matches!(column.ty.known().map(bare), Some(ColumnType::Json | ColumnType::Other { .. })))
                .or_else(|| types::field_type(self.project, Some(column), &plain))
        });
        // A text without a length in the database is one, whatever bound requests have.
        let is_text =
            matches!(column.ty.known().map(bare), Some(ColumnType::Text | ColumnType::String { length: None, .. }));
        match given {
            Some(FieldType::String { .. }) if is_text => Some(FieldType::Text),
            // Requests may know values of which the database only knows that they are texts.
            Some(FieldType::Enum { .. }) if !matches!(column.ty.known().map(bare), Some(ColumnType::Enum { .. })) => {
                of_column(self.project, column)
            }
            given => given.or_else(|| of_column(self.project, column)),
        }
    }

    /// The class of bodies of an operation on the rows.
    fn body(&self, operation: StandardOperation) -> Option<&'p Schema> {
        let shown = Shown::of(self.project, self.table);
        match operation {
            StandardOperation::Create => shown.create,
            StandardOperation::Update => shown.update,
            _ => None,
        }
    }

    fn output(&self) -> Option<&'p Schema> {
        Shown::of(self.project, self.table).output
    }

    /// Whether clients set a column; where nothing makes or changes rows, they would.
    fn is_given(&self, column: &Column) -> bool {
        let name = column.attribute.as_deref().unwrap_or(&column.name);
        let bodies: Vec<&Schema> = [StandardOperation::Create, StandardOperation::Update]
            .into_iter()
            .filter_map(|one| self.body(one))
            .collect();
        bodies.is_empty() || bodies.iter().any(|schema| schema_field(schema, name).is_some())
    }

    /// Whether lists take a parameter of this name.
    fn is_filter(&self, column: &Column) -> bool {
        let class = self.table.class.as_ref();
        let lists =
            self.project.handlers.iter().filter(|handler| {
                handler.operation == Some(StandardOperation::List) && handler.table.as_ref() == class
            });
        lists.into_iter().any(|handler| {
            let path = self.project.endpoints.iter().find(|endpoint| endpoint.handler == handler.symbol);
            let in_path = path
                .and_then(|endpoint| endpoint.path.known())
                .is_some_and(|path| path.contains(&format!("{{{}}}", column.name)));
            !in_path && handler.parameters.iter().any(|parameter| parameter.name == column.name)
        })
    }

    /// Rows of other classes that link tables lead to, where this class is the first of the two.
    fn links(&self) -> Vec<Field> {
        let mut found = Vec::new();
        for link in self.project.tables().filter(|table| is_link(table)) {
            let keys = link.columns.iter().filter(|column| column.primary_key);
            let sides: Vec<&str> = keys.filter_map(|key| Some(foreign_key(link, &key.name)?.0)).collect();
            let [left, right] = sides.as_slice() else { continue };
            if *left != qualified(self.table) {
                continue;
            }
            let Some(class) = referred(self.project, right).and_then(|table| table.class.as_ref()) else { continue };
            let relation =
                self.table.relationships.iter().find(|relation| {
                    relation.many && relation.target.known().is_some_and(|target| *target == class.name)
                });
            let name = relation
                .map_or_else(|| crate::names::entity_names(&class.name).snakes, |relation| relation.name.clone());
            found.push(Field {
                label: name.clone(),
                name,
                ty: FieldType::Many { entity: class.name.clone() },
                required: false,
                default: None,
                unique: None,
                index: false,
                filter: false,
                read_only: false,
                circular: false,
                description: None,
                at: link.at.clone(),
            });
        }
        found
    }
}

fn schema_field<'s>(schema: &'s Schema, name: &str) -> Option<&'s SchemaField> {
    schema.fields.iter().find(|field| field.name == name)
}

/// An annotation without its `| None`.
fn without_none(annotation: &str) -> String {
    let text = annotation.trim().trim_matches(['"', '\'']);
    let inner = text.strip_prefix("Optional[").and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let kept: Vec<&str> = inner.split('|').map(str::trim).filter(|part| *part != "None").collect();
    kept.join(" | ")
}

/// The list that an annotation stands for.
fn items(annotation: &str) -> Option<FieldType> {
    let inner = annotation.strip_prefix("list[").and_then(|rest| rest.strip_suffix(']'))?;
    let items = match inner {
        "str" => FieldType::String { min: None, max: None },
        "int" => FieldType::Integer { min: None, max: None },
        "float" => FieldType::Float,
        "bool" => FieldType::Boolean,
        "uuid.UUID" | "UUID" => FieldType::Uuid,
        _ => return None,
    };
    Some(FieldType::Array { items: Box::new(items) })
}

/// The type of a column that no schema shows.
fn of_column(project: &architect_model::Project, column: &Column) -> Option<FieldType> {
    Some(match bare(column.ty.known()?) {
        ColumnType::String { length: Some(length), .. } => FieldType::String { min: None, max: Some(*length) },
        ColumnType::String { .. } | ColumnType::Text => FieldType::Text,
        ColumnType::Integer | ColumnType::SmallInteger => FieldType::Integer { min: None, max: None },
        ColumnType::BigInteger => FieldType::BigInteger { min: None, max: None },
        ColumnType::Boolean => FieldType::Boolean,
        ColumnType::Float | ColumnType::Double => FieldType::Float,
        ColumnType::Numeric { precision: Some(precision), scale } => {
            FieldType::Decimal { precision: *precision, scale: scale.unwrap_or(0), min: None, max: None }
        }
        ColumnType::Date => FieldType::Date,
        ColumnType::DateTime { .. } => FieldType::DateTime,
        ColumnType::Time { .. } => FieldType::Time,
        ColumnType::Uuid => FieldType::Uuid,
        ColumnType::Json => FieldType::Json,
        ColumnType::Other { symbol, .. } if symbol.name.starts_with("JSON") => FieldType::Json,
        ColumnType::Other { symbol, .. } if ["UUID", "GUID"].contains(&symbol.name.as_str()) => FieldType::Uuid,
        ColumnType::Enum { values, .. } => {
            let values = values.known()?.clone();
            let class = project.enums.iter().find(|class| {
                let stored = |pick: fn(&(String, String)) -> &String| class.members.iter().map(pick).eq(values.iter());
                stored(|(name, _)| name) || stored(|(_, value)| value)
            })?;
            let values = class.members.iter().map(|(_, value)| value.clone()).collect();
            FieldType::Enum { name: class.class.name.clone(), values }
        }
        _ => return None,
    })
}
