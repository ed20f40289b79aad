//! Writes Python: new files in the house's style.

pub(crate) mod import_order;
pub(crate) mod imports;
mod source;
