//! Columns of `CREATE TABLE`.

use architect_model::{Column, ColumnType, DefaultForm, ServerDefault, Table};

use super::Dialect;
use super::sqlite;

/// The definition of a column; the error says why it has none.
pub(super) fn definition(table: &Table, column: &Column, dialect: Dialect) -> Result<String, String> {
    let Some(ty) = column.ty.known() else { return Err(unknown(column, "type")) };
    let Some(nullable) = column.nullable.known() else { return Err(unknown(column, "nullability")) };
    let name = dialect.identifier(&column.name);
    let mut text = match dialect {
        Dialect::Postgresql => {
            let is_serial = table.is_autoincrement(column) && column.identity.is_none() && column.default.is_none();
            let ty = match ty.stored() {
                ColumnType::Integer if is_serial => Some("SERIAL".to_owned()),
                ColumnType::BigInteger if is_serial => Some("BIGSERIAL".to_owned()),
                ColumnType::SmallInteger if is_serial => Some("SMALLSERIAL".to_owned()),
                ColumnType::Enum { values, native: true, .. } if values.known().is_none() => {
                    return Err(format!("the values of its column `{}` are not known", column.name));
                }
                _ => ty.postgresql(),
            };
            format!("{name} {}", ty.ok_or_else(|| unnamed(column, dialect))?)
        }
        Dialect::Sqlite => format!("{name} {}", sqlite::type_name(ty).ok_or_else(|| unnamed(column, dialect))?),
    };
    if let Some(default) = &column.server_default {
        let Some(default) = self::default(default, dialect) else { return Err(unknown(column, "server default")) };
        text.push_str(&format!(" DEFAULT {default}"));
    }
    if let Some(computed) = &column.computed {
        let Some(sql) = computed.sql.known() else { return Err(unknown(column, "expression")) };
        text.push_str(&format!(" GENERATED ALWAYS AS ({sql})"));
        text.push_str(match (dialect, computed.persisted) {
            // Before version 18, PostgreSQL stores what it computes, and wants to be told so.
            (Dialect::Postgresql, Some(true) | None) | (Dialect::Sqlite, Some(true)) => " STORED",
            (_, Some(false)) => " VIRTUAL",
            (Dialect::Sqlite, None) => "",
        });
    }
    let identity = column.identity.as_ref().filter(|_| dialect == Dialect::Postgresql);
    if let Some(identity) = identity {
        text.push_str(&format!(" {}", identity.postgresql()));
    }
    text.push_str(match (nullable, identity) {
        (false, None) => " NOT NULL",
        (true, Some(_)) => " NULL",
        _ => "",
    });
    Ok(text)
}

fn unknown(column: &Column, part: &str) -> String {
    format!("the {part} of its column `{}` is not known", column.name)
}

fn unnamed(column: &Column, dialect: Dialect) -> String {
    format!("the type of its column `{}` has no form in {}", column.name, dialect.name())
}

/// A server default.
fn default(default: &ServerDefault, dialect: Dialect) -> Option<String> {
    let sql = default.sql.known()?;
    Some(match dialect {
        Dialect::Postgresql => sql.clone(),
        Dialect::Sqlite => {
            let sql = match default.form {
                DefaultForm::Expression => sqlite::expression(sql),
                DefaultForm::Literal | DefaultForm::Text => sql.clone(),
            };
            sqlite::default(&sql)
        }
    })
}
