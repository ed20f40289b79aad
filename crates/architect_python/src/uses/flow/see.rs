//! Decides which names are uses of the subject.

use architect_model::{Certainty, Renaming, UseKind};
use ruff_python_ast::{CmpOp, Expr, ExprCall, ExprCompare, Identifier, Keyword, StringFlags};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::Flow;
use super::call::Given;
use crate::resolve::{Class, Frame, Function};
use crate::style::facts::address;
use crate::uses::carriers::Role;
use crate::uses::findings::{Argument, Found};
use crate::uses::types::Type;

/// Whether a value has the field.
pub(super) enum Holds {
    /// It has it: the class, and how certain that is.
    Yes(String, Certainty),
    /// It is something else.
    No,
    /// Its type is not known.
    Unknown(String),
}

impl<'a> Flow<'_, '_, 'a> {
    pub(super) fn is_recording(&self) -> bool {
        self.seen.is_some()
    }

    pub(super) fn found(&self, range: TextRange, kind: UseKind, why: String, certain: Certainty) -> Found<'a> {
        let renaming = match &certain {
            Certainty::Known => Renaming::Edits,
            Certainty::Probable { reason } | Certainty::Possible { reason } => {
                Renaming::Asks { reason: reason.clone() }
            }
        };
        Found { scope: self.scope, range, kind, why, certain, renaming }
    }

    pub(super) fn add(&mut self, found: Found<'a>) {
        if let Some(seen) = &mut self.seen {
            seen.add(found);
        }
    }

    /// Whether a class has the field of the subject.
    pub(super) fn held_by(&self, class: Class<'a>) -> Holds {
        let Some(field) = self.world.field() else { return Holds::No };
        let carriers = &self.world.carriers;
        if let Some(carrier) = carriers.of(class) {
            return Holds::Yes(class.name().to_owned(), carrier.certain.clone());
        }
        match self.world.index.member(class, field) {
            Some((owner, _)) => match carriers.of(owner).filter(|carrier| carrier.role != Role::Base) {
                Some(carrier) => Holds::Yes(class.name().to_owned(), carrier.certain.clone()),
                None => Holds::No,
            },
            None if self.world.index.mro(class).unknowns.is_empty() => Holds::No,
            None if self.world.index.instance_attribute(class, field).is_some() => Holds::No,
            None => Holds::Unknown(format!("not all bases of `{}` are there to read", class.name())),
        }
    }

    /// Whether a value has the field as an attribute.
    pub(super) fn holds(&self, value: &Type<'a>, shown: &str) -> Holds {
        let (mut yes, mut no, mut unknown) = (None, false, None);
        for one in value.each() {
            match self.holds_one(one, shown) {
                Holds::Yes(class, certain) => yes = yes.or(Some((class, certain))),
                Holds::No => no |= !matches!(one, Type::Plain),
                Holds::Unknown(reason) => unknown = unknown.or(Some(reason)),
            }
        }
        match (yes, no, unknown) {
            (Some((class, certain)), false, None) => Holds::Yes(class, certain),
            (Some((class, _)), _, _) => {
                let reason = format!("`{shown}` is a `{class}` on some paths only, as far as can be told");
                Holds::Yes(class, Certainty::Probable { reason })
            }
            (None, _, Some(reason)) => Holds::Unknown(reason),
            (None, _, None) => Holds::No,
        }
    }

    fn holds_one(&self, value: &Type<'a>, shown: &str) -> Holds {
        match value {
            Type::Object(class, _) | Type::Class(class, _) | Type::Columns(class) | Type::Table(class) => {
                self.held_by(*class)
            }
            Type::Column(_, _, inner) => self.holds(inner, shown),
            Type::Tuple(items) => {
                let field = self.world.field().unwrap_or_default();
                let column = items.iter().find_map(|item| match item {
                    Type::Column(class, name, _) if *name == field => Some(self.held_by(*class)),
                    _ => None,
                });
                column.unwrap_or(Holds::No)
            }
            Type::Unknown => Holds::Unknown(format!("the type of `{shown}` is not known")),
            Type::Method(owner, _) if matches!(**owner, Type::Object(..)) => {
                Holds::Unknown(format!("the type of `{shown}` is not known"))
            }
            _ => Holds::No,
        }
    }

    /// A use in something whose type is not known: possible where other classes have the name, probable where none has.
    pub(super) fn doubtful(&self, reason: &str) -> Certainty {
        let field = self.world.field().unwrap_or_default();
        match &self.world.elsewhere {
            Some(other) => Certainty::Possible { reason: format!("{reason}, and `{other}` has a `{field}`, too") },
            None => {
                let reason = format!("{reason}; no other class of the project has a `{field}`");
                Certainty::Probable { reason }
            }
        }
    }

    /// `owner.field`.
    pub(super) fn see_attribute(&mut self, owner: &Type<'a>, attribute: &'a Identifier) {
        if !self.is_recording() {
            return;
        }
        self.see_value_member(owner, attribute);
        if self.world.field() != Some(attribute.as_str()) {
            return;
        }
        let before = self.scope.file.source().get(..attribute.start().to_usize()).unwrap_or_default();
        let shown = before.trim_end_matches('.').rsplit(|c: char| !(c.is_alphanumeric() || "_.".contains(c))).next();
        let shown = shown.filter(|shown| !shown.is_empty()).unwrap_or("the value").to_owned();
        let on_class =
            owner.each().iter().any(|one| matches!(one, Type::Class(..) | Type::Columns(_) | Type::Table(_)));
        match self.holds(owner, &shown) {
            Holds::Yes(class, certain) => {
                self.see_owners(owner, attribute.range());
                let (kind, why) = match on_class {
                    true => (UseKind::Column, format!("column of `{class}` in an expression")),
                    false => (UseKind::Attribute, format!("attribute of a `{class}`")),
                };
                self.add(self.found(attribute.range(), kind, why, certain));
            }
            Holds::Unknown(reason) => {
                let certain = self.doubtful(&reason);
                self.add(self.found(
                    attribute.range(),
                    UseKind::Attribute,
                    "an attribute of that name".into(),
                    certain,
                ));
            }
            Holds::No => {}
        }
    }

    fn see_owners(&mut self, owner: &Type<'a>, range: TextRange) {
        let file = self.scope.file;
        let classes = owner.each().iter().filter_map(|one| match one {
            Type::Object(class, _) | Type::Class(class, _) => Some((file, range, *class)),
            _ => None,
        });
        if let Some(seen) = &mut self.seen {
            seen.owners.extend(classes);
        }
    }

    /// `ItemStatus.ARCHIVED`, where that value is the subject.
    fn see_value_member(&mut self, owner: &Type<'a>, attribute: &'a Identifier) {
        let (Some(enumeration), Some(member)) = (self.world.enumeration, &self.world.subject.member) else { return };
        let is_it = |one: &Type<'a>| matches!(one, Type::Class(class, _) if *class == enumeration);
        if attribute.as_str() == member && owner.each().iter().any(is_it) {
            let why = format!("names the value of `{}`", enumeration.name());
            self.add(self.found(attribute.range(), UseKind::Value, why, Certainty::Known));
        }
    }

    /// Texts in an expression that are the value of the subject.
    pub(super) fn see_values(&mut self, expr: &'a Expr) {
        let Some(value) = self.world.subject.value.as_deref() else { return };
        if self.world.subject.member.is_none() || !self.is_recording() {
            return;
        }
        let mut ranges = Vec::new();
        crate::style::walk::each_expr_in(expr, &mut |part| {
            if let Expr::StringLiteral(text) = part
                && text.value.to_str() == value
            {
                ranges.extend(content(part));
            }
        });
        for range in ranges {
            let why = "this value of the field, as a text".to_owned();
            self.add(self.found(range, UseKind::Value, why, Certainty::Known));
        }
    }

    fn is_use(&self, range: TextRange) -> bool {
        self.seen.as_ref().is_some_and(|seen| {
            seen.uses.iter().any(|found| found.range == range && !matches!(found.certain, Certainty::Possible { .. }))
        })
    }

    /// Whether an expression is the field of something: `item.status`, `col(Item.status)`, `item["status"]`.
    fn is_field(&self, expr: &'a Expr) -> bool {
        let mut found = false;
        crate::style::walk::each_expr_in(expr, &mut |part| match part {
            Expr::Attribute(attribute) => found |= self.is_use(attribute.attr.range()),
            Expr::Subscript(subscript) => {
                found |= content(&subscript.slice).is_some_and(|range| self.is_use(range));
            }
            _ => {}
        });
        found
    }

    pub(super) fn see_comparison(&mut self, compare: &'a ExprCompare) {
        if !self.is_recording() {
            return;
        }
        let parts = || std::iter::once(&*compare.left).chain(&compare.comparators);
        if parts().any(|part| self.is_field(part)) {
            parts().for_each(|part| {
                self.see_values(part);
                self.link(part);
            });
        }
    }

    /// `target = value`.
    pub(super) fn see_assigned(&mut self, target: &'a Expr, value: &'a Expr) {
        let declares = || match (self.scope.frames().last(), target) {
            (Some(Frame::Class(_)), Expr::Name(name)) => Some(name.id.as_str()) == self.world.field(),
            _ => false,
        };
        if self.is_recording() && (self.is_field(target) || declares()) {
            self.see_values(value);
            self.link(value);
        }
    }

    /// The parameter of the function around the place that is named after the field.
    fn own_parameter(&self, value: &'a Expr) -> Option<usize> {
        let field = self.world.field()?;
        let mut named = false;
        crate::style::walk::each_expr_in(value, &mut |part| {
            named |= part.as_name_expr().is_some_and(|name| name.id.as_str() == field);
        });
        if !named {
            return None;
        }
        self.scope.frames().rev().find_map(|frame| match frame {
            Frame::Function(def) => {
                let mut parameters = def.parameters.iter_non_variadic_params();
                parameters.any(|parameter| parameter.name().as_str() == field).then(|| address(def))
            }
            _ => None,
        })
    }

    pub(super) fn link(&mut self, value: &'a Expr) {
        if let Some(function) = self.own_parameter(value)
            && let Some(seen) = &mut self.seen
        {
            seen.linked.insert(function);
        }
    }

    /// `callee(field=…)`.
    pub(super) fn see_keyword(
        &mut self,
        callee: &Type<'a>,
        call: &'a ExprCall,
        keyword: &'a Keyword,
        given: &Given<'a>,
    ) {
        if !self.is_recording() {
            return;
        }
        self.see_dictionaries(callee, keyword, given);
        let Some(name) = keyword.arg.as_ref().filter(|name| Some(name.as_str()) == self.world.field()) else { return };
        for one in callee.each() {
            self.see_keyword_of(one, call, keyword, name.range(), given);
        }
    }

    fn see_keyword_of(
        &mut self,
        callee: &Type<'a>,
        call: &'a ExprCall,
        keyword: &'a Keyword,
        range: TextRange,
        given: &Given<'a>,
    ) {
        let shown = crate::style::walk::last_name(&call.func).unwrap_or("the call").to_owned();
        let holds = match callee {
            Type::Class(class, _) => self.held_by(*class),
            Type::Function(function, _) => return self.see_argument(*function, keyword, range, callee, call, given),
            Type::Method(owner, method) => match &**owner {
                Type::Statement(row) if matches!(*method, "filter_by" | "values") => match row.first() {
                    Some(first) => self.holds(first, &shown),
                    None => Holds::Unknown("the rows of the statement are not known".into()),
                },
                Type::Class(..) | Type::Object(..)
                    if matches!(*method, "model_construct" | "construct" | "_replace") =>
                {
                    self.holds(owner, &shown)
                }
                Type::Class(..) | Type::Object(..) => Holds::Unknown(format!("what `{shown}` takes is not known")),
                _ => Holds::No,
            },
            Type::Symbol(path) if path.ends_with(".replace") => match given.positional.first() {
                Some(first) => self.holds(first, &shown),
                None => Holds::No,
            },
            Type::Unknown => Holds::Unknown(format!("what `{shown}` is cannot be told")),
            _ => Holds::No,
        };
        match holds {
            Holds::Yes(class, certain) => {
                self.add(self.found(range, UseKind::Keyword, format!("given to `{class}`"), certain));
                self.see_values(&keyword.value);
                self.link(&keyword.value);
            }
            Holds::Unknown(reason) => {
                let certain = self.doubtful(&reason);
                self.add(self.found(range, UseKind::Keyword, "a keyword of that name".into(), certain));
            }
            Holds::No => {}
        }
    }

    /// A keyword for a function of the project.
    fn see_argument(
        &mut self,
        function: Function<'a>,
        keyword: &'a Keyword,
        range: TextRange,
        callee: &Type<'a>,
        call: &'a ExprCall,
        given: &Given<'a>,
    ) {
        let name = function.name();
        let declared = &function.def.parameters;
        let named = declared.iter_non_variadic_params().any(|one| Some(one.name().as_str()) == self.world.field());
        if named {
            let why = format!("given to `{name}`, which uses it");
            let found = self.found(range, UseKind::Argument, why, Certainty::Known);
            let handed_on = self.own_parameter(&keyword.value);
            if let Some(seen) = &mut self.seen {
                seen.arguments.push(Argument { function, handed_on, found: Some(found) });
            }
            return;
        }
        if declared.kwarg.is_none() {
            return;
        }
        // What takes any keyword and gives an object hands them on to its class, mostly.
        let result = self.result(callee, call, given);
        let holds =
            result.each().iter().map(|one| self.held_as_keys(one)).find(|holds| matches!(holds, Holds::Yes(..)));
        if let Some(Holds::Yes(class, _)) = holds {
            let reason = format!("`{name}` takes any keyword and gives a `{class}`");
            let found =
                self.found(range, UseKind::Keyword, format!("given to `{name}`"), Certainty::Probable { reason });
            self.add(found);
            self.see_values(&keyword.value);
        }
    }

    /// A positional argument that hands the function's own parameter of that name on.
    pub(super) fn see_handed_on(&mut self, function: Function<'a>, is_bound: bool, call: &'a ExprCall) {
        let field = self.world.field();
        let parameters = function.def.parameters.iter_non_variadic_params().skip(usize::from(is_bound));
        let named = parameters.zip(&call.arguments.args).find(|(one, _)| Some(one.name().as_str()) == field);
        let Some(handed_on) = named.and_then(|(_, value)| self.own_parameter(value)) else { return };
        if let Some(seen) = &mut self.seen {
            seen.arguments.push(Argument { function, handed_on: Some(handed_on), found: None });
        }
    }

    /// A text: `"item.owner_id"` of a foreign key, `"Item.created_at"` of a relationship.
    pub(super) fn see_text(&mut self, expr: &'a Expr, text: &str) {
        if !self.is_recording() {
            return;
        }
        let (table, class) = (self.world.subject.table.as_deref(), &self.world.subject.entity.name);
        let column = self.world.subject.column.as_deref().or(self.world.field());
        let referred =
            table.and_then(|table| text.rsplit_once('.').filter(|(before, _)| ends_with_word(before, table)));
        match (referred, column, content(expr)) {
            (Some((before, name)), column, Some(range)) if column.is_none_or(|column| column == name) => {
                let after = TextSize::try_from(before.len() + 1).unwrap_or_default();
                let range = if column.is_some() { TextRange::new(range.start() + after, range.end()) } else { range };
                let why = "a foreign key points at it".to_owned();
                self.add(self.found(range, UseKind::ForeignKey, why, Certainty::Known));
            }
            (_, Some(_), Some(range)) => {
                let field = self.world.field().unwrap_or_default();
                let whole = format!("{class}.{field}");
                if let Some(at) = word_at(text, &whole) {
                    let start = range.start() + TextSize::try_from(at + class.len() + 1).unwrap_or_default();
                    let range = TextRange::at(start, TextSize::of(field));
                    let reason = "it is named in a text that SQLAlchemy evaluates".to_owned();
                    let mut found = self.found(range, UseKind::Text, reason.clone(), Certainty::Known);
                    found.renaming = Renaming::Edits;
                    self.add(found);
                }
            }
            (_, None, Some(range)) if text == class => {
                let why = format!("a text that names `{class}`");
                self.add(self.found(range, UseKind::Relationship, why, Certainty::Known));
            }
            _ => {}
        }
    }

    /// `"field" in container`.
    pub(super) fn see_membership(&mut self, operators: &[CmpOp], key: &'a Expr, container: &Type<'a>) {
        if matches!(operators, [CmpOp::In | CmpOp::NotIn]) {
            self.see_key(container, key);
        }
    }
}

/// The range of a text without its quotes.
pub(in crate::uses) fn content(expr: &Expr) -> Option<TextRange> {
    let literal = expr.as_string_literal_expr()?.as_single_part_string()?;
    let (start, end) = (literal.flags.opener_len(), literal.flags.closer_len());
    (literal.range.len() >= start + end)
        .then(|| TextRange::new(literal.range.start() + start, literal.range.end() - end))
}

fn ends_with_word(text: &str, word: &str) -> bool {
    text == word || text.strip_suffix(word).is_some_and(|before| before.ends_with('.'))
}

/// Where a word stands in a text, with no letter on either side.
pub(in crate::uses) fn word_at(text: &str, word: &str) -> Option<usize> {
    let is_part = |character: char| character.is_alphanumeric() || character == '_';
    text.match_indices(word).map(|(at, _)| at).find(|at| {
        let before = text.get(..*at).and_then(|before| before.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|after| after.chars().next());
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}
