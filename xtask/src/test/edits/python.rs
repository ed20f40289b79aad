//! Models as Python: SQLAlchemy's declarative classes and Core tables, or SQLModel.

use super::models::{Column, Form, Index, Key, Models, Rule, Table, Type};

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
            key.name.is_none() && key.on_update.is_none() && key.deferred.is_none() && !key.use_alter
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

    fn annotation(&self, column: &Column) -> String {
        let base = match &column.ty {
            Type::Str(_) | Type::Text | Type::Inet => "str".to_owned(),
            Type::Int | Type::Small | Type::Big => "int".to_owned(),
            Type::Bool => "bool".to_owned(),
            Type::Float | Type::Double => "float".to_owned(),
            Type::Numeric(..) => "Decimal".to_owned(),
            Type::Date => "datetime.date".to_owned(),
            Type::Time => "datetime.time".to_owned(),
            Type::DateTime(_) => "datetime.datetime".to_owned(),
            Type::Interval => "datetime.timedelta".to_owned(),
            Type::Uuid => "uuid.UUID".to_owned(),
            Type::Json | Type::Jsonb => "dict".to_owned(),
            Type::Array(_) => "list[str]".to_owned(),
            Type::Binary => "bytes".to_owned(),
            Type::Enum(id) | Type::EnumText(id, _) => {
                self.models.enumeration(*id).map(|one| one.name.clone()).unwrap_or_default()
            }
        };
        if column.nullable { format!("{base} | None") } else { base }
    }

    /// Whether the annotation alone gives the type.
    fn is_implied(&self, ty: &Type) -> bool {
        match ty {
            Type::Int | Type::Bool | Type::Date | Type::Uuid | Type::Enum(_) | Type::Str(None) => true,
            // What SQLModel makes of it depends on its release.
            Type::DateTime(zone) => !zone && !self.sqlmodel,
            _ => false,
        }
    }

    fn ty(&self, ty: &Type) -> String {
        let class = |id: &usize| self.models.enumeration(*id).map(|one| one.name.clone()).unwrap_or_default();
        match ty {
            Type::Str(None) => "String".to_owned(),
            Type::Str(Some(length)) => format!("String({length})"),
            Type::Text => "Text".to_owned(),
            Type::Int => "Integer".to_owned(),
            Type::Small => "SmallInteger".to_owned(),
            Type::Big => "BigInteger".to_owned(),
            Type::Bool => "Boolean".to_owned(),
            Type::Float => "Float".to_owned(),
            Type::Double => "Double".to_owned(),
            Type::Numeric(precision, scale) => format!("Numeric({precision}, {scale})"),
            Type::Date => "Date".to_owned(),
            Type::Time => "Time".to_owned(),
            Type::DateTime(true) => "DateTime(timezone=True)".to_owned(),
            Type::DateTime(false) => "DateTime()".to_owned(),
            Type::Interval => "Interval".to_owned(),
            Type::Uuid => "Uuid".to_owned(),
            Type::Json => "JSON".to_owned(),
            Type::Jsonb => "JSONB".to_owned(),
            Type::Array(length) => format!("ARRAY(String({length}))"),
            Type::Binary => "LargeBinary".to_owned(),
            Type::Inet => "INET".to_owned(),
            Type::Enum(id) => format!("Enum({})", class(id)),
            Type::EnumText(id, length) => format!("Enum({}, native_enum=False, length={length})", class(id)),
        }
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
        format!("ForeignKey({})", parts.join(", "))
    }

    fn rule(&self, rule: &Rule, is_core: bool) -> Option<String> {
        let column = |id: &usize| self.table.column(*id).map(|column| column.name.clone()).unwrap_or_default();
        let names = |ids: &[usize]| ids.iter().map(|id| string(&column(id))).collect::<Vec<_>>().join(", ");
        let named = |name: &Option<String>| name.as_ref().map(|name| format!(", name={}", string(name)));
        Some(match rule {
            Rule::Check(name, id, form) => {
                let ty = &self.table.column(*id)?.ty;
                let sql = check(&quoted(&column(id)), ty, *form);
                format!("CheckConstraint({}{})", string(&sql), named(name).unwrap_or_default())
            }
            Rule::Unique(name, ids, deferrable, nulls) => format!(
                "UniqueConstraint({}{}{}{})",
                names(ids),
                named(name).unwrap_or_default(),
                if *deferrable { ", deferrable=True, initially=\"DEFERRED\"" } else { "" },
                if *nulls { ", postgresql_nulls_not_distinct=True" } else { "" }
            ),
            Rule::Index(index) => self.index(index, is_core),
            Rule::Key(name, ids, target, targets) => {
                let table = self.models.table(*target)?;
                let targets: Vec<String> = targets
                    .iter()
                    .filter_map(|id| Some(string(&format!("{}.{}", table.qualified(), table.column(*id)?.name))))
                    .collect();
                let name = named(name).unwrap_or_default();
                format!("ForeignKeyConstraint([{}], [{}]{name})", names(ids), targets.join(", "))
            }
            Rule::Exclude(name, id) => {
                format!("ExcludeConstraint(({}, \"=\"), name={}, using=\"btree\")", string(&column(id)), string(name))
            }
        })
    }

    fn index(&self, index: &Index, is_core: bool) -> String {
        let column = |id: &usize| self.table.column(*id).map(|column| column.name.clone()).unwrap_or_default();
        let mut parts = vec![string(&index.name)];
        for (id, form) in &index.parts {
            let name = column(id);
            // Fields of SQLModel are no columns in the body of their class.
            let has_columns = !is_core && !self.sqlmodel;
            parts.push(match form {
                Form::Plain => string(&name),
                Form::Descending if has_columns => format!("{name}.desc()"),
                Form::Descending => format!("text({})", string(&format!("{} DESC", quoted(&name)))),
                Form::Function if has_columns => format!("func.lower({name})"),
                Form::Function | Form::Text => format!("text({})", string(&format!("lower({})", quoted(&name)))),
            });
        }
        parts.extend(index.unique.then(|| "unique=True".to_owned()));
        parts.extend(index.method.map(|method| format!("postgresql_using={}", string(method))));
        parts.extend(index.include.map(|id| format!("postgresql_include=[{}]", string(&column(&id)))));
        if let Some(id) = index.filter {
            let text = string(&format!("{} IS NOT NULL", quoted(&column(&id))));
            parts.push(format!("postgresql_where=text({text})"));
            parts.push(format!("sqlite_where=text({text})"));
        }
        format!("Index({})", parts.join(", "))
    }
}

/// A check that all rows of a campaign meet.
fn check(name: &str, ty: &Type, form: usize) -> String {
    match (ty.is_number(), form % 3) {
        (true, 0) => format!("{name} >= 0"),
        (true, 1) => format!("{name} < 100000"),
        (true, _) => format!("{name} > 0 AND {name} <> 77"),
        (false, 0) => format!("length({name}) > 0"),
        (false, 1) => format!("{name} <> 'it''s'"),
        (false, _) => format!("{name} <> 'none of them' OR length({name}) >= 1"),
    }
}
