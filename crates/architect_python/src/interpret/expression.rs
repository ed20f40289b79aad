//! Evaluates expressions.

use std::cell::RefCell;
use std::rc::Rc;

use architect_model::{Symbol, Unknown};
use ruff_python_ast::{
    Comprehension, Expr, ExprCall, ExprFString, ExprSlice, ExprSubscript, FStringPart, InterpolatedStringElement,
    Number, UnaryOp,
};
use ruff_text_size::Ranged;

use super::machine::{LENGTH, Machine};
use super::operator::union_parts;
use super::place::as_path;
use super::record::GAP;
use super::value::{Arguments, Kind, Value};

impl<'a> Machine<'a> {
    /// The value of an expression.
    pub(super) fn eval(&mut self, expr: &Expr) -> Value<'a> {
        if !self.proceed() {
            return self.unknown(expr, "too much to evaluate");
        }
        self.depth += 1;
        let value = self.expression(expr);
        self.depth -= 1;
        value
    }

    fn expression(&mut self, expr: &Expr) -> Value<'a> {
        match expr {
            Expr::Name(name) => self.name(&name.id, name),
            Expr::Attribute(attribute) => {
                let owner = self.eval(&attribute.value);
                let at = self.at(expr);
                self.attribute(&owner, &attribute.attr, &at)
            }
            Expr::Call(call) => self.call_expression(call),
            Expr::StringLiteral(string) => Value::str(string.value.to_str()),
            Expr::FString(string) => self.f_string(string),
            Expr::NumberLiteral(number) => match &number.value {
                Number::Int(int) => {
                    int.as_i64().map_or_else(|| self.unknown(expr, "a large number"), |int| Kind::Int(int).into())
                }
                Number::Float(number) => Kind::Float(*number).into(),
                Number::Complex { .. } => self.unknown(expr, "a complex number"),
            },
            Expr::BooleanLiteral(literal) => Value::bool(literal.value),
            Expr::NoneLiteral(_) => Value::none(),
            Expr::EllipsisLiteral(_) => Kind::Ellipsis.into(),
            Expr::List(list) => self.sequence(&list.elts),
            Expr::Tuple(tuple) => self.sequence(&tuple.elts),
            Expr::Set(set) => self.sequence(&set.elts),
            Expr::Lambda(_) => {
                let scope = self.frames.last().map(|frame| frame.scope.qualifier.clone()).unwrap_or_default();
                let symbol = Symbol::new(self.file().module.clone(), format!("{scope}<lambda>"));
                Kind::Lambda(Rc::new((symbol, self.at(expr)))).into()
            }
            Expr::Starred(starred) => self.eval(&starred.value),
            Expr::Await(waited) if self.record.is_some() => self.eval(&waited.value),
            _ => self.operation(expr),
        }
    }

    fn operation(&mut self, expr: &Expr) -> Value<'a> {
        match expr {
            Expr::Dict(dict) => self.dictionary(dict),
            Expr::BinOp(operation) => self.binary(operation),
            Expr::BoolOp(operation) => self.logical(operation.op, &operation.values),
            Expr::Compare(compare) => self.comparison(compare),
            Expr::UnaryOp(operation) => {
                let value = self.eval(&operation.operand);
                match (operation.op, self.truth(&value), &value.kind) {
                    (UnaryOp::Not, Some(truth), _) => Value::bool(!truth).doubted(value.doubt.as_ref()),
                    (UnaryOp::USub, _, Kind::Int(int)) => Kind::Int(int.wrapping_neg()).into(),
                    (UnaryOp::USub, _, Kind::Float(number)) => Kind::Float(-number).into(),
                    _ => self.opaque(&value, expr, "an operation that could not be evaluated"),
                }
            }
            Expr::If(choice) => {
                let test = self.eval(&choice.test);
                match self.truth(&test) {
                    Some(true) => self.eval(&choice.body).doubted(test.doubt.as_ref()),
                    Some(false) => self.eval(&choice.orelse).doubted(test.doubt.as_ref()),
                    None => {
                        let (yes, no) = (self.eval(&choice.body), self.eval(&choice.orelse));
                        let at = self.at(expr);
                        self.one_of(vec![yes, no], &at)
                    }
                }
            }
            Expr::Subscript(subscript) => self.subscript(subscript),
            Expr::Named(named) => {
                let value = self.eval(&named.value);
                self.assign(&named.target, &value);
                value
            }
            Expr::ListComp(list) => self.comprehension(&[&list.elt], &list.generators, Value::list),
            Expr::SetComp(set) => self.comprehension(&[&set.elt], &set.generators, Value::list),
            Expr::Generator(generator) => self.comprehension(&[&generator.elt], &generator.generators, Value::list),
            Expr::DictComp(dict) => {
                let pairs = |items: Vec<Value<'a>>| {
                    let pairs = items.chunks_exact(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect();
                    Kind::Dict(Rc::new(RefCell::new(pairs))).into()
                };
                match dict.key.as_deref() {
                    Some(key) => self.comprehension(&[key, &dict.value], &dict.generators, pairs),
                    None => self.unknown(expr, "an expression that could not be evaluated"),
                }
            }
            _ => self.unknown(expr, "an expression that could not be evaluated"),
        }
    }

    /// The items of a list or tuple display; unknown where one is starred and unknown.
    fn sequence(&mut self, elements: &[Expr]) -> Value<'a> {
        let mut items = Vec::with_capacity(elements.len());
        for element in elements {
            let value = self.eval(element);
            if !matches!(element, Expr::Starred(_)) {
                items.push(value);
            } else if let Some(more) = self.iterate(&value) {
                items.extend(more);
            } else {
                return self.unknown(element, "a starred part could not be determined");
            }
        }
        Value::list(items)
    }

    fn dictionary(&mut self, dict: &ruff_python_ast::ExprDict) -> Value<'a> {
        let mut items = Vec::with_capacity(dict.items.len());
        for item in &dict.items {
            let value = self.eval(&item.value);
            match (&item.key, &value.kind) {
                (Some(key), _) => items.push((self.eval(key), value)),
                (None, Kind::Dict(more)) => items.extend(more.borrow().iter().cloned()),
                (None, _) => {
                    return self.unknown(&item.value, "a part of a dictionary could not be determined");
                }
            }
        }
        Kind::Dict(Rc::new(RefCell::new(items))).into()
    }

    fn f_string(&mut self, string: &ExprFString) -> Value<'a> {
        let mut text = String::new();
        let mut doubt = None;
        for part in &string.value {
            let FStringPart::FString(part) = part else {
                if let FStringPart::Literal(literal) = part {
                    text.push_str(literal);
                }
                continue;
            };
            for element in &part.elements {
                match element {
                    InterpolatedStringElement::Literal(literal) => text.push_str(literal),
                    InterpolatedStringElement::Interpolation(inner) => {
                        let value = self.eval(&inner.expression);
                        let shown = self.shown(&value).filter(|_| inner.format_spec.is_none());
                        let Some(shown) = shown.or_else(|| self.record.as_ref().map(|_| GAP.to_string())) else {
                            return self.opaque(
                                &value,
                                &*inner.expression,
                                "a part of this string could not be determined",
                            );
                        };
                        text.push_str(&shown);
                        if text.len() > LENGTH {
                            return self.unknown(string, "too long a string");
                        }
                        doubt = doubt.or(value.doubt);
                    }
                }
            }
        }
        Value::str(text).doubted(doubt.as_ref())
    }

    /// An unknown that keeps the reason of the unknown it follows from.
    pub(super) fn opaque(&self, value: &Value<'a>, node: impl Ranged, reason: &str) -> Value<'a> {
        match value.as_unknown() {
            Some(unknown) => Value::unknown(Rc::clone(unknown)),
            None => self.unknown(node, reason),
        }
    }

    /// The text that `str()` gives.
    pub(super) fn shown(&mut self, value: &Value<'a>) -> Option<String> {
        match &value.kind {
            Kind::Str(text) => Some(text.to_string()),
            Kind::Int(int) => Some(int.to_string()),
            Kind::Bool(true) => Some("True".into()),
            Kind::Bool(false) => Some("False".into()),
            Kind::None => Some("None".into()),
            Kind::Object(object) => {
                let member = object.attributes.borrow().get("value").cloned()?;
                let Kind::Class(class) = &object.class.kind else {
                    return None;
                };
                let is_text = class.derives("enum.StrEnum");
                if is_text { self.shown(&member) } else { None }
            }
            Kind::Made(_) => as_path(value),
            _ => None,
        }
    }

    fn subscript(&mut self, subscript: &ExprSubscript) -> Value<'a> {
        let owner = self.eval(&subscript.value);
        let key = match &*subscript.slice {
            Expr::Slice(slice) => return self.slice(&owner, slice),
            slice => self.eval(slice),
        };
        match (&owner.kind, &key.kind) {
            (Kind::List(list), _) if self.record.is_some() && list.doubt.borrow().is_some() => {
                list.doubt.borrow().clone().map_or_else(Value::none, Value::unknown)
            }
            (Kind::List(list), Kind::Int(index)) => {
                let items = list.items.borrow();
                let index = if *index < 0 {
                    items.len().checked_sub(index.unsigned_abs() as usize)
                } else {
                    usize::try_from(*index).ok()
                };
                index
                    .and_then(|index| items.get(index).cloned())
                    .unwrap_or_else(|| self.unknown(subscript, "an index out of range"))
            }
            (Kind::Object(object), Kind::Int(index)) if super::result::cells_of_row(object).is_some() => {
                let cells = super::result::cells_of_row(object).unwrap_or_default();
                let cell = usize::try_from(*index).ok().and_then(|index| cells.get(index).cloned());
                cell.unwrap_or_else(|| self.unknown(subscript, "an index out of range"))
            }
            (Kind::Dict(items), _) => {
                let found = items.borrow().iter().find(|(known, _)| known.same(&key)).map(|(_, value)| value.clone());
                found.unwrap_or_else(|| self.unknown(subscript, "a key that could not be found"))
            }
            (Kind::Library(path), _) if &**path == "os.environ" => self.environment(&key, None, subscript),
            (Kind::Library(_) | Kind::Class(_) | Kind::Subscript(_), _) => {
                self.type_arguments(owner.clone(), &subscript.slice, key)
            }
            _ => self.opaque(&owner, subscript, "a subscription that could not be evaluated"),
        }
    }

    /// `text[:-3]`, `items[1:]`.
    fn slice(&mut self, owner: &Value<'a>, slice: &ExprSlice) -> Value<'a> {
        let mut bounds = [None, None];
        for (bound, expr) in bounds.iter_mut().zip([&slice.lower, &slice.upper]) {
            let Some(expr) = expr else { continue };
            match self.eval(expr).kind {
                Kind::Int(number) => *bound = Some(number),
                Kind::None => {}
                _ => return self.unknown(slice, "a slice that could not be evaluated"),
            }
        }
        match (&owner.kind, &slice.step) {
            (Kind::Str(text), None) => {
                let chars: Vec<char> = text.chars().collect();
                let part: String = sliced(&chars, bounds).iter().collect();
                Value::str(part).doubted(owner.doubt.as_ref())
            }
            (Kind::List(list), None) => Value::list(sliced(&list.items.borrow(), bounds).to_vec()),
            _ => self.opaque(owner, slice, "a slice that could not be evaluated"),
        }
    }

    /// `Optional[X]` and `Union[…]` as unions, any other subscription as itself.
    fn type_arguments(&mut self, owner: Value<'a>, slice: &Expr, key: Value<'a>) -> Value<'a> {
        let arguments = match slice {
            Expr::Tuple(_) => key.as_items().unwrap_or_else(|| vec![key.clone()]),
            _ => vec![key],
        };
        match owner.as_library() {
            Some("typing.Optional") => {
                let mut parts: Vec<_> = arguments.first().map(union_parts).unwrap_or_default();
                parts.push(Value::none());
                Kind::Union(Rc::new(parts)).into()
            }
            Some("typing.Union") => Kind::Union(Rc::new(arguments.iter().flat_map(union_parts).collect())).into(),
            _ => Kind::Subscript(Rc::new((owner, arguments))).into(),
        }
    }

    /// The elements for each round, one after the other.
    fn comprehension(
        &mut self,
        elements: &[&Expr],
        generators: &[Comprehension],
        made: impl FnOnce(Vec<Value<'a>>) -> Value<'a>,
    ) -> Value<'a> {
        let mut items = Vec::new();
        let scope = self.frames.last().map(|frame| Rc::clone(&frame.scope));
        let before = scope.as_ref().map(|scope| scope.names.borrow().clone());
        let complete = self.generate(elements, generators, &mut items);
        if let (Some(scope), Some(names)) = (scope, before) {
            *scope.names.borrow_mut() = names;
        }
        match complete {
            Ok(doubt) => {
                let value = made(items);
                if let (Kind::List(list), Some(doubt)) = (&value.kind, &doubt) {
                    Self::doubt_list(list, doubt);
                }
                value
            }
            Err(value) => {
                self.opaque(&value, elements[0], "a comprehension over something that could not be determined")
            }
        }
    }

    /// Adds the elements of each round, and says why there may be others; fails with what could not be determined.
    fn generate(
        &mut self,
        elements: &[&Expr],
        generators: &[Comprehension],
        items: &mut Vec<Value<'a>>,
    ) -> Result<Option<Rc<Unknown>>, Value<'a>> {
        let Some((first, rest)) = generators.split_first() else {
            items.extend(elements.iter().map(|element| self.eval(element)));
            return Ok(None);
        };
        let iterable = self.eval(&first.iter);
        let Some(values) = self.iterate(&iterable) else {
            return Err(iterable);
        };
        let mut doubt = match &iterable.kind {
            Kind::List(list) => list.doubt.borrow().clone(),
            _ => None,
        };
        for value in values {
            self.assign(&first.target, &value);
            let mut is_wanted = true;
            for test in &first.ifs {
                let value = self.eval(test);
                is_wanted &= self.truth(&value).ok_or(value)?;
            }
            if is_wanted {
                doubt = self.generate(elements, rest, items)?.or(doubt);
            }
        }
        Ok(doubt)
    }

    fn call_expression(&mut self, call: &ExprCall) -> Value<'a> {
        let callee = self.eval(&call.func);
        let mut arguments = Arguments::default();
        for argument in &call.arguments.args {
            let value = self.eval(argument);
            if !matches!(argument, Expr::Starred(_)) {
                arguments.positional.push(value);
            } else if let Some(items) = self.iterate(&value) {
                arguments.positional.extend(items);
            } else {
                arguments.unknown =
                    Some(Rc::new(self.file().unknown(argument, "arguments that could not be determined")));
            }
        }
        for keyword in &call.arguments.keywords {
            let value = self.eval(&keyword.value);
            match (&keyword.arg, &value.kind) {
                (Some(name), _) => arguments.keywords.push((name.id.clone(), value)),
                (None, Kind::Dict(items)) => {
                    arguments.keywords.extend(
                        items.borrow().iter().filter_map(|(key, value)| Some((key.as_str()?.into(), value.clone()))),
                    );
                }
                (None, _) => {
                    arguments.unknown =
                        Some(Rc::new(self.file().unknown(&keyword.value, "arguments that could not be determined")));
                }
            }
        }
        let at = self.at(call);
        self.call(&callee, arguments, &at)
    }
}

/// The part of a sequence between two bounds, counted from the end where negative.
fn sliced<T>(items: &[T], [lower, upper]: [Option<i64>; 2]) -> &[T] {
    let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let place = |bound: i64| {
        let from_start = if bound < 0 { bound.saturating_add(length) } else { bound };
        usize::try_from(from_start.clamp(0, length)).unwrap_or_default()
    };
    let start = place(lower.unwrap_or(0));
    let end = place(upper.unwrap_or(length));
    items.get(start..end).unwrap_or_default()
}
