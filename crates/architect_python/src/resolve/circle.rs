//! Notices that an answer is asked for while it is being worked out: code may define a thing by itself.
//!
//! ```python
//! class Note(Note.base):
//!     uuid: uuid.UUID = Field()
//! ```

use std::cell::RefCell;

/// Answers that wait for each other, at most; code that people write needs a handful.
const DEEPEST: usize = 64;

thread_local! {
    /// What is being worked out by this thread, outermost first.
    static OPEN: RefCell<Vec<(Question, usize)>> = const { RefCell::new(Vec::new()) };
}

/// What is asked of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Question {
    /// The parts of an annotation.
    Annotation,
    /// The method resolution order of a class.
    Order,
    /// A name that the star imports of a file may bring.
    Star,
}

/// Works an answer out, unless that is what is being done: then `None`. `key` tells the nodes apart.
pub(super) fn outside<T>(question: Question, key: usize, answer: impl FnOnce() -> T) -> Option<T> {
    let entered = OPEN.with_borrow_mut(|open| {
        let fits = open.len() < DEEPEST && !open.contains(&(question, key));
        if fits {
            open.push((question, key));
        }
        fits
    });
    if !entered {
        return None;
    }
    let _entered = Entered;
    Some(answer())
}

/// Forgets the innermost question when its answer is there, or never comes.
struct Entered;

impl Drop for Entered {
    fn drop(&mut self) {
        OPEN.with_borrow_mut(Vec::pop);
    }
}
