//! Annotations taken apart: strings, aliases, `Optional`, `Annotated`, `Mapped` and the like.

use ruff_python_ast::{Expr, Operator};

use super::circle::{Question, outside};
use super::class::subscripted;
use super::lookup::{STEPS, address};
use super::{Index, Resolution, Scope, Variable};

/// An annotation without its wrappers. `Annotated[Session | None, Depends(get_db)]` has the type `Session`, is
/// optional, and has the metadata `Depends(get_db)`.
#[derive(Clone)]
pub(crate) struct Annotation<'a> {
    /// The type itself: `list` in `list[Item] | None`.
    pub(crate) resolution: Resolution<'a>,
    /// Its type arguments, to be resolved in `scope`.
    pub(crate) arguments: Vec<&'a Expr>,
    /// Whether `None` is allowed: `X | None`, `Optional[X]`.
    pub(crate) optional: bool,
    /// What `Annotated` adds, with the scope each stands in; the innermost `Annotated` first, as Python flattens them.
    pub(crate) metadata: Vec<(Scope<'a>, &'a Expr)>,
    /// What `Annotated` inside a union adds (`Annotated[str, Field(max_length=3)] | None`): it says something of one
    /// member only, so that Pydantic's and FastAPI's field never see it.
    pub(crate) nested: Vec<(Scope<'a>, &'a Expr)>,
    /// The other members, where it is a union of more than one type besides `None`; then `resolution` is the first.
    pub(crate) alternatives: Vec<(Scope<'a>, &'a Expr)>,
    /// Wrappers passed on the way, outermost first, by canonical path: `sqlalchemy.orm.Mapped`, `typing.ClassVar`.
    pub(crate) wrappers: Vec<String>,
    /// The expression of the type itself, after aliases.
    pub(crate) expr: &'a Expr,
    /// The scope of that expression.
    pub(crate) scope: Scope<'a>,
    /// The alias variables passed, outermost first: `SessionDep`.
    pub(crate) aliases: Vec<Variable<'a>>,
    in_union: bool,
}

/// Generic wrappers that say something of the attribute and not of its type.
const WRAPPERS: &[&str] = &[
    "sqlalchemy.orm.Mapped",
    "sqlalchemy.orm.WriteOnlyMapped",
    "sqlalchemy.orm.DynamicMapped",
    "typing.ClassVar",
    "typing.Final",
    "typing.Required",
    "typing.NotRequired",
    "typing.ReadOnly",
    "dataclasses.InitVar",
];

impl<'a> Index<'a> {
    /// Takes an annotation apart. `scope` is where it is written: `function.outer` for a parameter, `class.scope()`
    /// for a field.
    pub(crate) fn annotation(&self, scope: Scope<'a>, expr: &'a Expr) -> Annotation<'a> {
        let mut parts = Annotation {
            resolution: Resolution::Builtin("None"),
            arguments: Vec::new(),
            optional: false,
            metadata: Vec::new(),
            nested: Vec::new(),
            in_union: false,
            alternatives: Vec::new(),
            wrappers: Vec::new(),
            expr,
            scope,
            aliases: Vec::new(),
        };
        let taken = outside(Question::Annotation, address(expr), || self.take_apart(&mut parts, scope, expr, STEPS));
        if taken.is_none() {
            parts.resolution = Resolution::Unknown(scope.file.unknown(expr, "a circular annotation"));
        }
        parts
    }

    fn take_apart(&self, parts: &mut Annotation<'a>, scope: Scope<'a>, expr: &'a Expr, steps: u8) {
        parts.expr = expr;
        parts.scope = scope;
        let Some(steps) = steps.checked_sub(1) else {
            parts.resolution = Resolution::Unknown(scope.file.unknown(expr, "a circular type alias"));
            return;
        };
        match expr {
            Expr::StringLiteral(string) => match scope.file.string_annotation(string) {
                Some(inner) => self.take_apart(parts, scope, inner, steps),
                None => {
                    parts.resolution = Resolution::Unknown(scope.file.unknown(expr, "a string that is no annotation"))
                }
            },
            Expr::BinOp(union) if union.op == Operator::BitOr => {
                let mut members = Vec::new();
                flatten(expr, &mut members);
                self.union(parts, scope, &members, steps);
            }
            Expr::Subscript(_) => self.generic(parts, scope, expr, steps),
            Expr::NoneLiteral(_) => {
                parts.resolution = Resolution::Builtin("None");
            }
            _ => self.plain(parts, scope, expr, steps),
        }
    }

    fn plain(&self, parts: &mut Annotation<'a>, scope: Scope<'a>, expr: &'a Expr, steps: u8) {
        let resolution = self.resolve(scope, expr);
        if let Resolution::Variable(alias) = &resolution
            && let Some(value) = alias.value
            && alias.element.is_none()
            && is_type_like(value)
        {
            parts.aliases.push(*alias);
            return self.take_apart(parts, alias.scope, value, steps);
        }
        parts.resolution = resolution;
    }

    fn generic(&self, parts: &mut Annotation<'a>, scope: Scope<'a>, expr: &'a Expr, steps: u8) {
        let (value, arguments) = subscripted(expr);
        let resolution = self.resolve(scope, value);
        match (resolution.library(), arguments.as_slice()) {
            (Some("typing.Annotated"), [inner, metadata @ ..]) => {
                let in_union = parts.in_union;
                self.take_apart(parts, scope, inner, steps);
                let into = if in_union { &mut parts.nested } else { &mut parts.metadata };
                into.extend(metadata.iter().map(|extra| (scope, *extra)));
            }
            (Some("typing.Optional"), [inner]) => {
                parts.optional = true;
                parts.in_union = true;
                self.take_apart(parts, scope, inner, steps);
            }
            (Some("typing.Union"), members) => self.union(parts, scope, members, steps),
            (Some(wrapper), [inner]) if WRAPPERS.contains(&wrapper) => {
                parts.wrappers.push(wrapper.to_owned());
                self.take_apart(parts, scope, inner, steps);
            }
            _ => {
                if let Resolution::Variable(alias) = &resolution
                    && let Some(value) = alias.value
                    && is_type_like(value)
                {
                    parts.aliases.push(*alias);
                    return self.take_apart(parts, alias.scope, value, steps);
                }
                parts.resolution = resolution;
                parts.arguments = arguments;
            }
        }
    }

    fn union(&self, parts: &mut Annotation<'a>, scope: Scope<'a>, members: &[&'a Expr], steps: u8) {
        let is_none = |member: &&&'a Expr| matches!(member, Expr::NoneLiteral(_)) || self.is_none_type(scope, member);
        parts.optional |= members.iter().any(|member| is_none(&member));
        let mut rest = members.iter().filter(|member| !is_none(member));
        parts.in_union = true;
        if let Some(first) = rest.next() {
            self.take_apart(parts, scope, first, steps);
        }
        parts.alternatives.extend(rest.map(|member| (scope, *member)));
    }

    fn is_none_type(&self, scope: Scope<'a>, member: &'a Expr) -> bool {
        match member {
            Expr::StringLiteral(text) => text.value.to_str() == "None",
            Expr::Name(name) => name.id == "NoneType" && self.resolve(scope, member).is("types.NoneType"),
            _ => false,
        }
    }
}

/// Whether the value of a variable may be a type alias.
fn is_type_like(value: &Expr) -> bool {
    matches!(value, Expr::Subscript(_) | Expr::BinOp(_) | Expr::StringLiteral(_) | Expr::Name(_) | Expr::Attribute(_))
}

/// The members of `A | B | C`.
fn flatten<'a>(expr: &'a Expr, members: &mut Vec<&'a Expr>) {
    match expr {
        Expr::BinOp(union) if union.op == Operator::BitOr => {
            flatten(&union.left, members);
            flatten(&union.right, members);
        }
        member => members.push(member),
    }
}
