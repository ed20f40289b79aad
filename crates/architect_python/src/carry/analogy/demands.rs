//! Whether a class must be given a field.

use ruff_python_ast::{Expr, Stmt, StmtAnnAssign, StmtClassDef};

use crate::style::walk::last_name;
use crate::syntax::Tree;

/// Whether no row of `class` can be made without `field`, as far as a text that declares both says it. Of a table, what may
/// be null or has a default may be left out:
///
/// ```python
/// class Note(SQLModel, table=True):
///     color: str | None            # NULL
/// class NotePublic(BaseModel):
///     color: str | None            # must be given: pydantic_core.ValidationError, Field required
/// ```
pub fn demands(text: &str, class: &str, field: &str) -> bool {
    if !text.contains(class) || !text.contains(field) {
        return false;
    }
    let parsed = Tree::of(text).parsed;
    let classes = parsed.syntax().body.iter().filter_map(Stmt::as_class_def_stmt);
    let is_demanded = |class: &StmtClassDef| class.body.iter().any(|stmt| declares(stmt, field, is_table(class)));
    classes.filter(|known| known.name.as_str() == class).any(is_demanded)
}

/// Whether a statement declares the field so that it must be given.
fn declares(stmt: &Stmt, field: &str, is_table: bool) -> bool {
    match stmt {
        Stmt::AnnAssign(one) if named(&one.target, field) => annotated(one, is_table),
        Stmt::Assign(one) if matches!(&*one.targets, [target] if named(target, field)) => match &*one.value {
            Expr::Call(call) if last_name(&call.func) == Some("Column") => {
                let keyword = |name: &str| call.arguments.find_keyword(name);
                let is_false = |value: &Expr| matches!(value, Expr::BooleanLiteral(literal) if !literal.value);
                !has_default(&one.value) && keyword("nullable").is_some_and(|found| is_false(&found.value))
            }
            _ => false,
        },
        _ => false,
    }
}

fn annotated(field: &StmtAnnAssign, is_table: bool) -> bool {
    let is_mapped = matches!(&*field.annotation, Expr::Subscript(found) if last_name(&found.value) == Some("Mapped"));
    let may_be_null = is_table || is_mapped;
    let is_free = match field.value.as_deref() {
        None => false,
        Some(Expr::Call(call)) if matches!(last_name(&call.func), Some("Field" | "mapped_column")) => {
            has_default(field.value.as_deref().unwrap_or(&field.annotation))
        }
        Some(_) => true,
    };
    !(is_free || may_be_null && allows_none(&field.annotation))
}

fn named(target: &Expr, name: &str) -> bool {
    target.as_name_expr().is_some_and(|found| found.id.as_str() == name)
}

/// Whether a call gives a default, or says that the value comes from elsewhere.
fn has_default(value: &Expr) -> bool {
    const GIVE: [&str; 6] = ["default", "default_factory", "insert_default", "server_default", "init", "primary_key"];
    let Expr::Call(call) = value else { return true };
    let first = call.arguments.args.first().filter(|_| last_name(&call.func) == Some("Field"));
    first.is_some_and(|first| !first.is_ellipsis_literal_expr())
        || GIVE
            .iter()
            .any(|name| call.arguments.find_keyword(name).is_some_and(|given| !given.value.is_ellipsis_literal_expr()))
}

fn allows_none(annotation: &Expr) -> bool {
    match annotation {
        Expr::NoneLiteral(_) => true,
        Expr::BinOp(union) => allows_none(&union.left) || allows_none(&union.right),
        Expr::Subscript(found) => last_name(&found.value) == Some("Optional") || allows_none(&found.slice),
        _ => false,
    }
}

/// `class Note(SQLModel, table=True)`, or a class with `__tablename__`.
fn is_table(class: &StmtClassDef) -> bool {
    class.arguments.as_ref().is_some_and(|all| all.find_keyword("table").is_some())
        || class.body.iter().any(|stmt| {
            matches!(stmt, Stmt::Assign(one) if matches!(&*one.targets, [target] if named(target, "__tablename__")))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn responses_demand_what_tables_do_without() {
        let text = "class A(SQLModel, table=True):\n    a: str | None\n    b: int\n    c: int = Field(default=1)\n\n\
                    class B(BaseModel):\n    a: str | None\n    b: int = Field(..., gt=1)\n    c: int = 1\n\n\
                    class C(Base):\n    a: Mapped[str | None] = mapped_column(String(9))\n    b = Column(Integer, nullable=False)\n    c = Column(Integer)\n";
        let found = |class: &str| ["a", "b", "c"].map(|field| demands(text, class, field));
        assert_eq!(found("A"), [false, true, false]);
        assert_eq!(found("B"), [true, true, false]);
        assert_eq!(found("C"), [false, true, false]);
        assert_eq!(found("D"), [false; 3]);
    }
}
