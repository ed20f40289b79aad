//! Constraints in the words of SQL and of people: keys, `NOT NULL`, `UNIQUE`, `DEFAULT`, references.

use architect_model::OnDelete;

use crate::lexicon::Words;
use crate::names::{self, fold};
use crate::raw::{RawField, Scope};
use crate::references;
use crate::rules;
use crate::{bounds, enumerations, loose, typewords};

/// Texts beyond this length hold no constraints but prose.
const MAX_TEXT: usize = 2_000;

/// Takes the constraints out of a text that may also hold a type; returns what is left.
pub(crate) fn take(field: &mut RawField, text: &str) -> String {
    if text.len() > MAX_TEXT {
        return text.to_owned();
    }
    let mut text = text.to_owned();
    while let Some(shorter) = reference(field, &text)
        .or_else(|| check(field, &text))
        .or_else(|| default(field, &text))
        .or_else(|| flag(field, &text))
    {
        text = shorter;
    }
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '，' | '、' | '·' | '|'))
        .replace("()", "")
        .trim()
        .to_owned()
}

/// A flag: the words that say it, and what it does.
type Flag = (&'static [&'static str], fn(&mut RawField));

const UNIQUE: &[&str] = &[
    "unique",
    "unico",
    "unica",
    "univoco",
    "eindeutig",
    "唯一",
    "一意",
    "고유",
    "benzersiz",
    "уникальный",
    "уникальная",
    "уникальное",
    "unikalny",
    "unikalna",
    "unikalne",
];

const FLAGS: &[Flag] = &[
    (
        &[
            "primary key",
            "(pk)",
            "pk",
            "clave primaria",
            "llave primaria",
            "chave primaria",
            "cle primaire",
            "primarschlussel",
            "primary",
            "primar",
            "主键",
            "主キー",
            "기본키",
            "khoa chinh",
            "birincil anahtar",
        ],
        |field| field.primary_key = true,
    ),
    (
        &["not null", "not nullable", "non null", "no nulo", "nao nulo", "nicht null", "非空", "不为空", "null不可"],
        |field| field.required = Some(true),
    ),
    (&["nullable", "null allowed", "可空"], |field| field.required = Some(false)),
    (
        &[
            "foreign key",
            "(fk)",
            "fk",
            "clave foranea",
            "llave foranea",
            "chave estrangeira",
            "cle etrangere",
            "fremdschlussel",
            "外键",
            "外部キー",
            "외래키",
            "khoa ngoai",
        ],
        |field| field.foreign_key = true,
    ),
    (
        &[
            "unique per owner",
            "unique per user",
            "unico por usuario",
            "unica por usuario",
            "unico por propietario",
            "unico por proprietario",
            "unique par utilisateur",
            "unique par proprietaire",
            "eindeutig pro benutzer",
            "eindeutig je benutzer",
        ],
        |field| {
            field.unique.get_or_insert_with(|| Scope::Per("owner".to_owned()));
        },
    ),
    (UNIQUE, |field| {
        field.unique.get_or_insert(Scope::Table);
    }),
    (&["auto_increment", "autoincrement", "identity", "auto-increment", "generated always as identity"], |field| {
        field.primary_key |= fold(&field.label) == "id";
    }),
    (&["indexed", "index", "indice", "索引", "インデックス"], |field| field.index = true),
    (&["set null"], |field| field.on_delete = field.on_delete.or(Some(OnDelete::SetNull))),
    (
        &[
            "borrar en cascada",
            "borrado en cascada",
            "eliminar en cascada",
            "eliminacion en cascada",
            "en cascada",
            "excluir em cascata",
            "em cascata",
            "suppression en cascade",
            "en cascade",
            "kaskadierend loschen",
            "kaskadierend",
        ],
        |field| field.on_delete = field.on_delete.or(Some(OnDelete::Cascade)),
    ),
    (&["cascade"], |field| field.on_delete = field.on_delete.or(Some(OnDelete::Cascade))),
    (&["restrict"], |field| field.on_delete = field.on_delete.or(Some(OnDelete::Restrict))),
    (&["unsigned"], |_| {}),
    (&["may circle"], |field| field.circular = true),
    (&["read only", "readonly", "read-only", "solo lectura", "somente leitura"], |field| field.read_only = true),
    (
        &[
            "required",
            "obligatorio",
            "obligatoria",
            "requerido",
            "obrigatorio",
            "obligatoire",
            "requis",
            "pflicht",
            "必填",
            "必須",
            "필수",
            "bat buoc",
            "zorunlu",
            "obrigatoria",
            "obrigatorias",
            "obrigatorios",
            "obligatorias",
            "obligatorios",
            "obligatoires",
        ],
        |field| {
            field.required = Some(true);
        },
    ),
    (&["optional", "opcional", "optionnel", "facultatif", "可选", "任意", "선택", "opsiyonel"], |field| {
        field.required = Some(false)
    }),
    (&["null"], |field| field.required = field.required.or(Some(false))),
];

/// Words behind "FK" that name no table.
static STOPS: Words = Words("no table");

/// Takes one flag out.
fn flag(field: &mut RawField, text: &str) -> Option<String> {
    let folded = fold_same_length(text);
    for (words, set) in FLAGS {
        for word in *words {
            let Some(at) = find_word(&folded, word) else {
                continue;
            };
            let before: String = folded[..at].iter().collect();
            let deniable = words.iter().any(|word| ["fk", "pk", "unique"].contains(word));
            if !(deniable && is_denied(&before)) {
                set(field);
            }
            return Some(cut(text, at, at + word.chars().count()));
        }
    }
    None
}

/// Folds letter by letter, so that positions stay those of the text.
fn fold_same_length(text: &str) -> Vec<char> {
    text.chars().map(fold_char).collect()
}

fn fold_char(c: char) -> char {
    if c.is_whitespace() {
        return ' ';
    }
    fold(&c.to_string()).chars().next().unwrap_or(c)
}

/// Where a word stands alone in a text, in characters.
fn find_word(text: &[char], word: &str) -> Option<usize> {
    let word: Vec<char> = word.chars().collect();
    let ascii = word[0].is_ascii_alphanumeric();
    let is_part = |c: Option<&char>| ascii && c.is_some_and(|c| c.is_alphanumeric() || *c == '_');
    (0..text.len().saturating_sub(word.len() - 1)).find(|at| {
        text[*at..*at + word.len()] == word[..]
            && !is_part(at.checked_sub(1).and_then(|at| text.get(at)))
            && !is_part(text.get(at + word.len()))
    })
}

fn cut(text: &str, from: usize, to: usize) -> String {
    let before: String = text.chars().take(from).collect();
    let after: String = text.chars().skip(to).collect();
    format!("{} {}", before.trim_end(), after.trim_start())
}

/// Words before the table that a reference points at; longer ones first.
/// Names of schemas, which stand before a table.
static SCHEMAS: Words = Words("schema");

static POINTERS: Words = Words("pointer");

/// `REFERENCES users(id) ON DELETE CASCADE`, `→ users.id`, `FK: users.id`.
fn reference(field: &mut RawField, text: &str) -> Option<String> {
    let folded = fold_same_length(text);
    let opening = ["on delete "].iter().find_map(|word| Some((find_word(&folded, word.trim())?, word.chars().count())));
    if let Some((at, length)) = opening {
        let after: String = folded[(at + length).min(folded.len())..].iter().collect();
        let action = ["set null", "no action", "set default", "cascade", "restrict"]
            .iter()
            .find(|action| after.starts_with(**action));
        field.on_delete = action.and_then(|action| rules::on_delete(action)).or(field.on_delete);
        return Some(cut(text, at, at + length + action.map_or(0, |action| action.len())));
    }
    if let Some(at) = find_word(&folded, "on update") {
        let after: String = folded[at..].iter().collect();
        let end = ["cascade", "restrict", "set null", "no action"]
            .iter()
            .find_map(|word| Some(after.find(word)? + word.len()));
        return Some(cut(text, at, at + end.unwrap_or(9)));
    }
    for word in POINTERS.iter() {
        let Some(at) = find_word(&folded, word) else {
            continue;
        };
        let after: String = text.chars().skip(at + word.chars().count()).collect();
        let trimmed = after.trim_start_matches(|c: char| c.is_whitespace() || "→->:(".contains(c));
        let skipped = after.chars().count() - trimmed.chars().count();
        let target: String = trimmed.chars().take_while(|c| c.is_alphanumeric() || "_.\"".contains(*c)).collect();
        let lower = fold(&target);
        let arrow = !word.starts_with(|c: char| c.is_alphanumeric());
        let named = target.trim_start_matches(['"', '_']).starts_with(char::is_alphabetic);
        let typed = !arrow && !target.contains('.') && typewords::find(&target).is_some();
        let before: String = folded[..at].iter().collect();
        // `a number → DEBT-010`, `NOT NULL ⇒ placed`: an arrow behind words points at a table only where one is plain.
        let number = trimmed.chars().skip(target.chars().count()).take(2).collect::<String>();
        let number = number.starts_with('-') && number.ends_with(|c: char| c.is_ascii_digit());
        let plain = target.contains('.') || references::stem(&field.label).is_some() || is_key(&before);
        if !named || typed || STOPS.contains(&lower.as_str()) || is_denied(&before) {
            continue;
        }
        if arrow && (!target.is_ascii() || number || !plain) {
            continue;
        }
        field.foreign_key = true;
        let behind: String = trimmed.chars().skip(target.chars().count()).collect();
        if !is_phrase(&target, &behind) {
            field.references.get_or_insert_with(|| table_of(&target));
        }
        let mut end = at + word.chars().count() + skipped + target.chars().count();
        let rest: String = text.chars().skip(end).collect();
        if rest.trim_start().starts_with('(') {
            end += rest.find(')').map_or(0, |close| rest[..=close].chars().count());
        } else if word.ends_with('(') {
            end += rest.chars().take_while(|c| *c == ')').count();
        }
        return Some(cut(text, at, end));
    }
    None
}

/// Whether nothing but a key stands before an arrow.
fn is_key(before: &str) -> bool {
    let words = before.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.count() < 2
}

/// Whether a text says right before a key that there is none: `not a FK`, `pas de FK`.
fn is_denied(before: &str) -> bool {
    let clause = before.rsplit([',', ';', '.', ':', '(', '|', '/', '—', '–']).next().unwrap_or_default();
    let mut words = clause.split_whitespace().rev();
    let last = words.next().unwrap_or_default();
    let article = ["a", "an", "un", "une", "una", "um", "uma", "de", "eine"].contains(&last);
    DENIALS.contains(&last) || article && words.next().is_some_and(|word| DENIALS.contains(&word))
}

static DENIALS: Words = Words("denial");

/// Whether a target is the first of several words that name something else than a table: `Billing App`.
fn is_phrase(target: &str, behind: &str) -> bool {
    let capital = target.starts_with(char::is_uppercase) && target.chars().any(char::is_lowercase);
    let next = behind.strip_prefix(' ').and_then(|rest| rest.split_whitespace().next()).unwrap_or_default();
    capital && next.starts_with(char::is_uppercase) && !STOPS.contains(&fold(next).as_str())
}

/// `public.users.id`, `users.id` and `auth.users` mean `users`.
pub(crate) fn table_of(target: &str) -> String {
    let clean = target.replace('"', "");
    let parts: Vec<&str> = clean.split('.').filter(|part| !part.is_empty()).collect();
    let last = parts.last().copied().unwrap_or_default();
    let schema = parts.len() == 2 && (names::is_account(last) || SCHEMAS.contains(&fold(parts[0]).as_str()));
    let parts = if parts.len() > 1 && !schema { &parts[..parts.len() - 1] } else { &parts[..] };
    parts.last().map_or_else(String::new, |part| (*part).to_owned())
}

/// `CHECK (status IN ('a', 'b'))`
fn check(field: &mut RawField, text: &str) -> Option<String> {
    let folded = fold_same_length(text);
    let at = find_word(&folded, "check")?;
    let after: String = text.chars().skip(at).collect();
    let end = closing(&after).unwrap_or(after.len());
    let inside = after[..end].split_once('(').map_or("", |(_, inside)| inside.trim_end().trim_end_matches(')'));
    let listed = || {
        let quoted = |part: &str| part.len() > 2 && part.starts_with('\'') && part.ends_with('\'');
        let parts: Vec<&str> = inside.split(',').map(str::trim).collect();
        let values = parts.iter().map(|part| part.trim_matches('\'').to_owned()).collect();
        (parts.len() > 1 && parts.iter().all(|part| quoted(part))).then_some(values)
    };
    if let Some(values) = enumerations::membership(&after[..end]).or_else(listed) {
        loose::enumeration(field, values);
    } else {
        bounds_of(field, &after[..end]);
    }
    Some(cut(text, at, at + after[..end].chars().count()))
}

/// `CHECK (amount > 0 AND amount <= 100)`
fn bounds_of(field: &mut RawField, check: &str) {
    let inside = check.split_once('(').map_or("", |(_, rest)| rest.trim_end().trim_end_matches(')'));
    let label = fold(&field.label);
    for part in fold(inside).split(" and ") {
        let rest = part.trim().trim_matches(['"', '(', ')', ' ']).strip_prefix(&label);
        field.bounds.extend(rest.and_then(|rest| bounds::read(rest.trim_start_matches(['"', ' ']))));
    }
}

/// Whether a text says no more than that values differ.
pub(crate) fn is_unique(text: &str) -> bool {
    UNIQUE.contains(&fold(text).trim_matches(['.', ' ']))
}

/// The offset behind the bracket that closes the first one.
pub(crate) fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_u32;
    let mut quoted = false;
    for (at, c) in text.char_indices() {
        match c {
            '\'' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

/// `DEFAULT 'x'`, `default: x`, `por defecto x`.
fn default(field: &mut RawField, text: &str) -> Option<String> {
    let folded = fold_same_length(text);
    let words = [
        "server_default",
        "default",
        "por defecto",
        "valor por defecto",
        "padrao",
        "par defaut",
        "defaut",
        "vorgabe",
        "默认值",
        "默认",
        "デフォルト",
        "기본값",
        "기본",
        "varsayilan",
        "mac dinh",
    ];
    let (at, length) = words.iter().find_map(|word| Some((find_word(&folded, word)?, word.chars().count())))?;
    let after: String = text.chars().skip(at + length).collect();
    let trimmed = after.trim_start_matches(|c: char| c.is_whitespace() || ":=：＝".contains(c));
    let skipped = after.chars().count() - trimmed.chars().count();
    let value = value(trimmed);
    // `Varsayılan liste mi?` asks whether it is the default one.
    let said: String = folded[at..at + length].iter().collect();
    let behind = trimmed[value.len()..].trim_start();
    let marked = after.trim_start().starts_with([':', '=', '：', '＝', '`', '\'', '"', '「', '(', '（']);
    let adjective = !said.contains("default") && !marked && behind.starts_with(char::is_alphabetic);
    if !value.is_empty() && field.default.is_none() && !adjective {
        field.default = Some(value.clone());
    }
    Some(cut(text, at, at + length + skipped + value.chars().count()))
}

/// One value at the start of a text: quoted, a call, or one word.
fn value(text: &str) -> String {
    let first = text.chars().next().unwrap_or(' ');
    if matches!(first, '\'' | '"' | '`') {
        let end = text[1..].find(first).map_or(text.len(), |end| end + 2);
        return text[..end].to_owned();
    }
    let end = text
        .find(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | ')' | '(' | '，' | '。' | '、' | '（' | '）'))
        .unwrap_or(text.len());
    let rest = &text[end..];
    if rest.starts_with('(') {
        let end = end + closing(rest).unwrap_or(rest.len());
        return text[..end].to_owned();
    }
    text[..end].trim_end_matches('.').to_owned()
}
