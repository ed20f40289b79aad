//! Values of expressions that are fixed in the source.

use architect_model::Known;
use ruff_python_ast::{Expr, FStringPart, InterpolatedStringElement, Number, UnaryOp};

use super::lookup::STEPS;
use super::operations::operated;
use super::value::{Constant, Value};
use super::{Class, Index, Resolution, Scope, Variable, elements};

impl<'a> Index<'a> {
    /// The value of an expression: literals, f-strings, concatenations, names bound once, enumeration members,
    /// defaults of settings (flagged); anything else is unknown.
    pub(crate) fn constant(&self, scope: Scope<'a>, expr: &'a Expr) -> Known<Constant> {
        self.evaluate(scope, expr, STEPS)
    }

    /// The text of a string expression; where a setting decides it, the text of its default.
    pub(crate) fn string(&self, scope: Scope<'a>, expr: &'a Expr) -> Known<String> {
        match self.constant(scope, expr) {
            Known::Known(constant) => match constant.value.as_str() {
                Some(text) => Known::Known(text.to_owned()),
                None => Known::unknown(scope.at(expr), "not a string"),
            },
            Known::Unknown { unknown } => Known::Unknown { unknown },
        }
    }

    /// The value of an expression that rests on no setting.
    pub(crate) fn fixed(&self, scope: Scope<'a>, expr: &'a Expr) -> Known<Value> {
        match self.constant(scope, expr) {
            Known::Known(Constant { value, setting: None }) => Known::Known(value),
            Known::Known(Constant { setting: Some(setting), .. }) => {
                Known::unknown(scope.at(expr), format!("the setting `{setting}` decides it"))
            }
            Known::Unknown { unknown } => Known::Unknown { unknown },
        }
    }

    /// The text of a string expression that rests on no setting.
    pub(crate) fn fixed_string(&self, scope: Scope<'a>, expr: &'a Expr) -> Known<String> {
        match self.fixed(scope, expr) {
            Known::Known(value) => match value.as_str() {
                Some(text) => Known::Known(text.to_owned()),
                None => Known::unknown(scope.at(expr), "not a string"),
            },
            Known::Unknown { unknown } => Known::Unknown { unknown },
        }
    }

    pub(super) fn evaluate(&self, scope: Scope<'a>, expr: &'a Expr, steps: u8) -> Known<Constant> {
        let unknown = |reason: &str| Known::unknown(scope.at(expr), reason);
        let Some(steps) = steps.checked_sub(1) else {
            return unknown("its definition is circular");
        };
        match expr {
            Expr::NoneLiteral(_) => Known::Known(Value::None.into()),
            Expr::BooleanLiteral(literal) => Known::Known(Value::Bool(literal.value).into()),
            Expr::NumberLiteral(literal) => match &literal.value {
                Number::Int(number) => match number.as_i64() {
                    Some(number) => Known::Known(Value::Int(number).into()),
                    None => unknown("a number too large"),
                },
                Number::Float(number) => Known::Known(Value::Float(*number).into()),
                Number::Complex { .. } => unknown("a complex number"),
            },
            Expr::StringLiteral(literal) => Known::Known(Value::Str(literal.value.to_str().to_owned()).into()),
            Expr::FString(_) | Expr::BinOp(_) | Expr::UnaryOp(_) => self.computed(scope, expr, steps),
            Expr::List(list) => self.sequence(scope, &list.elts, steps, Value::List),
            Expr::Tuple(tuple) => self.sequence(scope, &tuple.elts, steps, Value::Tuple),
            Expr::Set(set) => self.sequence(scope, &set.elts, steps, Value::Set),
            Expr::Subscript(_) | Expr::ListComp(_) | Expr::Generator(_) => self
                .selected(scope, expr, steps)
                .map_or_else(|| unknown("an expression that is not evaluated"), |value| Known::Known(value.into())),
            Expr::Dict(_) => self.dictionary(scope, expr, steps),
            Expr::Attribute(_) | Expr::Name(_) => self.named(scope, expr, steps),
            Expr::Call(call) => self.called(scope, call, expr, steps),
            Expr::BoolOp(_) | Expr::If(_) | Expr::Compare(_) => {
                self.decided(scope, expr, steps).unwrap_or_else(|| unknown("depends on a condition"))
            }
            _ => unknown("an expression that is not evaluated"),
        }
    }

    fn named(&self, scope: Scope<'a>, expr: &'a Expr, steps: u8) -> Known<Constant> {
        if let Expr::Attribute(attribute) = expr
            && matches!(attribute.attr.as_str(), "value" | "name")
            && let Known::Known(Constant { value: Value::Member { name, value, .. }, setting }) =
                self.evaluate(scope, &attribute.value, steps)
        {
            let value = if attribute.attr.as_str() == "value" { *value } else { Value::Str(name) };
            return Known::Known(Constant { value, setting });
        }
        if let Some(text) = self.class_attribute(scope, expr, steps) {
            return Known::Known(Value::Str(text).into());
        }
        match self.resolve_in(scope, expr, steps) {
            Resolution::Variable(variable) => match self.bound(variable, steps) {
                // The reason stays, the place is where the value was asked for.
                Known::Unknown { unknown } => {
                    Known::unknown(scope.at(expr), format!("`{}`: {}", scope.text(expr), unknown.reason))
                }
                known => known,
            },
            Resolution::Unknown(unknown) => Known::unknown(scope.at(expr), unknown.reason),
            Resolution::Library(path) => {
                Known::unknown(scope.at(expr), format!("the value of `{path}` is not in the project"))
            }
            Resolution::Parameter { .. } => Known::unknown(scope.at(expr), "a parameter of the function"),
            _ => Known::unknown(scope.at(expr), "not a value"),
        }
    }

    /// `cls.__name__`, and `cls.__tablename__` where a function computes it or SQLModel makes it.
    fn class_attribute(&self, scope: Scope<'a>, expr: &'a Expr, steps: u8) -> Option<String> {
        let Expr::Attribute(attribute) = expr else {
            return None;
        };
        if !matches!(attribute.attr.as_str(), "__name__" | "__qualname__" | "__tablename__") {
            return None;
        }
        let class = self.resolve_in(scope, &attribute.value, steps).class()?;
        if attribute.attr.as_str() != "__tablename__" {
            return Some(class.name().to_owned());
        }
        match self.member(class, "__tablename__") {
            Some((_, Resolution::Function(function))) => {
                let (scope, value) = self.result_for(function, class)?;
                let constant = self.evaluate(scope, value, steps);
                constant.known()?.value.as_str().map(str::to_owned)
            }
            None if self.derives_from(class, "sqlmodel.SQLModel") => Some(class.name().to_lowercase()),
            _ => None,
        }
    }

    fn bound(&self, variable: Variable<'a>, steps: u8) -> Known<Constant> {
        let Some(value) = variable.value else {
            return match self.settings_class(variable) {
                Some(_) => Known::unknown(variable.at(), "a setting without a default"),
                None => Known::unknown(variable.at(), "it has no value here"),
            };
        };
        let class = self.settings_class(variable);
        let value = match class {
            Some(_) => self.field_default(variable.scope, value),
            None => value,
        };
        if let Some(class) = self.enumeration_of(variable)
            && let Expr::Call(call) = value
            && self.resolve(variable.scope, &call.func).is("enum.auto")
            && self.derives_from(class, "enum.StrEnum")
            && self.member(class, "_generate_next_value_").is_none()
        {
            // `auto()` of a `StrEnum` is the name in lower case.
            let value = Box::new(Value::Str(variable.name.to_lowercase()));
            let member = Value::Member { class: class.symbol(), name: variable.name.to_owned(), value };
            return Known::Known(member.into());
        }
        let known = match variable.element {
            None => self.evaluate(variable.scope, value, steps),
            Some(position) => match elements(value).get(position) {
                Some(part) => self.evaluate(variable.scope, part, steps),
                None => Known::unknown(variable.at(), "a part of a value that is not a literal"),
            },
        };
        if class.is_some() {
            return known.map(|constant| Constant { setting: Some(variable.name.to_owned()), ..constant });
        }
        match self.enumeration_of(variable) {
            Some(class) => known.map(|constant| {
                let member = Value::Member {
                    class: class.symbol(),
                    name: variable.name.to_owned(),
                    value: Box::new(constant.value),
                };
                Constant { value: member, setting: constant.setting }
            }),
            None => known,
        }
    }

    /// The default in `Field(default)` or `Field(default=…)`, or the value itself.
    fn field_default(&self, scope: Scope<'a>, value: &'a Expr) -> &'a Expr {
        match value {
            Expr::Call(call) if self.resolve(scope, &call.func).is("pydantic.Field") => {
                call.arguments.find_argument_value("default", 0).unwrap_or(value)
            }
            value => value,
        }
    }

    /// The class whose field a variable is, where that is a settings class.
    fn settings_class(&self, variable: Variable<'a>) -> Option<Class<'a>> {
        self.class_around(variable.scope).filter(|class| self.derives_from(*class, "pydantic_settings.BaseSettings"))
    }

    fn enumeration_of(&self, variable: Variable<'a>) -> Option<Class<'a>> {
        self.class_around(variable.scope).filter(|class| self.derives_from(*class, "enum.Enum"))
    }

    /// The class whose body a scope is.
    pub(crate) fn class_around(&self, scope: Scope<'a>) -> Option<Class<'a>> {
        let frames: Vec<super::Frame<'a>> = scope.frames().collect();
        let [outer @ .., super::Frame::Class(def)] = frames.as_slice() else {
            return None;
        };
        let outer = outer.iter().fold(Scope::module(scope.file), |scope, frame| scope.inside(*frame));
        Some(Class { outer, def })
    }

    fn computed(&self, scope: Scope<'a>, expr: &'a Expr, steps: u8) -> Known<Constant> {
        let unknown = || Known::unknown(scope.at(expr), "an operation that is not evaluated");
        match expr {
            Expr::FString(text) => self.f_string(scope, text, steps),
            Expr::UnaryOp(operation) => {
                let operand = self.evaluate(scope, &operation.operand, steps);
                let Known::Known(Constant { value, setting }) = operand else {
                    return operand;
                };
                let value = match (operation.op, value) {
                    (UnaryOp::USub, Value::Int(number)) => number.checked_neg().map(Value::Int),
                    (UnaryOp::USub, Value::Float(number)) => Some(Value::Float(-number)),
                    (UnaryOp::Not, Value::Bool(flag)) => Some(Value::Bool(!flag)),
                    _ => None,
                };
                value.map_or_else(unknown, |value| Known::Known(Constant { value, setting }))
            }
            Expr::BinOp(operation) => {
                let left = self.evaluate(scope, &operation.left, steps);
                let Known::Known(left) = left else {
                    return left;
                };
                let right = self.evaluate(scope, &operation.right, steps);
                let Known::Known(right) = right else {
                    return right;
                };
                let setting = left.setting.or(right.setting);
                operated(operation.op, left.value, right.value)
                    .map_or_else(unknown, |value| Known::Known(Constant { value, setting }))
            }
            _ => unknown(),
        }
    }

    fn f_string(&self, scope: Scope<'a>, text: &'a ruff_python_ast::ExprFString, steps: u8) -> Known<Constant> {
        let mut value = String::new();
        let mut setting = None;
        for part in &text.value {
            let elements = match part {
                FStringPart::Literal(literal) => {
                    value.push_str(literal.as_str());
                    continue;
                }
                FStringPart::FString(inner) => &inner.elements,
            };
            for element in elements {
                match element {
                    InterpolatedStringElement::Literal(literal) => value.push_str(&literal.value),
                    InterpolatedStringElement::Interpolation(inner) => {
                        let known = self.evaluate(scope, &inner.expression, steps);
                        let Known::Known(constant) = known else {
                            return known;
                        };
                        let plain = inner.format_spec.is_none() && inner.conversion.is_none();
                        match constant.value.formatted().filter(|_| plain) {
                            Some(formatted) => value.push_str(&formatted),
                            None => {
                                return Known::unknown(
                                    scope.at(&*inner.expression),
                                    "formatted in a way that is not followed",
                                );
                            }
                        }
                        setting = setting.or(constant.setting);
                    }
                }
            }
        }
        Known::Known(Constant { value: Value::Str(value), setting })
    }

    fn sequence(
        &self,
        scope: Scope<'a>,
        parts: &'a [Expr],
        steps: u8,
        make: fn(Vec<Value>) -> Value,
    ) -> Known<Constant> {
        let mut values = Vec::with_capacity(parts.len());
        let mut setting = None;
        for part in parts {
            let spread = match part {
                Expr::Starred(starred) => Some(&*starred.value),
                _ => None,
            };
            let known = self.evaluate(scope, spread.unwrap_or(part), steps);
            let Known::Known(constant) = known else {
                return known;
            };
            match (spread, constant.value) {
                (None, value) => values.push(value),
                (Some(_), Value::List(items) | Value::Tuple(items)) => values.extend(items),
                (Some(spread), _) => return Known::unknown(scope.at(spread), "not a list"),
            }
            setting = setting.or(constant.setting);
        }
        Known::Known(Constant { value: make(values), setting })
    }

    fn dictionary(&self, scope: Scope<'a>, expr: &'a Expr, steps: u8) -> Known<Constant> {
        let Expr::Dict(dict) = expr else {
            return Known::unknown(scope.at(expr), "not a dictionary");
        };
        let mut entries = Vec::with_capacity(dict.items.len());
        let mut setting = None;
        for item in &dict.items {
            let value = self.evaluate(scope, &item.value, steps);
            let Known::Known(value) = value else {
                return value;
            };
            setting = setting.or(value.setting);
            match (&item.key, value.value) {
                (Some(key), value) => {
                    let key = self.evaluate(scope, key, steps);
                    let Known::Known(key) = key else { return key };
                    entries.push((key.value, value));
                }
                (None, Value::Dict(spread)) => entries.extend(spread),
                (None, _) => return Known::unknown(scope.at(&item.value), "not a dictionary"),
            }
        }
        Known::Known(Constant { value: Value::Dict(entries), setting })
    }
}
