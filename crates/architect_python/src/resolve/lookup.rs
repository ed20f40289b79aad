//! Looking names up: scopes, imports, re-exports, attributes.

use std::hash::BuildHasher;
use std::sync::atomic::AtomicU32;

use architect_model::Unknown;
use ruff_python_ast::Expr;
use ruff_text_size::{TextRange, TextSize};
use rustc_hash::FxBuildHasher;

use crate::syntax::{File, Files, Memo};

use super::builtins::builtin;
use super::call::{CallKey, Caller};
use super::circle::{Question, outside};
use super::class::Mro;
use super::names::{Binding, BindingKind, Branch, Names};
use super::symbols::CallId;
use super::{Class, Frame, Function, Resolution, Scope, Variable};

/// How many steps a name is followed before its definition counts as circular.
pub(super) const STEPS: u8 = 24;

/// Answers what names mean. Read-only; shared by threads; remembers what it worked out.
pub(crate) struct Index<'a> {
    files: &'a Files,
    leaves: bool,
    names: Memo<usize, Names<'a>>,
    pub(super) classes: Memo<usize, Vec<Class<'a>>>,
    pub(super) imports: Memo<usize, Resolution<'a>>,
    pub(super) mros: Memo<usize, Mro<'a>>,
    /// The order of a class that needs itself to be known.
    pub(super) circular: Mro<'a>,
    pub(super) calls: Memo<CallId, Caller<'a>>,
    pub(super) call_ids: Memo<CallKey, CallId>,
    pub(super) next_call: AtomicU32,
}

impl<'a> Index<'a> {
    /// An index over parsed files.
    pub(crate) fn new(files: &'a Files) -> Self {
        let size = files.project().len();
        Self {
            files,
            leaves: false,
            names: Memo::with_buckets(size * 16),
            classes: Memo::with_buckets(size),
            imports: Memo::with_buckets(size * 8),
            mros: Memo::with_buckets(size * 4),
            circular: Mro::default(),
            calls: Memo::with_buckets(size),
            call_ids: Memo::with_buckets(size),
            next_call: AtomicU32::new(0),
        }
    }

    /// One for a process that ends soon after: see [`Index::part_with`].
    pub(crate) fn leaving(files: &'a Files) -> Self {
        Self { leaves: true, ..Self::new(files) }
    }

    /// Drops something large, or leaves it to the system where the process ends soon.
    pub(crate) fn part_with<T>(&self, value: T) {
        if self.leaves {
            std::mem::forget(value);
        }
    }

    /// The files.
    pub(crate) fn files(&self) -> &'a Files {
        self.files
    }

    /// The names that a file binds at its top level.
    pub(crate) fn module_names(&self, file: &'a File) -> &Names<'a> {
        self.names.get_or(address(file), || Names::of_body(file.body()))
    }

    /// The names that a class or function binds.
    pub(crate) fn frame_names(&self, frame: Frame<'a>) -> &Names<'a> {
        match frame {
            Frame::Class(class) => self.names.get_or(address(class), || Names::of_body(&class.body)),
            Frame::Function(function) | Frame::Call(function, _) => {
                self.names.get_or(address(function), || Names::of_function(function))
            }
        }
    }

    /// What an expression (a name, an attribute, a string annotation) stands for.
    pub(crate) fn resolve(&self, scope: Scope<'a>, expr: &'a Expr) -> Resolution<'a> {
        self.resolve_in(scope, expr, STEPS)
    }

    pub(super) fn resolve_in(&self, scope: Scope<'a>, expr: &'a Expr, steps: u8) -> Resolution<'a> {
        let Some(steps) = steps.checked_sub(1) else {
            return Resolution::Unknown(scope.file.unknown(expr, "its definition is circular"));
        };
        match expr {
            Expr::Name(name) => self
                .name_at(scope, &name.id, Some(name.range.start()), steps)
                .unwrap_or_else(|| self.not_defined(scope, &name.id, name.range)),
            Expr::Attribute(attribute) => {
                let owner = self.resolve_in(scope, &attribute.value, steps);
                self.attribute(scope, owner, &attribute.attr, expr, steps)
            }
            Expr::NoneLiteral(_) => Resolution::Builtin("None"),
            Expr::StringLiteral(string) => match scope.file.string_annotation(string) {
                Some(inner) => self.resolve_in(scope, inner, steps),
                None => Resolution::Unknown(scope.file.unknown(expr, "a string that is no annotation")),
            },
            Expr::Subscript(subscript) => self.resolve_in(scope, &subscript.value, steps),
            Expr::Await(inner) => self.resolve_in(scope, &inner.value, steps),
            Expr::Call(_) => self.attribute_owner(scope, expr, steps),
            _ => Resolution::Unknown(scope.file.unknown(expr, "an expression that is not a plain name")),
        }
    }

    fn not_defined(&self, scope: Scope<'a>, name: &str, range: TextRange) -> Resolution<'a> {
        Resolution::Unknown(Unknown::new(scope.file.at_range(range), format!("`{name}` is not defined in this file")))
    }

    /// What a bare name means in a scope.
    pub(crate) fn name(&self, scope: Scope<'a>, name: &str) -> Option<Resolution<'a>> {
        self.name_at(scope, name, None, STEPS)
    }

    fn name_at(&self, scope: Scope<'a>, name: &str, before: Option<TextSize>, steps: u8) -> Option<Resolution<'a>> {
        let all = scope.depth();
        for depth in (0..all).rev() {
            let innermost = depth + 1 == all;
            let Some(frame) = scope.frame(depth).filter(|frame| innermost || !matches!(frame, Frame::Class(_))) else {
                continue;
            };
            let names = self.frame_names(frame);
            if let Some(bindings) = names.by_name.get(name) {
                let before = before.filter(|_| innermost || !scope.is_local());
                if let (Frame::Class(_), Some(before)) = (frame, before) {
                    let bound: Vec<Binding<'a>> =
                        bindings.iter().filter(|binding| binding.is_bound_at(before)).copied().collect();
                    if bound.is_empty() {
                        continue;
                    }
                    return Some(self.chosen(scope.outermost(depth + 1), name, &bound, Some(before), steps));
                }
                return Some(self.chosen(scope.outermost(depth + 1), name, bindings, before, steps));
            }
        }
        self.module_name(scope.file, name, before.filter(|_| !scope.is_local()), steps)
            .or_else(|| builtin(name).map(Resolution::Builtin))
    }

    /// A name at the top level of a file, through its star imports.
    fn module_name(&self, file: &'a File, name: &str, before: Option<TextSize>, steps: u8) -> Option<Resolution<'a>> {
        let names = self.module_names(file);
        if let Some(bindings) = names.by_name.get(name) {
            return Some(self.chosen(Scope::module(file), name, bindings, before, steps));
        }
        let steps = steps.checked_sub(1)?;
        if names.stars.is_empty() {
            return None;
        }
        // Two files may import everything from each other.
        let key = FxBuildHasher.hash_one((address(file), name));
        outside(Question::Star, usize::try_from(key).unwrap_or_default(), || {
            names.stars.iter().rev().find_map(|star| {
                let source = self.imported_from(file, star)?;
                match self.module(&source, file) {
                    Resolution::Module(found) if self.exports(found, name) => {
                        self.module_name(found, name, None, steps)
                    }
                    _ => None,
                }
            })
        })?
    }

    /// Whether `from file import *` brings `name`.
    fn exports(&self, file: &'a File, name: &str) -> bool {
        let names = self.module_names(file);
        match names.by_name.get("__all__").and_then(|bindings| bindings.first()).map(|binding| binding.kind) {
            Some(BindingKind::Value { value: Some(value), .. }) if !super::elements(value).is_empty() => {
                let listed = super::elements(value);
                listed.iter().any(|item| matches!(item, Expr::StringLiteral(text) if text.value.to_str() == name))
            }
            _ => !name.starts_with('_'),
        }
    }

    /// The member of a module: a name it binds, or a submodule.
    pub(crate) fn module_member(&self, file: &'a File, name: &str) -> Option<Resolution<'a>> {
        self.module_member_in(file, name, STEPS)
    }

    pub(super) fn module_member_in(&self, file: &'a File, name: &str, steps: u8) -> Option<Resolution<'a>> {
        let steps = steps.checked_sub(1)?;
        self.module_name(file, name, None, steps).or_else(|| {
            let submodule = self.module(&format!("{}.{name}", file.module), file);
            (file.is_package && !matches!(submodule, Resolution::Unknown(_))).then_some(submodule)
        })
    }

    /// Resolves the binding that counts among those of a name.
    fn chosen(
        &self,
        scope: Scope<'a>,
        name: &str,
        bindings: &[Binding<'a>],
        before: Option<TextSize>,
        steps: u8,
    ) -> Resolution<'a> {
        if let [only] = bindings {
            return self.binding(scope, name, *only, steps);
        }
        let earlier: Vec<Binding<'a>> = match before {
            Some(before) => bindings.iter().filter(|binding| binding.is_before(before)).copied().collect(),
            None => Vec::new(),
        };
        let candidates = if earlier.is_empty() { bindings } else { &earlier };
        match effective(candidates) {
            Ok(binding) => self.binding(scope, name, binding, steps),
            Err(several) => self.agreed(scope, name, &several, steps),
        }
    }

    /// Bindings on different paths are one thing where all of them mean the same.
    fn agreed(&self, scope: Scope<'a>, name: &str, several: &[Binding<'a>], steps: u8) -> Resolution<'a> {
        let mut resolved = several.iter().map(|binding| self.binding(scope, name, *binding, steps));
        let first = resolved.next();
        let same = first.as_ref().and_then(Resolution::path);
        let variable = matches!(first, Some(Resolution::Variable(_)));
        match first {
            Some(first) if same.is_some() && !variable && resolved.all(|other| other.path() == same) => first,
            _ => {
                let at = several.last().map(|binding| scope.file.at_range(binding.range));
                let at = at.unwrap_or_else(|| scope.file.at_range(TextRange::default()));
                Resolution::Unknown(Unknown::new(at, format!("`{name}` depends on a condition")))
            }
        }
    }

    fn binding(&self, scope: Scope<'a>, name: &str, binding: Binding<'a>, steps: u8) -> Resolution<'a> {
        let Some(steps) = steps.checked_sub(1) else {
            let reason = format!("the definition of `{name}` is circular");
            return Resolution::Unknown(Unknown::new(scope.file.at_range(binding.range), reason));
        };
        match binding.kind {
            BindingKind::Class(def) => Resolution::Class(Class { outer: scope, def }),
            BindingKind::Function(def) => Resolution::Function(Function { outer: scope, def }),
            BindingKind::Import(alias) => self.import(scope.file, alias),
            BindingKind::From(import, alias) => self.member_import(scope, import, alias, steps),
            BindingKind::Value { annotation, value, element } => {
                if annotation.is_none()
                    && element.is_none()
                    && let Some(target @ (Expr::Name(_) | Expr::Attribute(_))) = value
                {
                    let followed = self.resolve_in(scope, target, steps);
                    if !matches!(followed, Resolution::Unknown(_)) {
                        return followed;
                    }
                }
                let name = scope.file.source().get(binding.range.start().to_usize()..binding.range.end().to_usize());
                let name = name.unwrap_or_default();
                Resolution::Variable(Variable { scope, name, annotation, value, element, range: binding.range })
            }
            BindingKind::Parameter(parameter, default) => {
                let called = match scope.frames().last() {
                    Some(Frame::Call(_, id)) => self.argument(scope, id, parameter, default, steps),
                    _ => None,
                };
                called.unwrap_or(Resolution::Parameter { scope, parameter })
            }
            BindingKind::Opaque => {
                let reason =
                    format!("`{name}` is bound in a way that is not followed (a loop, `with`, `except` or `+=`)");
                Resolution::Unknown(Unknown::new(scope.file.at_range(binding.range), reason))
            }
        }
    }
}

/// The binding that counts when the scope has been executed, or those between which a condition decides.
fn effective<'a>(bindings: &[Binding<'a>]) -> Result<Binding<'a>, Vec<Binding<'a>>> {
    let runtime: Vec<Binding<'a>> =
        bindings.iter().filter(|binding| binding.branch != Branch::TypeChecking(true)).copied().collect();
    let all = if runtime.is_empty() { bindings.to_vec() } else { runtime };
    let from = all.iter().rposition(|binding| matches!(binding.branch, Branch::Always | Branch::TypeChecking(false)));
    let live = &all[from.unwrap_or(0)..];
    let tried = live.iter().find(|binding| binding.branch == Branch::Try);
    match (live, tried) {
        ([only], _) => Ok(*only),
        (several, Some(tried)) if several.iter().all(|b| matches!(b.branch, Branch::Try | Branch::Except)) => {
            Ok(*tried)
        }
        (several, _) => match several.iter().all(|b| matches!(b.branch, Branch::TypeChecking(_))) {
            true => several.last().copied().ok_or_else(Vec::new),
            false => Err(several.to_vec()),
        },
    }
}

/// Nodes are told apart by their address: they live as long as the files.
pub(super) fn address<T>(node: &T) -> usize {
    std::ptr::from_ref(node).addr()
}
