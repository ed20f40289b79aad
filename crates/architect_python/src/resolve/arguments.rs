//! The arguments of a call, with `*args` and `**kwargs` spread where they are literal.

use architect_model::Unknown;
use ruff_python_ast::{Expr, ExprCall};

use super::{Index, Resolution, Scope, elements};

/// Names and calls after which an expression is followed no further.
const FOLLOWED: u8 = 12;

/// An expression and the scope it stands in.
pub(crate) type Placed<'a> = (Scope<'a>, &'a Expr);

/// The arguments of a call.
#[derive(Clone)]
pub(crate) struct Arguments<'a> {
    /// By position.
    pub(crate) positional: Vec<Placed<'a>>,
    /// By keyword.
    pub(crate) keywords: Vec<(&'a str, Placed<'a>)>,
    /// A spread that could not be followed: there may be more arguments.
    pub(crate) unknown: Option<Unknown>,
}

impl<'a> Arguments<'a> {
    /// The keyword argument `name`.
    pub(crate) fn keyword(&self, name: &str) -> Option<Placed<'a>> {
        self.keywords.iter().rev().find(|(found, _)| *found == name).map(|(_, placed)| *placed)
    }

    /// The argument `name`, or the one at `position`.
    pub(crate) fn get(&self, name: &str, position: usize) -> Option<Placed<'a>> {
        self.keyword(name).or_else(|| self.positional.get(position).copied())
    }
}

impl<'a> Index<'a> {
    /// The arguments of a call that stands in `scope`.
    pub(crate) fn arguments(&self, scope: Scope<'a>, call: &'a ExprCall) -> Arguments<'a> {
        let mut found = Arguments { positional: Vec::new(), keywords: Vec::new(), unknown: None };
        for argument in &call.arguments.args {
            match argument {
                Expr::Starred(starred) => self.spread_sequence(&mut found, scope, &starred.value),
                argument => found.positional.push((scope, argument)),
            }
        }
        for keyword in &call.arguments.keywords {
            match &keyword.arg {
                Some(name) => found.keywords.push((name.as_str(), (scope, &keyword.value))),
                None => self.spread_dictionary(&mut found, scope, &keyword.value),
            }
        }
        found
    }

    /// The parts of a list or tuple, written in place or bound to a name.
    pub(crate) fn sequence_parts(&self, scope: Scope<'a>, expr: &'a Expr) -> Option<Vec<Placed<'a>>> {
        let (scope, expr) = self.followed(scope, expr);
        if !matches!(expr, Expr::List(_) | Expr::Tuple(_) | Expr::Set(_)) {
            return None;
        }
        let mut parts = Vec::new();
        for part in elements(expr) {
            match part {
                Expr::Starred(starred) => parts.extend(self.sequence_parts(scope, &starred.value)?),
                part => parts.push((scope, part)),
            }
        }
        Some(parts)
    }

    /// The entries with string keys of a dictionary, written in place or bound to a name.
    pub(crate) fn dictionary_entries(&self, scope: Scope<'a>, expr: &'a Expr) -> Option<Vec<(&'a str, Placed<'a>)>> {
        if let Some(keywords) = self.further_keywords(scope, expr) {
            return Some(keywords);
        }
        let (scope, expr) = self.followed(scope, expr);
        let mut entries = Vec::new();
        match expr {
            Expr::Dict(dict) => {
                for item in &dict.items {
                    match &item.key {
                        Some(Expr::StringLiteral(key)) => entries.push((key.value.to_str(), (scope, &item.value))),
                        Some(_) => return None,
                        None => entries.extend(self.dictionary_entries(scope, &item.value)?),
                    }
                }
            }
            Expr::Call(call)
                if self.resolve(scope, &call.func).is_builtin("dict") && call.arguments.args.is_empty() =>
            {
                for keyword in &call.arguments.keywords {
                    match &keyword.arg {
                        Some(name) => entries.push((name.as_str(), (scope, &keyword.value))),
                        None => entries.extend(self.dictionary_entries(scope, &keyword.value)?),
                    }
                }
            }
            _ => return None,
        }
        Some(entries)
    }

    /// The value behind names and calls of project functions, as far as they lead: `ARGS` in `ARGS = (a, b)`,
    /// `Column(...)` in `column()` with `def column(): return Column(...)`.
    pub(crate) fn followed(&self, scope: Scope<'a>, expr: &'a Expr) -> Placed<'a> {
        let mut placed = (scope, expr);
        for _ in 0..FOLLOWED {
            let (scope, expr) = placed;
            let next = match expr {
                Expr::Name(_) | Expr::Attribute(_) => match self.resolve(scope, expr) {
                    Resolution::Variable(variable) if variable.element.is_none() => {
                        variable.value.map(|value| (variable.scope, value))
                    }
                    _ => None,
                },
                Expr::Call(call) => self.call_result(scope, call),
                Expr::If(choice) => self
                    .truth(scope, &choice.test, FOLLOWED)
                    .map(|taken| (scope, if taken { &*choice.body } else { &*choice.orelse })),
                _ => None,
            };
            match next {
                Some(next) if !std::ptr::eq(next.1, expr) => placed = next,
                _ => return placed,
            }
        }
        placed
    }

    fn spread_sequence(&self, found: &mut Arguments<'a>, scope: Scope<'a>, expr: &'a Expr) {
        match self.sequence_parts(scope, expr) {
            Some(parts) => found.positional.extend(parts),
            None => found.unknown = Some(scope.file.unknown(expr, "arguments that are not written out")),
        }
    }

    fn spread_dictionary(&self, found: &mut Arguments<'a>, scope: Scope<'a>, expr: &'a Expr) {
        match self.dictionary_entries(scope, expr) {
            Some(entries) => found.keywords.extend(entries),
            None => found.unknown = Some(scope.file.unknown(expr, "arguments that are not written out")),
        }
    }
}
