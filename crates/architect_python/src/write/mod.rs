//! Writes Python: new files in the house's style.

mod import_order;
mod imports;
mod source;
