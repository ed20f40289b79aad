//! The forms in which documents state a data model, besides the explicit one.

pub(crate) mod boxes;
pub(crate) mod bullets;
pub(crate) mod code;
pub(crate) mod dbml;
pub(crate) mod example;
pub(crate) mod folded;
pub(crate) mod keys;
pub(crate) mod lined;
pub(crate) mod lists;
pub(crate) mod mermaid;
pub(crate) mod mocodo;
pub(crate) mod prisma;
pub(crate) mod python;
pub(crate) mod relational;
pub(crate) mod sql;
pub(crate) mod table;
pub(crate) mod typescript;
pub(crate) mod values;
