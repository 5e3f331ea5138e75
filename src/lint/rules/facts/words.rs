//! The words of a container's command: list form and shell form, with marks where text is not known. Only as
//! much of the shell as it takes to see which programs start.

use crate::model::PatternPart;

/// Stands for unknown text inside a word.
pub(crate) const HOLE: char = '\u{fffc}';

/// Scripts inside scripts beyond this are words.
const DEEPEST: usize = 3;

/// The text of a partly known string.
pub(crate) fn with_holes(pattern: &[PatternPart]) -> String {
    let mut text = String::new();
    for part in pattern {
        match part {
            PatternPart::Known(known) => text.push_str(known),
            PatternPart::Hole => text.push(HOLE),
        }
    }
    text
}

/// The file name of a program: `/venv/bin/celery` is `celery`.
pub(crate) fn basename(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or(word)
}

/// The simple commands that a list of words starts: the words themselves, and the commands of each word that
/// is a script (`sh -c "…"`).
pub(crate) fn commands(words: &[String]) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    collect(words, DEEPEST, &mut found);
    found
}

fn collect(words: &[String], depth: usize, found: &mut Vec<Vec<String>>) {
    let mut plain = Vec::new();
    for word in words {
        if depth > 0 && is_script(word) {
            for command in split(word) {
                collect(&command, depth - 1, found);
            }
        } else {
            plain.push(word.clone());
        }
    }
    if !plain.is_empty() {
        found.push(plain);
    }
}

fn is_script(word: &str) -> bool {
    word.trim().contains(|c: char| c.is_whitespace() || matches!(c, ';' | '&' | '|'))
}

/// Splits a script into simple commands and these into words; quotes and backslashes are taken off.
fn split(script: &str) -> Vec<Vec<String>> {
    let mut commands = vec![Vec::new()];
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = script.chars();
    let end_word = |commands: &mut Vec<Vec<String>>, word: &mut Option<String>| {
        if let (Some(word), Some(command)) = (word.take(), commands.last_mut()) {
            command.push(word);
        }
    };
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None | Some('"'), '\\') => match chars.next() {
                Some('\n') | None => {}
                Some(escaped) => word.get_or_insert_default().push(escaped),
            },
            (None, '\n' | ';' | '&' | '|' | '(' | ')') => {
                end_word(&mut commands, &mut word);
                commands.push(Vec::new());
            }
            (None, c) if c.is_whitespace() => end_word(&mut commands, &mut word),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    end_word(&mut commands, &mut word);
    commands.retain(|command| !command.is_empty());
    commands
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

    use super::*;

    #[test]
    fn scripts_are_split_into_commands() {
        let words = ["sh", "-c", "cd /app && FOO='a b' run \"x y\" | tee log"].map(str::to_owned);
        let found = commands(&words);
        assert_eq!(found[0], ["cd", "/app"]);
        assert_eq!(found.last().unwrap(), &["sh", "-c"]);
        assert!(found.contains(&vec!["tee".to_owned(), "log".to_owned()]));
    }
}
