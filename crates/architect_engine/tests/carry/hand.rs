//! What people do to code, and how the result is compared with what is planned.

/// An edit by hand.
pub struct Hand {
    /// What is done.
    pub name: &'static str,
    /// Does it to a file.
    pub edit: fn(&str) -> String,
    /// How a file that was edited, and then changed by the plan, differs from the planned one more than by the edit.
    pub differs: fn(&str, &str) -> Option<String>,
}

/// All edits.
pub const HANDS: &[Hand] = &[
    Hand { name: "nothing", edit: |text| text.to_owned(), differs: difference },
    Hand {
        name: "line breaks",
        edit: |text| text.replace('\n', "\r\n"),
        differs: |got, wanted| difference(got, &wanted.replace('\n', "\r\n")),
    },
    Hand {
        name: "comments",
        edit: |text| marked(text, |_, margin| Some(format!("{margin}# note\n"))),
        differs: |got, wanted| difference(&dense(&without(got, "# note")), &dense(wanted)),
    },
    Hand {
        name: "statements",
        edit: |text| marked(text, |inside, margin| inside.then(|| format!("{margin}print({})\n", margin.len()))),
        differs: |got, wanted| difference(&without(got, "print("), wanted),
    },
    Hand {
        name: "functions",
        edit: |text| text.replace("\n\n    def ", &format!("\n\n{EXTRA}    def ")) + LAST,
        differs: |got, wanted| difference(&got.replace(EXTRA, "").replace(LAST, ""), wanted),
    },
    Hand {
        name: "names",
        edit: renamed,
        differs: |got, wanted| mixed(got).or_else(|| difference(&sorted(&renamed(got)), &sorted(&renamed(wanted)))),
    },
    Hand { name: "layout", edit: crushed, differs: |got, wanted| difference(&bare(got), &bare(wanted)) },
    Hand { name: "order", edit: reversed, differs: |got, wanted| difference(&sorted(got), &sorted(wanted)) },
];

const EXTRA: &str = "    def extra(self) -> int:\n        self.seen = 1\n        return self.seen\n\n";
const LAST: &str = "\n\ndef last() -> None:\n    pass\n";

/// Words that are renamed where they are names of their own.
const NAMES: &[(&str, &str)] = &[
    ("user", "usar"),
    ("current_user", "current_usar"),
    ("params", "parems"),
    ("query", "quary"),
    ("statement", "statemant"),
    ("alice", "alyce"),
    ("response", "respanse"),
    ("row", "raw"),
    ("values", "velues"),
    ("body", "bady"),
    ("url", "orl"),
];

/// How two texts differ.
pub fn difference(got: &str, wanted: &str) -> Option<String> {
    let diff = similar::TextDiff::from_lines(got, wanted);
    (got != wanted).then(|| diff.unified_diff().context_radius(2).to_string())
}

/// Without empty lines.
fn dense(text: &str) -> String {
    text.split_inclusive('\n').filter(|line| !line.trim().is_empty()).collect()
}

fn without(text: &str, word: &str) -> String {
    text.split_inclusive('\n').filter(|line| !line.contains(word)).collect()
}

/// A line put before each statement, given whether it stands in a function, and its margin.
fn marked(text: &str, line: impl Fn(bool, &str) -> Option<String>) -> String {
    let (mut depth, mut quoted, mut function) = (0_i32, false, None);
    let mut marked = String::new();
    for (number, current) in text.split_inclusive('\n').enumerate() {
        let code = current.trim();
        let margin = &current[..current.len() - current.trim_start().len()];
        let starts = depth == 0 && !quoted && !code.is_empty() && !code.starts_with(['#', '@', '"', ')', ']', '}']);
        let clause = ["else", "elif", "except", "finally", "from __future__"].iter().any(|word| code.starts_with(word));
        if starts && function.is_some_and(|of: usize| margin.len() <= of) {
            function = None;
        }
        let decorated = text.lines().nth(number.wrapping_sub(1)).is_some_and(|above| {
            let above = above.trim();
            above.starts_with('@') || above.starts_with(')') && code.contains("def ")
        });
        if starts && !clause && !decorated && number > 0 {
            marked.extend(line(function.is_some(), margin));
        }
        if starts && (code.starts_with("def ") || code.starts_with("async def ")) {
            function = Some(margin.len());
        }
        if code.matches("\"\"\"").count() % 2 == 1 {
            quoted = !quoted;
        }
        if !quoted {
            depth += brackets(code);
        }
        marked.push_str(current);
    }
    marked
}

/// How many brackets a line opens more than it closes.
fn brackets(line: &str) -> i32 {
    let mut quote = None;
    let mut depth = 0;
    for char in line.chars() {
        match (quote, char) {
            (None, '"' | '\'') => quote = Some(char),
            (Some(open), _) if open == char => quote = None,
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth -= 1,
            _ => {}
        }
    }
    depth
}

/// Pieces of code: whether each is a word, and whether it stands in a string.
fn pieces(text: &str) -> Vec<(&str, bool)> {
    let mut pieces = Vec::new();
    let (mut quote, mut start) = (None, 0);
    let is_word = |char: char| char.is_alphanumeric() || char == '_';
    let mut last = None;
    for (at, char) in text.char_indices() {
        let kind = is_word(char);
        if last != Some(kind) || !kind {
            pieces.push((&text[start..at], quote.is_some()));
            start = at;
        }
        last = Some(kind);
        match quote {
            None if char == '"' || char == '\'' => quote = Some(char),
            Some(open) if open == char => quote = None,
            _ => {}
        }
    }
    pieces.push((&text[start..], quote.is_some()));
    pieces
}

fn renamed(text: &str) -> String {
    renamed_from(text, NAMES)
}

fn renamed_from(text: &str, names: &[(&str, &str)]) -> String {
    let pieces = pieces(text);
    let mut result = String::with_capacity(text.len());
    for (at, (piece, quoted)) in pieces.iter().enumerate() {
        let previous = at.checked_sub(1).map_or("", |at| pieces[at].0);
        let next = (pieces.get(at + 1).map_or("", |next| next.0), pieces.get(at + 2).map_or("", |next| next.0));
        let is_keyword = next.0 == "=" && next.1 != "=" && next.1 != " ";
        let is_attribute = previous == "." || previous == "import" || *quoted && previous != "{";
        let from_import =
            result.lines().last().is_some_and(|line| line.starts_with("from ") || line.starts_with("import "));
        let name =
            names.iter().find(|(name, _)| name == piece).filter(|_| !is_keyword && !is_attribute && !from_import);
        result.push_str(name.map_or(piece, |(_, other)| other));
    }
    result
}

/// Functions that use a name in both of its spellings.
fn mixed(text: &str) -> Option<String> {
    let both = |function: &str| {
        let words: Vec<&str> = pieces(function).iter().map(|(piece, _)| *piece).collect();
        let is_mixed = |(name, other): &(&str, &str)| {
            words.contains(other) && renamed_from(function, &[(name, other)]) != function
        };
        NAMES.iter().any(is_mixed)
    };
    let functions = text.replace("\n    def ", "\n\n\n    def ").replace("\n    async def ", "\n\n\n    async def ");
    functions.split("\n\n\n").find(|function| both(function)).map(|function| format!("mixed names:\n{function}"))
}

/// No blanks behind commas, and other quotes where that is safe.
fn crushed(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for (piece, quoted) in pieces(text) {
        result.push_str(piece);
        if !quoted && piece == "," {
            result.push_str("  ");
        }
    }
    result.replace(",  \n", ",\n")
}

/// Without layout.
fn bare(text: &str) -> String {
    let text = text.replace('\'', "\"");
    let mut bare = String::new();
    for line in text.lines() {
        bare.push_str(&line.split_whitespace().collect::<String>());
        bare.push('\n');
    }
    let joined = bare.replace('\n', "").replace(",)", ")").replace(",]", "]").replace(",}", "}");
    joined
        .replace("def", "\ndef")
        .replace("class", "\nclass")
        .replace("return", "\nreturn")
        .replace("import", "\nimport")
        + "\n"
}

/// Functions and classes in reverse order, and methods in classes.
fn reversed(text: &str) -> String {
    let mut blocks: Vec<&str> = text.trim_end().split("\n\n\n").collect();
    let movable = |block: &str| block.starts_with("def ") || block.starts_with("async def ") || block.starts_with('@');
    let places: Vec<usize> = (0..blocks.len()).filter(|at| movable(blocks[*at])).collect();
    let taken: Vec<&str> = places.iter().rev().map(|at| blocks[*at]).collect();
    for (at, block) in places.into_iter().zip(taken) {
        blocks[at] = block;
    }
    let turned: Vec<String> = blocks.iter().map(|block| turned(block)).collect();
    turned.join("\n\n\n") + "\n"
}

fn turned(block: &str) -> String {
    let Some((head, methods)) = block.split_once("\n\n    def ").filter(|_| block.starts_with("class ")) else {
        return block.to_owned();
    };
    let methods: Vec<&str> = methods.split("\n\n    def ").collect();
    let methods: Vec<&str> = methods.into_iter().rev().collect();
    format!("{head}\n\n    def {}", methods.join("\n\n    def "))
}

fn sorted(text: &str) -> String {
    let mut lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    lines.sort_unstable();
    lines.join("\n") + "\n"
}
