//! Tests of a module's endpoints.

use architect_model::RouterDesign;

use super::file::File;
use super::house::House;

/// Fills the file of tests of a router.
pub(crate) fn fill(_house: &House<'_>, _file: &mut File, _router: &RouterDesign) {}
