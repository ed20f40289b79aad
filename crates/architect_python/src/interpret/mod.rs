//! Runs the module level of a program abstractly, as Python would at import, with values that may be unknown.
//!
//! What a FastAPI program registers is the result of running it: constructors, decorators, loops, factories. A
//! [`Machine`] imports files in Python's order and evaluates what it understands; everything else is an unknown
//! [`Value`] with its place and reason. A condition that hangs on a setting is followed both ways.

mod asked;
mod attribute;
mod call;
mod define;
mod expression;
mod listed;
mod machine;
mod method;
mod native;
mod operator;
mod place;
mod record;
mod reflected;
mod result;
mod router;
mod statement;
mod value;

pub(crate) use attribute::reason_of;
pub(crate) use call::is_generator;
pub(crate) use listed::name_of;
pub(crate) use machine::Machine;
pub(crate) use record::{Connection, Event, GAP, Noted, Record};
pub(crate) use router::{Node, NodeKind, Route};
pub(crate) use value::{Arguments, Binding, Class, Function, Kind, Made, Object, Scope, Value};
