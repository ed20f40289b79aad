//! What was not done, and why.

use architect_model::{Location, Question};

use super::Kept;
use super::merge::Merge;
use super::node::Node;
use crate::edit::document::line_of;
use ruff_text_size::TextSize;

/// What was left as it is, and what is asked.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) kept: Vec<Kept>,
    pub(super) questions: Vec<Question>,
}

impl Findings {
    /// Asks something about a line of a file.
    pub(super) fn ask(&mut self, path: &str, line: u32, text: String) {
        let default = "nothing is changed there".to_owned();
        let question = Question { text, default, at: Location::line(path, line) };
        if !self.questions.contains(&question) {
            self.questions.push(question);
        }
    }
}

impl Merge<'_, '_> {
    fn line(&self, at: TextSize) -> u32 {
        line_of(self.code.document.text, at)
    }

    /// The person's wins: `code` is neither what was written before nor what it would become.
    pub(super) fn kept(&mut self, before: &Node, after: Option<&Node>, code: &Node) {
        let wanted = match after {
            Some(after) => format!("`{}` becomes `{}`", self.source_before(before), self.source_after(after)),
            None => format!("`{}` is removed", self.source_before(before)),
        };
        self.keep(wanted, code);
    }

    /// The person's wins: `code` is there already, though the plan has it otherwise.
    pub(super) fn kept_new(&mut self, after: &Node, code: &Node) {
        let wanted = format!("`{}` is new", self.source_after(after));
        self.keep(wanted, code);
    }

    fn keep(&mut self, wanted: String, code: &Node) {
        let theirs = one_line(self.code.source(code.header.unwrap_or(code.range)));
        let at = Location::line(self.path, self.line(code.range.start()));
        let kept = Kept { at, wanted, theirs };
        if !self.findings.kept.contains(&kept) {
            self.findings.kept.push(kept);
        }
    }

    /// Something new has no place that is sure.
    pub(super) fn open(&mut self, new: Option<&Node>, place: &Node, reason: &str) {
        let line = self.line(place.range.start());
        let what = new.map(|new| format!(": {}", fenced(self.whole(new)))).unwrap_or_default();
        self.findings.ask(self.path, line, format!("Where does this go? {reason}{what}"));
    }

    /// The code has no counterpart of something that changes.
    pub(super) fn missing(&mut self, before: &Node, after: &Node, place: &Node) {
        let line = self.line(place.range.start());
        let text = format!(
            "What has the part of `{}` here? The plan makes it {}",
            self.source_before(before),
            fenced(self.whole(after))
        );
        self.findings.ask(self.path, line, text);
    }

    fn source_before(&self, node: &Node) -> String {
        one_line(self.before.source(node.header.unwrap_or(node.outer)))
    }

    fn source_after(&self, node: &Node) -> String {
        one_line(self.after.source(node.header.unwrap_or(node.outer)))
    }

    /// The whole source of something new, without its margin.
    fn whole(&self, node: &Node) -> String {
        let margin = self.after.document.indentation_of_line(node.outer.start());
        super::layout::outdented(self.after.source(node.outer), margin)
    }
}

/// Code in a message: on its line, or on lines of its own.
fn fenced(code: String) -> String {
    if code.contains('\n') { format!("\n{code}\n") } else { format!("`{code}`") }
}

/// Code on one line, shortened.
fn one_line(code: &str) -> String {
    let line = code.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = line.replace("( ", "(").replace(" )", ")").replace(",)", ")");
    match line.char_indices().nth(100) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}
