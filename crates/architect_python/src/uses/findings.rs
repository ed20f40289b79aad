//! What was found in a file: uses, calls between functions, requests to endpoints.

use architect_model::{Certainty, Renaming, UseKind};
use ruff_python_ast::Expr;
use ruff_text_size::TextRange;
use rustc_hash::FxHashSet;

use crate::resolve::{Class, Function, Scope};
use crate::style::facts::address;
use crate::syntax::File;

/// A use, before its layer is known.
#[derive(Clone)]
pub(super) struct Found<'a> {
    /// The scope around it.
    pub(super) scope: Scope<'a>,
    /// The name.
    pub(super) range: TextRange,
    /// What it is.
    pub(super) kind: UseKind,
    /// Why it counts.
    pub(super) why: String,
    /// How certain it is.
    pub(super) certain: Certainty,
    /// Whether a renaming may replace it.
    pub(super) renaming: Renaming,
}

/// What was found in a file.
#[derive(Default)]
pub(super) struct Findings<'a> {
    /// Uses.
    pub(super) uses: Vec<Found<'a>>,
    /// Functions that functions name, mostly because they call them; each pair once.
    pub(super) calls: Vec<(Function<'a>, Function<'a>)>,
    pairs: FxHashSet<(usize, usize)>,
    /// Requests: the function, and the number of the endpoint.
    pub(super) requests: Vec<(Function<'a>, usize, TextRange)>,
    /// Keys of which it is not known what their dictionary is for, with its address where it is as written.
    pub(super) loose: Vec<(Option<usize>, Found<'a>)>,
    /// Keys taken from dictionaries as written, by the address of the dictionary.
    pub(super) taken: Vec<(usize, Found<'a>)>,
    /// Dictionaries as written whose keys are fields.
    pub(super) given: FxHashSet<usize>,
    /// Dictionaries as written that are for something else.
    pub(super) foreign: FxHashSet<usize>,
    /// Parameters that are named after the field, by the address of their function.
    pub(super) parameters: Vec<(Function<'a>, Found<'a>)>,
    /// Arguments for such parameters.
    pub(super) arguments: Vec<Argument<'a>>,
    /// Functions whose parameter is compared with the field, or given to it.
    pub(super) linked: FxHashSet<usize>,
    /// Classes whose attribute the field is where it is read, by the range of its name.
    pub(super) owners: Vec<(&'a File, TextRange, Class<'a>)>,
    /// Values given to what declares a type.
    pub(super) handed: Vec<Handed<'a>>,
    /// Rows that are made: bodies of requests, calls of classes.
    pub(super) made: Vec<Made<'a>>,
}

/// A row that is made, of something that has the field.
pub(super) struct Made<'a> {
    /// The scope of the place.
    pub(super) scope: Scope<'a>,
    /// The request or the call.
    pub(super) range: TextRange,
    /// The class that takes the values.
    pub(super) class: Class<'a>,
    /// Whether the field is given; none where that is not known.
    pub(super) gives: Option<bool>,
}

/// A value given to what declares a type.
pub(super) struct Handed<'a> {
    /// The file of the value.
    pub(super) file: &'a File,
    /// The value.
    pub(super) range: TextRange,
    /// The scope of the annotation.
    pub(super) scope: Scope<'a>,
    /// The type that is declared.
    pub(super) annotation: &'a Expr,
}

/// An argument for a parameter that is named after the field.
pub(super) struct Argument<'a> {
    /// The function that is called.
    pub(super) function: Function<'a>,
    /// The function whose own parameter of that name is handed on.
    pub(super) handed_on: Option<usize>,
    /// The keyword, where it is one.
    pub(super) found: Option<Found<'a>>,
}

impl<'a> Findings<'a> {
    /// Adds a call.
    pub(super) fn called(&mut self, caller: Function<'a>, callee: Function<'a>) {
        if self.pairs.insert((address(caller.def), address(callee.def))) {
            self.calls.push((caller, callee));
        }
    }

    /// Adds a use; of two at one place the more certain one stays.
    pub(super) fn add(&mut self, found: Found<'a>) {
        let same =
            |known: &&mut Found<'a>| known.range == found.range && std::ptr::eq(known.scope.file, found.scope.file);
        match self.uses.iter_mut().find(same) {
            Some(known) if rank(&known.certain) <= rank(&found.certain) => {}
            Some(known) => *known = found,
            None => self.uses.push(found),
        }
    }
}

impl<'a> Findings<'a> {
    /// Takes over what was found in another file.
    pub(super) fn merge(&mut self, other: Self) {
        self.uses.extend(other.uses);
        other.calls.into_iter().for_each(|(caller, callee)| self.called(caller, callee));
        self.requests.extend(other.requests);
        self.loose.extend(other.loose);
        self.taken.extend(other.taken);
        self.given.extend(other.given);
        self.foreign.extend(other.foreign);
        self.parameters.extend(other.parameters);
        self.arguments.extend(other.arguments);
        self.linked.extend(other.linked);
        self.owners.extend(other.owners);
        self.handed.extend(other.handed);
        self.made.extend(other.made);
    }
}

/// The more certain, the lower.
pub(super) fn rank(certain: &Certainty) -> u8 {
    match certain {
        Certainty::Known => 0,
        Certainty::Probable { .. } => 1,
        Certainty::Possible { .. } => 2,
    }
}
