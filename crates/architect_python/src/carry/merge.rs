//! Carries the difference of two versions of a node over to the code's own.

use std::collections::BTreeSet;

use architect_model::FormatStyle;
use ruff_text_size::{TextRange, TextSize};

use super::code::Code;
use super::findings::Findings;
use super::lists::remove_run;
use super::names::{Bound, Names};
use super::node::{Kind, Node, Role, Word};
use super::nullable::{loses_default, loses_none, place_of_default, said_of_null};

/// Three versions of one file, and what became of the difference.
pub(super) struct Merge<'m, 't> {
    /// The writers' text after the change.
    pub(super) after: &'m Code<'m>,
    /// The writers' text before it.
    pub(super) before: &'m Code<'m>,
    /// The code as it is.
    pub(super) code: &'m mut Code<'t>,
    /// One level of indentation there.
    pub(super) unit: &'m str,
    pub(super) path: &'m str,
    pub(super) style: &'m FormatStyle,
    pub(super) findings: &'m mut Findings,
    /// Names of the module that new code needs, as the writers call them; those that only strings have, which may be
    /// annotations, behind a quote.
    pub(super) needed: &'m mut BTreeSet<String>,
    /// Which `pass` a new statement has taken the place of.
    pub(super) filled: Vec<TextRange>,
}

impl Merge<'_, '_> {
    /// Carries the difference between `before` and `after` over to `code`.
    pub(super) fn node(&mut self, before: &Node, after: &Node, code: &Node, names: &mut Names) {
        if before.says(after) && before.kind != Kind::Suite || names.same(after, code) && !has_docstring(after) {
            return;
        }
        if let Some(kind) = operands_of(&[before, after, code]) {
            let as_list = |node: &Node| listed(node, kind);
            return self.chain(&as_list(before), &as_list(after), &as_list(code), names);
        }
        let is_one_kind = before.tag == after.tag && before.tag == code.tag;
        match before.kind {
            Kind::Commas if is_one_kind => self.elements(before, after, code, names),
            Kind::Chain if is_one_kind => self.chain(before, after, code, names),
            Kind::Decorators if is_one_kind => self.decorators(before, after, code, names),
            Kind::Suite if is_one_kind => self.suite(before, after, code, names),
            Kind::Fixed if is_one_kind && is_one_shape(before, after, code) => {
                self.scoped(before, after, code, names);
            }
            _ if names.same(before, code) => self.replace(after, code, names),
            _ => self.kept(before, Some(after), code),
        }
    }

    /// Elements one by one; all of them together where that is not possible and they are still the writers'.
    fn elements(&mut self, before: &Node, after: &Node, code: &Node, names: &mut Names) {
        let planned = self.code.document.count();
        let asked = self.findings.questions.len();
        let needed = self.needed.clone();
        let is_theirs = names.same(before, code);
        self.commas(before, after, code, names);
        if self.findings.questions.len() > asked && is_theirs {
            self.code.document.forget_since(planned);
            self.findings.questions.truncate(asked);
            *self.needed = needed;
            self.replace(after, code, names);
        }
    }

    /// The same where parts depend on each other: if one is the person's, none is changed.
    pub(super) fn whole_or_not(&mut self, before: &Node, after: &Node, code: &Node, names: &mut Names) {
        let planned = self.code.document.count();
        let (kept, asked) = (self.findings.kept.len(), self.findings.questions.len());
        let needed = self.needed.clone();
        self.node(before, after, code, names);
        if self.findings.kept.len() == kept && self.findings.questions.len() == asked {
            return;
        }
        self.code.document.forget_since(planned);
        *self.needed = needed;
        if self.findings.kept.len() > kept {
            self.findings.kept.truncate(kept);
            self.findings.questions.truncate(asked);
            if !self.one_number(before, after, code) {
                self.kept(before, Some(after), code);
            }
        }
    }

    /// A number that is all that differs, where the code has it once as the value of the same thing: `max_length=80` is
    /// what it is inside of `Annotated[…]` too. Whether it was found.
    fn one_number(&mut self, before: &Node, after: &Node, code: &Node) -> bool {
        let differs = |at: &usize| before.words[*at].text != after.words[*at].text;
        if before.words.len() != after.words.len() {
            return false;
        }
        let changed: Vec<usize> = (0..before.words.len()).filter(differs).collect();
        let [at] = changed[..] else { return false };
        let (old, new) = (&before.words[at], &after.words[at]);
        let (Some(was), Some(becomes)) = (number(old), number(new)) else { return false };
        let label = labelled(&before.words, at);
        let is_label = |known: Option<&str>| known == label || is_length(known) && is_length(label);
        let with = |text: &str| -> Vec<usize> {
            let is_it = |at: &usize| &*code.words[*at].text == text && is_label(labelled(&code.words, *at));
            (0..code.words.len()).filter(is_it).collect()
        };
        let at = match (&with(&old.text)[..], with(&new.text).len()) {
            ([at], _) => *at,
            // It is so already.
            ([], 1) => return label.is_some(),
            _ => return false,
        };
        let place = code.words[at].range;
        if label.is_none() || self.code.document.source(place) != was {
            return false;
        }
        self.code.document.replace(place, becomes);
        true
    }

    /// A definition has names of its own.
    fn scoped(&mut self, before: &Node, after: &Node, code: &Node, names: &mut Names) {
        match &*before.tag {
            "class" => {
                let mut inner = names.within_class(before, code, inherited(&self.code.root, code, DEEP));
                learn_attributes(before, code, &mut inner);
                self.fixed(before, after, code, &mut inner);
            }
            "def" | "async def" => {
                let mut inner = names.within_function(before, code);
                if let Some(name) = inner.clash(after, code) {
                    let reason = format!("it uses `{name}` for something else");
                    return self.open(Some(after), code, &reason);
                }
                self.fixed(before, after, code, &mut inner);
            }
            _ => self.fixed(before, after, code, names),
        }
    }

    /// Parts with places of their own.
    fn fixed(&mut self, before: &Node, after: &Node, code: &Node, names: &mut Names) {
        let needed =
            |node: &Node| -> Vec<Node> { node.parts.iter().filter(|part| part.slot.is_empty()).cloned().collect() };
        for ((before, after), code) in needed(before).iter().zip(&needed(after)).zip(&needed(code)) {
            self.node(before, after, code, names);
        }
        if let Some((place, literal)) = said_of_null(before, after, code) {
            self.code.document.replace(place, literal);
        }
        if loses_none(before, after, code)
            && let Some(default) = code.part(" = ")
        {
            let place = TextRange::new(before_slot(code, " = "), default.outer.end());
            self.code.document.replace(place, "");
        }
        if let Some((arguments, at)) = loses_default(before, after, code) {
            remove_run(&mut self.code.document, arguments, (at, at));
        }
        let mut slots: Vec<&'static str> = after.parts.iter().chain(&before.parts).map(|part| part.slot).collect();
        slots.retain(|slot| !slot.is_empty());
        slots.dedup();
        let mut seen: Vec<&str> = Vec::new();
        for slot in slots {
            if !seen.contains(&slot) {
                seen.push(slot);
                self.slot(slot, before, after, code, names);
            }
        }
    }

    /// A part that may be missing.
    fn slot(&mut self, slot: &'static str, before: &Node, after: &Node, code: &Node, names: &mut Names) {
        match (before.part(slot), after.part(slot), code.part(slot)) {
            (Some(before), Some(after), Some(code)) => self.node(before, after, code, names),
            (Some(one), Some(two), None) if !one.says(two) => self.kept(one, Some(two), code),
            (None, Some(new), Some(known))
                if !(names.same(new, known) || slot == " = " && self.default_within(new, known, names)) =>
            {
                self.kept_new(new, known);
            }
            (None, Some(new), None) => {
                if self.refuses(new, code, names) {
                    return;
                }
                let text = self.written(new, false, code.range.start(), names);
                let lead = match slot {
                    "bases" => "",
                    " = " if before.tag.starts_with("parameter") && code.part(": ").is_none() => "=",
                    lead => lead,
                };
                self.code.document.insert(before_slot(code, slot), format!("{lead}{text}"));
            }
            (Some(old), None, Some(known)) => {
                if names.same(old, known) {
                    self.code.document.replace(TextRange::new(before_slot(code, slot), known.outer.end()), "");
                } else {
                    self.kept(old, None, known);
                }
            }
            _ => {}
        }
    }

    /// A default that a field gets whose `Field(…)` says other things: it is said there. Whether it was.
    fn default_within(&mut self, new: &Node, known: &Node, names: &Names) -> bool {
        let Some(end) = place_of_default(known).filter(|_| !matches!(new.kind, Kind::Chain)) else { return false };
        let before = self.code.document.source(TextRange::new(known.range.start(), end)).trim_end();
        let lead = if before.ends_with(',') { " " } else { ", " };
        let text = self.written(new, false, end, names);
        self.code.document.insert(end, format!("{lead}default={text}"));
        true
    }

    /// Puts what the writers write in the place of `code`.
    pub(super) fn replace(&mut self, after: &Node, code: &Node, names: &Names) {
        if self.refuses(after, code, names) {
            return;
        }
        if code.is_statement() {
            return self.replace_statement(after, code, names);
        }
        let text = self.written(after, code.outer != code.range, code.range.start(), names);
        self.code.document.replace(code.range, text);
    }

    /// An expression of the writers for a place in the code; `bracketed`: there are brackets around it already.
    pub(super) fn written(&mut self, node: &Node, bracketed: bool, at: TextSize, names: &Names) -> String {
        self.need(node);
        let range = if bracketed { node.range } else { node.outer };
        let margin = self.code.document.indentation_of_line(at);
        self.after.expression(range, node, names, margin)
    }

    /// Notes the names that new code uses.
    pub(super) fn need(&mut self, node: &Node) {
        let used = node.words.iter().filter(|word| word.role == Role::Name).map(|word| word.text.to_string());
        self.needed.extend(used);
        let strings = node.words.iter().filter(|word| word.role == Role::Plain && word.text.starts_with('"'));
        let parts = strings.flat_map(|word| word.text.split(|char: char| !char.is_alphanumeric() && char != '_'));
        self.needed.extend(parts.filter(|part| !part.is_empty()).map(|part| format!("\"{part}")));
    }

    /// Whether new code uses a name that the code does not have; a question then.
    pub(super) fn refuses(&mut self, new: &Node, place: &Node, names: &Names) -> bool {
        let Some(name) = names.unmatched(new) else { return false };
        self.open(Some(new), place, &format!("nothing here is what the plan calls `{name}`"));
        true
    }
}

/// The number that a word is.
fn number(word: &Word) -> Option<&str> {
    word.text.strip_prefix("ExprNumberLiteral ")
}

/// The nearest name before a word: that of the keyword or of the function whose value it is.
fn labelled(words: &[Word], at: usize) -> Option<&str> {
    let name = |word: &'_ Word| -> Option<usize> {
        let text = &*word.text;
        let end = text.find("=:").or_else(|| (!text.contains([':', ' '])).then_some(text.len()))?;
        text.starts_with(|char: char| char.is_alphabetic() || char == '_').then_some(end)
    };
    words[..at].iter().rev().find_map(|word| Some(&word.text[..name(word)?]))
}

/// Whether a name says how long a text may be, in Pydantic's words or in SQLAlchemy's.
fn is_length(label: Option<&str>) -> bool {
    const LENGTHS: [&str; 8] =
        ["max_length", "length", "String", "VARCHAR", "Unicode", "NVARCHAR", "CHAR", "AutoString"];
    label.is_some_and(|label| LENGTHS.contains(&label))
}

/// The first thing behind which an optional part stands.
fn before_slot(code: &Node, slot: &str) -> TextSize {
    let name = if slot == ": " || slot == " " { 1 } else { usize::MAX };
    let others = code.parts.iter().filter(|part| part.slot != slot && part.kind != Kind::Suite);
    let others = others.filter(|part| !(slot == "bases" && part.slot == "bases")).take(name);
    others.map(|part| part.outer.end()).max().unwrap_or(code.range.start())
}

/// Whether all three have the same parts that must be.
fn is_one_shape(before: &Node, after: &Node, code: &Node) -> bool {
    let shape = |node: &Node| node.parts.iter().filter(|part| part.slot.is_empty()).count();
    shape(before) == shape(after) && shape(before) == shape(code)
}

/// The operator, where one of the nodes is a list of operands of it and none of another one.
fn operands_of(nodes: &[&Node]) -> Option<&'static str> {
    let mut found = None;
    for node in nodes {
        match (node.kind, found) {
            (Kind::Operands(operator), None) => found = Some(operator),
            (Kind::Operands(operator), Some(known)) if operator != known => return None,
            (Kind::Operands(_) | Kind::Leaf | Kind::Chain, _) => {}
            (Kind::Fixed, _) if node.tag.starts_with("ExprCompare") || node.tag.starts_with("ExprUnaryOp") => {}
            _ => return None,
        }
    }
    found
}

/// A node as operands.
fn listed(node: &Node, operator: &'static str) -> Node {
    if matches!(node.kind, Kind::Operands(_)) {
        return node.clone();
    }
    let mut list = Node::of(Kind::Operands(operator), operator.trim(), node.range, vec![node.clone()]);
    list.outer = node.outer;
    list
}

/// Whether it holds a docstring, which a comparison leaves out.
fn has_docstring(node: &Node) -> bool {
    let is_doc = |part: &Node| &*part.tag == "docstring";
    node.parts.iter().any(|part| is_doc(part) || matches!(part.kind, Kind::Suite | Kind::Fixed) && has_docstring(part))
}

/// How far classes are followed to what they derive from.
const DEEP: u8 = 5;

/// The names of what a class has from those of its file that it derives from.
fn inherited(file: &Node, class: &Node, steps: u8) -> Bound {
    let mut found = Bound::default();
    let Some(steps) = steps.checked_sub(1) else { return found };
    let bases = class.part("bases").into_iter().flat_map(|bases| bases.words.iter());
    for base in bases.filter(|word| word.role == Role::Name) {
        let base = file.parts.iter().find(|part| &*part.tag == "class" && part.key.as_ref() == Some(&base.text));
        if let Some(base) = base {
            found.extend(base.suite().into_iter().flat_map(|suite| &suite.parts).filter_map(|part| part.key.clone()));
            found.extend(inherited(file, base, steps));
        }
    }
    found
}

/// Learns what the methods of a class keep in `self`, and what they call there.
fn learn_attributes(before: &Node, code: &Node, names: &mut Names) {
    let (Some(written), Some(actual)) = (before.suite(), code.suite()) else { return };
    for method in &written.parts {
        let Some(key) = method.key.as_deref().filter(|_| names.may_teach(method)) else { continue };
        let key = names.key(key, method);
        let is_it = |part: &&Node| part.tag == method.tag && part.key.as_deref() == Some(&*key);
        let Some(known) = actual.parts.iter().find(is_it) else { continue };
        let (Some(one), Some(two)) = (method.suite(), known.suite()) else { continue };
        let mut inner = names.within_function(method, known);
        super::align::seek(&super::align::pair(&one.parts, &one.parts), &one.parts, &one.parts, &two.parts, &mut inner);
        names.take_attributes(inner);
    }
}
