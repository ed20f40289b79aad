//! Types as Pydantic sees them: annotations as values of the machine become [`Type`]s.
//!
//! The rules are those of `pydantic._internal._generate_schema.GenerateSchema.match_type`.

use std::rc::Rc;

use architect_model::contract::{ClassId, ClassType, ContractVersions, Documentation, Type, TypeKind};
use architect_model::{Known, Location, Unknown};
use rustc_hash::FxHashMap;

use crate::interpret::{Kind, Machine, Made, Scope, Value, reason_of};
use crate::syntax::File;

/// Types nested deeper than this hold themselves.
const DEPTH: usize = 60;

/// Reads types, and keeps the classes that they name.
pub(super) struct Types<'m, 'a> {
    pub(super) machine: &'m mut Machine<'a>,
    pub(super) versions: ContractVersions,
    /// Classes that are read, or being read.
    pub(super) classes: Vec<Option<ClassType>>,
    /// Classes by definition and arguments.
    pub(super) known: FxHashMap<(usize, String), ClassId>,
    /// What type variables stand for in the class that is being read, the innermost last.
    pub(super) variables: Vec<Variables>,
    /// Where forward references are looked up, the innermost last.
    pub(super) scopes: Vec<Rc<Scope<'a>>>,
    /// Why values that were read may be other ones when the program runs, until somebody takes them.
    pub(super) doubts: Vec<Unknown>,
    /// What files import for annotations only.
    typing: FxHashMap<*const File, Option<Rc<Scope<'a>>>>,
    depth: usize,
}

/// What type variables stand for, by the place of the value that is one: a type, and how Python shows it.
pub(super) type Variables = FxHashMap<usize, (Type, String)>;

impl<'m, 'a> Types<'m, 'a> {
    /// A reader for what the machine has run.
    pub(super) fn new(machine: &'m mut Machine<'a>, versions: ContractVersions) -> Self {
        Self {
            machine,
            versions,
            classes: Vec::new(),
            known: FxHashMap::default(),
            variables: Vec::new(),
            scopes: Vec::new(),
            doubts: Vec::new(),
            typing: FxHashMap::default(),
            depth: 0,
        }
    }

    /// The type that an annotation stands for.
    pub(super) fn of(&mut self, value: &Value<'a>, at: &Location) -> Type {
        if self.depth > DEPTH {
            return Type::unknown(Unknown::new(at.clone(), "a type that holds itself"));
        }
        self.depth += 1;
        let found = match &value.kind {
            Kind::None => Type::of(TypeKind::Null),
            Kind::Str(text) => self.forward(&Rc::clone(text), at),
            Kind::Library(path) => self.library(&Rc::clone(path), &[], at),
            Kind::Class(class) => self.class(class, Vec::new(), at),
            Kind::Union(parts) => self.union(parts, at),
            Kind::Subscript(subscript) => self.subscript(&subscript.0, &subscript.1, at),
            Kind::Made(made) => self.made(value, made, at),
            _ => Type::unknown(reason_of(value, at, "a type that could not be determined")),
        };
        self.depth -= 1;
        found
    }

    /// `list["Item"]`: the text is evaluated where it stands.
    fn forward(&mut self, text: &str, at: &Location) -> Type {
        match self.referred(text, at) {
            Some(value) => self.of(&value, at),
            None => Type::unknown(Unknown::new(at.clone(), format!("`{text}` is no type"))),
        }
    }

    /// What a forward reference refers to.
    pub(super) fn referred(&mut self, text: &str, at: &Location) -> Option<Value<'a>> {
        let parsed = ruff_python_parser::parse_expression(text).ok()?;
        let scope = self.scopes.last().cloned().or_else(|| self.machine.module_scope(&at.file))?;
        let mut value = self.machine.evaluate(&scope, parsed.expr());
        if value.as_unknown().is_some()
            && let Some(typing) = self.typing(scope.file)
        {
            value = self.machine.evaluate(&typing, parsed.expr());
        }
        (value.as_str() != Some(text)).then_some(value)
    }

    /// What a file imports under `if TYPE_CHECKING:`.
    pub(super) fn typing(&mut self, file: &'a File) -> Option<Rc<Scope<'a>>> {
        let key = std::ptr::from_ref(file);
        if let Some(known) = self.typing.get(&key) {
            return known.clone();
        }
        self.typing.insert(key, None);
        let found = self.machine.typing_scope(file);
        self.typing.insert(key, found.clone());
        found
    }

    /// `X | Y | None`.
    ///
    /// ```python
    /// # GenerateSchema._union_schema
    /// for arg in args:
    ///     if arg is None:
    ///         nullable = True
    /// ```
    fn union(&mut self, parts: &[Value<'a>], at: &Location) -> Type {
        let nullable = parts.iter().any(|part| matches!(part.kind, Kind::None));
        let mut members: Vec<Type> = Vec::new();
        for part in parts.iter().filter(|part| !matches!(part.kind, Kind::None)) {
            let member = self.of(part, at);
            if !members.contains(&member) {
                members.push(member);
            }
        }
        let whole = match members.len() {
            0 => return Type::of(TypeKind::Null),
            1 => members.swap_remove(0),
            _ => Type::of(TypeKind::Union { of: members }),
        };
        if nullable { whole.nullable() } else { whole }
    }

    fn subscript(&mut self, owner: &Value<'a>, arguments: &[Value<'a>], at: &Location) -> Type {
        match &owner.kind {
            Kind::Library(path) => match (&**path, arguments) {
                ("typing.Annotated", [inner, metadata @ ..]) => {
                    let ty = self.of(inner, at);
                    metadata.iter().fold(ty, |ty, extra| self.annotated(ty, extra, at))
                }
                ("typing.Literal", values) => self.literal(values, at),
                ("typing.Optional", [inner]) => self.of(inner, at).nullable(),
                ("typing.Union", parts) => self.union(parts, at),
                ("typing.Final" | "typing.Required" | "typing.NotRequired" | "typing.ReadOnly", [inner]) => {
                    self.of(inner, at)
                }
                _ => self.library(&Rc::clone(path), arguments, at),
            },
            Kind::Class(class) => self.class(class, arguments.to_vec(), at),
            Kind::Str(text) => match self.referred(&Rc::clone(text), at) {
                Some(owner) => self.subscript(&owner, arguments, at),
                None => Type::unknown(Unknown::new(at.clone(), format!("`{text}` is no type"))),
            },
            Kind::Subscript(_) | Kind::Union(_) | Kind::Made(_) => self.generic_alias(owner, arguments, at),
            _ => Type::unknown(reason_of(owner, at, "a generic type that could not be determined")),
        }
    }

    /// `Many[Item]`, where `Many = list[T]`: its variables in the order in which they stand there.
    fn generic_alias(&mut self, alias: &Value<'a>, arguments: &[Value<'a>], at: &Location) -> Type {
        let mut variables = Vec::new();
        type_variables(alias, &mut variables);
        let given: Vec<_> = arguments.iter().map(|argument| (self.of(argument, at), self.shown(argument))).collect();
        let bound = variables.into_iter().zip(given).collect();
        self.variables.push(bound);
        let found = self.of(alias, at);
        self.variables.pop();
        found
    }

    /// What a call made: a type variable, a new type, a constrained type.
    fn made(&mut self, value: &Value<'a>, made: &Rc<Made<'a>>, at: &Location) -> Type {
        let arguments = &made.arguments;
        let path = value.made_by().map(|(path, _)| path.to_owned()).unwrap_or_default();
        match path.as_str() {
            "typing.TypeVar" => self.variable(made, at),
            "typing.NewType" => match arguments.get(1, "tp") {
                Some(inner) => self.of(&inner.clone(), at),
                None => Type::unknown(Unknown::new(at.clone(), "a new type without a type")),
            },
            "typing.TypeAliasType" => match arguments.get(1, "value") {
                Some(inner) => self.of(&inner.clone(), at),
                None => Type::unknown(Unknown::new(at.clone(), "an alias without a type")),
            },
            _ => match self.constrained(&path, arguments, at) {
                Some(found) => found,
                None => Type::unknown(reason_of(value, &made.at, "a type that is made by a call")),
            },
        }
    }

    /// A type variable: what it stands for here, or what it is bound to.
    fn variable(&mut self, made: &Rc<Made<'a>>, at: &Location) -> Type {
        let key = Rc::as_ptr(made).addr();
        if let Some((known, _)) = self.variables.iter().rev().find_map(|variables| variables.get(&key)) {
            return known.clone();
        }
        let given =
            |name: &str| made.arguments.keyword(name).filter(|value| !matches!(value.kind, Kind::None)).cloned();
        if let Some(default) = given("default").or_else(|| given("bound")) {
            return self.of(&default, at);
        }
        match made.arguments.positional.get(1..) {
            Some([first, rest @ ..]) => {
                let mut parts = vec![first.clone()];
                parts.extend(rest.iter().cloned());
                self.union(&parts, at)
            }
            _ => Type::of(TypeKind::Any),
        }
    }

    /// `Literal["a", Kind.B]`.
    fn literal(&mut self, values: &[Value<'a>], at: &Location) -> Type {
        let mut found = Vec::new();
        for value in values {
            if let Kind::Subscript(inner) = &value.kind
                && inner.0.as_library() == Some("typing.Literal")
            {
                match self.literal(&inner.1, at).kind {
                    TypeKind::Literal { values } => found.extend(values),
                    other => return Type::of(other),
                }
                continue;
            }
            match self.json(value, at) {
                Known::Known(json) => found.push(json),
                Known::Unknown { unknown } => return Type::unknown(unknown),
            }
        }
        found.dedup();
        Type::of(TypeKind::Literal { values: found })
    }

    /// How `pydantic._internal._repr.display_as_type` shows a type: it stands in the names of generic classes.
    pub(super) fn shown(&mut self, value: &Value<'a>) -> String {
        match &value.kind {
            Kind::None => "NoneType".to_owned(),
            Kind::Ellipsis => "...".to_owned(),
            Kind::Str(text) => text.to_string(),
            Kind::Class(class) => class.qualname.clone(),
            Kind::Library(path) => path.rsplit('.').next().unwrap_or(path).to_owned(),
            Kind::Union(parts) => {
                let parts: Vec<String> = parts.iter().map(|part| self.shown(part)).collect();
                format!("Union[{}]", parts.join(", "))
            }
            Kind::Subscript(subscript) => {
                let is_literal = subscript.0.as_library() == Some("typing.Literal");
                let argument = |types: &mut Self, part: &Value<'a>| match &part.kind {
                    Kind::Str(text) if is_literal => format!("'{text}'"),
                    Kind::Int(number) => number.to_string(),
                    _ => types.shown(part),
                };
                if let (Some("typing.Annotated"), Some(inner)) = (subscript.0.as_library(), subscript.1.first()) {
                    let name = self.shown(inner);
                    return format!("Annotated[{name}, ...]");
                }
                let owner = match &subscript.0.kind {
                    Kind::Class(class) => return self.generic_name(&Rc::clone(class), &subscript.1),
                    _ => self.shown(&subscript.0),
                };
                let parts: Vec<String> = subscript.1.iter().map(|part| argument(self, part)).collect();
                format!("{owner}[{}]", parts.join(", "))
            }
            Kind::Made(made) => {
                let key = Rc::as_ptr(made).addr();
                let bound = self.variables.iter().rev().find_map(|variables| variables.get(&key));
                match (bound, value.made_by(), made.arguments.positional.first().and_then(Value::as_str)) {
                    (Some((_, shown)), ..) => shown.clone(),
                    (None, Some(("typing.TypeVar", _)), Some(name)) => format!("~{name}"),
                    (None, _, Some(name)) => name.to_owned(),
                    _ => "?".to_owned(),
                }
            }
            _ => "?".to_owned(),
        }
    }

    /// The classes that the types name, by [`ClassId`].
    pub(super) fn into_classes(self) -> Vec<ClassType> {
        self.classes.into_iter().flatten().collect()
    }
}

/// `X`, of which `Annotated` says more within another type.
pub(super) fn documented(of: Type, documentation: Documentation) -> Type {
    if documentation.is_empty() {
        return of;
    }
    Type::of(TypeKind::Documented { of: Box::new(of), documentation: Box::new(documentation) })
}

/// The type variables of a type in the order in which they stand there, each once, by their places.
pub(super) fn type_variables(value: &Value<'_>, found: &mut Vec<usize>) {
    match &value.kind {
        Kind::Made(made) if matches!(value.made_by(), Some(("typing.TypeVar", _))) => {
            let key = Rc::as_ptr(made).addr();
            if !found.contains(&key) {
                found.push(key);
            }
        }
        Kind::Subscript(subscript) => {
            type_variables(&subscript.0, found);
            subscript.1.iter().for_each(|part| type_variables(part, found));
        }
        Kind::Union(parts) => parts.iter().for_each(|part| type_variables(part, found)),
        _ => {}
    }
}
