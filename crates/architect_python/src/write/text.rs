//! Text from documents as Python source: the only way by which a document's words reach code.

/// A string literal whose value is `text`, on one line and free of anything that an editor would hide.
pub(crate) fn string(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('"');
    for char in text.chars() {
        match char {
            '\\' => literal.push_str("\\\\"),
            '"' => literal.push_str("\\\""),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            hidden if is_hidden(hidden) => literal.push_str(&escaped(hidden)),
            plain => literal.push(plain),
        }
    }
    literal.push('"');
    literal
}

/// A docstring that says `text`, in lines of at most `width` characters; none where there is nothing to say.
pub(crate) fn docstring(text: &str, width: usize) -> Option<String> {
    let plain = one_line(text);
    if plain.is_empty() {
        return None;
    }
    let safe = plain.replace('\\', "\\\\").replace('"', "\\\"");
    let lines = wrapped(&safe, width.saturating_sub(6).max(20));
    Some(match lines.as_slice() {
        [line] => format!("\"\"\"{line}\"\"\""),
        lines => format!("\"\"\"{}\n\"\"\"", lines.join("\n")),
    })
}

/// The words of `text` on one line, without what an editor would hide.
pub(crate) fn one_line(text: &str) -> String {
    let visible: String = text.chars().map(|char| if is_hidden(char) { ' ' } else { char }).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Control, bidirectional and zero-width characters, and the line separators that only some readers know.
fn is_hidden(char: char) -> bool {
    char.is_control()
        || matches!(char,
            '\u{00AD}' | '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

fn escaped(char: char) -> String {
    match char as u32 {
        code @ 0..=0xFF => format!("\\x{code:02x}"),
        code @ 0x100..=0xFFFF => format!("\\u{code:04x}"),
        code => format!("\\U{code:08x}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: [&str; 8] = [
        "a\"\"\"\nimport os\n\"\"\"",
        "{os.system('x')} {{}} {",
        "\\",
        "\\\"",
        "line\nline\r\n\ttab\u{2028}end\u{85}",
        "\u{202E}gnp.exe\u{2066}\u{200B}",
        "nul\0 bell\u{7} del\u{7f}",
        "' \" ''' \"\"\" \\' # noqa",
    ];

    fn parsed(source: &str) -> String {
        let module = ruff_python_parser::parse_module(source).expect("the literal is valid Python").into_syntax();
        let [ruff_python_ast::Stmt::Expr(statement)] = module.body.as_slice() else {
            panic!("`{source}` is not one expression")
        };
        let ruff_python_ast::Expr::StringLiteral(literal) = &*statement.value else {
            panic!("`{source}` is not one string")
        };
        literal.value.to_str().to_owned()
    }

    #[test]
    fn a_string_keeps_its_value_and_shows_all_of_it() {
        for text in HOSTILE {
            let literal = string(text);
            assert_eq!(parsed(&literal), text);
            assert!(!literal.chars().any(is_hidden), "{literal}");
        }
    }

    #[test]
    fn a_docstring_stays_one_string() {
        for text in HOSTILE {
            let literal = docstring(text, 40).expect("there are words in it");
            let value = parsed(&literal).split_whitespace().collect::<Vec<_>>().join(" ");
            assert_eq!(value, one_line(text));
        }
        assert_eq!(docstring(" \n\u{200B} ", 88), None);
    }

    #[test]
    fn long_docstrings_are_wrapped() {
        let text = "word ".repeat(40);
        let literal = docstring(&text, 60).expect("there are words in it");
        assert!(literal.lines().count() > 2);
        assert!(literal.lines().all(|line| line.chars().count() <= 60));
    }
}
