//! A column as it is declared, before its table is known.

use architect_model::{
    ColumnDefault, ColumnType, Computed, Identity, Known, Location, ServerDefault, Symbol, TableConstraint, Unknown,
};
use ruff_python_ast::Expr;

use crate::resolve::{Arguments, Class, Index, Placed, Resolution, Scope};

use super::defaults::{ServerSide, column_default, computed, identity, server_default};
use super::enums::{check_of, class_of};
use super::types::{column_type, flag};

/// A column as `Column(...)`, `mapped_column(...)` or `Field(...)` declares it.
#[derive(Clone)]
pub(super) struct Draft<'a> {
    /// Attribute of the class.
    pub(super) attribute: String,
    /// Name given explicitly.
    pub(super) name: Option<Known<String>>,
    /// Type given explicitly, or implied by the annotation.
    pub(super) ty: Option<Known<ColumnType>>,
    /// The class whose members an enumeration stores.
    pub(super) enum_class: Option<Symbol>,
    /// `nullable`, given explicitly or implied.
    pub(super) nullable: Option<Known<bool>>,
    /// Primary key.
    pub(super) primary_key: Known<bool>,
    /// `unique=True`.
    pub(super) unique: Known<bool>,
    /// `index=True`.
    pub(super) index: Known<bool>,
    /// `autoincrement`.
    pub(super) autoincrement: Option<bool>,
    /// Default.
    pub(super) default: Option<ColumnDefault>,
    /// `onupdate`.
    pub(super) on_update: Option<ColumnDefault>,
    /// Server default.
    pub(super) server_default: Option<ServerDefault>,
    /// `Computed(...)`.
    pub(super) computed: Option<Computed>,
    /// `Identity(...)`.
    pub(super) identity: Option<Identity>,
    /// Comment.
    pub(super) comment: Option<String>,
    /// Foreign keys.
    pub(super) foreign_keys: Vec<Reference<'a>>,
    /// Check constraints written inside the column.
    pub(super) checks: Vec<TableConstraint>,
    /// Name of the check that its type makes; the outer `None` where it makes none.
    pub(super) type_check: Option<Option<String>>,
    /// Whether a SQLModel field brings it as `sa_column`.
    pub(super) written: bool,
    /// `sort_order`.
    pub(super) sort_order: i64,
    /// Parts that could not be determined.
    pub(super) unknowns: Vec<Unknown>,
    /// Where it is declared.
    pub(super) at: Location,
}

/// A foreign key as written.
#[derive(Clone)]
pub(super) struct Reference<'a> {
    /// What it points at.
    pub(super) target: Target<'a>,
    /// Name given.
    pub(super) name: Option<String>,
    /// `ondelete`, upper case.
    pub(super) on_delete: Option<String>,
    /// `onupdate`, upper case.
    pub(super) on_update: Option<String>,
    /// `deferrable`.
    pub(super) deferrable: Option<bool>,
    /// `initially`, upper case.
    pub(super) initially: Option<String>,
    /// `match`, upper case.
    pub(super) match_kind: Option<String>,
    /// `use_alter`.
    pub(super) use_alter: Known<bool>,
    /// Where it is written.
    pub(super) at: Location,
}

/// What a foreign key points at.
#[derive(Clone)]
pub(super) enum Target<'a> {
    /// `"user.id"`.
    Text(String),
    /// `User.id`.
    Attribute(Class<'a>, String),
    /// Not followed.
    Unknown(Unknown),
}

impl<'a> Draft<'a> {
    /// A column with nothing said about it yet.
    pub(super) fn new(attribute: &str, at: Location) -> Self {
        Self {
            attribute: attribute.to_owned(),
            name: None,
            ty: None,
            enum_class: None,
            nullable: None,
            primary_key: Known::Known(false),
            unique: Known::Known(false),
            index: Known::Known(false),
            autoincrement: None,
            default: None,
            on_update: None,
            server_default: None,
            computed: None,
            identity: None,
            comment: None,
            foreign_keys: Vec::new(),
            checks: Vec::new(),
            type_check: None,
            written: false,
            sort_order: 0,
            unknowns: Vec::new(),
            at,
        }
    }

    /// Takes over what the arguments of `Column(...)` or `mapped_column(...)` say.
    pub(super) fn apply(&mut self, index: &Index<'a>, arguments: &Arguments<'a>) {
        self.unknowns.extend(arguments.unknown.clone());
        for (position, (scope, expr)) in arguments.positional.iter().enumerate() {
            self.positional(index, *scope, expr, position == 0);
        }
        if let Some((scope, expr)) = arguments.keyword("name") {
            self.name = Some(index.fixed_string(scope, expr));
        }
        if let Some((scope, expr)) = arguments.keyword("type_") {
            self.set_type(index, scope, expr);
        }
        self.apply_keywords(index, arguments);
    }

    /// Takes over the keyword arguments, those of `sa_column_kwargs` included.
    pub(super) fn apply_keywords(&mut self, index: &Index<'a>, arguments: &Arguments<'a>) {
        if let Some(nullable) = given(flag(index, arguments, "nullable")) {
            self.nullable = Some(nullable);
        }
        for (name, field) in
            [("primary_key", &mut self.primary_key), ("unique", &mut self.unique), ("index", &mut self.index)]
        {
            if let Some(known) = given(flag(index, arguments, name)) {
                *field = known;
            }
        }
        let given = |name: &str| arguments.keyword(name).map(|placed| index.taken(placed));
        let text = |name: &str| given(name).filter(|(_, expr)| !expr.is_none_literal_expr());
        if let Some(default) = text("insert_default").or_else(|| text("default")) {
            self.set_default(index, default);
        }
        if let Some(value) = text("onupdate") {
            self.on_update = Some(column_default(index, value));
        }
        if let Some(default) = text("server_default") {
            match server_default(index, default) {
                ServerSide::Default(default) => self.server_default = Some(default),
                ServerSide::Computed(computed) => self.computed = Some(computed),
                ServerSide::Identity(identity) => self.identity = Some(identity),
            }
        }
        if let Some((scope, expr)) = text("autoincrement") {
            match index.fixed(scope, expr) {
                Known::Known(value) => {
                    self.autoincrement = value.as_bool().or(match value.as_str() {
                        Some("ignore_fk") => Some(true),
                        _ => None,
                    })
                }
                Known::Unknown { unknown } => self.unknowns.push(unknown),
            }
        }
        if let Some((scope, expr)) = text("comment") {
            match index.fixed_string(scope, expr) {
                Known::Known(comment) => self.comment = Some(comment),
                Known::Unknown { unknown } => self.unknowns.push(unknown),
            }
        }
        if let Some((scope, expr)) = text("sort_order")
            && let Known::Known(constant) = index.constant(scope, expr)
        {
            self.sort_order = constant.value.as_int().unwrap_or(0);
        }
    }

    /// Takes over a type as it is written.
    pub(super) fn set_type(&mut self, index: &Index<'a>, scope: Scope<'a>, expr: &'a Expr) {
        self.ty = Some(column_type(index, scope, expr));
        self.enum_class = class_of(index, scope, expr);
        self.type_check = check_of(index, scope, expr);
    }

    /// Takes over a default that Python fills in.
    pub(super) fn set_default(&mut self, index: &Index<'a>, default: Placed<'a>) {
        self.default = Some(column_default(index, default));
    }

    /// A positional argument: the name, the type, a foreign key, a constraint.
    pub(super) fn positional(&mut self, index: &Index<'a>, scope: Scope<'a>, expr: &'a Expr, first: bool) {
        if first && let Known::Known(name) = index.fixed_string(scope, expr) {
            self.name = Some(Known::Known(name));
            return;
        }
        let (scope, expr) = index.followed(scope, expr);
        let callee = match expr {
            Expr::Call(call) => index.resolve(scope, &call.func),
            expr => index.resolve(scope, expr),
        };
        let (name, call) = match (callee.library().and_then(|path| path.strip_prefix("sqlalchemy.")), expr) {
            (Some(name), Expr::Call(call)) => (name, Some(call)),
            (Some(name), _) => (name, None),
            (None, _) => ("", None),
        };
        match (name, call) {
            ("ForeignKey", Some(call)) => {
                let reference = reference(index, &index.arguments(scope, call), scope, expr);
                self.foreign_keys.push(reference);
            }
            ("CheckConstraint", Some(call)) => {
                let arguments = index.arguments(scope, call);
                self.checks.push(super::constraints::check(index, &[], &arguments, scope, expr));
            }
            ("Identity", Some(call)) => self.identity = Some(identity(index, &index.arguments(scope, call))),
            ("Identity", None) => self.identity = Some(Identity::default()),
            ("Computed", Some(call)) => {
                self.computed = Some(computed(index, scope, expr, &index.arguments(scope, call)));
            }
            ("ColumnDefault" | "Sequence", Some(_)) => self.set_default(index, (scope, expr)),
            ("DefaultClause" | "FetchedValue", _) => {
                if let ServerSide::Default(default) = server_default(index, (scope, expr)) {
                    self.server_default = Some(default);
                }
            }
            _ if self.ty.is_none() => self.set_type(index, scope, expr),
            _ => self.unknowns.push(scope.file.unknown(expr, "a column argument that is not understood")),
        }
    }

    /// Keeps what this and another reading of the column agree on; the rest depends on the condition at `at`.
    pub(super) fn keep_agreed(&mut self, other: Self, at: &Location) {
        const REASON: &str = "depends on a condition";
        let unknown = || Known::unknown(at.clone(), REASON);
        for (mine, theirs) in [
            (&mut self.primary_key, other.primary_key),
            (&mut self.unique, other.unique),
            (&mut self.index, other.index),
        ] {
            if *mine != theirs {
                *mine = unknown();
            }
        }
        if self.ty != other.ty {
            self.ty = Some(Known::unknown(at.clone(), REASON));
        }
        if self.nullable != other.nullable {
            self.nullable = Some(unknown());
        }
        let differs = [
            ("default", agree(&mut self.default, other.default)),
            ("value on update", agree(&mut self.on_update, other.on_update)),
            ("server default", agree(&mut self.server_default, other.server_default)),
            ("comment", agree(&mut self.comment, other.comment)),
        ];
        for (what, _) in differs.iter().filter(|(_, agreed)| !agreed) {
            let reason = format!("`{}`: the {what} {REASON}", self.attribute);
            self.unknowns.push(Unknown::new(at.clone(), reason));
        }
    }

    /// Whether the column allows NULL.
    pub(super) fn is_nullable(&self) -> Known<bool> {
        match (&self.nullable, &self.primary_key) {
            (Some(nullable), _) => nullable.clone(),
            // sqlalchemy.Identity._set_parent: if not parent._user_defined_nullable: parent.nullable = False
            (None, _) if self.identity.is_some() => Known::Known(false),
            (None, Known::Known(primary)) => Known::Known(!primary),
            (None, Known::Unknown { unknown }) => Known::Unknown { unknown: unknown.clone() },
        }
    }
}

/// Keeps a value where both have the same; whether they do.
fn agree<T: PartialEq>(mine: &mut Option<T>, theirs: Option<T>) -> bool {
    let same = *mine == theirs;
    if !same {
        *mine = None;
    }
    same
}

/// A flag that was given: `Known(None)` means it was not.
fn given(flag: Known<Option<bool>>) -> Option<Known<bool>> {
    match flag {
        Known::Known(flag) => flag.map(Known::Known),
        Known::Unknown { unknown } => Some(Known::Unknown { unknown }),
    }
}

/// `ForeignKey("user.id", ondelete="CASCADE")`.
pub(super) fn reference<'a>(
    index: &Index<'a>,
    arguments: &Arguments<'a>,
    scope: Scope<'a>,
    expr: &'a Expr,
) -> Reference<'a> {
    let target = match arguments.get("column", 0) {
        Some((scope, target)) => target_of(index, scope, target),
        None => Target::Unknown(scope.file.unknown(expr, "a foreign key without a target")),
    };
    let text = |name: &str| {
        let (scope, expr) = arguments.keyword(name)?;
        index.fixed_string(scope, expr).known().cloned()
    };
    Reference {
        target,
        name: text("name"),
        on_delete: text("ondelete").map(|action| action.to_uppercase()),
        on_update: text("onupdate").map(|action| action.to_uppercase()),
        deferrable: flag(index, arguments, "deferrable").known().copied().flatten(),
        initially: text("initially").map(|action| action.to_uppercase()),
        match_kind: text("match").map(|kind| kind.to_uppercase()),
        use_alter: flag(index, arguments, "use_alter").map(|flag| flag.unwrap_or(false)),
        at: scope.at(expr),
    }
}

/// The target of a foreign key: text, or a column attribute of a class.
pub(super) fn target_of<'a>(index: &Index<'a>, scope: Scope<'a>, expr: &'a Expr) -> Target<'a> {
    if let Expr::Attribute(attribute) = expr {
        let owner = match &*attribute.value {
            // `User.__table__.c.id`
            Expr::Attribute(inner) if matches!(inner.attr.as_str(), "c" | "columns") => match &*inner.value {
                Expr::Attribute(table) if table.attr.as_str() == "__table__" => &*table.value,
                other => other,
            },
            other => other,
        };
        if let Resolution::Class(class) = index.resolve(scope, owner) {
            return Target::Attribute(class, attribute.attr.to_string());
        }
    }
    if let Expr::Name(name) = expr
        && let Resolution::Variable(variable) = index.resolve(scope, expr)
        && let Some(class) = index.class_around(variable.scope)
    {
        return Target::Attribute(class, name.id.to_string());
    }
    match index.fixed_string(scope, expr) {
        Known::Known(text) => Target::Text(text),
        Known::Unknown { unknown } => Target::Unknown(unknown),
    }
}
