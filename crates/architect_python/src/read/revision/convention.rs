//! The naming convention of the metadata that `env.py` gives to Alembic.

use architect_model::MigrationStyle;
use ruff_python_ast::Expr;
use ruff_python_ast::visitor::{Visitor, walk_expr};

use crate::read::table::{Convention, convention_of};
use crate::resolve::Index;
use crate::syntax::File;

/// The naming convention that unnamed constraints of operations get.
///
/// ```python
/// # env.py
/// context.configure(connection=connection, target_metadata=Base.metadata)
/// ```
pub(super) fn of_environment<'a>(index: &Index<'a>, style: &MigrationStyle) -> Convention {
    let path = style.script_location.as_ref().map(|folder| format!("{folder}/env.py"));
    let file = path.and_then(|path| index.files().by_path(&path));
    let Some((file, expr)) = file.and_then(|file| Some((file, target_metadata(file)?))) else {
        return Convention::default();
    };
    convention_of(index, file, expr)
}

/// What `context.configure(target_metadata=...)` is given.
fn target_metadata(file: &File) -> Option<&Expr> {
    struct Finder<'s>(Option<&'s Expr>);
    impl<'s> Visitor<'s> for Finder<'s> {
        fn visit_expr(&mut self, expr: &'s Expr) {
            if let Expr::Call(call) = expr
                && let Some(keyword) = call.arguments.find_keyword("target_metadata")
            {
                self.0.get_or_insert(&keyword.value);
            }
            walk_expr(self, expr);
        }
    }
    let mut finder = Finder(None);
    finder.visit_body(file.body());
    finder.0
}
