//! Entities drawn as boxes of line characters, several beside each other.

use crate::loose::{self, Dialect};
use crate::names;
use crate::openers;
use crate::raw::{RawEntity, RawField, TypeSpec};

/// Drawings are not wider than this.
const MAX_WIDTH: usize = 400;

/// A box that is being read.
struct Frame {
    left: usize,
    right: usize,
    title: Vec<String>,
    fields: Vec<RawField>,
    /// Whether the line under the title was passed.
    open: bool,
    line: u32,
}

/// The entities that boxes show; those without fields are left out.
pub(crate) fn read(text: &str, first_line: u32) -> Vec<RawEntity> {
    let mut frames: Vec<Frame> = Vec::new();
    let mut entities = Vec::new();
    for (raw, line) in text.lines().zip(first_line..) {
        let cells: Vec<char> = raw.chars().take(MAX_WIDTH).collect();
        frames.retain_mut(|frame| {
            let part = cells.get(frame.left..=frame.right.min(cells.len().saturating_sub(1))).unwrap_or_default();
            match part.first() {
                Some('└' | '╰' | '╚') => entities.extend(entity(frame)),
                Some('├' | '╠') => frame.open = true,
                Some('│' | '|' | '║') => content(frame, part, line),
                _ => {}
            }
            matches!(part.first(), Some('├' | '╠' | '│' | '|' | '║'))
        });
        for (left, right) in tops(&cells) {
            frames.push(Frame { left, right, title: Vec::new(), fields: Vec::new(), open: false, line: line + 1 });
        }
    }
    entities
}

/// The upper edges in a line: from `┌` to `┐`.
fn tops(cells: &[char]) -> Vec<(usize, usize)> {
    let lefts = (0..cells.len()).filter(|at| matches!(cells[*at], '┌' | '╭' | '╔'));
    let right = |left: usize| {
        let length = cells[left + 1..].iter().position(|c| matches!(c, '┐' | '╮' | '╗'))?;
        Some((left, left + 1 + length))
    };
    lefts.filter_map(right).collect()
}

fn content(frame: &mut Frame, part: &[char], line: u32) {
    let inside: String = part.iter().filter(|c| !matches!(c, '│' | '║' | '|')).collect();
    let inside = inside.trim().trim_start_matches(['-', '*', '•', '+', ' ']).trim();
    if inside.is_empty() {
        return;
    }
    if !frame.open {
        frame.title.push(inside.to_owned());
        return;
    }
    let keyed = inside.replace(['(', ')', '[', ']', '«', '»', '<', '>'], " ");
    let mut words = keyed.split_whitespace();
    let Some(name) = words.next() else { return };
    let (first, rest) = if ["PK", "FK", "UK", "PK,FK"].contains(&name) {
        (words.next().unwrap_or_default(), format!("{name} {}", words.collect::<Vec<_>>().join(" ")))
    } else {
        (name, words.collect::<Vec<_>>().join(" "))
    };
    let name = first.trim_end_matches([':', ',']);
    if !names::is_label(name) {
        return;
    }
    let mut field = RawField { label: name.to_owned(), line, ..RawField::default() };
    loose::read(&mut field, rest.trim_start_matches(':').trim(), Dialect::default());
    frame.fields.push(field);
}

fn entity(frame: &mut Frame) -> Option<RawEntity> {
    let title = frame.title.join(" ");
    let plain = |label: &String| label.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | ' '));
    let label = openers::label(&title).filter(|label| label.split_whitespace().count() < 3 && plain(label))?;
    let fields = std::mem::take(&mut frame.fields);
    let known = |field: &RawField| matches!(field.spec, Some(TypeSpec::Known(_)));
    let told = fields.iter().filter(|field| field.primary_key || field.foreign_key || known(field)).count();
    let key = fields.iter().any(|field| field.primary_key || field.foreign_key);
    let keyed = (key || told * 2 > fields.len())
        && fields.iter().all(|field| names::is_identifier(field.label.trim_start_matches('_')));
    (fields.len() > 1 && keyed).then(|| RawEntity { label, line: frame.line, fields, ..RawEntity::default() })
}
