//! Table names: literal, inherited, or computed from the class name.

use architect_model::Known;
use ruff_python_ast::{Expr, FStringPart, InterpolatedStringElement, Stmt};

use crate::resolve::{Class, Function, Index, Resolution, Scope, changed_text};

use super::columns::returned;

/// The `__tablename__` that a class has from itself or from one of `sources`, its ancestors that are no tables.
pub(super) fn table_name<'a>(
    index: &Index<'a>,
    class: Class<'a>,
    sources: &[Class<'a>],
) -> Option<Known<String>> {
    let owners = std::iter::once(class).chain(sources.iter().copied());
    for owner in owners {
        let names = index.frame_names(crate::resolve::Frame::Class(owner.def));
        if !names.by_name.contains_key("__tablename__") {
            continue;
        }
        match index.name(owner.scope(), "__tablename__")? {
            Resolution::Variable(variable) => {
                if let Some(value) = variable.value {
                    return Some(class_text(index, Some(class), variable.scope, value));
                }
            }
            Resolution::Function(function) => return Some(from_function(index, class, function)),
            Resolution::Unknown(unknown) => return Some(Known::Unknown { unknown }),
            _ => {
                return Some(Known::unknown(
                    owner.at(),
                    "a table name that is not understood",
                ));
            }
        }
    }
    None
}

fn from_function<'a>(index: &Index<'a>, class: Class<'a>, function: Function<'a>) -> Known<String> {
    match returned(function) {
        Some(value) => class_text(index, Some(class), function.scope(), value),
        None => Known::unknown(function.at(), "a table name that a function computes"),
    }
}

/// The text of an expression that may use `cls.__name__` and `cls.__tablename__` of the class it is evaluated for.
pub(super) fn class_text<'a>(
    index: &Index<'a>,
    class: Option<Class<'a>>,
    scope: Scope<'a>,
    expr: &'a Expr,
) -> Known<String> {
    let Some(class) = class else {
        return index.string(scope, expr);
    };
    match (Text { index, class }).evaluate(scope, expr, &[], 8) {
        Some(text) => Known::Known(text),
        None => match index.string(scope, expr) {
            Known::Known(text) => Known::Known(text),
            Known::Unknown { .. } => Known::unknown(scope.at(expr), "a name that is computed"),
        },
    }
}

/// Evaluates text that is made from the name of a class.
struct Text<'i, 'a> {
    index: &'i Index<'a>,
    class: Class<'a>,
}

impl<'a> Text<'_, 'a> {
    /// `known` are local names with their values.
    fn evaluate(
        &self,
        scope: Scope<'a>,
        expr: &'a Expr,
        known: &[(&str, String)],
        steps: u8,
    ) -> Option<String> {
        let steps = steps.checked_sub(1)?;
        match expr {
            Expr::StringLiteral(text) => Some(text.value.to_str().to_owned()),
            Expr::Name(name) if known.iter().any(|(local, _)| *local == name.id.as_str()) => known
                .iter()
                .rev()
                .find(|(local, _)| *local == name.id.as_str())
                .map(|(_, text)| text.clone()),
            Expr::Attribute(attribute) if matches!(&*attribute.value, Expr::Name(_)) => {
                match attribute.attr.as_str() {
                    "__name__" => Some(self.class.name().to_owned()),
                    "__tablename__" => self.own_table_name(),
                    _ => self.index.string(scope, expr).known().cloned(),
                }
            }
            Expr::BinOp(sum) if sum.op == ruff_python_ast::Operator::Add => Some(
                self.evaluate(scope, &sum.left, known, steps)?
                    + &self.evaluate(scope, &sum.right, known, steps)?,
            ),
            Expr::FString(text) => self.formatted(scope, text, known, steps),
            Expr::Subscript(subscript) => self.sliced(scope, subscript, known, steps),
            Expr::Call(call) => self.called(scope, call, known, steps),
            Expr::Name(_) => self.index.string(scope, expr).known().cloned(),
            _ => None,
        }
    }

    fn own_table_name(&self) -> Option<String> {
        let mixins: Vec<Class<'a>> = self.index.mro(self.class).classes().skip(1).collect();
        match table_name(self.index, self.class, &mixins) {
            Some(known) => known.known().cloned(),
            None if self.index.derives_from(self.class, "sqlmodel.SQLModel") => {
                Some(self.class.name().to_lowercase())
            }
            None => None,
        }
    }

    fn formatted(
        &self,
        scope: Scope<'a>,
        text: &'a ruff_python_ast::ExprFString,
        known: &[(&str, String)],
        steps: u8,
    ) -> Option<String> {
        let mut result = String::new();
        for part in &text.value {
            match part {
                FStringPart::Literal(literal) => result.push_str(literal.as_str()),
                FStringPart::FString(inner) => {
                    for element in &inner.elements {
                        match element {
                            InterpolatedStringElement::Literal(literal) => {
                                result.push_str(&literal.value)
                            }
                            InterpolatedStringElement::Interpolation(inner)
                                if inner.format_spec.is_none() =>
                            {
                                result.push_str(&self.evaluate(
                                    scope,
                                    &inner.expression,
                                    known,
                                    steps,
                                )?);
                            }
                            InterpolatedStringElement::Interpolation(_) => return None,
                        }
                    }
                }
            }
        }
        Some(result)
    }

    fn sliced(
        &self,
        scope: Scope<'a>,
        subscript: &'a ruff_python_ast::ExprSubscript,
        known: &[(&str, String)],
        steps: u8,
    ) -> Option<String> {
        let Expr::Slice(slice) = &*subscript.slice else {
            return None;
        };
        let text: Vec<char> = self
            .evaluate(scope, &subscript.value, known, steps)?
            .chars()
            .collect();
        let bound = |expr: &'a Option<Box<Expr>>, default: usize| match expr {
            None => Some(default),
            Some(expr) => {
                let number = self.index.constant(scope, expr).known()?.value.as_int()?;
                let length = i64::try_from(text.len()).ok()?;
                usize::try_from(if number < 0 {
                    (length + number).max(0)
                } else {
                    number.min(length)
                })
                .ok()
            }
        };
        let (lower, upper) = (bound(&slice.lower, 0)?, bound(&slice.upper, text.len())?);
        slice.step.is_none().then(|| {
            text.get(lower..upper.max(lower))
                .map(|part| part.iter().collect())
        })?
    }

    fn called(
        &self,
        scope: Scope<'a>,
        call: &'a ruff_python_ast::ExprCall,
        known: &[(&str, String)],
        steps: u8,
    ) -> Option<String> {
        let arguments: Vec<&'a Expr> = call.arguments.args.iter().collect();
        if let Expr::Attribute(method) = &*call.func
            && let Some(text) = self.evaluate(scope, &method.value, known, steps)
        {
            let values: Option<Vec<String>> = arguments
                .iter()
                .map(|value| self.evaluate(scope, value, known, steps))
                .collect();
            return changed_text(&text, method.attr.as_str(), &values?);
        }
        match self.index.resolve(scope, &call.func) {
            Resolution::Library(path) if path == "re.sub" => {
                let [pattern, replacement, text] = arguments.as_slice() else {
                    return None;
                };
                let pattern = self.evaluate(scope, pattern, known, steps)?;
                let replacement = self.evaluate(scope, replacement, known, steps)?;
                substituted(
                    &pattern,
                    &replacement,
                    &self.evaluate(scope, text, known, steps)?,
                )
            }
            Resolution::Function(function) if call.arguments.keywords.is_empty() => {
                let parameters = function
                    .def
                    .parameters
                    .iter_non_variadic_params()
                    .map(|parameter| parameter.name().as_str());
                let mut locals = Vec::new();
                for (name, value) in parameters.zip(arguments) {
                    locals.push((name, self.evaluate(scope, value, known, steps)?));
                }
                self.run(function, locals, steps)
            }
            _ => None,
        }
    }

    /// Runs a function that consists of assignments and a `return`.
    fn run(
        &self,
        function: Function<'a>,
        mut locals: Vec<(&'a str, String)>,
        steps: u8,
    ) -> Option<String> {
        for statement in &function.def.body {
            match statement {
                Stmt::Assign(assign) => {
                    let [Expr::Name(target)] = assign.targets.as_slice() else {
                        return None;
                    };
                    let value = self.evaluate(function.scope(), &assign.value, &locals, steps)?;
                    locals.push((target.id.as_str(), value));
                }
                Stmt::Return(result) => {
                    return self.evaluate(
                        function.scope(),
                        result.value.as_deref()?,
                        &locals,
                        steps,
                    );
                }
                Stmt::Expr(docstring) if docstring.value.is_string_literal_expr() => {}
                _ => return None,
            }
        }
        None
    }
}

/// `re.sub` with the patterns by which class names are turned into snake case.
fn substituted(pattern: &str, replacement: &str, text: &str) -> Option<String> {
    match (pattern, replacement) {
        (r"(?<!^)(?=[A-Z])" | r"\B(?=[A-Z])", "_") => {
            Some(before_each(text, |c| c.is_ascii_uppercase()))
        }
        (r"(.)([A-Z][a-z]+)", r"\1_\2") => Some(pairs(text, |chars, at| {
            chars[at].is_ascii_uppercase()
                && chars.get(at + 1).is_some_and(char::is_ascii_lowercase)
        })),
        (r"([a-z0-9])([A-Z])", r"\1_\2") => Some(pairs(text, |chars, at| {
            chars[at].is_ascii_uppercase()
                && (chars[at - 1].is_ascii_lowercase() || chars[at - 1].is_ascii_digit())
        })),
        _ => None,
    }
}

fn before_each(text: &str, is_boundary: impl Fn(char) -> bool) -> String {
    let mut result = String::new();
    for (position, character) in text.chars().enumerate() {
        if position > 0 && is_boundary(character) {
            result.push('_');
        }
        result.push(character);
    }
    result
}

/// Puts `_` before the characters at which a pattern of two groups splits the text.
fn pairs(text: &str, splits: impl Fn(&[char], usize) -> bool) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut result = String::new();
    for (at, character) in chars.iter().enumerate() {
        if at > 0 && splits(&chars, at) {
            result.push('_');
        }
        result.push(*character);
    }
    result
}
