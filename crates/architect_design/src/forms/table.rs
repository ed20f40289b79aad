//! Tables with one row per field, as people write them, in any language.

use crate::blocks::{Row, Table};
use crate::constraints;
use crate::forms::{folded, keys};
use crate::hints;
use crate::lexicon::Words;
use crate::loose::{self, Dialect};
use crate::names::{self, fold};
use crate::notes::Notes;
use crate::openers;
use crate::raw::{RawConstraint, RawEntity, RawField, Scope};
use crate::remarks;
use crate::tables::Columns;
use crate::words::Column;

/// What a table is about, by its header and its cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One row per field of one entity.
    Fields,
    /// One row per field, the entity in a column of its own.
    GroupedFields,
    /// One row per entity, its fields in a cell.
    FoldedFields,
    /// One row per entity, no fields.
    Entities,
    /// Something else.
    Other,
}

/// Headers of a column that says whether a caller has to pass something.
static PASSED: Words = Words("column: passed");

/// Decides what a table is about; `in_data_model` if the headings above say so.
pub(crate) fn kind(table: &Table, in_data_model: bool) -> Kind {
    let columns = Columns::of(table);
    let has = |column| columns.has(column);
    let passed = table.header.iter().any(|cell| PASSED.contains(&fold(cell).as_str()));
    if has(Column::Value) || has(Column::Method) || has(Column::Priority) || table.rows.is_empty() || passed {
        return Kind::Other;
    }
    if has(Column::Entity) && has(Column::Field) && has(Column::Values) && !has(Column::Type) {
        return Kind::Other;
    }
    if has(Column::Entity) {
        return match (has(Column::Field), has(Column::Type)) {
            (true, true) => Kind::GroupedFields,
            (true, false) => Kind::FoldedFields,
            (false, false) if in_data_model && has(Column::Description) && table.header.len() <= 3 => Kind::Entities,
            _ => Kind::Other,
        };
    }
    let typed = has(Column::Type) && known_types(table, &columns) * 10 >= table.rows.len() * 4;
    let detailed = [Column::Required, Column::Nullable, Column::Rules, Column::Default].into_iter().any(has);
    let named = table.rows.iter().filter(|row| names::is_identifier(&name_cell(&columns, row))).count();
    let mostly_named = named * 10 >= table.rows.len() * 7;
    match (has(Column::Field), typed) {
        (true, true) => Kind::Fields,
        (true, false) if has(Column::Type) && (in_data_model || mostly_named) => Kind::Fields,
        (true, false) if detailed && (in_data_model || mostly_named) => Kind::Fields,
        (true, false) if in_data_model && mostly_named => Kind::Fields,
        (true, false)
            if in_data_model && has(Column::Description) && table.header.len() < 4 && phrases(table, &columns) =>
        {
            Kind::Fields
        }
        (true, false) if table.header.len() < 4 && phrases(table, &columns) && demands(table, &columns) => Kind::Fields,
        (false, true) if mostly_named || in_data_model => Kind::Fields,
        _ => Kind::Other,
    }
}

/// Whether all names are a few words: `Essence reserve`, `Date of birth`.
fn phrases(table: &Table, columns: &Columns) -> bool {
    let short = |row: &Row| {
        let name = name_cell(columns, row);
        let plain = |c: char| c.is_alphanumeric() || " _-/().'’°º#".contains(c);
        name.split_whitespace().count() < 5 && name.starts_with(char::is_alphabetic) && name.chars().all(plain)
    };
    table.rows.len() > 1 && table.rows.iter().all(short)
}

/// Whether most rows begin by saying whether there has to be a value: `Required. The name of the task`.
fn demands(table: &Table, columns: &Columns) -> bool {
    let said = |row: &&Row| {
        let cell = columns.cell(row, Column::Description);
        let first = cell.split(['.', ',', ';', ':', '。', '、', '，', '；', ' ', '(', '（']).next().unwrap_or_default();
        let mut probe = RawField::default();
        constraints::take(&mut probe, first).is_empty() && probe.required.is_some()
    };
    table.rows.len() > 2 && table.rows.iter().filter(said).count() * 10 >= table.rows.len() * 6
}

fn known_types(table: &Table, columns: &Columns) -> usize {
    let known = |row: &&Row| {
        let mut probe = RawField::default();
        loose::read(&mut probe, columns.cell(row, Column::Type), Dialect::default());
        probe.spec.is_some() || probe.foreign_key
    };
    table.rows.iter().filter(known).count()
}

/// Whether a table lists the columns of a database: one of them is a key.
pub(crate) fn has_key(table: &Table) -> bool {
    let columns = Columns::of(table);
    table.rows.iter().any(|row| {
        let name = names::snake(&name_cell(&columns, row));
        let keyed = row.cells.iter().any(|cell| ["pk", "fk"].iter().any(|key| hints::contains_word(&fold(cell), key)));
        name == "id" || keyed || name.ends_with("_id")
    })
}

/// Whether a table lists an identifier.
pub(crate) fn has_identifier(table: &Table) -> bool {
    let columns = Columns::of(table);
    columns.has(Column::Field) && table.rows.iter().any(|row| names::key(&name_cell(&columns, row)) == "id")
}

/// `Entity | Field | Type`: the entity may be named in its first row only.
pub(crate) fn grouped(table: &Table, notes: &mut Notes) -> Vec<RawEntity> {
    let columns = Columns::of(table);
    let mut parts: Vec<(RawEntity, Table)> = Vec::new();
    for row in &table.rows {
        let label = columns.cell(row, Column::Entity).replace(['`', '*'], "");
        if !label.is_empty() && parts.last().is_none_or(|(entity, _)| entity.label != label) {
            let part = Table { header: table.header.clone(), rows: Vec::new(), line: table.line };
            parts.push((RawEntity { label, line: row.line, ..RawEntity::default() }, part));
        }
        if let Some((_, part)) = parts.last_mut() {
            part.rows.push(row.clone());
        }
    }
    let read = |(mut entity, part): (RawEntity, Table)| {
        self::read(&part, &mut entity, Dialect::default(), notes);
        entity
    };
    parts.into_iter().map(read).collect()
}

/// `Entity | Fields`: all fields in one cell.
pub(crate) fn folded_rows(table: &Table) -> Vec<RawEntity> {
    let columns = Columns::of(table);
    let row = |row: &Row| {
        let label = openers::label(columns.cell(row, Column::Entity))?;
        let description = columns.all(row, Column::Description).filter(|cell| !cell.is_empty()).map(str::to_owned);
        let mut fields = folded::read(columns.cell(row, Column::Field), row.line, Dialect::default());
        let description: Vec<String> = description.collect();
        description.iter().for_each(|said| said_values(said, &mut fields));
        Some(RawEntity { label, line: row.line, description, fields, summary: true, ..RawEntity::default() })
    };
    table.rows.iter().filter_map(row).collect()
}

/// Takes the values that a remark gives for fields: `` `kind`: bug/wish; `state`: open/closed ``.
fn said_values(text: &str, fields: &mut [RawField]) {
    for clause in text.split([';', '；', '。']) {
        let Some((name, listed)) = clause.split_once([':', '：']) else { continue };
        let name = name.rsplit(['.', ',']).next().unwrap_or(name).trim();
        let Some(name) = name.strip_prefix('`').and_then(|name| name.strip_suffix('`')) else { continue };
        let listed = listed.split(['(', '（']).next().unwrap_or(listed).trim();
        let values = crate::enumerations::word_list(listed);
        let field = fields.iter_mut().find(|field| names::key(&field.label) == names::key(name));
        if let (Some(field), Some(values)) = (field.filter(|field| field.spec.is_none()), values) {
            loose::enumeration(field, values);
        }
    }
}

/// `Entity | Description`: names alone, with what is said of them.
pub(crate) fn listed(table: &Table) -> Vec<(String, String, u32)> {
    let columns = Columns::of(table);
    let row = |row: &Row| {
        let label = openers::label(columns.cell(row, Column::Entity))?;
        Some((label, columns.cell(row, Column::Description).to_owned(), row.line))
    };
    table.rows.iter().filter_map(row).collect()
}

/// The cell with the field's name: the column that says so, else the first one.
fn name_cell(columns: &Columns, row: &Row) -> String {
    let cell = if columns.has(Column::Field) { columns.cell(row, Column::Field) } else { columns.first_free(row) };
    cell.replace(['`', '*'], "").trim().to_owned()
}

/// The fields of a table for one entity.
pub(crate) fn read(table: &Table, entity: &mut RawEntity, dialect: Dialect, notes: &mut Notes) {
    let columns = Columns::of(table);
    let dialect =
        Dialect { nullable: false, date_is_time: dialect.date_is_time || is_document_database(table), lists: 0 };
    let style = Style::of(table, &columns);
    for row in &table.rows {
        self::row(row, &columns, style, dialect, entity, notes);
    }
}

fn is_document_database(table: &Table) -> bool {
    let says = |text: &String| {
        let folded = fold(text);
        folded.contains("objectid") || folded.contains("bson")
    };
    table.header.iter().any(says) || table.rows.iter().any(|row| row.cells.iter().any(says))
}

/// How a table writes what its columns leave open.
#[derive(Clone, Copy)]
struct Style {
    crosses_mean_no: bool,
    /// Some rows say `NOT NULL`, so that the others may be empty.
    not_null_is_said: bool,
}

impl Style {
    fn of(table: &Table, columns: &Columns) -> Self {
        let cells = |column: Column| table.rows.iter().map(move |row| fold(columns.cell(row, column)));
        let said: Vec<String> = cells(Column::Rules).chain(cells(Column::Type)).collect();
        Self {
            crosses_mean_no: cells(Column::Required).any(|cell| ["o", "○", "◯", "y"].contains(&cell.as_str())),
            not_null_is_said: said.iter().any(|cell| cell.contains("not null"))
                && !said.iter().any(|cell| cell.contains("nullable")),
        }
    }
}

fn row(row: &Row, columns: &Columns, style: Style, dialect: Dialect, entity: &mut RawEntity, notes: &mut Notes) {
    let written = name_cell(columns, row);
    let type_cell = columns.cell(row, Column::Type);
    let others = row.cells.iter().filter(|cell| !cell.is_empty()).count();
    if constraint(&written, row, entity) {
        return;
    }
    let remark = written.starts_with(['(', '（']) && written.ends_with([')', '）']);
    if written.is_empty() || remark || others < 2 && columns.has(Column::Type) {
        return;
    }
    let all = row.cells.join(" ");
    if !written.contains(char::is_alphanumeric) {
        // `— | — | UNIQUE(a, b)`
        entity.constraints.extend(remarks::constraint(&all, false, row.line));
        return;
    }
    let required_cell = columns.cell(row, Column::Required);
    // `removed_at` is a name and no remark.
    let said = |cell: &&String| !names::is_identifier(&written) || cell.trim_matches(['`', '*', ' ']) != written;
    if row.cells.iter().filter(said).any(|cell| hints::is_gone(cell)) {
        notes.assume(row.line, format!("`{}.{written}` does not exist any more and is left out", entity.label));
        return;
    }
    if hints::is_computed(required_cell) || hints::is_computed(type_cell) {
        notes.assume(row.line, format!("`{}.{written}` is computed and not stored", entity.label));
        return;
    }
    if nested(&written, row.line, entity, notes) {
        return;
    }
    let labels = labels(&written);
    for (at, label) in labels.iter().enumerate() {
        let part = |cell: &str| paired(cell, at, labels.len());
        let mut field = RawField { line: row.line, ..RawField::default() };
        field.label = keys::keyed(label, &mut field);
        loose::read(&mut field, &part(type_cell), dialect);
        for other in columns.all(row, Column::Type).skip(1) {
            keys::second_type(&mut field, &part(other), dialect);
        }
        loose::length(&mut field, &part(columns.cell(row, Column::Length)));
        if hints::yes_or_no(&part(columns.cell(row, Column::Unique)), style.crosses_mean_no) == Some(true) {
            field.unique = Some(Scope::Table);
        }
        let rules = columns.cell(row, Column::Rules).replace('`', "");
        let rest = constraints::take(&mut field, &rules);
        field.hint = Some(rest.clone()).filter(|rest| names::is_label(rest));
        keys::keys(&mut field, columns, row, style.crosses_mean_no);
        let required = hints::yes_or_no(&part(required_cell), style.crosses_mean_no);
        let nullable = hints::yes_or_no(&part(columns.cell(row, Column::Nullable)), style.crosses_mean_no);
        for (said, cell) in [(required, required_cell), (nullable, columns.cell(row, Column::Nullable))] {
            if said.is_none() {
                constraints::take(&mut field, cell);
            }
        }
        let said = required.or(nullable.map(|nullable| !nullable));
        let blank_means_no = columns.has(Column::Required) && required_cell.is_empty();
        field.required = said.or(field.required).or(blank_means_no.then_some(false));
        let keyed = field.primary_key || field.foreign_key;
        if field.required.is_none() && style.not_null_is_said && !keyed {
            field.required = Some(false);
        }
        default(&mut field, columns.cell(row, Column::Default));
        let values = columns.cell(row, Column::Values);
        if let Some(found) = (!values.is_empty())
            .then(|| crate::enumerations::values(values, crate::enumerations::Likelihood::Certain))
            .flatten()
        {
            loose::enumeration(&mut field, found);
        }
        hints::describe(&mut field, &rest);
        field.description.clear();
        for cell in columns.all(row, Column::Description) {
            hints::describe(&mut field, cell);
        }
        crate::untyped::small_numbers(&mut field);
        if field.description.is_empty() && rest.split_whitespace().count() > 1 {
            field.description = rest;
        }
        entity.fields.push(field);
    }
}

/// `sports[].sportId`, `address.street`: a part of a field that holds JSON.
fn nested(written: &str, line: u32, entity: &mut RawEntity, notes: &mut Notes) -> bool {
    let Some((outer, inner)) = written.split_once('.') else {
        return false;
    };
    let outer = outer.trim_end_matches("[]").trim_end_matches("[*]").to_owned();
    if !names::is_label(&outer) || inner.is_empty() || inner.contains(char::is_whitespace) {
        return false;
    }
    notes.assume(line, format!("`{}.{written}` is a part of `{outer}`, which holds JSON", entity.label));
    let json = Some(crate::raw::TypeSpec::Known(architect_model::FieldType::Json));
    match entity.fields.iter_mut().find(|field| field.label == outer) {
        Some(field) => field.spec = json,
        None => entity.fields.push(RawField {
            label: outer,
            line,
            spec: json,
            type_text: "json".to_owned(),
            ..RawField::default()
        }),
    }
    true
}

/// A default cell, unless it says that there is none.
fn default(field: &mut RawField, cell: &str) {
    let none = ["", "-", "—", "–", "none", "ninguno", "nenhum", "aucun", "keine", "无", "なし", "없음", "n/a", "null"];
    if !none.contains(&fold(cell).as_str()) {
        field.default = Some(cell.trim().to_owned());
    }
}

/// The names in a cell: `created_at / updated_at`, `a`, `b`.
fn labels(written: &str) -> Vec<String> {
    for separator in [" / ", ", ", "/", ",", "、", " y ", " und ", " et ", " and "] {
        let parts: Vec<&str> = written.split(separator).map(str::trim).collect();
        if parts.len() > 1 && parts.iter().all(|part| names::is_label(part.trim_start_matches('_'))) {
            return parts.iter().map(|part| (*part).to_owned()).collect();
        }
    }
    vec![written.to_owned()]
}

/// The part of a cell that belongs to one of several names.
fn paired(cell: &str, at: usize, names: usize) -> String {
    if names > 1 {
        for separator in [" / ", "/", ", "] {
            let parts: Vec<&str> = cell.split(separator).collect();
            if parts.len() == names {
                return parts[at].trim().to_owned();
            }
        }
    }
    cell.to_owned()
}

/// A row or line that is a constraint and no field: `UNIQUE (a, b)`, `PRIMARY KEY (a, b)`.
pub(crate) fn constraint(name: &str, row: &Row, entity: &mut RawEntity) -> bool {
    let all = row.cells.join(" ");
    let opening = fold(name);
    let keyword = [
        "unique",
        "primary key",
        "foreign key",
        "check",
        "index",
        "constraint",
        "indexes",
        "indices",
        "pk compuesta",
        "clave compuesta",
        "unique constraint",
        "composite key",
        "composite pk",
    ];
    let is_constraint = keyword.iter().any(|word| {
        opening == *word || opening.starts_with(&format!("{word} ")) || opening.starts_with(&format!("{word}("))
    });
    let named = ["uq_", "uk_", "idx_", "ix_", "chk_", "ck_", "pk_"].iter().any(|prefix| opening.starts_with(prefix))
        && all.contains('(');
    if !is_constraint && !named {
        return false;
    }
    let folded = fold(&all);
    let unique = folded.contains("uniqu")
        || folded.contains("primary key")
        || folded.contains("compuesta")
        || folded.contains("composite")
        || opening.starts_with("pk_");
    let inside = all.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map_or("", |(inside, _)| inside);
    let fields: Vec<String> = inside
        .split(',')
        .map(|part| part.trim().trim_matches('`').to_owned())
        .filter(|part| names::is_identifier(part))
        .collect();
    if fields.len() > 1 && !folded.contains("foreign key") && !folded.contains("check") {
        entity.constraints.push(RawConstraint { unique, fields, line: row.line });
    }
    true
}
