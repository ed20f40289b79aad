//! Places that do not go with what the values of a field become.

mod bounds;
mod demand;
mod follow;
mod guard;
mod refused;
mod tests;
mod types;

use architect_model::{Certainty, Literal, Location, Project, Subject, Symbol, UseKind, UseLayer};
use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};
use rustc_hash::FxHashSet;

pub use self::bounds::Taken;
use self::demand::Demand;
use self::follow::{Place, places};
pub use self::refused::{Opened, refusals};
use super::carriers::Carriers;
use super::findings::{Findings, Found};
use super::layer::LayerMap;
use super::search::Search;
use super::world::World;
use crate::resolve::{Annotation, Class, Index, Resolution};
use crate::source::Sources;
use crate::syntax::{File, Files};

/// What becomes of the values of a field. The sources declare it already as it will be.
#[derive(Debug, Clone, Default)]
pub struct Becomes {
    /// They may be missing, and were there always.
    pub missing: bool,
    /// Their type is another one in Python.
    pub retyped: bool,
    /// What a row had that was made without a value, and has no longer.
    pub default: Option<Literal>,
    /// Who makes a row must give one from then on.
    pub demanded: bool,
    /// Clients gave them, and may not any longer.
    pub untaken: bool,
    /// Lists were filtered by them, and are not any longer.
    pub unfiltered: bool,
    /// What was taken, and what is, where that differs.
    pub bounds: Option<(Taken, Taken)>,
}

/// A place that does not go with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// Where it stands.
    pub at: Location,
    /// Function or class around it.
    pub inside: Option<Symbol>,
    /// The line of source that it stands in, without its indentation.
    pub text: String,
    /// What does not fit.
    pub why: Why,
}

/// What does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// A value that may be missing goes where one must be.
    Missing,
    /// A value goes where another type is expected.
    Type,
    /// A test expects what was the default.
    Default,
    /// A row is made without a value that must be given.
    Demanded,
    /// A test expects to be refused.
    Refused,
    /// A test expects what it gave, which nobody takes.
    Untaken,
    /// A test filters by it.
    Unfiltered,
    /// A test expects that a value is refused, which is taken.
    Within,
    /// A test gives a value that is not taken.
    Outside,
}

/// Every place of the code that does not go with what the values of `subject` become, as far as types tell it.
///
/// `project` may be what the sources were read as before.
pub fn conflicts(sources: &Sources, project: &Project, subject: &Subject, becomes: &Becomes) -> Vec<Conflict> {
    super::in_threads(|| find(sources, project, subject, becomes))
}

fn find(sources: &Sources, project: &Project, subject: &Subject, becomes: &Becomes) -> Vec<Conflict> {
    let files = Files::parse(sources);
    let index = Index::new(&files);
    let carriers = Carriers::find(&index, project, subject);
    let world = World::new(&index, project, subject, carriers);
    let layers = LayerMap::of(project);
    let Search { mut findings, .. } = Search::run(&world, &layers);
    super::reach::settle(&world, &mut findings);
    let finder = Finder { world: &world, findings: &findings, becomes };
    let mut found = Vec::new();
    for one in &findings.uses {
        if !matches!(one.certain, Certainty::Possible { .. }) {
            finder.of_use(one, layers.at(&index, &world.carriers, one.scope), &mut found);
        }
    }
    finder.of_made(&mut found);
    found.sort_by(|a, b| (&a.at, a.why).cmp(&(&b.at, b.why)));
    found.dedup();
    found
}

/// What a declaration of a field may be given that is no default.
const NO_DEFAULT: &[&str] = &["default", "default_factory", "insert_default", "server_default"];

/// Looks for them.
struct Finder<'f, 'w, 'a> {
    world: &'f World<'w, 'a>,
    findings: &'f Findings<'a>,
    becomes: &'f Becomes,
}

impl<'a> Finder<'_, '_, 'a> {
    fn of_use(&self, found: &Found<'a>, layer: UseLayer, conflicts: &mut Vec<Conflict>) {
        match found.kind {
            UseKind::Attribute | UseKind::Column => {
                self.of_attribute(found, conflicts);
                if layer == UseLayer::Tests {
                    self.of_test(found, conflicts);
                }
            }
            UseKind::Key | UseKind::Keyword if layer == UseLayer::Tests => self.of_test(found, conflicts),
            _ => {}
        }
    }

    /// `item.quantity`: what stands around it demands something of the value.
    fn of_attribute(&self, found: &Found<'a>, conflicts: &mut Vec<Conflict>) {
        for class in self.owners(found) {
            let Some(declared) = self.declared(class) else { continue };
            let on_class = found.kind == UseKind::Column;
            if on_class && declared.wrappers.iter().any(|wrapper| wrapper.ends_with(".Mapped")) {
                continue;
            }
            let mut told: Vec<TextRange> = Vec::new();
            for place in places(found, on_class) {
                // What comes of a value that does not fit does not fit either.
                if !told.iter().any(|known| place.range.contains_range(*known))
                    && let Some(why) = self.why(&place, &declared)
                {
                    told.push(place.range);
                    conflicts.push(conflict(found, place.range, why));
                }
            }
        }
    }

    /// What does not fit at a place.
    fn why(&self, place: &Place<'a>, declared: &Annotation<'a>) -> Option<Why> {
        let taken = match &place.demand {
            Demand::Taken => self.taken(place),
            Demand::Returned { scope, annotation } | Demand::Declared { scope, annotation } => {
                Some(self.world.index.annotation(*scope, annotation))
            }
            _ => None,
        };
        let is_missing = self.becomes.missing && declared.optional;
        if let Some(taken) = taken {
            if types::is_vague(&taken) {
                return None;
            }
            if is_missing && !taken.optional && !place.is_guarded {
                return Some(Why::Missing);
            }
            return (self.becomes.retyped && !types::takes(self.world, &taken, declared)).then_some(Why::Type);
        }
        if is_missing && place.demand.needs_value() && !place.is_guarded {
            return Some(Why::Missing);
        }
        (self.becomes.retyped && !place.demand.is_met_by(types::shape(self.world, declared))).then_some(Why::Type)
    }

    /// Rows that are made without the value, where it must be given.
    fn of_made(&self, conflicts: &mut Vec<Conflict>) {
        let made = self.findings.made.iter().filter(|_| self.becomes.demanded);
        for made in made.filter(|made| made.gives == Some(false) && self.demands(made.class)) {
            if !refusal(made.scope.file, made.range) {
                let at = made.scope.at(made.range);
                let text = super::line(made.scope.file.source(), &at);
                let inside = super::inside(made.scope);
                conflicts.push(Conflict { inside, text, at, why: Why::Demanded });
            }
        }
    }

    /// Whether a class demands a value for the field.
    fn demands(&self, class: Class<'a>) -> bool {
        let Some(field) = self.world.field() else { return false };
        let Some((_, Resolution::Variable(field))) = self.world.index.member(class, field) else { return false };
        match field.value {
            None => {
                field.annotation.is_some_and(|declared| !self.world.index.annotation(field.scope, declared).optional)
            }
            Some(Expr::Call(call)) => {
                let first = call.arguments.args.first();
                let is_open = first.is_none_or(|first| first.is_ellipsis_literal_expr() || first.is_call_expr());
                is_open && NO_DEFAULT.iter().all(|name| call.arguments.find_keyword(name).is_none())
            }
            Some(_) => false,
        }
    }

    /// The type that takes a value as an argument or attribute.
    fn taken(&self, place: &Place<'a>) -> Option<Annotation<'a>> {
        let is_here =
            |one: &&super::findings::Handed<'a>| one.range == place.range && std::ptr::eq(one.file, place.file);
        let handed = self.findings.handed.iter().find(is_here)?;
        Some(self.world.index.annotation(handed.scope, handed.annotation))
    }

    /// The classes whose attribute is used.
    fn owners(&self, found: &Found<'a>) -> Vec<Class<'a>> {
        let mut seen = FxHashSet::default();
        let here = self.findings.owners.iter();
        let here = here.filter(|(file, range, _)| *range == found.range && std::ptr::eq(*file, found.scope.file));
        here.map(|(_, _, class)| *class).filter(|class| seen.insert(crate::style::facts::address(class.def))).collect()
    }

    /// How a class declares the field.
    fn declared(&self, class: Class<'a>) -> Option<Annotation<'a>> {
        match self.world.index.member(class, self.world.field()?)? {
            (_, Resolution::Variable(field)) => Some(self.world.index.annotation(field.scope, field.annotation?)),
            _ => None,
        }
    }
}

/// Whether the statement of a test around a place, or the one behind it, expects a refusal of what is sent.
fn refusal(file: &File, range: TextRange) -> bool {
    expects(file, range, &["422".to_owned()]).is_some()
}

/// Where the statement of a test around a request, or the one behind it, names one of some status codes: `403`, or
/// `status.HTTP_403_FORBIDDEN`.
fn expects(file: &File, range: TextRange, statuses: &[String]) -> Option<TextRange> {
    let nodes = follow::nodes(file, range)?;
    let within = |block: &[Stmt]| block.iter().position(|stmt| stmt.range().contains_range(range));
    let inner = nodes.iter().rev().find_map(|node| {
        let blocks = follow::blocks(*node);
        blocks.into_iter().find_map(|block| Some((block, within(block)?)))
    });
    // What decorators give stands in no block of the function.
    let outer = || within(file.body()).map(|at| (file.body(), at));
    let decorated = || outer().filter(|(block, at)| block.get(*at).is_some_and(Stmt::is_function_def_stmt));
    let (block, at) = inner.or_else(decorated)?;
    // What is asked of an answer at once is not asked behind it.
    let own = block.get(at..=at).unwrap_or_default();
    let is_asked = own.iter().any(|stmt| file.text(stmt.range()).contains("status_code"));
    let places = if is_asked { own } else { block.get(at..(at + 2).min(block.len())).unwrap_or_default() };
    let mut found = None;
    crate::style::walk::each_expr(places, &mut |expr| {
        let is_one = match expr {
            Expr::NumberLiteral(_) => statuses.iter().any(|code| code == file.text(expr)),
            Expr::Attribute(member) => {
                let code = member.attr.strip_prefix("HTTP_").and_then(|rest| rest.split('_').next());
                code.is_some_and(|code| statuses.iter().any(|known| known == code))
            }
            _ => false,
        };
        if is_one && found.is_none() {
            found = Some(expr.range());
        }
    });
    found
}

fn conflict(found: &Found<'_>, range: TextRange, why: Why) -> Conflict {
    let at = found.scope.at(range);
    let text = super::line(found.scope.file.source(), &at);
    Conflict { inside: super::inside(found.scope), text, at, why }
}
