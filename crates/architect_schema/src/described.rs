//! Turns a schema into its JSON document.

use std::collections::BTreeMap;

use architect_model::{
    Column, ColumnDefault, ColumnType, DatabaseSchema, DefaultValue, Index, Known, Symbol, Table, TableConstraint,
    Touched, TypeSize, Unknown, qualified,
};

use crate::document::{
    CheckDocument, ColumnDocument, ComputedDocument, EnumDocument, ForeignKeyDocument, IdentityDocument, IndexDocument,
    KeyDocument, SchemaDocument, TableDocument, UniqueDocument, UnknownPart,
};
use crate::mappers;

/// The JSON document of a schema; `further` is what else was not understood.
pub fn document<'u>(schema: &DatabaseSchema, further: impl IntoIterator<Item = &'u Unknown>) -> SchemaDocument {
    let mut writer = Writer { unknowns: Vec::new(), table: None };
    let mut document = SchemaDocument::default();
    for table in &schema.tables {
        writer.table = qualified(table);
        let described = writer.table(table);
        if let Some(name) = writer.table.clone() {
            let number = (2..).map(|number| format!("{name}#{number}"));
            let free = std::iter::once(name.clone()).chain(number).find(|name| !document.tables.contains_key(name));
            document.tables.insert(free.unwrap_or(name), described);
        }
    }
    writer.table = None;
    for doubt in &schema.doubts {
        let part = matches!(doubt.touches, Touched::Type { .. }).then_some("enums");
        writer.note(None, part, &doubt.unknown);
    }
    for unknown in further {
        writer.note(None, None, unknown);
    }
    for ty in &schema.enums {
        document.enums.insert(ty.name.name.clone(), ty.values.clone());
    }
    document.mappers = mappers::documents(schema);
    document.unknowns = writer.unknowns;
    document
}

struct Writer {
    unknowns: Vec<UnknownPart>,
    /// The table that is being described.
    table: Option<String>,
}

/// `module:Name`.
pub(crate) fn path(symbol: &Symbol) -> String {
    format!("{}:{}", symbol.module, symbol.name)
}

impl Writer {
    fn note(&mut self, column: Option<&str>, part: Option<&str>, unknown: &Unknown) {
        self.unknowns.push(UnknownPart {
            table: self.table.clone(),
            column: column.map(str::to_owned),
            part: part.map(str::to_owned),
            file: unknown.at.file.to_string(),
            line: unknown.at.line,
            reason: unknown.reason.clone(),
        });
    }

    fn known<T: Clone>(&mut self, column: Option<&str>, part: &str, value: &Known<T>) -> Option<T> {
        match value {
            Known::Known(value) => Some(value.clone()),
            Known::Unknown { unknown } => {
                self.note(column, Some(part), unknown);
                None
            }
        }
    }

    fn table(&mut self, table: &Table) -> TableDocument {
        if let Known::Unknown { unknown } = &table.name {
            self.note(None, Some("name"), unknown);
        }
        for unknown in &table.unknowns {
            self.note(None, None, unknown);
        }
        let mut document = TableDocument { comment: table.comment.clone(), ..TableDocument::default() };
        document.columns = table.columns.iter().map(|column| self.column(table, column)).collect();
        for constraint in &table.constraints {
            self.constraint(table, constraint, &mut document);
        }
        document.foreign_keys.sort_by(|a, b| (&a.columns, &a.ref_table).cmp(&(&b.columns, &b.ref_table)));
        document.unique.sort_by(|a, b| (&a.columns, &a.name).cmp(&(&b.columns, &b.name)));
        document.checks.sort_by(|a, b| (&a.name, &a.sql).cmp(&(&b.name, &b.sql)));
        document.indexes.sort_by(|a, b| (&a.name, &a.columns).cmp(&(&b.name, &b.columns)));
        document.classes = mappers::classes(table);
        document
    }

    fn column(&mut self, table: &Table, column: &Column) -> ColumnDocument {
        let name = Some(column.name.as_str());
        let ty = self.known(name, "type", &column.ty);
        let word = ty.as_ref().and_then(ColumnType::postgresql);
        if let (Some(_), None) = (&ty, &word) {
            let reason = "what the type is in PostgreSQL's words is not known";
            self.note(name, Some("type"), &Unknown::new(column.at.clone(), reason));
        }
        let size = ty.as_ref().map(size).unwrap_or_default();
        let server_default = column.server_default.as_ref();
        ColumnDocument {
            name: column.name.clone(),
            ty: word,
            nullable: self.known(name, "nullable", &column.nullable),
            primary_key: column.primary_key,
            autoincrement: table.is_autoincrement(column),
            default: self.default(name, "default", column.default.as_ref()),
            server_default: server_default.and_then(|default| self.known(name, "server_default", &default.sql)),
            onupdate: self.default(name, "onupdate", column.on_update.as_ref()),
            unique: column.unique,
            index: column.index,
            enumeration: ty.as_ref().and_then(|ty| self.enumeration(table, column, ty)),
            length: size.length,
            precision: size.precision,
            scale: size.scale,
            timezone: size.timezone,
            computed: column.computed.as_ref().map(|computed| ComputedDocument {
                sql: self.known(name, "computed", &computed.sql),
                persisted: computed.persisted,
            }),
            identity: column.identity.as_ref().and_then(|identity| {
                let document = IdentityDocument { always: identity.always, start: identity.start };
                let known = match &identity.unknown {
                    Some(unknown) => Known::Unknown { unknown: unknown.clone() },
                    None => Known::Known(document),
                };
                self.known(name, "identity", &known)
            }),
            comment: column.comment.clone().filter(|comment| !comment.is_empty()),
            fks: references(table, column),
        }
    }

    fn default(&mut self, column: Option<&str>, part: &str, default: Option<&ColumnDefault>) -> Option<DefaultValue> {
        default.and_then(|default| self.known(column, part, &default.value))
    }

    fn enumeration(&mut self, table: &Table, column: &Column, ty: &ColumnType) -> Option<EnumDocument> {
        match plain(ty) {
            ColumnType::Enum { name, values, native, .. } => Some(EnumDocument {
                name: name.clone(),
                values: self.known(Some(&column.name), "enum", values),
                native: *native,
                class: column.enum_class.as_ref().map(path),
                create_constraint: table.constraints.iter().any(|constraint| {
                    matches!(constraint, TableConstraint::Check { of_type: Some(of), .. } if *of == column.name)
                }),
            }),
            _ => None,
        }
    }

    fn constraint(&mut self, table: &Table, constraint: &TableConstraint, document: &mut TableDocument) {
        let name = constraint.name().map(str::to_owned);
        match constraint {
            TableConstraint::PrimaryKey { columns, .. } => {
                document.primary_key = KeyDocument { name, columns: columns.clone() };
            }
            TableConstraint::ForeignKey {
                columns,
                ref_table,
                ref_columns,
                on_delete,
                on_update,
                deferrable,
                initially,
                use_alter,
                ..
            } => document.foreign_keys.push(ForeignKeyDocument {
                name,
                columns: columns.clone(),
                ref_table: ref_table.clone(),
                ref_columns: ref_columns.clone(),
                ondelete: on_delete.clone(),
                onupdate: on_update.clone(),
                deferrable: *deferrable,
                initially: initially.clone(),
                use_alter: *use_alter,
            }),
            TableConstraint::Unique { columns, nulls_not_distinct, .. } => {
                let options = nulls_not_distinct.then(|| ("nulls_not_distinct".to_owned(), "True".to_owned()));
                let postgresql = options.into_iter().collect();
                document.unique.push(UniqueDocument { name, columns: columns.clone(), postgresql });
            }
            TableConstraint::Check { sql, of_type, .. } => {
                let is_inline = |column: &Column| sql.known().is_some_and(|sql| column.inline_checks.contains(sql));
                if table.columns.iter().any(is_inline) {
                    return;
                }
                let sql = self.known(None, "checks", sql);
                document.checks.push(CheckDocument { name, kind: None, sql, from_type: of_type.is_some() });
            }
            TableConstraint::Exclude { .. } => {
                let kind = Some("ExcludeConstraint".to_owned());
                document.checks.push(CheckDocument { name, kind, sql: None, from_type: false });
            }
            TableConstraint::Index(index) => {
                for option in index.options.iter().filter(|option| option.starts_with("postgresql_")) {
                    let name = index.name.as_deref().unwrap_or("an index");
                    let reason = format!("`{option}` of {name} is not understood");
                    self.note(None, Some("indexes"), &Unknown::new(table.at.clone(), reason));
                }
                let described = self.index(index);
                document.indexes.push(described);
            }
        }
    }

    fn index(&mut self, index: &Index) -> IndexDocument {
        let column = |writer: &mut Self, part: &architect_model::IndexPart| {
            let key = match &part.key {
                architect_model::IndexKey::Column { column } => column.clone(),
                architect_model::IndexKey::Expression { expression, .. } => {
                    writer.known(None, "indexes", expression)?
                }
            };
            Some(format!("{key}{}", part.order()))
        };
        let classes = index.parts.iter().filter_map(|part| {
            Some((part.key.as_column().unwrap_or_else(|| part.key.text()).to_owned(), part.operator_class.clone()?))
        });
        IndexDocument {
            name: index.name.clone(),
            columns: index.parts.iter().map(|part| column(self, part)).collect(),
            unique: index.unique,
            postgresql_where: index.predicate.as_ref().and_then(|sql| self.known(None, "indexes", sql)),
            postgresql_using: index.method.clone(),
            postgresql_ops: classes.collect(),
            postgresql_include: index.include.clone(),
            postgresql_with: index.storage.iter().cloned().collect::<BTreeMap<_, _>>(),
            postgresql_concurrently: index.concurrently,
            postgresql_nulls_not_distinct: index.nulls_not_distinct,
        }
    }
}

/// Columns that the foreign keys of a column refer to.
fn references(table: &Table, column: &Column) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for constraint in &table.constraints {
        if let TableConstraint::ForeignKey { columns, ref_table, ref_columns, .. } = constraint {
            let pairs = columns.iter().zip(ref_columns).filter(|(own, _)| **own == column.name);
            found.extend(pairs.map(|(_, referred)| format!("{ref_table}.{referred}")));
        }
    }
    found.sort();
    found
}

/// The type behind arrays and decorators, as SQLAlchemy's own attributes show it: the `impl` of a `TypeDecorator`, not
/// what `load_dialect_impl` makes of it.
fn plain(ty: &ColumnType) -> &ColumnType {
    match ty {
        ColumnType::Array { item, .. } => plain(item),
        ColumnType::Other { base: Some(inner), .. } => plain(inner),
        ColumnType::Other { implementation: Some(inner), .. } => plain(inner),
        ty => ty,
    }
}

fn size(ty: &ColumnType) -> TypeSize {
    let none = TypeSize::default();
    if let ColumnType::Other { size, .. } = ty
        && !size.is_unsaid()
    {
        return size.clone();
    }
    match plain(ty) {
        ColumnType::String { length, .. } => TypeSize { length: *length, ..none },
        ColumnType::Numeric { precision, scale } => TypeSize { precision: *precision, scale: *scale, ..none },
        ColumnType::Time { timezone } | ColumnType::DateTime { timezone } => {
            TypeSize { timezone: Some(*timezone), ..none }
        }
        // `Interval` decorates `DateTime`.
        ColumnType::Interval => TypeSize { timezone: Some(false), ..none },
        ColumnType::Other { size, .. } => size.clone(),
        _ => none,
    }
}
