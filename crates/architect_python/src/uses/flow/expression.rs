//! Expressions: each is looked at once, and gives its type.

use std::sync::Arc;

use ruff_python_ast::{
    BoolOp, Comprehension, Expr, ExprBinOp, ExprFString, ExprLambda, ExprSubscript, FStringPart,
    InterpolatedStringElement, Operator,
};

use super::Flow;
use crate::uses::types::{Type, row_of};

impl<'a> Flow<'_, '_, 'a> {
    /// The type of an expression.
    pub(in crate::uses) fn expr(&mut self, expr: &'a Expr) -> Type<'a> {
        match expr {
            Expr::Name(name) => self.name(expr, name.id.as_str()),
            Expr::Attribute(attribute) => {
                let owner = self.expr(&attribute.value);
                if matches!(owner, Type::Module | Type::Symbol(_)) {
                    let found = self.resolved(expr);
                    if !matches!(found, Type::Unknown) || matches!(owner, Type::Module) {
                        return found;
                    }
                }
                self.see_attribute(&owner, &attribute.attr);
                let member = self.world.member(&owner, attribute.attr.as_str(), self.depth);
                self.see_called(&member);
                member
            }
            Expr::Call(call) => self.call(call),
            Expr::Await(inner) => self.expr(&inner.value),
            Expr::Named(named) => {
                let value = self.expr(&named.value);
                self.assign(&named.target, value.clone());
                value
            }
            Expr::Starred(starred) => self.expr(&starred.value),
            Expr::StringLiteral(text) => {
                self.see_text(expr, text.value.to_str());
                Type::text(text.value.to_str())
            }
            Expr::FString(text) => self.formatted(text),
            Expr::NumberLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::NoneLiteral(_)
            | Expr::BytesLiteral(_)
            | Expr::EllipsisLiteral(_) => Type::Plain,
            Expr::Tuple(tuple) => Type::Tuple(tuple.elts.iter().map(|item| self.expr(item)).collect()),
            Expr::List(list) => self.many(&list.elts),
            Expr::Set(set) => self.many(&set.elts),
            Expr::Dict(dict) => self.display(dict),
            Expr::Subscript(subscript) => self.subscript(subscript),
            Expr::BoolOp(operation) => {
                let values: Vec<Type<'a>> = operation.values.iter().map(|value| self.expr(value)).collect();
                match operation.op {
                    BoolOp::Or => values.into_iter().reduce(Type::or).unwrap_or(Type::Plain),
                    BoolOp::And => values.into_iter().next_back().unwrap_or(Type::Plain),
                }
            }
            Expr::If(choice) => {
                self.expr(&choice.test);
                let (then, other) = (self.expr(&choice.body), self.expr(&choice.orelse));
                then.or(other)
            }
            Expr::Compare(compare) => {
                let left = self.expr(&compare.left);
                let mut right: Vec<Type<'a>> = compare.comparators.iter().map(|one| self.expr(one)).collect();
                self.see_comparison(compare);
                if let (Type::Text(_), Some(container)) = (&left, right.pop()) {
                    self.see_membership(&compare.ops, &compare.left, &container);
                }
                Type::Plain
            }
            Expr::BinOp(operation) => self.operation(operation),
            Expr::UnaryOp(operation) => {
                self.expr(&operation.operand);
                Type::Plain
            }
            Expr::ListComp(list) => self.comprehension(&list.generators, &[&list.elt]),
            Expr::SetComp(set) => self.comprehension(&set.generators, &[&set.elt]),
            Expr::Generator(generator) => self.comprehension(&generator.generators, &[&generator.elt]),
            Expr::DictComp(dict) => {
                let parts: Vec<&'a Expr> = dict.key.as_deref().into_iter().chain([&*dict.value]).collect();
                match self.comprehension(&dict.generators, &parts) {
                    Type::Many(value) => Type::Keyed(value),
                    other => other,
                }
            }
            Expr::Lambda(lambda) => self.lambda(lambda, &Type::Unknown),
            Expr::Yield(inner) => {
                let value = inner.value.as_ref().map_or(Type::Plain, |value| self.expr(value));
                self.yielded.push(value);
                Type::Unknown
            }
            Expr::YieldFrom(inner) => {
                let item = self.expr(&inner.value).item();
                self.yielded.push(item);
                Type::Unknown
            }
            Expr::Slice(slice) => {
                slice.lower.iter().chain(&slice.upper).chain(&slice.step).for_each(|part| drop(self.expr(part)));
                Type::Plain
            }
            _ => Type::Unknown,
        }
    }

    fn name(&mut self, expr: &'a Expr, name: &'a str) -> Type<'a> {
        match self.locals.get(name) {
            Some(known) => {
                let known = known.clone();
                self.see_class(expr, &known);
                known
            }
            None => self.resolved(expr),
        }
    }

    /// What an expression stands for by the names of its file.
    fn resolved(&mut self, expr: &'a Expr) -> Type<'a> {
        let resolution = self.world.index.resolve(self.scope, expr);
        let found = self.world.of(&resolution, self.depth);
        self.see_class(expr, &found);
        self.see_called(&found);
        found
    }

    fn many(&mut self, items: &'a [Expr]) -> Type<'a> {
        let types: Vec<Type<'a>> = items
            .iter()
            .map(|item| match item {
                Expr::Starred(starred) => self.expr(&starred.value).item(),
                item => self.expr(item),
            })
            .collect();
        Type::many(types.into_iter().reduce(Type::or).unwrap_or(Type::Unknown))
    }

    fn formatted(&mut self, text: &'a ExprFString) -> Type<'a> {
        let mut whole = String::new();
        for part in &text.value {
            match part {
                FStringPart::Literal(literal) => whole.push_str(&literal.value),
                FStringPart::FString(inner) => {
                    for element in &inner.elements {
                        match element {
                            InterpolatedStringElement::Literal(literal) => whole.push_str(&literal.value),
                            InterpolatedStringElement::Interpolation(value) => match self.expr(&value.expression) {
                                Type::Text(part) => whole.push_str(&part),
                                _ => whole.push('\0'),
                            },
                        }
                    }
                }
            }
        }
        Type::Text(Arc::from(whole))
    }

    fn operation(&mut self, operation: &'a ExprBinOp) -> Type<'a> {
        let (left, right) = (self.expr(&operation.left), self.expr(&operation.right));
        match (operation.op, left, right) {
            (Operator::Add, Type::Text(left), Type::Text(right)) => Type::Text(Arc::from(format!("{left}{right}"))),
            (Operator::Add, Type::Text(left), Type::Plain | Type::Unknown) => {
                Type::Text(Arc::from(format!("{left}\0")))
            }
            (Operator::Add, Type::Plain | Type::Unknown, Type::Text(right)) => {
                Type::Text(Arc::from(format!("\0{right}")))
            }
            (Operator::Add, left @ (Type::Many(_) | Type::Statement(_)), right) => left.or(right),
            (Operator::BitOr, left, right) => left.or(right),
            _ => Type::Plain,
        }
    }

    fn subscript(&mut self, subscript: &'a ExprSubscript) -> Type<'a> {
        let owner = self.expr(&subscript.value);
        if let Type::Class(class, _) = &owner {
            // `Page[ItemPublic]`: a class with its arguments.
            let names = self.world.index.type_parameters(*class);
            let given: Vec<&'a Expr> = match &*subscript.slice {
                Expr::Tuple(several) => several.elts.iter().collect(),
                one => vec![one],
            };
            given.iter().for_each(|one| self.annotation(one));
            let types = given.iter().map(|one| self.world.annotated(self.scope, one, &self.bound));
            return Type::Class(*class, names.into_iter().zip(types).collect());
        }
        if matches!(owner, Type::Symbol(_)) {
            // `async_sessionmaker[AsyncSession]`: a class of a library with its arguments.
            self.annotation(&subscript.slice);
            return owner;
        }
        self.expr(&subscript.slice);
        self.see_key(&owner, &subscript.slice);
        let by_number = match &*subscript.slice {
            Expr::NumberLiteral(number) => match &number.value {
                ruff_python_ast::Number::Int(number) => number.as_usize(),
                _ => None,
            },
            _ => None,
        };
        owner.map(|one| match one {
            Type::Tuple(items) => match by_number.and_then(|number| items.get(number)) {
                Some(item) => item.clone(),
                None => one.item(),
            },
            Type::Rows(row, first) => row_of(row, *first),
            Type::Many(_) if subscript.slice.is_slice_expr() => one.clone(),
            Type::Many(item) | Type::Keyed(item) => (**item).clone(),
            Type::Columns(class) => Type::Column(*class, "", Arc::new(Type::Unknown)),
            other => self.value_at(other, &subscript.slice),
        })
    }

    fn comprehension(&mut self, generators: &'a [Comprehension], parts: &[&'a Expr]) -> Type<'a> {
        let saved = self.locals.clone();
        for generator in generators {
            let item = self.expr(&generator.iter).item();
            bound_names(&generator.target, &mut |name| drop(self.locals.remove(name)));
            self.assign(&generator.target, item);
            generator.ifs.iter().for_each(|test| drop(self.expr(test)));
        }
        let mut last = Type::Unknown;
        for part in parts {
            last = self.expr(part);
        }
        self.locals = saved;
        Type::many(last)
    }

    /// A lambda whose parameters hold `given`.
    pub(super) fn lambda(&mut self, lambda: &'a ExprLambda, given: &Type<'a>) -> Type<'a> {
        let saved = self.locals.clone();
        if let Some(parameters) = &lambda.parameters {
            for parameter in parameters.iter_non_variadic_params() {
                self.locals.insert(parameter.name().as_str(), given.clone());
            }
        }
        let value = self.expr(&lambda.body);
        self.locals = saved;
        Type::Method(Arc::new(value), "()")
    }
}

/// The names that a target binds.
fn bound_names<'a>(target: &'a Expr, see: &mut dyn FnMut(&'a str)) {
    match target {
        Expr::Name(name) => see(name.id.as_str()),
        Expr::Starred(starred) => bound_names(&starred.value, see),
        other => crate::resolve::elements(other).iter().for_each(|part| bound_names(part, see)),
    }
}
