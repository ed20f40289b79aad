//! Names that are too long for PostgreSQL, as SQLAlchemy sends them.

use std::borrow::Cow;

use md5::{Digest, Md5};

use crate::sql::Dialect;

/// How long names of PostgreSQL are, in bytes.
const LENGTH: usize = 63;

/// The name that a constraint or index gets where SQLAlchemy makes it: those of conventions and in `op.f` are cut, with a
/// sign of what is cut; those that are given it refuses.
///
/// ```python
/// # sqlalchemy.sql.compiler.IdentifierPreparer._truncate_and_render_maxlen_name
/// if isinstance(name, elements._truncated_label):
///     if len(name) > max_:
///         name = name[0 : max_ - 8] + "_" + util.md5_hex(name)[-4:]
/// else:
///     self.dialect.validate_identifier(name)
/// ```
pub(crate) fn by_sqlalchemy(name: &str, dialect: Dialect) -> Cow<'_, str> {
    if dialect != Dialect::Postgresql || name.chars().count() <= LENGTH {
        return Cow::Borrowed(name);
    }
    let digest = Md5::digest(name.as_bytes());
    let sign: String = digest.iter().rev().take(2).rev().map(|byte| format!("{byte:02x}")).collect();
    let start: String = name.chars().take(LENGTH - 8).collect();
    Cow::Owned(kept(&format!("{start}_{sign}")).to_owned())
}

/// A name as PostgreSQL keeps it: 63 bytes of it.
pub(crate) fn kept(name: &str) -> &str {
    let end = (0..=name.len().min(LENGTH)).rev().find(|end| name.is_char_boundary(*end)).unwrap_or(0);
    &name[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names() {
        let name =
            "fk_another_table_with_a_long_name_a_table_with_a_rather_long_name_id_a_table_with_a_rather_long_name";
        let cut = "fk_another_table_with_a_long_name_a_table_with_a_rather_de82";
        assert_eq!(by_sqlalchemy(name, Dialect::Postgresql), cut);
        assert_eq!(by_sqlalchemy(name, Dialect::Sqlite), name);
        assert_eq!(by_sqlalchemy("ix_item_title", Dialect::Postgresql), "ix_item_title");
        assert_eq!(kept(name).len(), 63);
    }
}
