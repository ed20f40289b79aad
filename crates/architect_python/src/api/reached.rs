//! What a function reaches: its own steps and those of all that it calls, in order.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::rows::Rows;
use super::steps::{Condition, Sought, Step, StepKind, steps};
use crate::resolve::Function;
use crate::style::facts::address;

/// Calls are followed this deep.
const DEPTH: usize = 8;
/// Steps beyond this are left out: no action of a real program takes so many.
const STEPS: usize = 4000;

/// A step that is reached, with what stands around it on the whole way.
pub(crate) struct Met<'a> {
    /// The steps of its function, and its place among them.
    steps: Rc<Vec<Step<'a>>>,
    place: usize,
    /// The function that it is a step of.
    pub(super) function: Function<'a>,
    /// The conditions, outermost first.
    pub(super) when: Vec<Condition<'a>>,
    /// Import paths of exceptions that are caught on the way.
    pub(super) caught: Vec<Rc<Vec<String>>>,
}

impl<'a> Met<'a> {
    /// The step.
    pub(super) fn step(&self) -> &Step<'a> {
        &self.steps[self.place]
    }
}

/// The steps of functions, remembered.
pub(crate) struct Reach<'a> {
    sought: Sought,
    known: FxHashMap<usize, Rc<Vec<Step<'a>>>>,
}

impl<'a> Reach<'a> {
    /// Nothing remembered yet; only steps that are sought are found.
    pub(crate) fn new(sought: Sought) -> Self {
        Self { sought, known: FxHashMap::default() }
    }

    /// What `function` reaches.
    pub(super) fn of(&mut self, rows: &Rows<'_, 'a>, function: Function<'a>) -> Vec<Met<'a>> {
        let mut found = Vec::new();
        self.add(rows, function, &Around::default(), &mut Vec::new(), &mut found);
        found
    }

    fn add(
        &mut self,
        rows: &Rows<'_, 'a>,
        function: Function<'a>,
        around: &Around<'a>,
        way: &mut Vec<usize>,
        found: &mut Vec<Met<'a>>,
    ) {
        let key = address(function.def);
        if way.contains(&key) || way.len() > DEPTH {
            return;
        }
        way.push(key);
        let own = self.known.entry(key).or_insert_with(|| Rc::new(steps(rows, function, self.sought)));
        let own = Rc::clone(own);
        for (place, step) in own.iter().enumerate() {
            if found.len() > STEPS {
                break;
            }
            let inside = Around {
                when: around.when.iter().chain(&step.when).copied().collect(),
                caught: around.caught.iter().chain(&step.caught).cloned().collect(),
            };
            match step.kind {
                StepKind::Call(callee) => self.add(rows, callee, &inside, way, found),
                _ => found.push(Met {
                    steps: Rc::clone(&own),
                    place,
                    function,
                    when: inside.when,
                    caught: inside.caught,
                }),
            }
        }
        way.pop();
    }
}

/// What stands around a call on the way to it.
#[derive(Default)]
struct Around<'a> {
    when: Vec<Condition<'a>>,
    caught: Vec<Rc<Vec<String>>>,
}
