//! Notes the calls of libraries while a machine runs: what a revision does is a list of them.

use std::rc::Rc;

use architect_model::{Answer, Inquiry, Location, Unknown};

use super::machine::Machine;
use super::value::{Kind, Made, Value};

/// Stands in texts for a part that could not be determined.
pub(crate) const GAP: char = '\u{fffc}';

/// The calls of libraries that a machine ran, in order.
pub(crate) struct Record<'a> {
    /// The database that the code runs for, as SQLAlchemy names its dialect.
    pub(crate) dialect: &'static str,
    /// Whether the code asked for it, or for what it holds.
    pub(crate) asked: bool,
    /// The database itself, where it is there to be asked.
    pub(crate) connection: Option<Connection<'a>>,
    /// What inspectors were asked, and answered.
    pub(super) heard: Vec<Heard<'a>>,
    /// Set where an exception left a function.
    pub(crate) raised: Option<Location>,
    /// What was run.
    pub(crate) events: Vec<Event<'a>>,
}

/// Answers what is asked at a place, after what was run so far.
pub(crate) struct Connection<'a>(pub(crate) Box<Answering<'a>>);

/// How a connection answers.
type Answering<'a> = dyn FnMut(&[Event<'a>], &Inquiry, &Location) -> Answer + 'a;

/// What an inspector was asked, and answered.
pub(super) struct Heard<'a> {
    /// The call that made it.
    pub(super) inspector: Rc<Made<'a>>,
    /// What it was asked.
    pub(super) inquiry: Inquiry,
    /// What it answered.
    pub(super) answer: Answer,
    /// Why it may not have been asked in reality.
    pub(super) doubt: Option<Rc<Unknown>>,
}

/// Something that was run, or may be.
pub(crate) struct Event<'a> {
    /// What.
    pub(crate) noted: Noted<'a>,
    /// Why it may not be run in reality.
    pub(crate) doubt: Option<Rc<Unknown>>,
    /// Whether the defaults of the settings do not run it.
    pub(crate) dry: bool,
}

/// What was run.
pub(crate) enum Noted<'a> {
    /// A call of a library function, or of a method of what one returned.
    Call(Rc<Made<'a>>),
    /// A call of something unknown, with what it got.
    Lost(Vec<Value<'a>>, Rc<Unknown>),
    /// The beginning of a `with` block.
    Enter(Value<'a>),
    /// Its end.
    Leave,
}

impl<'a> Record<'a> {
    /// An empty record, for code that runs on a database.
    pub(crate) fn on(dialect: &'static str, connection: Option<Connection<'a>>) -> Self {
        Self { dialect, asked: false, connection, heard: Vec::new(), raised: None, events: Vec::new() }
    }
}

impl<'a> Machine<'a> {
    /// Notes something that is run.
    pub(super) fn note(&mut self, noted: impl FnOnce() -> Noted<'a>) {
        let (doubt, dry) = (self.doubt.clone(), self.dry);
        if let Some(record) = &mut self.record {
            record.events.push(Event { noted: noted(), doubt, dry });
        }
    }

    /// Notes a call, where it is one of a library that revisions use or of a method.
    pub(super) fn note_call(&mut self, made: &Rc<Made<'a>>) {
        let matters = match &made.callee.kind {
            Kind::Library(path) => path.starts_with("alembic."),
            Kind::Method(_) => true,
            _ => false,
        };
        if matters {
            self.note(|| Noted::Call(Rc::clone(made)));
        }
    }

    /// The name of the database, where an attribute asks for it: `bind.dialect.name`, `bind.engine.name`,
    /// `context.impl.__dialect__`.
    pub(super) fn dialect(&mut self, owner: &Value<'a>, name: &str) -> Option<Value<'a>> {
        let record = self.record.as_mut()?;
        let asks = match (&owner.kind, name) {
            (_, "__dialect__") => true,
            (Kind::Method(method), "name") => matches!(method.1.as_str(), "dialect" | "engine"),
            (Kind::Made(made), "name") => match &made.callee.kind {
                Kind::Method(method) => matches!(method.1.as_str(), "get_bind" | "connect"),
                Kind::Library(path) => &**path == "alembic.op.get_bind",
                _ => false,
            },
            _ => false,
        };
        record.asked |= asks;
        asks.then(|| Value::str(record.dialect))
    }

    /// Notes that an exception left a function.
    pub(super) fn note_raised(&mut self, at: &Location) {
        if let Some(record) = self.record.as_mut().filter(|_| self.doubt.is_none()) {
            record.raised.get_or_insert_with(|| at.clone());
        }
    }
}
