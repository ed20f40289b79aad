//! What the value of an expression is, as far as uses need it.

use std::sync::Arc;

use ruff_python_ast::ExprDict;

use crate::resolve::{Class, Function, Scope};

/// Type variables with what they stand for.
pub(super) type Bound<'a> = Arc<[(&'a str, Type<'a>)]>;

/// The type of a value.
#[derive(Clone)]
pub(super) enum Type<'a> {
    /// It could not be told.
    Unknown,
    /// It is known, and nothing that has fields: a number, `None`, a comparison.
    Plain,
    /// An instance of a class of the project.
    Object(Class<'a>, Bound<'a>),
    /// A class of the project.
    Class(Class<'a>, Bound<'a>),
    /// A field of a table class, in a query: `Item.name`.
    Column(Class<'a>, &'a str, Arc<Type<'a>>),
    /// Something to iterate over: a list, a sequence, a generator.
    Many(Arc<Type<'a>>),
    /// A dictionary with values of one type.
    Keyed(Arc<Type<'a>>),
    /// A tuple, or a row of a result.
    Tuple(Arc<[Type<'a>]>),
    /// A function, and the object or class whose method it is.
    Function(Function<'a>, Option<Arc<Type<'a>>>),
    /// A method of a value that is not of the project: `first` of a result.
    Method(Arc<Type<'a>>, &'a str),
    /// A module of the project.
    Module,
    /// A module or member of a library, by import path.
    Symbol(Arc<str>),
    /// An instance of a class of a library, by import path.
    Instance(Arc<str>),
    /// A statement: what each row holds.
    Statement(Arc<[Type<'a>]>),
    /// A result: what each row holds, and whether it gives the first value of each row only.
    Rows(Arc<[Type<'a>]>, bool),
    /// A dictionary of the fields of a class: `item.model_dump()`.
    Dump(Class<'a>),
    /// `Item.__table__`.
    Table(Class<'a>),
    /// `Item.__table__.c`.
    Columns(Class<'a>),
    /// A text; `\0` stands for each part that is not known.
    Text(Arc<str>),
    /// A dictionary as written, with the place it is written in.
    Display(&'a ExprDict, Scope<'a>),
    /// The response of an endpoint, by its number.
    Response(usize),
    /// What a response holds, by the endpoint's number.
    Json(usize),
    /// One of several.
    Either(Arc<[Type<'a>]>),
}

impl<'a> Type<'a> {
    /// An instance without type arguments.
    pub(super) fn object(class: Class<'a>) -> Self {
        Self::Object(class, Arc::from([]))
    }

    /// Several of one type.
    pub(super) fn many(item: Self) -> Self {
        Self::Many(Arc::new(item))
    }

    /// A text without unknown parts.
    pub(super) fn text(text: &str) -> Self {
        Self::Text(Arc::from(text))
    }

    /// One of two; the same where both are alike or one says nothing.
    pub(super) fn or(self, other: Self) -> Self {
        let mut all: Vec<Self> = Vec::new();
        for one in [self, other] {
            match one {
                Self::Either(several) => all.extend(several.iter().cloned()),
                one => all.push(one),
            }
        }
        let mut kept: Vec<Self> = Vec::new();
        for one in all {
            if !kept.iter().any(|known| known.same(&one)) {
                kept.push(one);
            }
        }
        if kept.len() > 1 {
            kept.retain(|one| !matches!(one, Self::Plain));
        }
        match kept.len() {
            0 => Self::Plain,
            1 => kept.remove(0),
            _ if kept.len() > MOST => Self::Unknown,
            _ => Self::Either(kept.into()),
        }
    }

    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Unknown, Self::Unknown) | (Self::Plain, Self::Plain) | (Self::Module, Self::Module) => true,
            (Self::Object(a, _), Self::Object(b, _)) | (Self::Class(a, _), Self::Class(b, _)) => a == b,
            (Self::Dump(a), Self::Dump(b)) => a == b,
            (Self::Symbol(a), Self::Symbol(b)) | (Self::Instance(a), Self::Instance(b)) => a == b,
            (Self::Text(a), Self::Text(b)) => a == b,
            (Self::Many(a), Self::Many(b)) | (Self::Keyed(a), Self::Keyed(b)) => a.same(b),
            (Self::Response(a), Self::Response(b)) | (Self::Json(a), Self::Json(b)) => a == b,
            _ => false,
        }
    }

    /// The types that it may be.
    pub(super) fn each(&self) -> &[Self] {
        match self {
            Self::Either(several) => several,
            one => std::slice::from_ref(one),
        }
    }

    /// The same for each type that it may be.
    pub(super) fn map(&self, change: impl Fn(&Self) -> Self) -> Self {
        let mut all = self.each().iter().map(change);
        let first = all.next().unwrap_or(Self::Unknown);
        all.fold(first, Self::or)
    }

    /// What iterating over it yields.
    pub(super) fn item(&self) -> Self {
        self.map(|one| match one {
            Self::Many(item) => (**item).clone(),
            Self::Tuple(items) => items.iter().cloned().reduce(Self::or).unwrap_or(Self::Plain),
            Self::Rows(row, first) => row_of(row, *first),
            Self::Statement(_) | Self::Keyed(_) | Self::Dump(_) | Self::Text(_) | Self::Plain => Self::Plain,
            Self::Json(number) => Self::Json(*number),
            Self::Display(..) => Self::Plain,
            _ => Self::Unknown,
        })
    }
}

/// Unions of more types than this say nothing.
const MOST: usize = 8;

/// One row of a result.
pub(super) fn row_of<'a>(row: &Arc<[Type<'a>]>, first: bool) -> Type<'a> {
    match (&**row, first) {
        ([only, ..], true) => only.clone(),
        _ => Type::Tuple(Arc::clone(row)),
    }
}
