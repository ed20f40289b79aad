//! Declarations, imports and names of functions and classes that are uses of the subject, or lead to some.

use architect_model::{Certainty, UseKind};
use ruff_python_ast::{Expr, Stmt, StmtFunctionDef, StmtImportFrom};
use ruff_text_size::Ranged;

use super::Flow;
use super::see::{Holds, content};
use crate::resolve::{Class, Frame, Function};
use crate::uses::carriers::Role;
use crate::uses::types::Type;

impl<'a> Flow<'_, '_, 'a> {
    /// A parameter that is named after the field, or a method that is the field.
    pub(super) fn see_function(&mut self, def: &'a StmtFunctionDef) {
        let Some(field) = self.world.field().filter(|_| self.is_recording()) else { return };
        if def.name.as_str() == field
            && let Some(Frame::Class(class)) = self.scope.frames().last()
            && let Some(class) = self.class_around(class)
            && let Holds::Yes(name, certain) = self.held_by(class)
        {
            self.add(self.found(def.name.range(), UseKind::Declaration, format!("`{name}` computes it"), certain));
        }
        let parameter = def.parameters.iter_non_variadic_params().find(|one| one.name().as_str() == field);
        if let Some(parameter) = parameter {
            let function = Function { outer: self.scope, def };
            let range = parameter.name().range();
            let mut found =
                self.found(range, UseKind::Parameter, "a parameter that carries it".into(), Certainty::Known);
            found.scope = function.scope();
            if let Some(seen) = &mut self.seen {
                seen.parameters.push((function, found));
            }
        }
    }

    /// A statement in the body of a class: a declaration.
    pub(super) fn see_member(&mut self, class: Class<'a>, stmt: &'a Stmt) {
        if !self.is_recording() {
            return;
        }
        let name = match stmt {
            Stmt::AnnAssign(assign) => assign.target.as_name_expr(),
            Stmt::Assign(assign) => assign.targets.first().and_then(Expr::as_name_expr),
            _ => None,
        };
        let Some(name) = name else { return };
        if self.world.enumeration == Some(class) && self.world.subject.member.as_deref() == Some(name.id.as_str()) {
            let why = format!("`{}` declares the value", class.name());
            self.add(self.found(name.range(), UseKind::Declaration, why, Certainty::Known));
            if let Stmt::Assign(assign) = stmt {
                self.see_values(&assign.value);
            }
        }
        self.see_relationship(class, stmt);
        if Some(name.id.as_str()) != self.world.field() {
            return;
        }
        let Some(carrier) = self.world.carriers.of(class) else { return };
        let what = match carrier.role {
            Role::Schema => "field",
            _ if self.world.is_relationship() => "relationship",
            _ => "column",
        };
        let (why, certain) = (format!("`{}` declares the {what}", class.name()), carrier.certain.clone());
        self.add(self.found(name.range(), UseKind::Declaration, why, certain));
    }

    /// `Relationship(back_populates="field")` in a class that leads to the entity.
    fn see_relationship(&mut self, class: Class<'a>, stmt: &'a Stmt) {
        let (Some(assign), Some(field)) = (stmt.as_ann_assign_stmt(), self.world.field()) else { return };
        let Some(Expr::Call(call)) = assign.value.as_deref() else { return };
        let keywords = ["back_populates", "backref"].into_iter().filter_map(|name| call.arguments.find_keyword(name));
        let named = keywords.map(|keyword| &keyword.value);
        let mut named =
            named.filter(|value| value.as_string_literal_expr().is_some_and(|text| text.value.to_str() == field));
        let Some(range) = named.next().and_then(content) else { return };
        let leads = self.world.annotated(class.scope(), &assign.annotation, &self.bound);
        let entity = self.world.carriers.entity();
        let is_entity = |one: &Type<'a>| matches!(one, Type::Object(class, _) if Some(*class) == entity);
        if leads.each().iter().any(|one| is_entity(one) || one.item().each().iter().any(is_entity)) {
            let why = format!("a relationship of `{}` names it", class.name());
            self.add(self.found(range, UseKind::Relationship, why, Certainty::Known));
        }
    }

    /// A class of the family, where the subject is a whole entity.
    pub(super) fn see_class(&mut self, expr: &'a Expr, found: &Type<'a>) {
        if self.world.field().is_some() || !self.is_recording() {
            return;
        }
        let Type::Class(class, _) = found else { return };
        let Some(carrier) = self.world.carriers.of(*class) else { return };
        let range = match expr {
            Expr::Name(name) => name.range(),
            Expr::Attribute(attribute) => attribute.attr.range(),
            _ => return,
        };
        let (why, certain) = (format!("names `{}`", class.name()), carrier.certain.clone());
        self.add(self.found(range, UseKind::Reference, why, certain));
    }

    pub(super) fn see_import(&mut self, import: &'a StmtImportFrom) {
        if self.world.field().is_some() || !self.is_recording() {
            return;
        }
        for alias in &import.names {
            let bound = alias.asname.as_ref().unwrap_or(&alias.name);
            let Some(class) = self.world.index.name(self.scope, bound.as_str()).and_then(|found| found.class()) else {
                continue;
            };
            if let Some(carrier) = self.world.carriers.of(class)
                && class.name() == alias.name.as_str()
            {
                let (why, certain) = (format!("imports `{}`", class.name()), carrier.certain.clone());
                self.add(self.found(alias.name.range(), UseKind::Reference, why, certain));
            }
        }
    }

    /// A function that is named: mostly, called.
    pub(super) fn see_called(&mut self, found: &Type<'a>) {
        let (Some(caller), Some(seen)) = (self.function(), &mut self.seen) else { return };
        for one in found.each() {
            match one {
                Type::Function(function, _) if !function.file().installed => seen.called(caller, *function),
                Type::Class(class, _) if !class.file().installed => {
                    let init = self.world.index.member(*class, "__init__").and_then(|(_, init)| init.function());
                    init.into_iter().for_each(|init| seen.called(caller, init));
                }
                _ => {}
            }
        }
    }
}
