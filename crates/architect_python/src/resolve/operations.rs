//! Operations on known values: arithmetic, conditions, methods of strings, calls.

use architect_model::Known;
use ruff_python_ast::{BoolOp, CmpOp, Comprehension, Expr, ExprCall, Operator};

use super::pattern::by_pattern;
use super::{Constant, Index, Placed, Resolution, Scope, Value};

impl<'a> Index<'a> {
    /// The result of a call: a method of a string, or a project function.
    pub(super) fn called(&self, scope: Scope<'a>, call: &'a ExprCall, expr: &'a Expr, steps: u8) -> Known<Constant> {
        if let Expr::Attribute(method) = &*call.func
            && let Known::Known(owner) = self.evaluate(scope, &method.value, steps)
            && let Value::Str(text) = &owner.value
        {
            let arguments: Option<Vec<Value>> = call
                .arguments
                .args
                .iter()
                .map(|value| Some(self.evaluate(scope, value, steps).known()?.value.clone()))
                .collect();
            let result = arguments.and_then(|arguments| string_method(text, &method.attr, &arguments));
            return match result {
                Some(value) => Known::Known(Constant { value, setting: owner.setting }),
                None => Known::unknown(scope.at(expr), "the result of a call"),
            };
        }
        let named = self.resolve_in(scope, &call.func, steps);
        if let Some((function, pattern)) = self.of_pattern(scope, call, &named, steps) {
            let texts = pattern.into_iter().chain(call.arguments.args.iter().map(|text| (scope, text)));
            let texts =
                texts.map(|(scope, text)| Some(self.evaluate(scope, text, steps).known()?.value.as_str()?.to_owned()));
            // Flags and counts are not followed.
            let texts: Option<Vec<String>> =
                texts.collect::<Option<_>>().filter(|_| call.arguments.keywords.is_empty());
            return match texts.and_then(|texts| by_pattern(function, &texts)) {
                Some(value) => Known::Known(value.into()),
                None => Known::unknown(scope.at(expr), "a regular expression that is not followed"),
            };
        }
        if let (Some("sqlalchemy.sql.naming.conv" | "sqlalchemy.conv"), [name]) =
            (named.library(), &*call.arguments.args)
        {
            return self.evaluate(scope, name, steps);
        }
        match self.call_result_in(scope, call, steps) {
            Some((scope, result)) => self.evaluate(scope, result, steps),
            None => Known::unknown(scope.at(expr), "the result of a call"),
        }
    }

    /// The function of `re` that a call is of, and the pattern that was compiled before: `PATTERN.sub("_", name)`.
    fn of_pattern(
        &self,
        scope: Scope<'a>,
        call: &'a ExprCall,
        named: &Resolution<'a>,
        steps: u8,
    ) -> Option<(&'static str, Option<Placed<'a>>)> {
        let function = |name: &str| ["sub", "split", "findall"].into_iter().find(|function| *function == name);
        if let Some(name) = named.library().and_then(|path| path.strip_prefix("re.")) {
            return Some((function(name)?, None));
        }
        let Expr::Attribute(method) = &*call.func else { return None };
        let function = function(&method.attr)?;
        let (scope, made) = self.followed(scope, &method.value);
        let compiled = made.as_call_expr()?;
        let is_compiled = self.resolve_in(scope, &compiled.func, steps).is("re.compile");
        match &*compiled.arguments.args {
            [pattern] if is_compiled && compiled.arguments.keywords.is_empty() => {
                Some((function, Some((scope, pattern))))
            }
            _ => None,
        }
    }

    /// `a or b`, `a if test else b`, `a == b`, where constants decide; settings do not, their defaults may not hold.
    pub(super) fn decided(&self, scope: Scope<'a>, expr: &'a Expr, steps: u8) -> Option<Known<Constant>> {
        let steps = steps.checked_sub(1)?;
        match expr {
            Expr::If(choice) => {
                let taken = self.truth(scope, &choice.test, steps)?;
                Some(self.evaluate(scope, if taken { &choice.body } else { &choice.orelse }, steps))
            }
            Expr::BoolOp(operation) => {
                let (last, first) = operation.values.split_last()?;
                for value in first {
                    let known = self.evaluate(scope, value, steps);
                    let constant = known.known().filter(|constant| constant.setting.is_none())?;
                    if constant.value.truth()? == (operation.op == BoolOp::Or) {
                        return Some(known);
                    }
                }
                Some(self.evaluate(scope, last, steps))
            }
            Expr::Compare(compare) => {
                let [operator] = &*compare.ops else {
                    return None;
                };
                let [right] = &*compare.comparators else {
                    return None;
                };
                let plain = |known: Known<Constant>| match known {
                    Known::Known(Constant { value, setting: None }) => Some(value),
                    _ => None,
                };
                let left = plain(self.evaluate(scope, &compare.left, steps))?;
                let right = plain(self.evaluate(scope, right, steps))?;
                compared(*operator, &left, &right).map(|result| Known::Known(Value::Bool(result).into()))
            }
            _ => None,
        }
    }
}

impl<'a> Index<'a> {
    /// `text[1:]`, `items[0]`, `[x.lower() for x in items if x]`.
    pub(super) fn selected(&self, scope: Scope<'a>, expr: &'a Expr, steps: u8) -> Option<Value> {
        let plain = |expr: &'a Expr| match self.evaluate(scope, expr, steps) {
            Known::Known(Constant { value, setting: None }) => Some(value),
            _ => None,
        };
        match expr {
            Expr::Subscript(subscript) => {
                let Value::Str(text) = plain(&subscript.value)? else {
                    return None;
                };
                let Expr::Slice(slice) = &*subscript.slice else {
                    return None;
                };
                let bound = |bound: &'a Option<Box<Expr>>| match bound {
                    Some(bound) => plain(bound)?.as_int().map(Some),
                    None => Some(None),
                };
                if slice.step.is_some() {
                    return None;
                }
                Some(Value::Str(sliced(&text, bound(&slice.lower)?, bound(&slice.upper)?)?))
            }
            Expr::ListComp(list) => self.mapped(&list.elt, &list.generators, plain),
            Expr::Generator(generator) => self.mapped(&generator.elt, &generator.generators, plain),
            _ => None,
        }
    }

    /// A comprehension that calls at most one method of a string on each item, and leaves empty ones out.
    fn mapped(
        &self,
        element: &'a Expr,
        generators: &'a [Comprehension],
        plain: impl Fn(&'a Expr) -> Option<Value>,
    ) -> Option<Value> {
        let [generator] = generators else { return None };
        let Expr::Name(target) = &generator.target else {
            return None;
        };
        let is_target = |expr: &Expr| matches!(expr, Expr::Name(name) if name.id == target.id);
        let filtered = match generator.ifs.as_slice() {
            [] => false,
            [test] if is_target(test) => true,
            _ => return None,
        };
        let items = plain(&generator.iter)?;
        let texts = items.items()?.iter().map(|item| item.as_str().map(str::to_owned));
        let texts: Vec<String> = texts.collect::<Option<_>>()?;
        let kept = texts.into_iter().filter(|text| !filtered || !text.is_empty());
        let changed = kept.map(|text| match element {
            element if is_target(element) => Some(text),
            Expr::Call(call) => match &*call.func {
                Expr::Attribute(method) if is_target(&method.value) && call.arguments.is_empty() => {
                    changed_text(&text, &method.attr, &[])
                }
                _ => None,
            },
            _ => None,
        });
        Some(Value::List(changed.map(|text| text.map(Value::Str)).collect::<Option<_>>()?))
    }
}

/// A slice of a text, with Python's negative bounds.
fn sliced(text: &str, lower: Option<i64>, upper: Option<i64>) -> Option<String> {
    let characters: Vec<char> = text.chars().collect();
    let length = i64::try_from(characters.len()).ok()?;
    let place = |bound: i64| usize::try_from(if bound < 0 { (length + bound).max(0) } else { bound.min(length) }).ok();
    let (lower, upper) = (place(lower.unwrap_or(0))?, place(upper.unwrap_or(length))?);
    characters.get(lower..upper.max(lower)).map(|part| part.iter().collect())
}

fn compared(operator: CmpOp, left: &Value, right: &Value) -> Option<bool> {
    let same = || match (left, right) {
        (Value::Member { class: a, name: x, .. }, Value::Member { class: b, name: y, .. }) => Some(a == b && x == y),
        (Value::Member { .. } | Value::Float(_), _) | (_, Value::Member { .. } | Value::Float(_)) => None,
        _ => Some(left == right),
    };
    match operator {
        CmpOp::Eq => same(),
        CmpOp::NotEq => same().map(|same| !same),
        CmpOp::Is if *right == Value::None => Some(*left == Value::None),
        CmpOp::IsNot if *right == Value::None => Some(*left != Value::None),
        _ => None,
    }
}

/// The result of a binary operation on known values, where it is certain.
pub(super) fn operated(op: Operator, left: Value, right: Value) -> Option<Value> {
    match (op, left, right) {
        (Operator::Add, Value::Str(left), Value::Str(right)) => Some(Value::Str(left + &right)),
        (Operator::Add, Value::Int(left), Value::Int(right)) => left.checked_add(right).map(Value::Int),
        (Operator::Sub, Value::Int(left), Value::Int(right)) => left.checked_sub(right).map(Value::Int),
        (Operator::Mult, Value::Int(left), Value::Int(right)) => left.checked_mul(right).map(Value::Int),
        (Operator::Pow, Value::Int(left), Value::Int(right)) => {
            left.checked_pow(u32::try_from(right).ok()?).map(Value::Int)
        }
        (Operator::Add, Value::List(mut left), Value::List(right)) => {
            left.extend(right);
            Some(Value::List(left))
        }
        (Operator::Add, Value::Tuple(mut left), Value::Tuple(right)) => {
            left.extend(right);
            Some(Value::Tuple(left))
        }
        (Operator::BitOr, Value::Dict(mut left), Value::Dict(right)) => {
            left.extend(right);
            Some(Value::Dict(left))
        }
        _ => None,
    }
}

/// A method of a string with known arguments.
fn string_method(text: &str, method: &str, arguments: &[Value]) -> Option<Value> {
    if let ("join", [Value::List(items) | Value::Tuple(items)]) = (method, arguments) {
        let parts: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
        return Some(Value::Str(parts?.join(text)));
    }
    let arguments: Option<Vec<String>> = arguments.iter().map(|value| value.as_str().map(str::to_owned)).collect();
    changed_text(text, method, &arguments?).map(Value::Str)
}

/// The text that a method of a string makes of it.
fn changed_text(text: &str, method: &str, arguments: &[String]) -> Option<String> {
    Some(match (method, arguments) {
        ("lower" | "casefold", []) => text.to_lowercase(),
        ("upper", []) => text.to_uppercase(),
        ("strip", []) => text.trim().to_owned(),
        ("strip", [characters]) => text.trim_matches(|c| characters.contains(c)).to_owned(),
        ("lstrip", [characters]) => text.trim_start_matches(|c| characters.contains(c)).to_owned(),
        ("rstrip", [characters]) => text.trim_end_matches(|c| characters.contains(c)).to_owned(),
        ("removesuffix", [suffix]) => text.strip_suffix(suffix.as_str()).unwrap_or(text).to_owned(),
        ("removeprefix", [prefix]) => text.strip_prefix(prefix.as_str()).unwrap_or(text).to_owned(),
        ("replace", [from, to]) if !from.is_empty() => text.replace(from.as_str(), to),
        _ => return None,
    })
}
