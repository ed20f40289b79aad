//! What the headings above a section say about it.

use std::collections::{HashMap, HashSet};

use crate::blocks::Block;
use crate::forms::table;
use crate::hints::contains_word;
use crate::lexicon::Words;
use crate::names::{self, fold};
use crate::openers;
use crate::requirements;
use crate::sections::Section;
use crate::topics::{self, Topic};

static DATA_MODEL: Words = Words("data model");
static TITLES: Words = Words("title of a data model");
static TITLE_OPENINGS: Words = Words("a title of a data model begins with");
static DOCUMENT_TITLES: Words = Words("a document about a data model says");
static VALUES: Words = Words("heading: values");
static SAID: Words = Words("column: description");

/// Real headings that stand under as many others are parts of what those name.
const REPEATED: usize = 4;

/// Headings that stand under several others, such as `Purpose` under each entity: they name a part, and no entity.
#[derive(Debug, Default)]
pub(crate) struct Repeated {
    headings: HashSet<String>,
    /// The title of the document, if it says no more than that there are requirements.
    title: Option<String>,
}

impl Repeated {
    /// Finds those of a document.
    pub fn of(sections: &[Section]) -> Self {
        let mut places: HashMap<String, (u8, HashSet<&str>)> = HashMap::new();
        for section in sections.iter().filter(|section| section.level > 2 && above(section).is_some()) {
            let parent = section.above.last().map_or("", String::as_str);
            let (level, parents) = places.entry(key(&section.heading)).or_insert((section.level, HashSet::new()));
            *level = (*level).max(section.level);
            parents.insert(parent);
        }
        let enough = |level: u8| if level == 7 { 2 } else { REPEATED };
        let repeated = places.into_iter().filter(|(_, (level, parents))| parents.len() >= enough(*level));
        let title = sections.iter().find(|section| section.level > 0).filter(|title| title.level == 1);
        let title = title.map(|title| title.heading.clone()).filter(|title| requirements::is_about(title));
        Self { headings: repeated.map(|(heading, _)| heading).collect(), title }
    }

    fn has(&self, heading: &str) -> bool {
        self.headings.contains(&key(heading))
    }
}

fn key(heading: &str) -> String {
    fold(&openers::unnumbered(heading))
}

/// What the headings say about a section.
#[derive(Debug, Clone)]
pub(crate) struct Context {
    pub in_data_model: bool,
    pub topic: Topic,
    /// The entity that the section is about.
    pub opener: Option<String>,
    /// The entity that the headings above the section name.
    pub above: Option<String>,
}

impl Context {
    /// Reads the headings of a section.
    pub fn of(section: &Section, about_data: bool, repeated: &Repeated) -> Self {
        let headings = || section.above.iter().chain([&section.heading]);
        let in_data_model = about_data
            || headings().any(|heading| {
                let folded = fold(heading);
                DATA_MODEL.iter().any(|word| folded.contains(word)) || is_title(heading)
            });
        let titled = section.level == 0 || is_title(&section.heading);
        let mut topic = if titled { Topic::Entity } else { topics::of(&section.heading) };
        let under = above(section).is_some();
        let remark = is_remark(&section.heading) || is_group(section);
        if section.level == 7 && topic == Topic::Entity && remark && under {
            topic = Topic::Part;
        }
        let listed = VALUES.contains(&key(&section.heading).as_str());
        let part = topic == Topic::Entity && under && (listed || repeated.has(&section.heading));
        let view = topic == Topic::Nothing && in_data_model && is_identified_view(section);
        if view {
            topic = Topic::Entity;
        }
        let opener = match topic {
            _ if titled => of_document(section),
            _ if view => Some(openers::unnumbered(&section.heading).trim_matches('`').to_owned()),
            _ if part => above(section),
            Topic::Entity | Topic::Unlikely => openers::label(&section.heading),
            _ => above(section),
        };
        if part {
            topic = Topic::Unlikely;
        }
        // `## Indexes` with a heading for each table below it.
        let among = |heading: &String| topics::of(heading) == Topic::Indexes;
        let typed = |block: &Block| matches!(block, Block::Table(_) | Block::Code { .. });
        if topic == Topic::Entity && section.above.last().is_some_and(among) && !section.blocks.iter().any(typed) {
            topic = Topic::Indexes;
        }
        if headings().any(|heading| requirements::opens(heading, !in_data_model))
            || !titled && nothing_above(section, repeated)
        {
            topic = Topic::Nothing;
        }
        Self { in_data_model, topic, opener, above: above(section) }
    }
}

/// Whether a section that is named like a reply lists the columns of a table: it has an identifier of its own.
fn is_identified_view(section: &Section) -> bool {
    let name = openers::unnumbered(&section.heading);
    let identified = |block: &Block| matches!(block, Block::Table(table) if table::has_identifier(table));
    names::is_identifier(name.trim_matches('`')) && section.blocks.iter().any(identified)
}

/// Whether a bold line with a colon groups the fields of the entity that the heading above marks: `**Finance:**` below
/// ``## `contacts` ``.
fn is_group(section: &Section) -> bool {
    let above = section.above.last().is_some_and(|heading| openers::is_marked(heading));
    above && section.heading.trim_end().ends_with([':', '：']) && !openers::is_marked(&section.heading)
}

/// Whether a bold line says something of the entity above: `Kind: master data`, `Purpose`.
fn is_remark(heading: &str) -> bool {
    if SAID.contains(&key(heading).as_str()) {
        return true;
    }
    let valued = heading.split_once([':', '：']).is_some_and(|(_, value)| !value.trim().is_empty());
    valued && !openers::is_marked(heading)
}

/// The table that a document is all about, by its title: `# sm_menu (menus)` above `## Table definition`.
fn of_document(section: &Section) -> Option<String> {
    let title = section.above.first().filter(|_| section.above.len() == 1 && section.level > 1)?;
    let label = openers::label(title).filter(|_| !is_title(title))?;
    let written = label.contains('_') && names::is_identifier(&label) && !label.contains(char::is_uppercase);
    written.then_some(label)
}

/// The nearest heading above that can be an entity.
fn above(section: &Section) -> Option<String> {
    let mut above = section.above.iter().rev();
    let heading = above.find(|heading| matches!(topics::of(heading), Topic::Entity | Topic::Unlikely))?;
    if is_title(heading) { None } else { openers::label(heading) }
}

/// Whether a heading above says that nothing below it is an entity; a title `Requirements` of all says no such thing.
fn nothing_above(section: &Section, repeated: &Repeated) -> bool {
    let near = section.above.iter().enumerate().rev().take(2).take_while(|(_, heading)| !is_title(heading));
    let titled = |at: usize, heading: &String| at == 0 && repeated.title.as_ref() == Some(heading);
    near.into_iter().any(|(at, heading)| topics::of(heading) == Topic::Nothing && !titled(at, heading))
}

/// Whether a heading names a data model and no entity of it.
pub(crate) fn is_title(heading: &str) -> bool {
    let folded = fold(heading);
    let plain = folded.trim_start_matches(|c: char| !c.is_alphabetic()).trim_end_matches([':', '：', ' ']);
    let outside = plain.split(['(', '（']).next().unwrap_or(plain).trim();
    TITLES.contains(&plain)
        || TITLES.contains(&outside)
        || TITLE_OPENINGS.iter().any(|phrase| plain.starts_with(phrase))
}

/// Whether a heading says that a list of entities follows; the title of a document does not.
pub(crate) fn lists_entities(section: &Section) -> bool {
    let folded = fold(&section.heading);
    let plain = folded.trim_start_matches(|c: char| !c.is_alphabetic()).trim_end_matches([':', '：', ' ']);
    let outside = plain.split(['(', '（']).next().unwrap_or(plain).trim();
    section.level > 1 && (TITLES.contains(&plain) || TITLES.contains(&outside))
}

/// Whether the title of a document says that all of it is a data model.
pub(crate) fn says_data_model(title: &str) -> bool {
    let folded = fold(title);
    is_title(title) || DOCUMENT_TITLES.iter().any(|phrase| contains_word(&folded, phrase))
}
