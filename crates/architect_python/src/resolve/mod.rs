//! What the names in a project mean: imports, classes with their bases, constants, types of expressions.
//!
//! Everything starts at an [`Index`] over parsed [`Files`]:
//!
//! ```ignore
//! let files = Files::parse(&sources);
//! let index = Index::new(&files);
//! for file in files.project() {
//!     for class in index.classes(file) {                        // module level and nested
//!         if index.derives_from(class, "pydantic.BaseModel") {  // through the MRO, canonical import paths
//!             println!("{} at {}", class.path(), class.at());
//!         }
//!     }
//!     for function in index.functions(file) {                   // module level; `index.methods(class)` for a class
//!         for decorator in &function.def.decorator_list {
//!             let Expr::Call(call) = &decorator.expression else { continue };
//!             // `@router.get("/items")`: what `router` is an instance of, and where it was made
//!             let Expr::Attribute(attribute) = &*call.func else { continue };
//!             let scope = function.outer;
//!             if index.instance(scope, &attribute.value).is("fastapi.APIRouter") {
//!                 let made = index.resolve(scope, &attribute.value);   // Resolution::Variable(router)
//!                 let path = call.arguments.find_positional(0).map(|path| index.constant(scope, path));
//!             }
//!         }
//!         for parameter in function.def.parameters.iter_non_variadic_params() {
//!             let Some(annotation) = parameter.annotation() else { continue };
//!             let ty = index.annotation(function.outer, annotation);   // aliases, strings, Optional, Annotated peeled
//!             for (scope, extra) in &ty.metadata { /* `Depends(get_db)` of `Annotated[Session, Depends(get_db)]` */ }
//!         }
//!     }
//! }
//! ```
//!
//! - [`Index::resolve`]: what a name or attribute stands for (`Resolution`). Aliases (`a = b`) are followed.
//! - [`Index::instance`]: the class that the value of an expression is an instance of.
//! - [`Index::annotation`]: an annotation taken apart.
//! - [`Index::arguments`]: the arguments of a call, literal spreads included.
//! - [`Index::constant`]: the value of an expression, or why it is unknown.
//! - [`Index::mro`], [`Index::bases`], [`Index::member`], [`Index::type_arguments`]: classes.

mod annotation;
mod arguments;
mod builtins;
mod call;
mod circle;
mod class;
mod clock;
mod constant;
mod definitions;
mod imports;
mod instance;
mod library;
mod lookup;
mod names;
mod operations;
mod pattern;
mod symbols;
mod unseen;
mod value;

pub(crate) use annotation::Annotation;
pub(crate) use arguments::{Arguments, Placed};
pub(crate) use builtins::builtin;
pub(crate) use class::Ancestor;
pub(crate) use library::is_known;
pub(crate) use library::{bases as library_bases, canonical};
pub(crate) use lookup::Index;
pub(crate) use names::{BindingKind, Names, elements};
pub(crate) use symbols::{Class, Frame, Function, Resolution, Scope, Variable};
pub(crate) use value::{Constant, Value};

#[cfg(test)]
mod tests;
