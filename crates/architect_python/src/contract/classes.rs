//! Classes as Pydantic sees them: models, enumerations, dataclasses, typed dictionaries, named tuples.

use std::rc::Rc;

use architect_model::contract::{
    ClassConfig, ClassId, ClassKind, ClassType, EnumerationBase, Field, ObjectKind, Type, TypeKind,
};
use architect_model::{Known, Location, Symbol, Unknown};
use ruff_python_ast::{Expr, Stmt};
use serde_json::Value as Json;

use super::configuration::Configuration;
use super::lineage::{Lineage, is_known_base};
use super::types::Types;
use crate::interpret::{Class, Kind, Value};

impl<'a> Types<'_, 'a> {
    /// The type that a class of the project is; `arguments` are those of a generic one.
    pub(super) fn class(&mut self, class: &Rc<Class<'a>>, arguments: Vec<Value<'a>>, at: &Location) -> Type {
        let lineage = self.lineage(class, &arguments, at);
        let key = (Rc::as_ptr(class).addr(), lineage.key());
        if let Some(id) = self.known.get(&key) {
            return Type::of(TypeKind::Class { class: *id });
        }
        if let Some(plain) = self.no_class(class, at) {
            return plain;
        }
        let id = ClassId(self.classes.len());
        self.classes.push(None);
        self.known.insert(key, id);
        let is_generic = !lineage.shown.is_empty();
        let name = match is_generic {
            true => format!("{}[{}]", class.def.name, lineage.shown.join(", ")),
            false => class.def.name.to_string(),
        };
        let (doubts, configuration) = (self.doubts.len(), self.configuration(&lineage));
        let mut unknowns = self.unfollowed(class);
        let kind = self.kind(class, &lineage, &configuration, &mut unknowns);
        unknowns.extend(self.doubts.split_off(doubts));
        let read = ClassType {
            symbol: class.symbol(),
            name,
            kind,
            title: configuration.title,
            docstring: docstring(&class.def.body).filter(|_| !is_generic),
            extra: configuration.json_schema_extra,
            config: configuration.values,
            unknowns,
            at: class.scope.file.at(&class.def.name),
        };
        if let Some(place) = self.classes.get_mut(id.0) {
            *place = Some(read);
        }
        Type::of(TypeKind::Class { class: id })
    }

    /// An alias that has a name (`TypeAliasType`): a definition of its own.
    pub(super) fn alias(&mut self, module: &str, name: &str, of: Type, at: &Location) -> Type {
        let key = (0, format!("{module}:{name}"));
        let next = ClassId(self.classes.len());
        let id = *self.known.entry(key).or_insert(next);
        if id == next {
            self.classes.push(Some(ClassType {
                symbol: Symbol::new(module, name),
                name: name.to_owned(),
                kind: ClassKind::Alias { of: Box::new(of) },
                title: None,
                docstring: None,
                extra: None,
                config: ClassConfig::default(),
                unknowns: Vec::new(),
                at: at.clone(),
            }));
        }
        Type::of(TypeKind::Class { class: id })
    }

    /// `Page[Item]`.
    pub(super) fn generic_name(&mut self, class: &Rc<Class<'a>>, arguments: &[Value<'a>]) -> String {
        let shown: Vec<String> = arguments.iter().map(|argument| self.shown(argument)).collect();
        format!("{}[{}]", class.def.name, shown.join(", "))
    }

    /// The type of a class that is no object, enumeration or tuple: a class of its own, of which Pydantic has no schema.
    fn no_class(&mut self, class: &Rc<Class<'a>>, at: &Location) -> Option<Type> {
        if self.category(class).is_some() {
            return None;
        }
        // `class OurEmail(EmailStr)` inherits the schema.
        let inherited = class.ancestors.iter().filter_map(Value::as_library).find(|path| path.starts_with("pydantic."));
        if let Some(path) = inherited.map(str::to_owned)
            && class.lookup("__get_pydantic_core_schema__").is_none()
            && class.lookup("__get_pydantic_json_schema__").is_none()
        {
            return Some(self.library(&path, &[], at));
        }
        let strange = class.ancestors.iter().find_map(|base| match &base.kind {
            Kind::Unknown(unknown) => Some((**unknown).clone()),
            Kind::Library(path) if !is_known_base(path) => {
                Some(Unknown::new(at.clone(), format!("what `{path}` of a library makes of `{}`", class.qualname)))
            }
            _ => None,
        });
        Some(match strange {
            Some(unknown) => Type::unknown(unknown),
            None if class.lookup("__get_pydantic_core_schema__").is_some() => {
                Type::unknown(Unknown::new(at.clone(), format!("the schema that `{}` makes", class.qualname)))
            }
            None => Type::of(TypeKind::Opaque { name: class.symbol().to_string() }),
        })
    }

    /// What a class is to Pydantic.
    fn category(&self, class: &Rc<Class<'a>>) -> Option<Category> {
        let derives = |path: &str| class.derives(path);
        if class.ancestors.iter().any(|base| base.as_library().is_some_and(|path| path.starts_with("enum."))) {
            return Some(Category::Enumeration);
        }
        if derives("pydantic.RootModel") {
            return Some(Category::Root);
        }
        if derives("pydantic.BaseModel") || derives("sqlmodel.SQLModel") {
            return Some(Category::Object(ObjectKind::Model));
        }
        if derives("typing.TypedDict") {
            return Some(Category::Object(ObjectKind::TypedDict));
        }
        if derives("typing.NamedTuple") {
            return Some(Category::NamedTuple);
        }
        let is_dataclass = |class: &Rc<Class<'a>>| {
            class.def.decorator_list.iter().any(|decorator| named(&decorator.expression) == Some("dataclass"))
        };
        class.project_classes().iter().any(is_dataclass).then_some(Category::Object(ObjectKind::Dataclass))
    }

    /// What may change the schema of a class and is not followed.
    fn unfollowed(&mut self, class: &Rc<Class<'a>>) -> Vec<Unknown> {
        let at = class.scope.file.at(&class.def.name);
        let mut found: Vec<Unknown> = class
            .ancestors
            .iter()
            .filter_map(|base| match &base.kind {
                Kind::Unknown(unknown) => Some((**unknown).clone()),
                Kind::Library(path) if !is_known_base(path) => {
                    Some(Unknown::new(at.clone(), format!("what `{path}` of a library adds")))
                }
                _ => None,
            })
            .collect();
        let makers = ["__get_pydantic_json_schema__", "__get_pydantic_core_schema__", "model_json_schema"];
        for name in makers.into_iter().filter(|name| class.lookup(name).is_some()) {
            found.push(Unknown::new(at.clone(), format!("`{name}` makes its schema")));
        }
        found
    }

    fn kind(
        &mut self,
        class: &Rc<Class<'a>>,
        lineage: &Lineage<'a>,
        configuration: &Configuration<'a>,
        unknowns: &mut Vec<Unknown>,
    ) -> ClassKind {
        match self.category(class) {
            Some(Category::Enumeration) => self.enumeration(class),
            Some(Category::Root) => {
                let fields = self.fields(ObjectKind::Model, lineage, configuration);
                let argument = lineage.root_argument.clone();
                match fields.into_iter().find(|field| field.name == "root") {
                    Some(root) => ClassKind::Root { root: Box::new(root) },
                    None => match argument {
                        Some(value) => {
                            let at = class.scope.file.at(&class.def.name);
                            self.variables.push(lineage.own());
                            let root = self.field(&super::fields::Declared {
                                name: "root",
                                ty: Some(&value),
                                metadata: &[],
                                default: None,
                                at: &at,
                            });
                            self.variables.pop();
                            ClassKind::Root { root: Box::new(root) }
                        }
                        None => {
                            let at = class.scope.file.at(&class.def.name);
                            ClassKind::Unknown { unknown: Unknown::new(at, "a root model without a type") }
                        }
                    },
                }
            }
            Some(Category::NamedTuple) => {
                ClassKind::NamedTuple { fields: self.fields(ObjectKind::Dataclass, lineage, configuration) }
            }
            Some(Category::Object(of)) => {
                let mut fields = self.fields(of, lineage, configuration);
                self.by_methods(lineage, configuration, &mut fields);
                if let Some(unknown) = configuration.unknown.clone() {
                    unknowns.push(unknown);
                }
                ClassKind::Object {
                    of,
                    fields,
                    extra: configuration.extra.clone(),
                    answers_all: configuration.answers_all,
                    serializer: self.model_serializer(class, lineage),
                }
            }
            None => {
                let at = class.scope.file.at(&class.def.name);
                ClassKind::Unknown { unknown: Unknown::new(at, "a class that Pydantic has no schema of") }
            }
        }
    }

    /// The members of an enumeration in the order in which they stand, second names of a value, too.
    ///
    /// ```python
    /// # GenerateSchema._enum_schema
    /// cases: list[Any] = list(enum_type.__members__.values())
    /// ```
    fn enumeration(&mut self, class: &Rc<Class<'a>>) -> ClassKind {
        let mut values: Vec<Known<Json>> = Vec::new();
        let mut base = EnumerationBase::Plain;
        for ancestor in &class.ancestors {
            base = match ancestor.as_library() {
                Some("builtins.str" | "str" | "enum.StrEnum") => EnumerationBase::Text,
                Some("builtins.int" | "int" | "enum.IntEnum" | "enum.IntFlag") => EnumerationBase::Integer,
                Some("builtins.float" | "float") => EnumerationBase::Float,
                _ => continue,
            };
            break;
        }
        for class in class.project_classes().iter().rev() {
            for statement in &class.def.body {
                let target = match statement {
                    Stmt::Assign(assign) => assign.targets.first(),
                    Stmt::AnnAssign(assign) if assign.value.is_some() => Some(&*assign.target),
                    _ => None,
                };
                let Some(Expr::Name(name)) = target else { continue };
                let value = class.scope.names.borrow().get(&name.id).cloned();
                let Some(value) = value.filter(|_| !name.id.starts_with('_')) else { continue };
                let at = class.scope.file.at(name);
                values.push(self.json(&value, &at));
            }
        }
        ClassKind::Enumeration { values, base }
    }

    /// The fields of a class that is read.
    pub(super) fn fields_of(&self, class: ClassId) -> Vec<Field> {
        match self.classes.get(class.0).and_then(Option::as_ref).map(|class| &class.kind) {
            Some(ClassKind::Object { fields, .. }) => fields.clone(),
            _ => Vec::new(),
        }
    }

    /// The values of an enumeration that is read.
    pub(super) fn values_of(&self, class: ClassId) -> Vec<Json> {
        match self.classes.get(class.0).and_then(Option::as_ref).map(|class| &class.kind) {
            Some(ClassKind::Enumeration { values, .. }) => {
                values.iter().filter_map(|value| value.known().cloned()).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// What a class is to Pydantic.
enum Category {
    Enumeration,
    Root,
    NamedTuple,
    Object(ObjectKind),
}

/// The last name of a decorator: `dataclass` of `@dataclasses.dataclass(frozen=True)`.
pub(super) fn named(decorator: &Expr) -> Option<&str> {
    match decorator {
        Expr::Name(name) => Some(&name.id),
        Expr::Attribute(attribute) => Some(&attribute.attr.id),
        Expr::Call(call) => named(&call.func),
        _ => None,
    }
}

/// A docstring, cleaned as `inspect.cleandoc` does; none where it is empty.
pub(super) fn docstring(body: &[Stmt]) -> Option<String> {
    let Some(Stmt::Expr(first)) = body.first() else { return None };
    let Expr::StringLiteral(text) = &*first.value else { return None };
    let cleaned = cleandoc(text.value.to_str());
    (!cleaned.is_empty()).then_some(cleaned)
}

/// ```python
/// # inspect.cleandoc
/// lines = doc.expandtabs().split('\n')
/// ```
///
/// All lines but the first lose what they are indented by in common; empty lines at both ends go.
pub(super) fn cleandoc(text: &str) -> String {
    let expanded = expand_tabs(text);
    let lines: Vec<&str> = expanded.split('\n').collect();
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let margin = lines.iter().skip(1).filter(|line| !line.trim().is_empty()).map(|line| indent(line)).min();
    let mut cleaned: Vec<&str> = Vec::with_capacity(lines.len());
    for (number, line) in lines.iter().enumerate() {
        cleaned.push(match (number, margin) {
            (0, _) => line.trim_start_matches(' '),
            (_, Some(margin)) => line.get(margin..).unwrap_or_default(),
            _ => line,
        });
    }
    while cleaned.last().is_some_and(|line| line.is_empty()) {
        cleaned.pop();
    }
    let start = cleaned.iter().take_while(|line| line.is_empty()).count();
    cleaned.get(start..).unwrap_or_default().join("\n")
}

/// `str.expandtabs()`.
fn expand_tabs(text: &str) -> String {
    let mut found = String::with_capacity(text.len());
    let mut column = 0;
    for letter in text.chars() {
        match letter {
            '\t' => {
                let spaces = 8 - column % 8;
                found.extend(std::iter::repeat_n(' ', spaces));
                column += spaces;
            }
            '\n' | '\r' => {
                found.push(letter);
                column = 0;
            }
            _ => {
                found.push(letter);
                column += 1;
            }
        }
    }
    found
}
