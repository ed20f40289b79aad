//! Writes Python: new files in the house's style.

pub(crate) mod import_order;
pub(crate) mod imports;
mod registration;
mod respelled;
mod source;
mod text;
