//! Runs `upgrade()` and `downgrade()`, for each database where they ask for it.

use architect_model::{Location, MigrationOperation, MigrationOperationKind, Touched};

use super::exotic::Exotic;
use super::reader::Reader;
use crate::interpret::{Arguments, Machine, Record, Value};
use crate::read::table::Convention;

/// Databases for which code that asks is run.
const DIALECTS: &[&str] = &["postgresql", "sqlite", "mysql"];

/// The operations of a function, in order.
pub(super) fn run<'a>(
    machine: &mut Machine<'a>,
    exotic: &Exotic<'a>,
    convention: &Convention,
    function: &Value<'a>,
    at: &Location,
) -> Vec<MigrationOperation> {
    let (first, asked) = on(machine, exotic, convention, function, at, DIALECTS[0]);
    if !asked {
        return first;
    }
    let mut merged: Vec<(MigrationOperation, Vec<&str>)> =
        first.into_iter().map(|operation| (operation, vec![DIALECTS[0]])).collect();
    for dialect in &DIALECTS[1..] {
        let (operations, _) = on(machine, exotic, convention, function, at, dialect);
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

/// The operations of a function on one database, and whether the code asks which it is.
fn on<'a>(
    machine: &mut Machine<'a>,
    exotic: &Exotic<'a>,
    convention: &Convention,
    function: &Value<'a>,
    at: &Location,
    dialect: &'static str,
) -> (Vec<MigrationOperation>, bool) {
    machine.refuel();
    machine.record = Some(Record::on(dialect));
    machine.call(function, Arguments::default(), at);
    let Some(record) = machine.record.take() else { return (Vec::new(), false) };
    let mut reader = Reader::new(exotic, convention);
    record.events.iter().for_each(|event| reader.event(event));
    let mut operations = reader.operations;
    if let Some(raised) = record.raised {
        operations.push(MigrationOperation {
            kind: MigrationOperationKind::Unknown {
                touches: Touched::Everything,
                reason: "it raises an exception".to_owned(),
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

/// Adds what runs on one more database: what is the same operation at the same place is one.
fn merge<'d>(
    merged: &mut Vec<(MigrationOperation, Vec<&'d str>)>,
    operations: Vec<MigrationOperation>,
    dialect: &'d str,
) {
    let mut next = 0;
    for operation in operations {
        let found =
            merged[next..].iter().position(|(known, _)| known.at == operation.at && known.kind == operation.kind);
        match found {
            Some(distance) => {
                next += distance;
                merged[next].1.push(dialect);
            }
            None => merged.insert(next, (operation, vec![dialect])),
        }
        next += 1;
    }
}
