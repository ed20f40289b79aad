//! Operators: arithmetic, logic, comparisons, and what counts as true.

use std::cell::RefCell;
use std::rc::Rc;

use architect_model::Unknown;
use ruff_python_ast::{BoolOp, CmpOp, Expr, ExprBinOp, ExprCompare, Operator, StmtAugAssign};
use ruff_text_size::Ranged;

use super::machine::{LENGTH, Machine};
use super::place::divided;
use super::record::GAP;
use super::value::{Kind, Value};

impl<'a> Machine<'a> {
    /// The value of `left op right`.
    pub(super) fn binary(&mut self, operation: &ExprBinOp) -> Value<'a> {
        let left = self.eval(&operation.left);
        let right = self.eval(&operation.right);
        self.operate(&left, operation.op, &right, operation)
    }

    /// The value of `target op= value`.
    pub(super) fn augmented(&mut self, assign: &StmtAugAssign) -> Value<'a> {
        let left = self.eval(&assign.target);
        let right = self.eval(&assign.value);
        if let (Kind::List(list), Operator::Add, Some(more)) = (&left.kind, assign.op, self.iterate(&right)) {
            if !self.dry && left.length() + more.len() <= LENGTH {
                list.items.borrow_mut().extend(more);
            }
            return left.clone();
        }
        self.operate(&left, assign.op, &right, assign)
    }

    fn operate(&mut self, left: &Value<'a>, op: Operator, right: &Value<'a>, node: impl Ranged) -> Value<'a> {
        let doubt = left.doubt.clone().or_else(|| right.doubt.clone());
        let value = match (&left.kind, op, &right.kind) {
            _ if left.length() + right.length() > LENGTH => self.unknown(node, "too long"),
            (Kind::Str(a), Operator::Add, Kind::Str(b)) => Value::str(format!("{a}{b}")),
            (Kind::Int(a), Operator::Add, Kind::Int(b)) => Kind::Int(a.wrapping_add(*b)).into(),
            (Kind::Int(a), Operator::Sub, Kind::Int(b)) => Kind::Int(a.wrapping_sub(*b)).into(),
            (Kind::Int(a), Operator::Mult, Kind::Int(b)) => Kind::Int(a.wrapping_mul(*b)).into(),
            (Kind::List(a), Operator::Add, Kind::List(b)) => {
                let items = a.items.borrow().iter().chain(b.items.borrow().iter()).cloned().collect();
                Value::list(items)
            }
            (Kind::Dict(a), Operator::BitOr, Kind::Dict(b)) => {
                let items = a.borrow().iter().chain(b.borrow().iter()).cloned().collect();
                Kind::Dict(Rc::new(RefCell::new(items))).into()
            }
            (_, Operator::BitOr, _) if is_type(left) && is_type(right) => {
                let mut parts = union_parts(left);
                parts.extend(union_parts(right));
                Kind::Union(Rc::new(parts)).into()
            }
            (Kind::Str(text), Operator::Mod, _) if self.record.is_some() => Value::str(formatted(text, right)),
            (Kind::Str(a), Operator::Add, _) if self.record.is_some() => Value::str(format!("{a}{GAP}")),
            (_, Operator::Add, Kind::Str(b)) if self.record.is_some() => Value::str(format!("{GAP}{b}")),
            (Kind::Unknown(_), ..) => left.clone(),
            (.., Kind::Unknown(_)) => right.clone(),
            (Kind::Made(_), Operator::Div, _) => {
                let at = self.at(&node);
                divided(left, right, &at)
                    .unwrap_or_else(|| self.unknown_at(&at, "a division that could not be evaluated"))
            }
            _ => self.unknown(node, "an operation that could not be evaluated"),
        };
        value.doubted(doubt.as_ref())
    }

    /// The value of `a and b` or `a or b`.
    pub(super) fn logical(&mut self, op: BoolOp, operands: &[Expr]) -> Value<'a> {
        let mut last = Value::none();
        let mut doubt = None;
        for operand in operands {
            last = self.eval(operand);
            doubt = doubt.or_else(|| last.doubt.clone());
            match self.truth(&last) {
                Some(truth) if truth == (op == BoolOp::Or) => break,
                Some(_) => {}
                None => {
                    let rest: Vec<_> = operands.iter().skip_while(|o| o.range() != operand.range()).skip(1).collect();
                    return self.undecided(op, last, &rest);
                }
            }
        }
        last.doubted(doubt.as_ref())
    }

    /// `unknown and False` is false, `unknown or True` is true; anything else stays unknown.
    fn undecided(&mut self, op: BoolOp, unknown: Value<'a>, rest: &[&Expr]) -> Value<'a> {
        for operand in rest {
            let value = self.eval(operand);
            if self.truth(&value) == Some(op == BoolOp::Or) && value.doubt.is_none() {
                return Value::bool(op == BoolOp::Or);
            }
        }
        unknown
    }

    /// The value of a comparison.
    pub(super) fn comparison(&mut self, compare: &ExprCompare) -> Value<'a> {
        let left = self.eval(&compare.left);
        let ([op], [right]) = (&*compare.ops, &*compare.comparators) else {
            return self.unknown(compare, "a chain of comparisons");
        };
        let right = self.eval(right);
        let doubt = left.doubt.clone().or_else(|| right.doubt.clone());
        let result = match op {
            CmpOp::Eq | CmpOp::Is => self.equal(&left, &right),
            CmpOp::NotEq | CmpOp::IsNot => self.equal(&left, &right).map(|equal| !equal),
            CmpOp::In => self.contains(&right, &left),
            CmpOp::NotIn => self.contains(&right, &left).map(|contained| !contained),
            _ => match (&left.kind, &right.kind) {
                (Kind::Int(a), Kind::Int(b)) => Some(match op {
                    CmpOp::Lt => a < b,
                    CmpOp::LtE => a <= b,
                    CmpOp::Gt => a > b,
                    _ => a >= b,
                }),
                _ => None,
            },
        };
        match result {
            Some(result) => Value::bool(result).doubted(doubt.as_ref()),
            None if matches!(left.kind, Kind::Unknown(_)) => left,
            None => match self.reason_within(&right).or_else(|| left.as_unknown().cloned()) {
                Some(unknown) => Value::unknown(unknown),
                None => self.unknown(compare, "a comparison that could not be evaluated"),
            },
        }
    }

    /// Why it is not known what is in a list, or a value is.
    fn reason_within(&mut self, value: &Value<'a>) -> Option<Rc<Unknown>> {
        let within = || {
            let Kind::List(list) = &value.kind else { return None };
            let doubt = list.doubt.borrow().clone();
            doubt.or_else(|| list.items.borrow().iter().find_map(|item| item.as_unknown().cloned()))
        };
        value.as_unknown().cloned().or_else(within)
    }

    fn equal(&self, left: &Value<'a>, right: &Value<'a>) -> Option<bool> {
        let (left, right) = (plain(left), plain(right));
        if let (Kind::Perhaps(perhaps), other) | (other, Kind::Perhaps(perhaps)) = (&left.kind, &right.kind) {
            let is_other = matches!(other, Kind::Str(_) | Kind::None) && !perhaps.0.same(&other.clone().into());
            return is_other.then_some(false);
        }
        if left.as_unknown().is_some() || right.as_unknown().is_some() {
            return None;
        }
        let is_followed = self.record.is_none();
        let opaque = |value: &Value<'a>| match value.kind {
            Kind::Made(_) | Kind::Library(_) => true,
            Kind::Method(_) => !is_followed,
            _ => false,
        };
        if left.same(&right) {
            return Some(true);
        }
        let none = |value: &Value<'a>| matches!(value.kind, Kind::None);
        let definite = |value: &Value<'a>| !opaque(value) || matches!(value.kind, Kind::Library(_));
        if none(&left) || none(&right) {
            return (definite(&left) && definite(&right)).then_some(false);
        }
        (!opaque(&left) && !opaque(&right)).then_some(false)
    }

    fn contains(&mut self, container: &Value<'a>, item: &Value<'a>) -> Option<bool> {
        if let (Kind::Str(text), Some(part)) = (&container.kind, item.as_str()) {
            return Some(text.contains(part));
        }
        // A list that may hold other things, unless what may be in it is among its items.
        let is_open = |items: &[Value<'a>]| {
            let perhaps = |item: &Value<'a>| matches!(item.kind, Kind::Perhaps(_));
            self.record.is_some() && !items.iter().any(perhaps)
        };
        if let Kind::List(list) = &container.kind
            && list.doubt.borrow().is_some()
            && is_open(&list.items.borrow())
        {
            return None;
        }
        let mut unsure = false;
        for candidate in self.iterate(container)? {
            match self.equal(&candidate, item) {
                Some(true) => return Some(true),
                Some(false) => {}
                None => unsure = true,
            }
        }
        (!unsure).then_some(false)
    }

    /// Whether the value counts as true.
    pub(super) fn truth(&mut self, value: &Value<'a>) -> Option<bool> {
        Some(match &value.kind {
            Kind::Unknown(_) | Kind::Made(_) | Kind::Perhaps(_) => return None,
            // An attribute of something that is not followed: it may be a method, and may be anything else.
            Kind::Method(method) if self.record.is_some() => {
                return matches!(method.0.kind, Kind::Str(_) | Kind::List(_) | Kind::Dict(_)).then_some(true);
            }
            Kind::None => false,
            Kind::Bool(truth) => *truth,
            Kind::Int(int) => *int != 0,
            Kind::Float(number) => *number != 0.0,
            Kind::Str(text) => !text.is_empty(),
            Kind::List(list) if list.doubt.borrow().is_some() => return None,
            Kind::List(list) => !list.items.borrow().is_empty(),
            Kind::Dict(dict) => !dict.borrow().is_empty(),
            Kind::Library(path) if &**path == "typing.TYPE_CHECKING" => false,
            Kind::Library(path) => {
                return path
                    .starts_with(|c: char| c.is_lowercase())
                    .then(|| path.rsplit('.').next().is_some_and(|n| n.starts_with(char::is_uppercase)))
                    .filter(|truth| *truth);
            }
            _ => true,
        })
    }
}

/// `"DROP TABLE %s" % name`; what is not a plain value in a plain place is left open.
fn formatted(text: &str, value: &Value<'_>) -> String {
    let items = value.as_items().unwrap_or_else(|| vec![value.clone()]);
    let mut items = items.iter();
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        out.push_str(before);
        if let Some(after) = after.strip_prefix('%') {
            out.push('%');
            rest = after;
            continue;
        }
        let plain = after.starts_with(['s', 'd']);
        match items.next().map(|item| &item.kind) {
            Some(Kind::Str(part)) if plain => out.push_str(part),
            Some(Kind::Int(number)) if plain => out.push_str(&number.to_string()),
            _ => out.push(GAP),
        }
        let end = after.find(|c: char| c.is_ascii_alphabetic() && !after.starts_with('(')).or_else(|| {
            let close = after.find(')')?;
            after[close..].find(|c: char| c.is_ascii_alphabetic()).map(|end| close + end)
        });
        rest = end.and_then(|end| after.get(end + 1..)).unwrap_or_default();
    }
    out + rest
}

/// Whether a value can be part of a type union.
fn is_type(value: &Value<'_>) -> bool {
    matches!(
        value.kind,
        Kind::Class(_)
            | Kind::Subscript(_)
            | Kind::Union(_)
            | Kind::None
            | Kind::Library(_)
            | Kind::Made(_)
            | Kind::Str(_)
    )
}

/// The members of a union, or the type itself.
pub(super) fn union_parts<'a>(value: &Value<'a>) -> Vec<Value<'a>> {
    match &value.kind {
        Kind::Union(parts) => parts.to_vec(),
        _ => vec![value.clone()],
    }
}

/// A member of an enumeration of strings as its string, anything else as itself.
pub(super) fn plain<'a>(value: &Value<'a>) -> Value<'a> {
    if let Kind::Object(object) = &value.kind
        && let Kind::Class(class) = &object.class.kind
        && (class.derives("enum.StrEnum") || class.derives("builtins.str"))
        && class.derives("enum.Enum") | class.derives("enum.StrEnum")
        && let Some(member) = object.attributes.borrow().get("value")
    {
        return member.clone();
    }
    value.clone()
}
