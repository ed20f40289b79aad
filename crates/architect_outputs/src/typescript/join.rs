//! Types side by side: unions, intersections, and what stands in parentheses.

use super::writer::Writer;

/// What a type that was written is, as far as what stands around it must know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Boolean,
    Never,
    Null,
    Number,
    String,
    Unknown,
    Object,
    Array,
    Tuple,
    Union,
    Intersection,
    Other,
}

impl Kind {
    /// `lib/ts`, `tsIsPrimitive`: literals are not.
    pub(super) fn is_primitive(self) -> bool {
        matches!(self, Self::Boolean | Self::Never | Self::Null | Self::Number | Self::String)
    }

    /// `factory`, `parenthesizeConstituentTypeOfUnionType` and its like for intersections and arrays.
    pub(super) fn wants_parentheses(self) -> bool {
        matches!(self, Self::Union | Self::Intersection)
    }
}

/// A union or an intersection on its way, `tsUnion` and `tsIntersection` of `lib/ts`.
pub(super) struct Join {
    separator: &'static str,
    kind: Kind,
    start: usize,
    first: Kind,
    members: usize,
    /// The primitive types that stand in it: each is written once (`tsDedupe`).
    seen: u16,
}

impl Join {
    fn new(separator: &'static str, kind: Kind, start: usize) -> Self {
        Self { separator, kind, start, first: Kind::Never, members: 0, seen: 0 }
    }

    /// What was joined: nothing, the only member itself, or the whole.
    pub(super) fn done(&self) -> Option<Kind> {
        match self.members {
            0 => None,
            1 => Some(self.first),
            _ => Some(self.kind),
        }
    }

    /// Takes what was written since the start as the first member.
    pub(super) fn adopt(&mut self, kind: Kind) {
        self.members = 1;
        self.first = kind;
        self.note(kind);
    }

    /// Whether a type is new here.
    fn note(&mut self, kind: Kind) -> bool {
        let bit = 1 << kind as u16;
        let new = !kind.is_primitive() || self.seen & bit == 0;
        self.seen |= bit;
        new
    }
}

impl Writer<'_> {
    pub(super) fn union(&self) -> Join {
        Join::new(" | ", Kind::Union, self.out.len())
    }

    pub(super) fn union_from(start: usize) -> Join {
        Join::new(" | ", Kind::Union, start)
    }

    pub(super) fn intersection_from(start: usize) -> Join {
        Join::new(" & ", Kind::Intersection, start)
    }

    /// Writes one more member.
    pub(super) fn member(&mut self, join: &mut Join, write: impl FnOnce(&mut Self) -> Kind) -> Kind {
        if join.members == 0 {
            let kind = write(self);
            join.adopt(kind);
            return kind;
        }
        if join.members == 1 {
            self.parenthesize(join.start, join.first);
        }
        join.members += 1;
        let before = self.out.len();
        self.out.push_str(join.separator);
        let start = self.out.len();
        let kind = write(self);
        if join.note(kind) {
            self.parenthesize(start, kind);
        } else {
            self.out.truncate(before);
        }
        kind
    }

    /// Puts what was written since `start` in parentheses where a type around it asks for them.
    pub(super) fn parenthesize(&mut self, start: usize, kind: Kind) {
        if kind.wants_parentheses() {
            self.out.insert(start, '(');
            self.out.push(')');
        }
    }

    /// Makes what was written since `start` the element of an array.
    pub(super) fn array_of(&mut self, start: usize, element: Kind) -> Kind {
        self.parenthesize(start, element);
        self.out.push_str("[]");
        Kind::Array
    }

    pub(super) fn keyword(&mut self, kind: Kind) -> Kind {
        self.out.push_str(match kind {
            Kind::Boolean => "boolean",
            Kind::Never => "never",
            Kind::Null => "null",
            Kind::Number => "number",
            Kind::String => "string",
            _ => "unknown",
        });
        kind
    }
}
