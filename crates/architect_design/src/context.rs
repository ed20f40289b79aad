//! What the headings above a section say about it.

use crate::hints::contains_word;
use crate::lexicon::Words;
use crate::names::fold;
use crate::openers;
use crate::requirements;
use crate::sections::Section;
use crate::topics::{self, Topic};

static DATA_MODEL: Words = Words("data model");
static TITLES: Words = Words("title of a data model");
static TITLE_OPENINGS: Words = Words("a title of a data model begins with");
static DOCUMENT_TITLES: Words = Words("a document about a data model says");

/// What the headings say about a section.
#[derive(Debug, Clone)]
pub(crate) struct Context {
    pub in_data_model: bool,
    pub topic: Topic,
    /// The entity that the section is about.
    pub opener: Option<String>,
}

impl Context {
    /// Reads the headings of a section.
    pub fn of(section: &Section, about_data: bool) -> Self {
        let headings = || section.above.iter().chain([&section.heading]);
        let in_data_model = about_data
            || headings().any(|heading| {
                let folded = fold(heading);
                DATA_MODEL.iter().any(|word| folded.contains(word))
            });
        let titled = section.level == 0 || is_title(&section.heading);
        let mut topic = if titled { Topic::Entity } else { topics::of(&section.heading) };
        if section.level == 7 && topic == Topic::Entity && is_remark(&section.heading) && above(section).is_some() {
            topic = Topic::Part;
        }
        let opener = match topic {
            _ if titled => None,
            Topic::Entity | Topic::Unlikely => openers::label(&section.heading),
            _ => above(section),
        };
        if headings().any(|heading| requirements::opens(heading)) || nothing_above(section) {
            topic = Topic::Nothing;
        }
        Self { in_data_model, topic, opener }
    }
}

/// Whether a bold line says something of the entity above: `Kind: master data`.
fn is_remark(heading: &str) -> bool {
    let valued = heading.split_once([':', '：']).is_some_and(|(_, value)| !value.trim().is_empty());
    valued && !openers::is_marked(heading)
}

/// The nearest heading above that can be an entity.
fn above(section: &Section) -> Option<String> {
    let mut above = section.above.iter().rev();
    let heading = above.find(|heading| matches!(topics::of(heading), Topic::Entity | Topic::Unlikely))?;
    if is_title(heading) { None } else { openers::label(heading) }
}

/// Whether a heading above says that nothing below it is an entity.
fn nothing_above(section: &Section) -> bool {
    section.above.iter().rev().take(2).any(|heading| topics::of(heading) == Topic::Nothing && !is_title(heading))
}

/// Whether a heading names a data model and no entity of it.
pub(crate) fn is_title(heading: &str) -> bool {
    let folded = fold(heading);
    let plain = folded.trim_start_matches(|c: char| !c.is_alphabetic()).trim_end_matches([':', '：', ' ']);
    TITLES.contains(&plain) || TITLE_OPENINGS.iter().any(|phrase| plain.starts_with(phrase))
}

/// Whether the title of a document says that all of it is a data model.
pub(crate) fn says_data_model(title: &str) -> bool {
    let folded = fold(title);
    is_title(title) || DOCUMENT_TITLES.iter().any(|phrase| contains_word(&folded, phrase))
}
