//! Outlines: names of entities with the names of their fields below them, and nothing that marks either.

use crate::blocks::{Block, Line, join};
use crate::forms::bullets;
use crate::forms::lists::{self, Item};
use crate::loose::Dialect;
use crate::openers;
use crate::plurals;
use crate::sections::Section;
use crate::topics::{self, Topic};

/// Whether a document begins with one, before any heading: several of its lines name lists, some of which hold a key.
pub(crate) fn is_one(sections: &[Section]) -> bool {
    let Some(section) = sections.first().filter(|section| section.level == 0) else { return false };
    let named = section.blocks.windows(2).filter(|pair| {
        let [Block::Paragraph { lines }, Block::Item { .. }] = pair else { return false };
        name(lines).is_some()
    });
    let keys = section.blocks.iter().filter(|block| {
        let Block::Item { lines, .. } = block else { return false };
        let text = join(lines);
        let snake = crate::names::snake(text.split([':', ' ', '(']).next().unwrap_or_default());
        snake == "id" || snake.ends_with("_id")
    });
    named.count() > 1 && keys.count() > 1
}

/// The entity that a line names: one to three words and nothing else.
pub(crate) fn name(lines: &[Line]) -> Option<String> {
    let [line] = lines else { return None };
    let text = line.text.trim().trim_end_matches([':', '：']);
    let plain = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '_' | '-' | '\'');
    let fits = text.split_whitespace().count() < 4 && text.chars().all(plain) && topics::of(text) == Topic::Entity;
    openers::label(text).filter(|_| fits)
}

/// Whether items with items below them are entities with their fields: all are bold, and enough of what stands below
/// them says that it is a field.
pub(crate) fn has_fields(items: &[Item<'_>]) -> bool {
    let groups = lists::groups(items);
    let bold = |at: usize| {
        let lead = items[at].lines.first().map_or("", |line| line.lead.trim().trim_end_matches([':', ' ']));
        !lead.is_empty() && lead.split_whitespace().count() < 4 && join(items[at].lines).trim_end_matches(':') == lead
    };
    if groups.len() < 2 || !groups.iter().all(|(at, end)| bold(*at) && end - at > 2) {
        return false;
    }
    let heads: Vec<String> = groups.iter().map(|(at, _)| plurals::stem(&join(items[*at].lines))).collect();
    let below: Vec<&Item<'_>> = groups.iter().flat_map(|(at, end)| &items[at + 1..*end]).collect();
    let told = below.iter().filter(|item| is_told(item.lines, &heads)).count();
    told > 2 && told * 4 >= below.len()
}

/// Whether an item says more than a name, or a name that only a field has.
fn is_told(lines: &[Line], heads: &[String]) -> bool {
    let Some(bullet) = bullets::field(lines, Dialect::default()) else { return false };
    bullet.fields.iter().any(|field| {
        field.unique.is_some()
            || field.spec.is_some()
            || field.foreign_key
            || lists::is_common(&field.label)
            || heads.contains(&plurals::stem(&field.label))
    })
}
