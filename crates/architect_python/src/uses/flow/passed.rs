//! What the calls of a file pass to its own functions, for parameters that say nothing themselves.
//!
//! ```python
//! def add(self, data):
//!     with UnitOfWork() as uow:
//!         self._check(uow, data.id)
//!
//! def _check(self, uow, key):     # `uow` is what `add` passes
//!     return uow.items.get(key)
//! ```

use ruff_python_ast::StmtFunctionDef;
use rustc_hash::FxHashMap;

use super::Flow;
use super::call::Given;
use super::parameters::is_decorated;
use crate::resolve::Scope;
use crate::style::facts::address;
use crate::syntax::File;
use crate::uses::types::Type;
use crate::uses::world::{DEPTH, World};

/// By function and number of the parameter: what calls in the same file pass.
pub(in crate::uses) type Passed<'a> = FxHashMap<(usize, usize), Type<'a>>;

impl<'a> Flow<'_, '_, 'a> {
    /// What the calls of a file pass to its functions.
    pub(in crate::uses) fn passed_in(world: &World<'_, 'a>, file: &'a File) -> Passed<'a> {
        let mut flow = Flow::silent(world, Scope::module(file), DEPTH - 1);
        flow.passed = Some(Passed::default());
        flow.units(file.body(), &mut |_| true);
        flow.passed.unwrap_or_default()
    }

    /// What calls in this file pass for a parameter; only where uses are looked for, not in what is followed from there.
    pub(super) fn passed_for(&self, def: &'a StmtFunctionDef, number: usize) -> Type<'a> {
        if self.depth < DEPTH || self.passed.is_some() {
            return Type::Unknown;
        }
        let known = self.world.passed(self.scope.file).get(&(address(def), number));
        known.cloned().unwrap_or(Type::Unknown)
    }

    /// Notes what a call passes to functions of the file.
    pub(super) fn note_passed(&mut self, callee: &Type<'a>, given: &Given<'a>) {
        let file = self.scope.file;
        let Some(passed) = &mut self.passed else { return };
        for one in callee.each() {
            let Type::Function(function, receiver) = one else { continue };
            if !std::ptr::eq(function.outer.file, file) {
                continue;
            }
            let is_bound = matches!(receiver.as_deref(), Some(Type::Object(..)));
            let skipped = usize::from(
                is_bound && !is_decorated(function.def, "staticmethod") || is_decorated(function.def, "classmethod"),
            );
            for (number, parameter) in function.def.parameters.iter_non_variadic_params().enumerate().skip(skipped) {
                match given.get(parameter.name().as_str(), number - skipped) {
                    None | Some(Type::Unknown | Type::Plain) => {}
                    Some(value) => {
                        let known = passed.entry((address(function.def), number)).or_insert(Type::Plain);
                        *known = std::mem::replace(known, Type::Plain).or(value.clone());
                    }
                }
            }
        }
    }
}
