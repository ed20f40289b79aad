//! Changes of type: which of them write the table anew.

use architect_model::ColumnType;

/// What a change of type does to the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Rewrite {
    /// The rows stay as they are.
    No,
    /// The table is written anew.
    Yes {
        /// The old type.
        from: String,
        /// The new type.
        to: String,
    },
    /// It is, unless the time zone of the session is UTC.
    WithZone,
    /// One of the types is not known.
    Unknown,
}

/// A type of PostgreSQL in parts.
#[derive(Debug, PartialEq, Eq)]
struct Parts {
    word: String,
    numbers: Vec<i64>,
    zone: bool,
    array: bool,
}

/// Whether a change of type writes the table anew (`ATColumnChangeRequiresRewrite` and the support functions of
/// `varchar`, `varbit`, `numeric`, `timestamp`, `time` and `interval`).
pub(crate) fn rewrite(old: &ColumnType, new: &ColumnType, using: Option<&str>, column: &str, version: u32) -> Rewrite {
    let (Some(from), Some(to)) = (old.postgresql(), new.postgresql()) else { return Rewrite::Unknown };
    let (a, b) = (parts(&from), parts(&to));
    if using.is_some_and(|using| !is_plain_cast(using, column)) {
        return Rewrite::Yes { from, to };
    }
    if a == b {
        return Rewrite::No;
    }
    if a.word == "timestamp" && b.word == "timestamp" && a.zone != b.zone && grows(&a, &b) {
        return if version >= 12 { Rewrite::WithZone } else { Rewrite::Yes { from, to } };
    }
    let same_family = a.array == b.array && keeps_rows(&a, &b);
    if same_family { Rewrite::No } else { Rewrite::Yes { from, to } }
}

/// Whether values of the one type are values of the other, bit by bit.
fn keeps_rows(a: &Parts, b: &Parts) -> bool {
    match (a.word.as_str(), b.word.as_str()) {
        // `citext` and `inet` are made so that their kin need no conversion.
        ("varchar" | "text" | "citext", "text" | "citext") | ("cidr", "inet") => true,
        ("text" | "citext", "varchar") => b.numbers.is_empty(),
        ("numeric", "numeric") => match (a.numbers.as_slice(), b.numbers.as_slice()) {
            (_, []) => true,
            ([], _) => false,
            (one, other) => {
                let scale = |numbers: &[i64]| numbers.get(1).copied().unwrap_or(0);
                one[0] <= other[0] && scale(one) == scale(other)
            }
        },
        (one, other) if one == other => match one {
            "varchar" | "bit varying" => grows(a, b),
            "timestamp" | "time" | "interval" => a.zone == b.zone && grows(a, b),
            _ => false,
        },
        _ => false,
    }
}

/// Whether the only number grows, or goes.
fn grows(a: &Parts, b: &Parts) -> bool {
    match (a.numbers.first(), b.numbers.first()) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(one), Some(other)) => one <= other,
    }
}

/// `VARCHAR(20)`, `TIMESTAMP(3) WITH TIME ZONE`, `NUMERIC(10, 2)[]` in parts.
fn parts(ty: &str) -> Parts {
    let lower = ty.to_lowercase();
    let array = lower.ends_with("[]");
    let lower = lower.trim_end_matches("[]");
    let zone = lower.contains("with time zone");
    let bare = lower.replace("without time zone", "").replace("with time zone", "");
    let (word, rest) = bare.split_once('(').map_or((bare.as_str(), ""), |(word, rest)| (word, rest));
    let numbers =
        rest.trim().trim_end_matches(')').split(',').filter_map(|number| number.trim().parse().ok()).collect();
    let word = match word.trim() {
        "float" => "double precision",
        "character varying" => "varchar",
        "decimal" => "numeric",
        "char" | "character" => "char",
        other => other,
    };
    Parts { word: word.to_owned(), numbers, zone, array }
}

/// `column::type`, `CAST(column AS type)`, or the column itself.
fn is_plain_cast(using: &str, column: &str) -> bool {
    let bare: String = using.chars().filter(|c| *c != '"').collect::<String>().to_lowercase();
    let column = column.to_lowercase();
    let bare = bare.trim();
    let of_call = bare.strip_prefix("cast(").and_then(|rest| rest.split(" as ").next());
    let of_cast = bare.split("::").next();
    bare == column
        || of_call.is_some_and(|inner| inner.trim() == column)
        || bare.contains("::") && of_cast.is_some_and(|inner| inner.trim_matches(['(', ')', ' ']) == column)
}
