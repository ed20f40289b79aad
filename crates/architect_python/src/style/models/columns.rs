//! The columns of a table class as written, those of its bases included.

use architect_model::{ColumnPart, IdKind, Location, MarkKind, Symbol};
use ruff_python_ast::{Expr, ExprCall, Stmt};

use super::super::facts::{Facts, assigned, symbol_of};
use super::super::vote::Votes;
use super::super::walk::{keyword, last_name};
use super::super::written::{self, Origins};
use crate::resolve::{Class, Index, Resolution, Scope};

/// Where a column is declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Where {
    /// In the table class itself.
    Table,
    /// In a base or mixin.
    Base,
}

/// A column as written.
pub(crate) struct Column<'a> {
    pub(crate) name: &'a str,
    /// The whole statement.
    pub(crate) line: &'a str,
    pub(crate) found: Where,
    pub(crate) at: Location,
    pub(crate) primary_key: bool,
    pub(crate) optional: bool,
    /// `user.id`.
    pub(crate) foreign_key: Option<String>,
    /// Written with `Mapped` or `mapped_column`.
    pub(crate) mapped: bool,
    /// Last name of the type: `datetime`, `UUID`, `Integer`.
    kind: String,
    /// Whether Python or the database fills it in.
    filled: bool,
    /// Whether Python fills it in: `default=…`, `default_factory=…`.
    pub(crate) by_python: bool,
    /// Whether the database computes it with each change.
    pub(crate) changed_by_database: bool,
    /// Whether it is filled in anew with each change.
    pub(crate) renewed: bool,
    /// What new rows have in it, where Python or the database fills it in.
    default: Option<&'a Expr>,
    /// Whether `uuid.uuid4`, or another version, makes its values.
    made_by_uuid: bool,
    value: Option<&'a Expr>,
    annotation: Option<&'a Expr>,
    scope: Scope<'a>,
}

impl<'a> Column<'a> {
    /// Type of a primary key.
    pub(crate) fn id_kind(&self) -> Option<IdKind> {
        match self.kind.as_str() {
            _ if self.made_by_uuid => Some(IdKind::Uuid),
            "UUID" | "Uuid" | "uuid" | "GUID" | "UUID4" | "UUIDType" => Some(IdKind::Uuid),
            "int" | "Integer" | "BigInteger" | "SmallInteger" | "Identity" => Some(IdKind::Integer),
            "str" | "String" | "Text" => Some(IdKind::String),
            kind if kind.to_lowercase().contains("uuid") => Some(IdKind::Uuid),
            kind if kind.to_lowercase().contains("int") => Some(IdKind::Integer),
            _ => None,
        }
    }

    /// What it is for; `owner` is what the house calls the foreign key to the owning user.
    pub(crate) fn part(&self, owner: &str) -> ColumnPart {
        match &self.foreign_key {
            _ if self.primary_key => ColumnPart::Key,
            Some(_) if self.name == owner => ColumnPart::Owner,
            Some(_) => ColumnPart::Reference,
            None if self.is_timestamp() => ColumnPart::Time,
            None => ColumnPart::Value,
        }
    }

    /// Whether its type is for long texts: `mapped_column(Text)`.
    pub(crate) fn is_long_text(&self) -> bool {
        let Some(call) = self.value.and_then(Expr::as_call_expr) else { return false };
        let named = |expr: &Expr| matches!(last_name(expr), Some("Text" | "TEXT" | "UnicodeText"));
        let given = call.arguments.args.iter().chain(call.arguments.keywords.iter().map(|keyword| &keyword.value));
        given.into_iter().any(|expr| match expr {
            Expr::Call(inner) => named(&inner.func),
            expr => named(expr),
        })
    }

    /// Whether its default makes a whole decimal number of text, `Decimal("0")`, or of an integer.
    pub(crate) fn decimal_of_text(&self) -> Option<bool> {
        let call = self.value.and_then(Expr::as_call_expr)?;
        let default = if last_name(&call.func) == Some("Decimal") {
            call
        } else {
            keyword(call, "default").or(call.arguments.args.first()).and_then(Expr::as_call_expr)?
        };
        match default.arguments.args.first().filter(|_| last_name(&default.func) == Some("Decimal"))? {
            Expr::NumberLiteral(_) => Some(false),
            Expr::StringLiteral(text) if !text.value.to_str().contains('.') => Some(true),
            _ => None,
        }
    }

    /// Whether an annotated column is given a call that could say more of it.
    pub(crate) fn is_called(&self) -> bool {
        self.annotation.is_some() && self.value.is_some_and(Expr::is_call_expr)
    }

    /// Whether `Field(…)` is given a type that is made on the spot, `sa_type=DateTime(timezone=True)`, and type checkers are
    /// not told to pass over it; or a column of its own, `sa_column=Column(…)`.
    pub(crate) fn makes_type_in_field(&self) -> Option<bool> {
        let call = self.value.and_then(Expr::as_call_expr)?;
        match keyword(call, "sa_type") {
            Some(ty) => ty.is_call_expr().then(|| !self.line.contains("type: ignore")),
            None => keyword(call, "sa_column").map(|_| false),
        }
    }

    /// Whether its declaration says `nullable=False`.
    pub(crate) fn says_not_null(&self) -> bool {
        self.value.and_then(Expr::as_call_expr).is_some_and(|call| is_false(keyword(call, "nullable")))
    }

    /// Whether a key has no value until somebody gives it one: `code = Column(String, primary_key=True)`. A new table has
    /// nothing to give.
    pub(crate) fn must_be_given(&self) -> bool {
        let called = self.value.and_then(Expr::as_call_expr).and_then(|call| last_name(&call.func));
        let plain = matches!(called, Some("Column" | "mapped_column" | "Field"));
        plain && !self.filled && (self.foreign_key.is_some() || self.id_kind() != Some(IdKind::Integer))
    }

    /// Whether it has an annotation, which SQLModel makes a field of.
    pub(crate) fn annotated(&self) -> bool {
        self.annotation.is_some() && !self.mapped
    }

    /// Whether a declarative class maps it: `id: Any` in a base only says that tables have one.
    pub(crate) fn is_mapped(&self) -> bool {
        let called = self.value.and_then(Expr::as_call_expr).and_then(|call| last_name(&call.func));
        self.mapped || called == Some("Column")
    }

    /// Adds where the names that its declaration uses come from.
    pub(crate) fn add_origins(&self, index: &Index<'a>, origins: &mut Origins) {
        for expr in self.annotation.into_iter().chain(self.value) {
            written::add(index, self.scope.file, expr, origins);
        }
    }

    /// A time that fills itself in.
    pub(crate) fn is_timestamp(&self) -> bool {
        let is_time = self.kind.to_lowercase().contains("datetime") || self.kind == "TIMESTAMP";
        is_time
            && (is_called_timestamp(self.name) && (self.filled || self.name.ends_with("_at"))
                || self.renewed
                || self.is_made_by_clock())
    }

    /// Whether a time is filled in when a row is made: by a function, or an expression of the database.
    pub(crate) fn is_made_by_clock(&self) -> bool {
        self.default.is_some_and(|value| !value.is_literal_expr() || value.is_string_literal_expr())
    }

    /// What it could say of a deletion: a time that is empty at first, a flag with a default.
    pub(crate) fn mark_kind(&self) -> Option<MarkKind> {
        let kind = self.kind.to_lowercase();
        if (kind.contains("datetime") || kind == "timestamp") && self.optional && !self.renewed {
            let is_empty = self.default.is_none_or(Expr::is_none_literal_expr);
            return is_empty.then_some(MarkKind::Time);
        }
        let starts = self.default.and_then(Expr::as_boolean_literal_expr).filter(|_| kind.contains("bool"))?;
        Some(if starts.value { MarkKind::Alive } else { MarkKind::Deleted })
    }
}

/// Whether a name says when a row was made or changed.
pub(crate) fn is_called_timestamp(name: &str) -> bool {
    ["creat", "updat", "modif", "insert", "timestamp", "chang"].iter().any(|word| name.contains(word))
}

/// The columns of a class, its own after those of its bases.
pub(crate) fn of<'a>(index: &Index<'a>, class: Class<'a>) -> Vec<Column<'a>> {
    let mut columns: Vec<Column<'a>> = Vec::new();
    for owner in index.mro(class).classes().rev() {
        let found = if owner == class { Where::Table } else { Where::Base };
        for stmt in &owner.def.body {
            let Some(column) = column(index, owner, stmt, found) else { continue };
            match columns.iter_mut().find(|known| known.name == column.name) {
                Some(known) => *known = column,
                None => columns.push(column),
            }
        }
    }
    columns
}

fn column<'a>(index: &Index<'a>, owner: Class<'a>, stmt: &'a Stmt, found: Where) -> Option<Column<'a>> {
    let name = assigned(stmt).filter(|name| !name.starts_with("__"))?;
    let (annotation, value) = match stmt {
        Stmt::AnnAssign(assign) => (Some(&*assign.annotation), assign.value.as_deref()),
        Stmt::Assign(assign) => (None, Some(&*assign.value)),
        _ => return None,
    };
    let call = value.and_then(Expr::as_call_expr);
    let called = call.and_then(|call| last_name(&call.func));
    // Without an annotation a column is known by its call; `model_config = …` is none.
    if matches!(called, Some("Relationship" | "relationship" | "association_proxy"))
        || (annotation.is_none() && called != Some("Column") && called != Some("mapped_column"))
    {
        return None;
    }
    let taken = annotation.map(|annotation| index.annotation(owner.scope(), annotation));
    let wrapped = taken.as_ref().is_some_and(|taken| taken.wrappers.iter().any(|wrapper| wrapper.ends_with("Mapped")));
    let metadata = taken.iter().flat_map(|taken| taken.metadata.iter()).filter_map(|(_, extra)| extra.as_call_expr());
    let calls: Vec<&ExprCall> = call.into_iter().chain(metadata).collect();
    let inner = calls.iter().flat_map(|call| nested(call));
    let calls: Vec<&ExprCall> = calls.iter().copied().chain(inner).collect();
    let has = |names: &[&str]| calls.iter().any(|call| names.iter().any(|name| keyword(call, name).is_some()));
    let kind = taken.as_ref().and_then(|taken| taken.resolution.path()).or_else(|| column_type(call?));
    Some(Column {
        name,
        line: owner.file().text(stmt),
        found,
        at: owner.file().at(stmt),
        primary_key: calls.iter().any(|call| is_true(keyword(call, "primary_key"))),
        optional: taken.as_ref().is_some_and(|taken| taken.optional)
            || (annotation.is_none() && !calls.iter().any(|call| is_false(keyword(call, "nullable")))),
        foreign_key: calls.iter().find_map(|call| foreign_key(index, owner, call)),
        mapped: wrapped || called == Some("mapped_column"),
        kind: kind.map(|path| path.rsplit('.').next().unwrap_or_default().to_owned()).unwrap_or_default(),
        filled: has(&["default", "default_factory", "server_default", "onupdate", "insert_default"]),
        by_python: call.is_some_and(|call| {
            ["default", "default_factory", "insert_default"].iter().any(|name| keyword(call, name).is_some())
        }),
        changed_by_database: has(&["server_onupdate"])
            || calls.iter().any(|call| keyword(call, "onupdate").is_some_and(|value| by_sql(index, owner, value))),
        renewed: has(&["onupdate", "server_onupdate"]) || calls.iter().any(|call| says_on_update(call)),
        default: default(call, value.filter(|_| annotation.is_some())),
        made_by_uuid: calls.iter().any(|call| {
            let made = ["default_factory", "default"].iter().find_map(|name| keyword(call, name));
            let made = made.and_then(|made| index.resolve(owner.scope(), made).path());
            made.is_some_and(|path| path.starts_with("uuid.uuid"))
        }),
        value,
        annotation,
        scope: owner.scope(),
    })
}

/// `sa_column_kwargs={"onupdate": …}`.
fn says_on_update(call: &ExprCall) -> bool {
    let options = keyword(call, "sa_column_kwargs").and_then(Expr::as_dict_expr);
    let mut keys = options.into_iter().flat_map(|dict| &dict.items).filter_map(|item| item.key.as_ref());
    keys.any(|key| key.as_string_literal_expr().is_some_and(|key| key.value.to_str().ends_with("onupdate")))
}

/// What new rows have in a column: `default=…` and its like, or what is assigned in an annotated class.
fn default<'a>(call: Option<&'a ExprCall>, assigned: Option<&'a Expr>) -> Option<&'a Expr> {
    let Some(call) = call else { return assigned };
    let names = ["default", "default_factory", "insert_default", "server_default"];
    let inner = nested(call);
    let calls = || std::iter::once(call).chain(inner.iter().copied());
    names.iter().find_map(|name| calls().find_map(|call| keyword(call, name))).or_else(|| {
        let is_field = last_name(&call.func) == Some("Field");
        call.arguments.args.first().filter(|first| is_field && !first.is_ellipsis_literal_expr())
    })
}

/// `func.now()`, `text("now()")`: an expression that the database evaluates.
fn by_sql<'a>(index: &Index<'a>, owner: Class<'a>, value: &'a Expr) -> bool {
    let Some(call) = value.as_call_expr() else { return false };
    index
        .resolve(owner.scope(), &call.func)
        .path()
        .is_some_and(|path| path.starts_with("sqlalchemy.") || path.starts_with("sqlmodel."))
}

/// The calls among the arguments of a call: `sa_column=Column(ForeignKey("user.id"))`.
fn nested(call: &ExprCall) -> Vec<&ExprCall> {
    let direct = call.arguments.args.iter().chain(call.arguments.keywords.iter().map(|keyword| &keyword.value));
    let direct: Vec<&ExprCall> = direct.filter_map(Expr::as_call_expr).collect();
    let deeper: Vec<&ExprCall> = direct.iter().flat_map(|call| nested(call)).collect();
    direct.into_iter().chain(deeper).collect()
}

fn is_true(expr: Option<&Expr>) -> bool {
    matches!(expr, Some(Expr::BooleanLiteral(literal)) if literal.value)
}

fn is_false(expr: Option<&Expr>) -> bool {
    matches!(expr, Some(Expr::BooleanLiteral(literal)) if !literal.value)
}

fn foreign_key<'a>(index: &Index<'a>, owner: Class<'a>, call: &'a ExprCall) -> Option<String> {
    let target = match last_name(&call.func) {
        Some("ForeignKey") => call.arguments.args.first(),
        _ => keyword(call, "foreign_key"),
    }?;
    match target {
        Expr::Attribute(attribute) => {
            // `ForeignKey(User.id)`: the name of the table is not written here.
            let class = index.resolve(owner.scope(), &attribute.value).class()?;
            Some(format!("{}.{}", super::naming::table_name(index, class)?, attribute.attr))
        }
        target => index.string(owner.scope(), target).known().cloned(),
    }
}

/// The type in `Column(Integer, …)`, `Column("name", String(20))`.
fn column_type(call: &ExprCall) -> Option<String> {
    let mut arguments = call.arguments.args.iter().filter(|argument| !argument.is_string_literal_expr());
    let name = last_name(arguments.next()?)?;
    (name != "ForeignKey").then(|| name.to_owned())
}

/// Whether a class declares a relationship itself.
pub(crate) fn declares_relationship(class: Class<'_>) -> bool {
    class.def.body.iter().any(|stmt| {
        let value = match stmt {
            Stmt::AnnAssign(assign) => assign.value.as_deref(),
            Stmt::Assign(assign) => Some(&*assign.value),
            _ => None,
        };
        let called = value.and_then(Expr::as_call_expr).and_then(|call| last_name(&call.func));
        matches!(called, Some("Relationship" | "relationship"))
    })
}

/// The project's own type of times, where most times have one.
pub(crate) fn datetime_type<'a>(facts: &Facts<'a>, columns: &[&[Column<'a>]]) -> Option<Symbol> {
    let mut votes = Votes::default();
    for (table, columns) in facts.tables.iter().zip(columns) {
        for column in columns.iter().filter(|column| column.is_timestamp()) {
            votes.add(own_type(facts.index, column), facts.weight_of(&table.file().path), &column.at);
        }
    }
    votes.winner().and_then(|won| won.value)
}

fn own_type<'a>(index: &Index<'a>, column: &Column<'a>) -> Option<Symbol> {
    let in_value = column.value.and_then(Expr::as_call_expr).into_iter().flat_map(|call| {
        let types = ["sa_type", "type_"].into_iter().filter_map(|name| keyword(call, name));
        types.chain(call.arguments.args.first()).collect::<Vec<_>>()
    });
    let alias = column.annotation.filter(|annotation| annotation.is_name_expr());
    let candidates = in_value.chain(alias).map(|expr| match expr {
        Expr::Call(call) => index.resolve(column.scope, &call.func),
        expr => index.resolve(column.scope, expr),
    });
    candidates.into_iter().find_map(|resolution| match resolution {
        Resolution::Class(_) | Resolution::Variable(_) => symbol_of(&resolution),
        _ => None,
    })
}
