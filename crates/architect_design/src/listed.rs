//! The sections of a written document that list its assumptions and questions.

use architect_model::{Assumption, Location, Question};

use crate::blocks::{Block, join};
use crate::markdown::escape;
use crate::notes::Notes;
use crate::sections::Section;

const DEFAULT: &str = " — default: ";

/// Takes up what an earlier run listed, so that it is not said twice.
pub(crate) fn read(sections: &[Section], notes: &mut Notes) {
    for section in sections.iter().filter(|section| section.level == 2) {
        for block in &section.blocks {
            let Block::Item { lines, .. } = block else {
                continue;
            };
            let Some((text, at)) = located(&join(lines)) else {
                continue;
            };
            match section.heading.as_str() {
                "Assumptions" => {
                    notes.listed(&text);
                    notes.assumptions.push(Assumption { text, at });
                }
                "Questions" => {
                    if let Some((text, default)) = text.rsplit_once(DEFAULT) {
                        notes.listed(text);
                        notes.questions.push(Question { text: text.to_owned(), default: default.to_owned(), at });
                    }
                }
                _ => {}
            }
        }
    }
}

/// `text (file:line)`.
fn located(item: &str) -> Option<(String, Location)> {
    let (text, place) = item.strip_suffix(')')?.rsplit_once(" (")?;
    let (file, line) = place.rsplit_once(':')?;
    Some((text.to_owned(), Location::line(file, line.parse().ok()?)))
}

/// The section of assumptions; empty if there are none.
pub(crate) fn assumptions(list: &[Assumption]) -> String {
    let items = list.iter().map(|known| format!("{} ({})", known.text, known.at));
    section("Assumptions", items.collect())
}

/// The section of questions; empty if there are none.
pub(crate) fn questions(list: &[Question]) -> String {
    let items = list.iter().map(|open| format!("{}{DEFAULT}{} ({})", open.text, open.default, open.at));
    section("Questions", items.collect())
}

fn section(heading: &str, items: Vec<String>) -> String {
    if items.is_empty() {
        return String::new();
    }
    let lines: Vec<String> = items.iter().map(|item| format!("- {}\n", escape(item))).collect();
    format!("## {heading}\n\n{}", lines.concat())
}
