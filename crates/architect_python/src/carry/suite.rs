//! Carries changes of blocks over: which statements change, come and go, and where a new one stands.

use ruff_text_size::{TextRange, TextSize};

use super::align::{Pair, pair, seek};
use super::forward::quoted;
use super::lists::is_display;
use super::merge::Merge;
use super::names::Names;
use super::node::{Node, Role};
use super::nullable::{is_null_by_default, is_nullable, nullable};
use super::unused::is_import;
use crate::edit::document::indented;

/// The blocks of the three versions, and which statement is which.
pub(super) struct Blocks<'n> {
    pub(super) before: &'n Node,
    pub(super) after: &'n Node,
    pub(super) code: &'n Node,
    pub(super) pairs: Vec<Pair>,
    /// Where the code has each pair.
    pub(super) found: Vec<Option<usize>>,
}

/// Where a new statement goes.
enum Place<'n> {
    Behind(&'n Node),
    Before(&'n Node),
    /// In the place of `pass`.
    Hole(TextRange),
    /// At the end of a file, which has nothing else.
    End,
}

impl Merge<'_, '_> {
    /// Carries the changes of a block over.
    pub(super) fn suite(&mut self, before: &Node, after: &Node, code: &Node, names: &mut Names) {
        let pairs = pair(&before.parts, &after.parts);
        let found = seek(&pairs, &before.parts, &after.parts, &code.parts, names);
        self.blocks(&Blocks { before, after, code, pairs, found }, names);
    }

    /// The same, where it is known which statement is which.
    pub(super) fn blocks(&mut self, blocks: &Blocks<'_>, names: &mut Names) {
        let mut removed: Vec<(usize, &Node)> = Vec::new();
        let mut added = false;
        for (at, Pair { before: one, after: two }) in blocks.pairs.iter().enumerate() {
            let one = one.map(|one| &blocks.before.parts[one]);
            let two = two.map(|two| &blocks.after.parts[two]);
            let known = blocks.found[at].map(|known| &blocks.code.parts[known]);
            match (one, two, known) {
                (Some(one), Some(two), Some(known)) if &*one.tag == "docstring" => self.docstring(one, two, known),
                (Some(one), Some(two), Some(known)) if is_simple(one) && !one.parts.last().is_some_and(is_display) => {
                    self.whole_or_not(one, two, known, names);
                }
                (Some(one), Some(two), Some(known)) => self.node(one, two, known, names),
                // What a class has from another one changes there.
                (Some(one), Some(_), None) if one.key.as_ref().is_some_and(|key| names.inherited.contains(key)) => {}
                (Some(one), Some(two), None) if !one.says(two) && &*one.tag != "docstring" => {
                    self.missing(one, two, blocks.code);
                }
                (Some(one), None, Some(known))
                    if names.same(one, known) || self.is_same_scope(one, known, names) || is_field(one, known) =>
                {
                    removed.push((at, known));
                }
                // Nothing of it is there.
                (Some(one), None, Some(known)) if shares_nothing(one, known, names) => {}
                (Some(one), None, Some(known)) => self.kept(one, None, known),
                (None, Some(two), Some(known)) if !names.same(two, known) && !self.is_same_scope(two, known, names) => {
                    self.kept_new(two, known);
                }
                (None, Some(two), None) => {
                    let is_there = self.add(blocks, at, two, names);
                    if is_there && is_simple(two) {
                        names.adopt(two);
                    }
                    added |= is_there;
                }
                _ => {}
            }
        }
        self.remove(blocks, &removed, added);
    }

    /// Whether two definitions say the same, names within them aside.
    fn is_same_scope(&self, written: &Node, actual: &Node, names: &Names) -> bool {
        written.is_definition() && names.within_function(written, actual).learn(written, actual)
    }

    /// Adds a statement; whether it found a place.
    fn add(&mut self, blocks: &Blocks<'_>, at: usize, new: &Node, names: &Names) -> bool {
        let code = blocks.code;
        if self.refuses(new, code, names) {
            return false;
        }
        if self.spread(new, code, names) {
            return true;
        }
        let Some(place) = self.place(blocks, at, new) else {
            self.open(Some(new), code, "what stands around it in the plan is not here");
            return false;
        };
        self.put(&place, new, blocks, names)
    }

    fn place<'n>(&self, blocks: &Blocks<'n>, at: usize, new: &Node) -> Option<Place<'n>> {
        let code = blocks.code;
        let known = |at: &usize| Some(&code.parts[blocks.found[*at]?]);
        let behind = (0..at).rev().find_map(|at| known(&at));
        let ahead = (at + 1..blocks.pairs.len()).find_map(|at| known(&at));
        let next = blocks.pairs.get(at + 1).and_then(|pair| pair.after).map(|next| &blocks.after.parts[next]);
        if let Some(user) = first_user(blocks, new).filter(|user| behind.is_some_and(|behind| is_behind(behind, user)))
        {
            return Some(Place::Before(user));
        }
        // Of two neighbours, it stands with the one from which no empty line parts it.
        let joined = next.is_some_and(|next| self.blank(next) < self.blank(new));
        let is_next = blocks.found.get(at + 1).is_some_and(Option::is_some);
        let place = match (behind, ahead) {
            (Some(_), Some(ahead)) if joined && is_next => Place::Before(ahead),
            (Some(behind), _) => Place::Behind(behind),
            (None, Some(ahead)) => Place::Before(ahead),
            (None, None) => self.lonely(code, new)?,
        };
        match (&place, first_user(blocks, new)) {
            (Place::Behind(node), Some(user)) if is_behind(node, user) => Some(Place::Before(user)),
            (Place::Before(node), Some(user)) if is_behind(node, user) => Some(Place::Before(user)),
            _ => Some(place),
        }
    }

    /// The place of a statement of which the code has no neighbour.
    fn lonely<'n>(&self, code: &'n Node, new: &Node) -> Option<Place<'n>> {
        if let ([], Some(hole)) = (&code.parts[..], code.holes.first()) {
            return Some(Place::Hole(*hole));
        }
        if code.parts.is_empty() {
            return Some(Place::End);
        }
        new.key.as_ref()?;
        if new.is_definition() {
            return code.parts.last().map(Place::Behind);
        }
        let is_field = |part: &&Node| part.key.is_some() && !part.is_definition();
        let head = || code.parts.iter().take_while(|part| !part.is_definition());
        let last = head().filter(is_field).last().or_else(|| head().filter(|part| is_import(part)).last());
        last.map(Place::Behind).or_else(|| code.parts.first().map(Place::Before))
    }

    /// Empty lines before a statement of the writers.
    pub(super) fn blank(&self, node: &Node) -> usize {
        self.after.blank_before(self.after.whole(node).start())
    }

    fn put(&mut self, place: &Place<'_>, new: &Node, blocks: &Blocks<'_>, names: &Names) -> bool {
        let code = blocks.code;
        let anchor = match place {
            Place::Behind(node) | Place::Before(node) => node.range.start(),
            Place::Hole(hole) => hole.start(),
            Place::End => TextSize::of(self.code.document.text),
        };
        let Some(margin) = self.code.document.indentation(anchor).map(str::to_owned) else {
            if let Place::Hole(hole) = place {
                return self.open_up(*hole, new, names);
            }
            self.open(Some(new), code, "the block stands on the line of its header");
            return false;
        };
        let text = self.after.statement(new, names, &margin, self.unit, self.style);
        let mut text = quoted(&text, new, self.code, anchor);
        if is_null_by_default(new, code) {
            text.insert_str(text.trim_end().len(), " = None");
        }
        if let Some(comment) = self.ignored(new, code) {
            text.insert_str(text.trim_end().len(), &format!("  {comment}"));
        }
        self.need(new);
        let lines = indented(&text, &margin);
        let mut blank = self.blank(new);
        let previous = match place {
            Place::Behind(node) => Some(*node),
            Place::Before(node) => {
                let at = code.parts.iter().position(|part| part.range == node.range);
                at.and_then(|at| code.parts.get(at.checked_sub(1)?))
            }
            Place::Hole(_) | Place::End => None,
        };
        if margin.is_empty() && previous.is_some_and(Node::is_definition) {
            // Behind a function or class of a module, two empty lines stand before whatever follows.
            blank = blank.max(2);
        }
        if !new.is_definition() && previous.is_some_and(is_import) {
            // Import sorters want one behind imports.
            blank = blank.min(1);
        }
        match place {
            Place::Behind(node) => {
                if &*node.tag == "docstring" {
                    blank = blank.max(1);
                }
                let at = self.code.document.next_line(node.range.end());
                let wanted = self.blank_behind(new, blocks.after);
                let is_last = code.parts.last().is_some_and(|last| last.range == node.range);
                // Behind a field, what parts it from the next part of the class is there already.
                let is_field = !new.is_definition() && !node.is_definition();
                let missing = if is_last || is_field { 0 } else { wanted.saturating_sub(self.code.blank_after(at)) };
                let text = format!("{}{lines}{}", "\n".repeat(blank), "\n".repeat(missing));
                self.code.document.insert_lines(at, &text);
            }
            Place::Before(node) => {
                let at = self.code.document.with_comments_above(node.range.start());
                let mut wanted = self.blank_behind(new, blocks.after);
                if margin.is_empty() && node.is_definition() && !is_followed(blocks, new) {
                    // Before a function or class of a module, two empty lines stand behind whatever precedes.
                    wanted = wanted.max(2);
                }
                let text = format!("{lines}{}", "\n".repeat(wanted));
                // Two empty lines before a function are one too many before a constant.
                let kept = if previous.is_some_and(Node::is_definition) { blank.max(1) } else { 1 };
                let surplus = self.code.blank_before(at).saturating_sub(kept);
                if new.is_definition() || surplus == 0 {
                    self.code.document.insert_lines(at, &text);
                } else {
                    let document = &mut self.code.document;
                    let start = (0..surplus).fold(at, |at, _| document.line_start(at - TextSize::new(1)));
                    let text = document.native(&text);
                    document.replace(TextRange::new(start, at), text);
                }
            }
            Place::Hole(hole) => self.fill(*hole, lines.trim(), &lines, blank),
            Place::End => self.code.document.insert_lines(anchor, &lines),
        }
        true
    }

    /// What type checkers are told to pass over at a new field, as at most of those beside it that may be null: a class of
    /// changes makes fields optional that the class it extends demands, `title: str | None = None  # type: ignore`.
    fn ignored(&self, new: &Node, class: &Node) -> Option<&str> {
        let behind = |field: &Node| {
            let end = self.code.document.next_line(field.range.end());
            self.code.source(TextRange::new(field.range.end(), end)).trim()
        };
        if self.demanded(new, class) == Some(false) {
            return None;
        }
        let comments: Vec<&str> = nullable(class).filter(|_| is_nullable(new)).map(behind).collect();
        let first = comments.iter().find(|comment| comment.starts_with("# type: ignore"))?;
        (comments.iter().filter(|comment| *comment == first).count() * 2 > comments.len()).then_some(*first)
    }

    /// Whether what a class extends comes to demand a field; unknown where the writers have no class that it extends.
    fn demanded(&self, field: &Node, suite: &Node) -> Option<bool> {
        let mut classes = self.code.root.parts.iter().filter(|part| &*part.tag == "class");
        let class = classes.find(|class| class.suite().is_some_and(|own| own.range == suite.range))?;
        let bases = class.part("bases")?.words.iter().filter(|word| word.role == Role::Name);
        let base = |name: &str| {
            let is_it = |part: &&Node| &*part.tag == "class" && part.key.as_deref() == Some(name);
            self.after.root.parts.iter().find(is_it)?.suite()
        };
        let known: Vec<&Node> = bases.filter_map(|name| base(&name.text)).collect();
        let declared = known.iter().flat_map(|suite| &suite.parts).filter(|part| part.key == field.key);
        (!known.is_empty()).then(|| declared.into_iter().any(|part| !is_nullable(part)))
    }

    /// Empty lines that the writers leave behind a statement.
    fn blank_behind(&self, node: &Node, block: &Node) -> usize {
        let is_last = block.parts.last().is_some_and(|last| last.range == node.range);
        if is_last { self.blank(node) } else { self.after.blank_after(self.after.whole(node).end()) }
    }

    /// `class A(B): pass` becomes a class with lines of its own.
    fn open_up(&mut self, hole: TextRange, new: &Node, names: &Names) -> bool {
        let margin = format!("{}{}", self.code.document.indentation_of_line(hole.start()), self.unit);
        let text = self.after.statement(new, names, &margin, self.unit, self.style);
        self.need(new);
        let before = &self.code.document.text[..hole.start().to_usize()];
        let blanks = before.len() - before.trim_end_matches([' ', '\t']).len();
        let start = TextSize::new(hole.start().to_u32().saturating_sub(u32::try_from(blanks).unwrap_or_default()));
        let lines = indented(&text, &margin);
        let blank = self.blank(new);
        self.fill(TextRange::new(start, hole.end()), &format!("\n{}", lines.trim_end()), &lines, blank);
        true
    }

    /// Puts `first` in the place of `pass`; the next statement goes behind it, as `lines` behind empty ones.
    fn fill(&mut self, hole: TextRange, first: &str, lines: &str, blank: usize) {
        let document = &mut self.code.document;
        if self.filled.contains(&hole) {
            let text = document.native(&format!("{}{}", "\n".repeat(blank + 1), lines.trim_end()));
            document.insert(hole.end(), text);
        } else {
            let text = document.native(first);
            document.replace(hole, text);
            self.filled.push(hole);
        }
    }

    /// A docstring is replaced where nobody changed it.
    fn docstring(&mut self, before: &Node, after: &Node, code: &Node) {
        if before.says(code) && !after.says(code) {
            self.code.document.replace(code.range, self.after.source(after.range));
        }
    }
}

/// The first statement of the code that comes to use what a new class of a module defines, as it runs.
fn first_user<'n>(blocks: &Blocks<'n>, new: &Node) -> Option<&'n Node> {
    let key = new.key.as_deref().filter(|_| &*new.tag == "class")?;
    let uses = |node: &Node| node.words.iter().any(|word| word.role == Role::Name && &*word.text == key);
    let places = blocks.pairs.iter().zip(&blocks.found).filter_map(|(pair, place)| Some((pair.after?, (*place)?)));
    let users = places.filter(|(after, _)| uses(&blocks.after.parts[*after])).map(|(_, place)| place);
    users.min().map(|at| &blocks.code.parts[at])
}

fn is_behind(node: &Node, other: &Node) -> bool {
    node.range.start() >= other.range.start()
}

/// Whether two statements declare one field. Fields go by name only, whatever else the declaration came to say.
fn is_field(written: &Node, actual: &Node) -> bool {
    let key = written.key.as_deref().filter(|key| !key.starts_with("__") && *key != "model_config");
    let declares = |node: &Node| &*node.tag == "annotated" || node.words.iter().any(|word| &*word.text == "Column");
    key.is_some() && key == actual.key.as_deref() && is_simple(written) && declares(written) && declares(actual)
}

/// Whether two statements hold tuples or lists that have no element in common.
fn shares_nothing(written: &Node, actual: &Node, names: &Names) -> bool {
    let display = |node: &'_ Node| node.parts.last().filter(|part| is_display(part)).cloned();
    let (Some(one), Some(two)) = (display(written), display(actual)) else { return false };
    !two.parts.is_empty() && !one.parts.iter().any(|one| two.parts.iter().any(|two| names.may_be_same(one, two)))
}

/// Whether what the writers have behind something new is new, too.
fn is_followed(blocks: &Blocks<'_>, new: &Node) -> bool {
    let is_it = |pair: &Pair| pair.after.is_some_and(|at| blocks.after.parts[at].range == new.range);
    let next = blocks.pairs.iter().position(is_it).map(|at| at + 1);
    next.is_some_and(|next| {
        let is_new = |pair: &Pair| pair.before.is_none() && pair.after.is_some();
        blocks.pairs.get(next).is_some_and(is_new) && blocks.found.get(next).is_some_and(Option::is_none)
    })
}

/// Whether a statement has no block.
fn is_simple(node: &Node) -> bool {
    node.header == Some(node.range)
}
