//! The names that a module, class or function binds, as written: nothing is resolved here.

use indexmap::IndexMap;
use ruff_python_ast::{
    Alias, ExceptHandler, Expr, Stmt, StmtClassDef, StmtFunctionDef, StmtIf, StmtImportFrom, StmtTry,
};
use ruff_text_size::{Ranged, TextRange, TextSize};
use rustc_hash::FxBuildHasher;

/// All bindings of one scope, by name, in order.
#[derive(Default)]
pub(crate) struct Names<'a> {
    /// Bindings of each name, in order of appearance.
    pub(crate) by_name: IndexMap<&'a str, Vec<Binding<'a>>, FxBuildHasher>,
    /// `from x import *` statements.
    pub(crate) stars: Vec<&'a StmtImportFrom>,
}

/// One binding of a name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Binding<'a> {
    /// What binds it.
    pub(crate) kind: BindingKind<'a>,
    /// On which path through the code it happens.
    pub(crate) branch: Branch,
    /// Where the name is bound.
    pub(crate) range: TextRange,
}

/// What binds a name.
#[derive(Debug, Clone, Copy)]
pub(crate) enum BindingKind<'a> {
    /// `import a.b` or `import a.b as c`.
    Import(&'a Alias),
    /// `from m import a as b`.
    From(&'a StmtImportFrom, &'a Alias),
    /// `class a: …`
    Class(&'a StmtClassDef),
    /// `def a(): …`
    Function(&'a StmtFunctionDef),
    /// `a = value`, `a: annotation = value`, `type a = value`.
    Value {
        /// Its annotation.
        annotation: Option<&'a Expr>,
        /// Its value.
        value: Option<&'a Expr>,
        /// Position in the value, for `a, b = value`.
        element: Option<usize>,
    },
    /// A parameter of the function.
    Parameter(&'a ruff_python_ast::Parameter, Option<&'a Expr>),
    /// Bound in a way that is not followed: loops, `with … as`, `except … as`, `+=`.
    Opaque,
}

/// On which path through the code a binding happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Branch {
    /// Always.
    Always,
    /// Under `if TYPE_CHECKING`, or in its `else` (then `false`).
    TypeChecking(bool),
    /// In the body of a `try`.
    Try,
    /// In an `except` block.
    Except,
    /// Under a condition that is not decided here.
    Condition,
}

impl Binding<'_> {
    /// Whether the name is bound when the code at a place runs: what is bound to it does not see it yet.
    ///
    /// ```python
    /// uuid = uuid.uuid4()
    /// ```
    pub(crate) fn is_before(&self, place: TextSize) -> bool {
        let own = match self.kind {
            BindingKind::Value { annotation, value, .. } => {
                annotation.into_iter().chain(value).any(|part| part.range().contains(place))
            }
            _ => false,
        };
        self.range.start() < place && !own
    }

    /// The same in the body of a class, where an annotation alone binds nothing: `date` in `day: date` is the type.
    ///
    /// ```python
    /// class Note(SQLModel):
    ///     date: date
    ///     day: date
    /// ```
    pub(crate) fn is_bound_at(&self, place: TextSize) -> bool {
        match self.kind {
            BindingKind::Value { value: None, .. } => false,
            BindingKind::Value { .. } => self.is_before(place),
            // A name in quotes is looked up later.
            _ => true,
        }
    }
}

impl<'a> Names<'a> {
    /// The names that a block of statements binds.
    pub(crate) fn of_body(body: &'a [Stmt]) -> Self {
        let mut names = Self::default();
        names.block(body, Branch::Always);
        names
    }

    /// The parameters and local names of a function.
    pub(crate) fn of_function(function: &'a StmtFunctionDef) -> Self {
        let mut names = Self::default();
        let parameters = &function.parameters;
        for parameter in parameters.iter_non_variadic_params() {
            names.parameter(&parameter.parameter, parameter.default());
        }
        for parameter in parameters.vararg.iter().chain(&parameters.kwarg) {
            names.parameter(parameter, None);
        }
        names.block(&function.body, Branch::Always);
        names
    }

    fn parameter(&mut self, parameter: &'a ruff_python_ast::Parameter, default: Option<&'a Expr>) {
        self.bind(&parameter.name, BindingKind::Parameter(parameter, default), Branch::Always, parameter.range);
    }

    fn bind(&mut self, name: &'a str, kind: BindingKind<'a>, branch: Branch, range: TextRange) {
        // Nearly all names are bound once.
        self.by_name.entry(name).or_insert_with(|| Vec::with_capacity(1)).push(Binding { kind, branch, range });
    }

    fn block(&mut self, body: &'a [Stmt], branch: Branch) {
        for statement in body {
            self.statement(statement, branch);
        }
    }

    fn statement(&mut self, statement: &'a Stmt, branch: Branch) {
        match statement {
            Stmt::Import(import) => {
                for alias in &import.names {
                    let bound = alias
                        .asname
                        .as_ref()
                        .map_or_else(|| alias.name.split('.').next().unwrap_or(&alias.name), |name| name.as_str());
                    self.bind(bound, BindingKind::Import(alias), branch, alias.range);
                }
            }
            Stmt::ImportFrom(import) => self.import_from(import, branch),
            Stmt::ClassDef(class) => self.bind(&class.name, BindingKind::Class(class), branch, class.name.range),
            Stmt::FunctionDef(function) => {
                self.bind(&function.name, BindingKind::Function(function), branch, function.name.range);
            }
            Stmt::Assign(assign) => {
                for target in &assign.targets {
                    self.target(target, Some(&assign.value), branch);
                }
            }
            Stmt::AnnAssign(assign) => {
                if let Expr::Name(name) = &*assign.target {
                    let kind = BindingKind::Value {
                        annotation: Some(&assign.annotation),
                        value: assign.value.as_deref(),
                        element: None,
                    };
                    self.bind(&name.id, kind, branch, name.range);
                }
            }
            Stmt::TypeAlias(alias) => self.target(&alias.name, Some(&alias.value), branch),
            Stmt::AugAssign(assign) => self.target(&assign.target, None, branch),
            _ => self.compound(statement, branch),
        }
    }

    fn compound(&mut self, statement: &'a Stmt, branch: Branch) {
        match statement {
            Stmt::If(test) => self.branches(test, branch),
            Stmt::Try(attempt) => self.attempt(attempt, branch),
            Stmt::With(with) => {
                for item in &with.items {
                    if let Some(target) = &item.optional_vars {
                        self.target(target, None, branch);
                    }
                }
                self.block(&with.body, branch);
            }
            Stmt::For(repeat) => {
                self.target(&repeat.target, None, Branch::Condition);
                self.block(&repeat.body, Branch::Condition);
                self.block(&repeat.orelse, branch);
            }
            Stmt::While(repeat) => self.block(&repeat.body, Branch::Condition),
            Stmt::Match(choice) => {
                for case in &choice.cases {
                    self.block(&case.body, Branch::Condition);
                }
            }
            _ => {}
        }
    }

    fn import_from(&mut self, import: &'a StmtImportFrom, branch: Branch) {
        for alias in &import.names {
            if alias.name.as_str() == "*" {
                self.stars.push(import);
            } else {
                let bound = alias.asname.as_ref().unwrap_or(&alias.name);
                self.bind(bound, BindingKind::From(import, alias), branch, alias.range);
            }
        }
    }

    fn target(&mut self, target: &'a Expr, value: Option<&'a Expr>, branch: Branch) {
        match target {
            Expr::Name(name) => {
                let kind = match value {
                    Some(_) => BindingKind::Value { annotation: None, value, element: None },
                    None => BindingKind::Opaque,
                };
                self.bind(&name.id, kind, branch, name.range);
            }
            Expr::Tuple(_) | Expr::List(_) => {
                for (position, part) in elements(target).iter().enumerate() {
                    match part {
                        Expr::Name(name) if value.is_some() => {
                            let kind = BindingKind::Value { annotation: None, value, element: Some(position) };
                            self.bind(&name.id, kind, branch, name.range);
                        }
                        part => self.target(part, None, branch),
                    }
                }
            }
            Expr::Starred(starred) => self.target(&starred.value, None, branch),
            _ => {}
        }
    }

    fn branches(&mut self, test: &'a StmtIf, branch: Branch) {
        let body = if is_type_checking(&test.test) { Branch::TypeChecking(true) } else { Branch::Condition };
        self.block(&test.body, if branch == Branch::Always { body } else { branch });
        for clause in &test.elif_else_clauses {
            let rest = if body == Branch::Condition { Branch::Condition } else { Branch::TypeChecking(false) };
            self.block(&clause.body, if branch == Branch::Always { rest } else { branch });
        }
    }

    fn attempt(&mut self, attempt: &'a StmtTry, branch: Branch) {
        let inner = |inside| {
            if branch == Branch::Always { inside } else { branch }
        };
        self.block(&attempt.body, inner(Branch::Try));
        for ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
            self.block(&handler.body, inner(Branch::Except));
        }
        self.block(&attempt.orelse, inner(Branch::Try));
        self.block(&attempt.finalbody, branch);
    }
}

/// The parts of a tuple or list display.
pub(crate) fn elements(expr: &Expr) -> &[Expr] {
    match expr {
        Expr::Tuple(tuple) => &tuple.elts,
        Expr::List(list) => &list.elts,
        Expr::Set(set) => &set.elts,
        _ => &[],
    }
}

/// Whether a condition is `TYPE_CHECKING` or `typing.TYPE_CHECKING`.
fn is_type_checking(test: &Expr) -> bool {
    match test {
        Expr::Name(name) => name.id == "TYPE_CHECKING",
        Expr::Attribute(attribute) => attribute.attr.as_str() == "TYPE_CHECKING",
        _ => false,
    }
}
