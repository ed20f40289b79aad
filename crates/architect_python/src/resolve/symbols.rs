//! What names resolve to: classes, functions, variables, modules, library symbols.

use architect_model::{Location, Symbol, Unknown};
use ruff_python_ast::{Expr, Parameter, StmtClassDef, StmtFunctionDef};
use ruff_text_size::TextRange;

use crate::syntax::File;

/// Where a name is looked up: a file, and the classes and functions around the place, outermost first.
///
/// ```ignore
/// let scope = Scope::module(file);           // module level
/// let scope = class.scope();                 // in the body of a class
/// let scope = function.scope();              // among the parameters and local names of a function
/// ```
#[derive(Clone, Copy)]
pub(crate) struct Scope<'a> {
    /// The file.
    pub(crate) file: &'a File,
    frames: [Option<Frame<'a>>; DEPTH],
}

/// Classes and functions nested deeper than this are looked up as if they stood at this depth.
const DEPTH: usize = 4;

/// A class or function around a place.
#[derive(Clone, Copy)]
pub(crate) enum Frame<'a> {
    /// A class body.
    Class(&'a StmtClassDef),
    /// A function body.
    Function(&'a StmtFunctionDef),
    /// The body of a function as one call runs it: its parameters stand for the arguments of that call.
    Call(&'a StmtFunctionDef, CallId),
}

/// One call of a function: see [`Index::call_result`](super::Index::call_result).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct CallId(pub(super) u32);

impl<'a> Scope<'a> {
    /// The module level of a file.
    pub(crate) fn module(file: &'a File) -> Self {
        Self { file, frames: [None; DEPTH] }
    }

    /// The scope inside a class or function that stands in this scope.
    pub(crate) fn inside(mut self, frame: Frame<'a>) -> Self {
        let slot = self.frames.iter().position(Option::is_none).unwrap_or(DEPTH - 1);
        self.frames[slot] = Some(frame);
        self
    }

    /// The scope around the first `depth` frames.
    pub(super) fn outermost(mut self, depth: usize) -> Self {
        self.frames.iter_mut().skip(depth).for_each(|frame| *frame = None);
        self
    }

    /// The frames around the place, outermost first.
    pub(crate) fn frames(&self) -> impl DoubleEndedIterator<Item = Frame<'a>> + use<'a> {
        self.frames.into_iter().flatten()
    }

    /// The frame that stands in `depth` others.
    pub(super) fn frame(&self, depth: usize) -> Option<Frame<'a>> {
        self.frames.get(depth).copied().flatten()
    }

    /// The number of frames around the place.
    pub(super) fn depth(&self) -> usize {
        self.frames.iter().take_while(|frame| frame.is_some()).count()
    }

    /// Dotted name of something called `name` here: `Outer.Inner`, `make.<locals>.Inner`.
    pub(crate) fn qualified(&self, name: &str) -> String {
        let mut qualified = String::new();
        for frame in self.frames() {
            match frame {
                Frame::Class(class) => qualified = qualified + class.name.as_str() + ".",
                Frame::Function(function) | Frame::Call(function, _) => {
                    qualified = qualified + function.name.as_str() + ".<locals>."
                }
            }
        }
        qualified + name
    }

    /// Whether the place is inside a function.
    pub(crate) fn is_local(&self) -> bool {
        self.frames().any(|frame| matches!(frame, Frame::Function(_) | Frame::Call(..)))
    }

    /// The source text of a node of this file.
    pub(crate) fn text(&self, node: impl ruff_text_size::Ranged) -> &'a str {
        self.file.text(node)
    }

    /// The place of a node of this file.
    pub(crate) fn at(&self, node: impl ruff_text_size::Ranged) -> Location {
        self.file.at(node)
    }
}

/// A class definition in the project or in an installed package.
#[derive(Clone, Copy)]
pub(crate) struct Class<'a> {
    /// The scope that the `class` statement stands in.
    pub(crate) outer: Scope<'a>,
    /// The statement.
    pub(crate) def: &'a StmtClassDef,
}

impl<'a> Class<'a> {
    /// The scope of its body.
    pub(crate) fn scope(&self) -> Scope<'a> {
        self.outer.inside(Frame::Class(self.def))
    }

    /// Its file.
    pub(crate) fn file(&self) -> &'a File {
        self.outer.file
    }

    /// Its name.
    pub(crate) fn name(&self) -> &'a str {
        self.def.name.as_str()
    }

    /// Its importable symbol.
    pub(crate) fn symbol(&self) -> Symbol {
        Symbol::new(self.outer.file.module.clone(), self.outer.qualified(self.name()))
    }

    /// Its import path: `app.models.Item`.
    pub(crate) fn path(&self) -> String {
        format!("{}.{}", self.outer.file.module, self.outer.qualified(self.name()))
    }

    /// The place of its name.
    pub(crate) fn at(&self) -> Location {
        self.outer.file.at(&self.def.name)
    }

    /// The value of a class keyword: `table` in `class Item(SQLModel, table=True)`.
    pub(crate) fn keyword(&self, name: &str) -> Option<&'a Expr> {
        self.def.arguments.as_ref()?.find_keyword(name).map(|keyword| &keyword.value)
    }

    /// Base expressions as written.
    pub(crate) fn base_expressions(&self) -> &'a [Expr] {
        self.def.arguments.as_ref().map_or(&[], |arguments| &arguments.args)
    }
}

impl PartialEq for Class<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.def, other.def)
    }
}

impl Eq for Class<'_> {}

/// A function or method.
#[derive(Clone, Copy)]
pub(crate) struct Function<'a> {
    /// The scope that the `def` statement stands in.
    pub(crate) outer: Scope<'a>,
    /// The statement.
    pub(crate) def: &'a StmtFunctionDef,
}

impl<'a> Function<'a> {
    /// The scope of its body, its parameters included.
    pub(crate) fn scope(&self) -> Scope<'a> {
        self.outer.inside(Frame::Function(self.def))
    }

    /// Its file.
    pub(crate) fn file(&self) -> &'a File {
        self.outer.file
    }

    /// Its name.
    pub(crate) fn name(&self) -> &'a str {
        self.def.name.as_str()
    }

    /// Its importable symbol.
    pub(crate) fn symbol(&self) -> Symbol {
        Symbol::new(self.outer.file.module.clone(), self.outer.qualified(self.name()))
    }

    /// The place of its name.
    pub(crate) fn at(&self) -> Location {
        self.outer.file.at(&self.def.name)
    }

    /// The class it is a method of.
    pub(crate) fn class(&self) -> Option<Class<'a>> {
        match self.outer.frames().last() {
            Some(Frame::Class(def)) => Some(Class { outer: self.outer.outermost(self.outer.depth() - 1), def }),
            _ => None,
        }
    }
}

/// A name bound to an expression, or declared with an annotation only.
#[derive(Clone, Copy)]
pub(crate) struct Variable<'a> {
    /// The scope in which annotation and value are written.
    pub(crate) scope: Scope<'a>,
    /// Its name.
    pub(crate) name: &'a str,
    /// Its annotation.
    pub(crate) annotation: Option<&'a Expr>,
    /// Its value.
    pub(crate) value: Option<&'a Expr>,
    /// Position in the value, for `a, b = value`.
    pub(crate) element: Option<usize>,
    /// Where the name is bound.
    pub(crate) range: TextRange,
}

impl Variable<'_> {
    /// Its importable symbol.
    pub(crate) fn symbol(&self) -> Symbol {
        Symbol::new(self.scope.file.module.clone(), self.scope.qualified(self.name))
    }

    /// Where the name is bound.
    pub(crate) fn at(&self) -> Location {
        self.scope.file.at_range(self.range)
    }
}

/// What a name or an expression stands for.
#[derive(Clone)]
pub(crate) enum Resolution<'a> {
    /// A module of the project.
    Module(&'a File),
    /// A folder of the project without `__init__.py`, by its dotted name.
    Namespace(String),
    /// A class of the project.
    Class(Class<'a>),
    /// A function or method of the project.
    Function(Function<'a>),
    /// A variable of the project: follow its `value` or `annotation`.
    Variable(Variable<'a>),
    /// A parameter of a function around the place.
    Parameter {
        /// The scope of the function that has it: its annotation is to be resolved in there.
        scope: Scope<'a>,
        /// The parameter.
        parameter: &'a Parameter,
    },
    /// A module or member of a package outside the project, by its canonical import path: `fastapi.APIRouter`,
    /// whichever way it was imported, whether it is installed or not.
    Library(String),
    /// A builtin: `int`, `None`, `property`.
    Builtin(&'a str),
    /// An instance of a class or the result of a call: `settings` in `settings = Settings()` is a variable,
    /// `Settings()` itself is this.
    Unknown(Unknown),
}

impl<'a> Resolution<'a> {
    /// The import path where it is a library symbol.
    pub(crate) fn library(&self) -> Option<&str> {
        match self {
            Self::Library(path) => Some(path),
            _ => None,
        }
    }

    /// Whether it is the library symbol with this canonical import path.
    pub(crate) fn is(&self, path: &str) -> bool {
        self.library() == Some(path)
    }

    /// Whether it is the builtin `name`.
    pub(crate) fn is_builtin(&self, name: &str) -> bool {
        matches!(self, Self::Builtin(builtin) if *builtin == name)
    }

    /// The class where it is a class of the project.
    pub(crate) fn class(&self) -> Option<Class<'a>> {
        match self {
            Self::Class(class) => Some(*class),
            _ => None,
        }
    }

    /// The function where it is a function of the project.
    pub(crate) fn function(&self) -> Option<Function<'a>> {
        match self {
            Self::Function(function) => Some(*function),
            _ => None,
        }
    }

    /// The variable where it is a variable of the project.
    pub(crate) fn variable(&self) -> Option<Variable<'a>> {
        match self {
            Self::Variable(variable) => Some(*variable),
            _ => None,
        }
    }

    /// Import path of a class, function, variable, library symbol or builtin.
    pub(crate) fn path(&self) -> Option<String> {
        let of = |symbol: Symbol| format!("{}.{}", symbol.module, symbol.name);
        match self {
            Self::Module(file) => Some(file.module.clone()),
            Self::Namespace(name) => Some(name.clone()),
            Self::Class(class) => Some(class.path()),
            Self::Function(function) => Some(of(function.symbol())),
            Self::Variable(variable) => Some(of(variable.symbol())),
            Self::Library(path) => Some(path.clone()),
            Self::Builtin(name) => Some((*name).to_owned()),
            Self::Parameter { .. } | Self::Unknown(_) => None,
        }
    }
}
