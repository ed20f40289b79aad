//! The members of classes: fields, computed fields, validators and serializers that are methods.

use std::cell::RefCell;
use std::rc::Rc;

use architect_model::contract::{Field, FieldDefault, ObjectKind, Type, TypeKind, ValidatorMode};
use architect_model::{Known, Location, Unknown};
use ruff_python_ast::name::Name;
use ruff_python_ast::{Expr, Stmt, StmtAnnAssign, StmtFunctionDef};
use rustc_hash::FxHashMap;

use super::classes::{docstring, named};
use super::configuration::Configuration;
use super::fields::{Declared, taken_apart};
use super::lineage::Lineage;
use super::types::Types;
use crate::interpret::{Arguments, Class, Kind, Scope, Value};

impl<'a> Types<'_, 'a> {
    /// The scope in which the annotations of a class are evaluated: its type parameters, classes and aliases, what stands
    /// around it, and what is imported for annotations only. Defaults and methods are left out, since they mostly come
    /// after the annotation that they would hide.
    fn annotation_scope(&mut self, class: &Rc<Class<'a>>) -> Rc<Scope<'a>> {
        let is_type = |value: &Value<'a>| match &value.kind {
            Kind::Class(_) | Kind::Subscript(_) | Kind::Union(_) => true,
            Kind::Made(_) => matches!(value.made_by(), Some(("typing.TypeVar" | "typing.NewType", _))),
            _ => false,
        };
        let typing = self.typing(class.scope.file);
        let names = class.scope.names.borrow();
        let own = names.iter().filter(|(_, value)| is_type(value)).map(|(name, value)| (name.clone(), value.clone()));
        let mut kept: FxHashMap<Name, Value<'a>> = own.collect();
        if let Some(typing) = typing {
            let module = typing.parent.as_ref().map(|module| module.names.borrow());
            let is_new = |name: &Name| module.as_ref().is_none_or(|module| !module.contains_key(name));
            for (name, value) in typing.names.borrow().iter().filter(|(name, _)| is_new(name)) {
                kept.entry(name.clone()).or_insert_with(|| value.clone());
            }
        }
        Rc::new(Scope {
            names: RefCell::new(kept),
            parent: class.scope.parent.clone(),
            file: class.scope.file,
            qualifier: class.scope.qualifier.clone(),
            is_class: true,
        })
    }

    /// The fields of a class in order: those of its ancestors first; one that is declared again keeps its place.
    ///
    /// ```python
    /// # pydantic._internal._typing_extra.get_model_type_hints
    /// for base in reversed(obj.__mro__):
    /// ```
    pub(super) fn fields(
        &mut self,
        of: ObjectKind,
        lineage: &Lineage<'a>,
        configuration: &Configuration<'a>,
    ) -> Vec<Field> {
        let mut found: Vec<Field> = Vec::new();
        for (ancestor, variables) in lineage.classes.iter().rev() {
            let scope = self.annotation_scope(ancestor);
            self.scopes.push(Rc::clone(&scope));
            self.variables.push(variables.clone());
            let body = &ancestor.def.body;
            for (number, statement) in body.iter().enumerate() {
                let Stmt::AnnAssign(declared) = statement else { continue };
                let Some(mut field) = self.declared(ancestor, &scope, declared, of) else { continue };
                if configuration.attribute_docstrings && field.documentation.description.is_none() {
                    let text = body.get(number + 1..).and_then(docstring);
                    field.documentation.description = text.map(Known::Known);
                }
                match found.iter_mut().find(|known| known.name == field.name) {
                    Some(known) => *known = field,
                    None => found.push(field),
                }
            }
            self.variables.pop();
            self.scopes.pop();
        }
        if let Some(generator) = &configuration.alias_generator {
            for field in &mut found {
                self.generate(generator, field);
            }
        }
        found
    }

    fn generate(&mut self, generator: &Value<'a>, field: &mut Field) {
        if field.alias.is_none() {
            field.alias = self.generated(generator, &field.name, true, &field.at);
        }
        if field.answered_as.is_none() {
            field.answered_as = self.generated(generator, &field.name, false, &field.at);
        }
    }

    /// A field as a class body declares it; none for what is no field.
    fn declared(
        &mut self,
        class: &Rc<Class<'a>>,
        scope: &Rc<Scope<'a>>,
        declared: &'a StmtAnnAssign,
        of: ObjectKind,
    ) -> Option<Field> {
        let Expr::Name(name) = &*declared.target else { return None };
        let is_private = name.id.starts_with('_') && of == ObjectKind::Model;
        if is_private || name.id == "model_config" || is_class_variable(&declared.annotation) {
            return None;
        }
        let at = class.scope.file.at(name);
        let default = declared.value.as_ref().and_then(|_| class.scope.names.borrow().get(&name.id).cloned());
        if let Some((path, _)) = default.as_ref().and_then(Value::made_by) {
            if matches!(path, "sqlmodel.Relationship" | "pydantic.PrivateAttr" | "sqlalchemy.orm.relationship") {
                return None;
            }
            if path == "dataclasses.field" {
                return Some(self.dataclass_field(scope, declared, &name.id, default.as_ref(), &at));
            }
        }
        let annotation = self.machine.annotation(scope, &declared.annotation);
        let is_no_field = |path: &str| matches!(path, "typing.ClassVar" | "dataclasses.InitVar");
        if let Kind::Subscript(subscript) = &annotation.kind
            && subscript.0.as_library().is_some_and(is_no_field)
        {
            return None;
        }
        let (ty, metadata) = taken_apart(&annotation);
        let mut field = self.field(&Declared {
            name: &name.id,
            ty: Some(&ty),
            metadata: &metadata,
            default: default.as_ref(),
            at: &at,
        });
        if of == ObjectKind::TypedDict && field.default.is_none() && !self.is_required(class, &annotation) {
            field.default = Some(FieldDefault::Made);
        }
        Some(field)
    }

    /// Whether a key of a typed dictionary must be there: `total=False`, `NotRequired[…]`, `Required[…]`.
    fn is_required(&mut self, class: &Rc<Class<'a>>, annotation: &Value<'a>) -> bool {
        if let Kind::Subscript(subscript) = &annotation.kind {
            match subscript.0.as_library() {
                Some("typing.NotRequired") => return false,
                Some("typing.Required") => return true,
                _ => {}
            }
        }
        let keywords = class.def.arguments.iter().flat_map(|arguments| &arguments.keywords);
        let total = keywords.filter(|keyword| keyword.arg.as_deref() == Some("total"));
        !total.into_iter().any(|keyword| keyword.value.as_boolean_literal_expr().is_some_and(|literal| !literal.value))
    }

    /// `tags: list[str] = field(default_factory=list)`
    fn dataclass_field(
        &mut self,
        scope: &Rc<Scope<'a>>,
        declared: &'a StmtAnnAssign,
        name: &str,
        value: Option<&Value<'a>>,
        at: &Location,
    ) -> Field {
        let annotation = self.machine.annotation(scope, &declared.annotation);
        let (ty, metadata) = taken_apart(&annotation);
        let arguments = value.and_then(Value::made_by).map(|(_, made)| made.arguments.clone()).unwrap_or_default();
        let default = arguments.keyword("default").cloned();
        let mut field =
            self.field(&Declared { name, ty: Some(&ty), metadata: &metadata, default: default.as_ref(), at });
        if arguments.keyword("default_factory").is_some() {
            field.default = Some(FieldDefault::Made);
        }
        field
    }

    /// What methods of a class do to its fields: computed ones, `@field_validator`, `@field_serializer`.
    pub(super) fn by_methods(
        &mut self,
        lineage: &Lineage<'a>,
        configuration: &Configuration<'a>,
        fields: &mut Vec<Field>,
    ) {
        for (ancestor, variables) in lineage.classes.iter().rev() {
            let scope = self.annotation_scope(ancestor);
            self.scopes.push(Rc::clone(&scope));
            self.variables.push(variables.clone());
            for statement in &ancestor.def.body {
                let Stmt::FunctionDef(function) = statement else { continue };
                for decorator in &function.decorator_list {
                    let is_call = decorator.expression.is_call_expr();
                    match named(&decorator.expression) {
                        Some("computed_field") => {
                            let given = self.given(&scope, &decorator.expression, is_call);
                            let mut field = self.computed(&scope, ancestor, function, &given);
                            if let Some(generator) = &configuration.alias_generator {
                                self.generate(generator, &mut field);
                            }
                            fields.retain(|known| known.name != field.name);
                            fields.push(field);
                        }
                        Some("field_serializer") => {
                            let given = self.given(&scope, &decorator.expression, true);
                            self.serialized(&scope, function, &given, fields);
                        }
                        Some("field_validator") => {
                            let given = self.given(&scope, &decorator.expression, true);
                            self.validated(&given, fields, ancestor, function);
                        }
                        _ => {}
                    }
                }
            }
            self.variables.pop();
            self.scopes.pop();
        }
    }

    /// The arguments that a decorator is called with.
    fn given(&mut self, scope: &Rc<Scope<'a>>, decorator: &'a Expr, is_call: bool) -> Arguments<'a> {
        if !is_call {
            return Arguments::default();
        }
        match self.machine.evaluate(scope, decorator).kind {
            Kind::Made(made) => made.arguments.clone(),
            _ => Arguments::default(),
        }
    }

    fn computed(
        &mut self,
        scope: &Rc<Scope<'a>>,
        class: &Rc<Class<'a>>,
        function: &'a StmtFunctionDef,
        given: &Arguments<'a>,
    ) -> Field {
        let at = class.scope.file.at(&function.name);
        let annotation = match given.keyword("return_type") {
            Some(value) => Some(value.clone()),
            None => function.returns.as_deref().map(|returns| self.machine.annotation(scope, returns)),
        };
        let parts = annotation.as_ref().map(taken_apart);
        let metadata = parts.as_ref().map(|(_, metadata)| metadata.clone()).unwrap_or_default();
        let mut field = self.field(&Declared {
            name: &function.name,
            ty: parts.as_ref().map(|(ty, _)| ty),
            metadata: &metadata,
            default: None,
            at: &at,
        });
        self.describe(&mut field, given, &at);
        if field.documentation.description.is_none() {
            field.documentation.description = docstring(&function.body).map(Known::Known);
        }
        field.computed = true;
        field
    }

    /// `@field_serializer("price", when_used="json")`
    fn serialized(
        &mut self,
        scope: &Rc<Scope<'a>>,
        function: &'a StmtFunctionDef,
        given: &Arguments<'a>,
        fields: &mut [Field],
    ) {
        let names: Vec<String> = given.positional.iter().filter_map(Value::text).collect();
        let at = scope.file.at(&function.name);
        let annotation = match given.keyword("return_type") {
            Some(value) => Some(value.clone()),
            None => function.returns.as_deref().map(|returns| self.machine.annotation(scope, returns)),
        };
        let returns = annotation.map(|value| Box::new(self.of(&value, &at)));
        let wraps = given.keyword("mode").and_then(Value::text).is_some_and(|mode| mode == "wrap");
        let when_used = given.keyword("when_used").and_then(Value::text).unwrap_or_else(|| "always".to_owned());
        for field in fields.iter_mut().filter(|field| names.iter().any(|name| *name == field.name || name == "*")) {
            let of = Box::new(std::mem::replace(&mut field.ty, Type::of(TypeKind::Any)));
            let (returns, when_used) = (returns.clone(), when_used.clone());
            // Before, Pydantic lets dates pass by it, and leaves defaults out.
            if self.versions.pydantic < (2, 9, 0) {
                let reason = "what a serializer makes of it under a Pydantic before 2.9";
                field.ty = Type::unknown(Unknown::new(at.clone(), reason));
                continue;
            }
            field.ty = Type::of(TypeKind::Serialized { of, returns, wraps, when_used });
        }
    }

    /// `@field_validator("price", mode="before")`
    fn validated(
        &mut self,
        given: &Arguments<'a>,
        fields: &mut [Field],
        class: &Rc<Class<'a>>,
        function: &'a StmtFunctionDef,
    ) {
        let when = match given.keyword("mode").and_then(Value::text).as_deref() {
            Some("before") => ValidatorMode::Before,
            Some("wrap") => ValidatorMode::Wrap,
            Some("plain") => ValidatorMode::Plain,
            _ => return,
        };
        let at = class.scope.file.at(&function.name);
        let input = given.keyword("json_schema_input_type").cloned();
        let input = input.map(|value| Box::new(self.of(&value, &at)));
        let names: Vec<String> = given.positional.iter().filter_map(Value::text).collect();
        for field in fields.iter_mut().filter(|field| names.iter().any(|name| *name == field.name || name == "*")) {
            let of = Box::new(std::mem::replace(&mut field.ty, Type::of(TypeKind::Any)));
            field.ty = Type::of(TypeKind::Validated { when, of, input: input.clone() });
        }
    }

    /// `@model_serializer`: what the class is written as.
    pub(super) fn model_serializer(
        &mut self,
        class: &Rc<Class<'a>>,
        lineage: &Lineage<'a>,
    ) -> Option<Option<Box<Type>>> {
        for (ancestor, variables) in &lineage.classes {
            for statement in &ancestor.def.body {
                let Stmt::FunctionDef(function) = statement else { continue };
                let is_it = |expr: &Expr| named(expr) == Some("model_serializer");
                if !function.decorator_list.iter().any(|decorator| is_it(&decorator.expression)) {
                    continue;
                }
                let Some(returns) = function.returns.as_deref() else { return Some(None) };
                let scope = self.annotation_scope(ancestor);
                self.scopes.push(Rc::clone(&scope));
                self.variables.push(variables.clone());
                let value = self.machine.annotation(&scope, returns);
                let at = class.scope.file.at(&function.name);
                let found = self.of(&value, &at);
                self.variables.pop();
                self.scopes.pop();
                return Some(Some(Box::new(found)));
            }
        }
        None
    }
}

fn is_class_variable(annotation: &Expr) -> bool {
    match annotation {
        Expr::Subscript(subscript) => named(&subscript.value) == Some("ClassVar"),
        other => named(other) == Some("ClassVar"),
    }
}
