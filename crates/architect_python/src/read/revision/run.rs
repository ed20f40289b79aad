//! Runs `upgrade()` and `downgrade()`, for each database where they ask for it.

use std::cell::RefCell;
use std::rc::Rc;

use architect_model::{Location, MigrationOperation, MigrationOperationKind, Revision, Touched};

use super::exotic::Exotic;
use super::reader::Reader;
use crate::database::Database;
use crate::interpret::{Arguments, Connection, Event, Machine, Record, Value};
use crate::read::table::Convention;

/// Databases for which code that asks is run.
const DIALECTS: &[&str] = &["postgresql", "sqlite", "mysql"];

/// Evaluations after which a function is given up: where conditions are not known, both ways are run, and what is called in
/// them too.
const FUEL: u32 = 200_000;

/// What functions run with.
pub(super) struct Surroundings<'a> {
    /// Reads expressions by where they stand.
    pub(super) exotic: Rc<Exotic<'a>>,
    /// The naming convention of unnamed constraints.
    pub(super) convention: Rc<Convention>,
    /// The database, for what is asked.
    pub(super) database: Rc<RefCell<Box<dyn Database>>>,
    /// The revisions that have run, in order.
    pub(super) done: Rc<RefCell<Vec<Revision>>>,
    /// Whether it is known what has run.
    pub(super) is_ordered: bool,
}

/// The operations of a function, in order.
pub(super) fn run<'a>(
    machine: &mut Machine<'a>,
    around: &Surroundings<'a>,
    function: &Value<'a>,
    at: &Location,
) -> Vec<MigrationOperation> {
    let (first, asked) = on(machine, around, function, at, DIALECTS[0]);
    if !asked {
        return first;
    }
    let mut merged: Vec<(MigrationOperation, Vec<&str>)> =
        first.into_iter().map(|operation| (operation, vec![DIALECTS[0]])).collect();
    for dialect in &DIALECTS[1..] {
        let (operations, _) = on(machine, around, function, at, dialect);
        merge(&mut merged, operations, dialect);
    }
    let finish = |(mut operation, dialects): (MigrationOperation, Vec<&str>)| {
        if dialects.len() < DIALECTS.len() {
            let known =
                operation.dialects.get_or_insert_with(|| dialects.iter().map(|&name| name.to_owned()).collect());
            known.retain(|name| dialects.contains(&name.as_str()));
        }
        operation
    };
    merged.into_iter().map(finish).collect()
}

/// The operations of a function on one database, and whether the code asks which it is, or what it holds.
fn on<'a>(
    machine: &mut Machine<'a>,
    around: &Surroundings<'a>,
    function: &Value<'a>,
    at: &Location,
    dialect: &'static str,
) -> (Vec<MigrationOperation>, bool) {
    machine.refuel_with(FUEL);
    let reader = Reader::new(&around.exotic, &around.convention);
    let running = Rc::new(RefCell::new(Running { reader, events: 0, carried_out: None }));
    let connection = around.is_ordered.then(|| connection(around, &running, dialect));
    machine.record = Some(Record::on(dialect, connection));
    machine.call(function, Arguments::default(), at);
    let Some(mut record) = machine.record.take() else { return (Vec::new(), false) };
    record.connection = None;
    if machine.is_exhausted() {
        record.raised.get_or_insert_with(|| at.clone());
    }
    let mut running = running.borrow_mut();
    running.read(&record.events);
    let mut operations = std::mem::take(&mut running.reader.operations);
    if let Some(raised) = record.raised {
        operations.push(MigrationOperation {
            kind: MigrationOperationKind::Unknown {
                touches: Touched::Everything,
                reason: match machine.is_exhausted() {
                    true => "it is too much to follow".to_owned(),
                    false => "it raises an exception".to_owned(),
                },
            },
            batch: false,
            autocommit: false,
            dialects: None,
            doubt: None,
            at: raised,
        });
    }
    (operations, record.asked)
}

/// A function that is running.
struct Running<'a> {
    reader: Reader<'a>,
    /// How many of the events are read.
    events: usize,
    /// How many of its operations the database has carried out, once it was asked.
    carried_out: Option<usize>,
}

impl<'a> Running<'a> {
    /// Reads what was run since.
    fn read(&mut self, events: &[Event<'a>]) {
        events[self.events.min(events.len())..].iter().for_each(|event| self.reader.event(event));
        self.events = events.len();
    }
}

/// Brings the database to where the function is whenever it asks; one that asks nothing costs nothing.
fn connection<'a>(
    around: &Surroundings<'a>,
    running: &Rc<RefCell<Running<'a>>>,
    dialect: &'static str,
) -> Connection<'a> {
    let (database, done, running) = (Rc::clone(&around.database), Rc::clone(&around.done), Rc::clone(running));
    Connection(Box::new(move |events, inquiry, at| {
        let (mut database, mut running) = (database.borrow_mut(), running.borrow_mut());
        running.read(events);
        if running.carried_out.is_none() {
            database.begin(dialect, &done.borrow());
        }
        let carried_out = running.carried_out.unwrap_or_default();
        running.reader.operations[carried_out..].iter().for_each(|operation| database.run(operation));
        running.carried_out = Some(running.reader.operations.len());
        database.ask(inquiry, at)
    }))
}

/// Adds what runs on one more database: what is the same operation at the same place is one.
fn merge<'d>(
    merged: &mut Vec<(MigrationOperation, Vec<&'d str>)>,
    operations: Vec<MigrationOperation>,
    dialect: &'d str,
) {
    let mut next = 0;
    for operation in operations {
        let is_same = |(known, _): &(MigrationOperation, Vec<&str>)| {
            known.at == operation.at && known.kind == operation.kind && known.doubt == operation.doubt
        };
        match merged[next..].iter().position(is_same) {
            Some(distance) => {
                next += distance;
                merged[next].1.push(dialect);
            }
            None => merged.insert(next, (operation, vec![dialect])),
        }
        next += 1;
    }
}
