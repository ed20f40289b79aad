//! Models as Python: SQLAlchemy's declarative classes and Core tables, or SQLModel.

mod rules;
mod types;

use super::models::{Column, Key, Models, Table, Type};

/// The classes, as a case has them.
pub fn classes(models: &Models, sqlmodel: bool) -> String {
    let mut text = String::new();
    for one in &models.enums {
        text.push_str(&format!("class {}(enum.Enum):\n", one.name));
        for member in &one.members {
            text.push_str(&format!("    {member} = {}\n", string(&member.to_lowercase())));
        }
        text.push_str("\n\n");
    }
    for table in &models.tables {
        text.push_str(&Writer { models, table, sqlmodel }.table());
    }
    text
}

/// The name of a class.
pub fn class(table: &Table) -> String {
    let parts = table.name.split('_').map(|part| {
        let mut letters = part.chars();
        letters.next().map(|first| first.to_uppercase().collect::<String>() + letters.as_str()).unwrap_or_default()
    });
    parts.collect()
}

/// A text of Python.
pub fn string(text: &str) -> String {
    if text.contains('"') && !text.contains('\'') {
        return format!("'{text}'");
    }
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A name in SQL, in quotes where it needs them.
pub fn quoted(name: &str) -> String {
    let is_plain = name.chars().all(|one| one.is_ascii_lowercase() || one == '_');
    if is_plain && !["user", "order", "group", "check", "end"].contains(&name) {
        name.to_owned()
    } else {
        format!("\"{name}\"")
    }
}

struct Writer<'m> {
    models: &'m Models,
    table: &'m Table,
    sqlmodel: bool,
}

impl Writer<'_> {
    fn table(&self) -> String {
        let table = self.table;
        if table.is_link {
            return self.link();
        }
        let base = if self.sqlmodel { "SQLModel, table=True" } else { "Base" };
        let mut text = format!("class {}({base}):\n    __tablename__ = {}\n", class(table), string(&table.name));
        for column in &table.columns {
            let line = if self.sqlmodel { self.field(column) } else { self.mapped(column) };
            text.push_str(&format!("    {line}\n"));
        }
        let mut arguments: Vec<String> = table.rules.iter().filter_map(|rule| self.rule(rule, false)).collect();
        let mut options: Vec<String> = Vec::new();
        options.extend(table.schema.as_ref().map(|schema| format!("\"schema\": {}", string(schema))));
        options.extend(table.comment.as_ref().map(|comment| format!("\"comment\": {}", string(comment))));
        if arguments.is_empty() && !options.is_empty() {
            text.push_str(&format!("    __table_args__ = {{{}}}\n", options.join(", ")));
        } else if !arguments.is_empty() {
            arguments.extend((!options.is_empty()).then(|| format!("{{{}}}", options.join(", "))));
            text.push_str("    __table_args__ = (\n");
            arguments.iter().for_each(|argument| text.push_str(&format!("        {argument},\n")));
            text.push_str("    )\n");
        }
        format!("{text}\n\n")
    }

    /// A table without a class.
    fn link(&self) -> String {
        let table = self.table;
        let metadata = if self.sqlmodel { "SQLModel.metadata" } else { "Base.metadata" };
        let name = if table.name.ends_with('_') { table.name.clone() } else { format!("{}_table", table.name) };
        let mut text = format!("{name} = Table(\n    {},\n    {metadata},\n", string(&table.name));
        for column in &table.columns {
            let mut parts = vec![string(&column.name)];
            parts.extend(self.column_arguments(column));
            text.push_str(&format!("    Column({}),\n", parts.join(", ")));
        }
        for rule in table.rules.iter().filter_map(|rule| self.rule(rule, true)) {
            text.push_str(&format!("    {rule},\n"));
        }
        let schema = table.schema.as_ref().map(|schema| format!("    schema={},\n", string(schema)));
        let comment = table.comment.as_ref().map(|comment| format!("    comment={},\n", string(comment)));
        format!("{text}{}{})\n\n\n", schema.unwrap_or_default(), comment.unwrap_or_default())
    }

    fn mapped(&self, column: &Column) -> String {
        let annotation = self.annotation(column);
        let implied = column.id.is_multiple_of(2) && self.is_implied(&column.ty);
        let mut parts: Vec<String> = Vec::new();
        parts.extend((!implied && column.key.is_none()).then(|| self.ty(&column.ty)));
        parts.extend((column.key.is_some() && column.id.is_multiple_of(3)).then(|| self.ty(&column.ty)));
        parts.extend(column.key.as_ref().map(|key| self.key(key)));
        parts.extend(self.generated(column));
        parts.extend(self.keywords(column));
        parts.extend(column.default.as_ref().map(|default| format!("default={default}")));
        format!("{}: Mapped[{annotation}] = mapped_column({})", column.name, parts.join(", "))
    }

    /// Arguments of `Column`, after its name.
    fn column_arguments(&self, column: &Column) -> Vec<String> {
        let mut parts = vec![self.ty(&column.ty)];
        parts.extend(column.key.as_ref().map(|key| self.key(key)));
        parts.extend(self.generated(column));
        parts.extend(self.keywords(column));
        if !column.primary {
            parts.push(format!("nullable={}", if column.nullable { "True" } else { "False" }));
        }
        parts.extend(column.default.as_ref().map(|default| format!("default={default}")));
        parts
    }

    fn field(&self, column: &Column) -> String {
        let annotation = self.annotation(column);
        let key = column.key.as_ref();
        let is_plain_key = key.is_none_or(|key| {
            key.name.is_none() && key.on_update.is_none() && key.deferred.is_none() && !key.use_alter && !key.full
        });
        let is_generated = column.computed.is_some() || column.identity.is_some();
        if is_generated || !is_plain_key {
            let arguments = self.column_arguments(column).join(", ");
            return format!("{}: {annotation} = Field(sa_column=Column({arguments}))", column.name);
        }
        let mut parts = Vec::new();
        match (&column.default, column.nullable) {
            (Some(default), _) if default == "dict" => parts.push("default_factory=dict".to_owned()),
            (Some(default), _) => parts.push(format!("default={default}")),
            (None, true) => parts.push("default=None".to_owned()),
            _ => {}
        }
        if column.primary {
            parts.push("primary_key=True".to_owned());
        }
        if let Some(key) = key {
            parts.push(format!("foreign_key={}", string(&self.target(key))));
            parts.extend(key.on_delete.map(|action| format!("ondelete={}", string(action))));
        }
        match &column.ty {
            Type::Str(Some(length)) if key.is_none() => parts.push(format!("max_length={length}")),
            Type::Str(None) => {}
            ty if key.is_none() && !(self.is_implied(ty) && column.id.is_multiple_of(2)) => {
                parts.push(format!("sa_type={}", self.ty(ty)));
            }
            _ => {}
        }
        parts.extend(column.unique.then(|| "unique=True".to_owned()));
        parts.extend(column.index.then(|| "index=True".to_owned()));
        let mut kept: Vec<String> = Vec::new();
        kept.extend(column.server_default.as_ref().map(|default| format!("\"server_default\": {default}")));
        kept.extend(column.comment.as_ref().map(|comment| format!("\"comment\": {}", string(comment))));
        parts.extend((!kept.is_empty()).then(|| format!("sa_column_kwargs={{{}}}", kept.join(", "))));
        format!("{}: {annotation} = Field({})", column.name, parts.join(", "))
    }

    fn keywords(&self, column: &Column) -> Vec<String> {
        let mut parts = Vec::new();
        parts.extend(column.primary.then(|| "primary_key=True".to_owned()));
        parts.extend(column.unique.then(|| "unique=True".to_owned()));
        parts.extend(column.index.then(|| "index=True".to_owned()));
        parts.extend(column.server_default.as_ref().map(|default| format!("server_default={default}")));
        parts.extend(column.comment.as_ref().map(|comment| format!("comment={}", string(comment))));
        parts
    }

    fn generated(&self, column: &Column) -> Vec<String> {
        let mut parts = Vec::new();
        if let Some((source, form)) = column.computed {
            let name = self.table.column(source).map(|column| quoted(&column.name)).unwrap_or_default();
            parts.push(format!("Computed({}, persisted=True)", string(&format!("{name} * {}", form + 2))));
        }
        parts.extend(column.identity.map(|always| format!("Identity({})", if always { "always=True" } else { "" })));
        parts
    }

    fn target(&self, key: &Key) -> String {
        let table = self.models.table(key.target.0);
        let column = table.and_then(|table| table.column(key.target.1));
        format!(
            "{}.{}",
            table.map(Table::qualified).unwrap_or_default(),
            column.map(|column| column.name.as_str()).unwrap_or_default()
        )
    }

    fn key(&self, key: &Key) -> String {
        let mut parts = vec![string(&self.target(key))];
        parts.extend(key.name.as_ref().map(|name| format!("name={}", string(name))));
        parts.extend(key.on_delete.map(|action| format!("ondelete={}", string(action))));
        parts.extend(key.on_update.map(|action| format!("onupdate={}", string(action))));
        parts.extend(key.deferred.map(|when| format!("deferrable=True, initially={}", string(when))));
        parts.extend(key.use_alter.then(|| "use_alter=True".to_owned()));
        parts.extend(key.full.then(|| "match=\"FULL\"".to_owned()));
        format!("ForeignKey({})", parts.join(", "))
    }
}
