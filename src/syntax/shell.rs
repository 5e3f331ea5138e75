//! Shell scripts (POSIX sh and the common part of bash) to the list of their simple commands.
//!
//! A reader of our own: it looks at each byte once, never backtracks and nests by a bounded depth, which the
//! crates that were measured do not (see the commit that added it). What a command means is not decided here.

use std::ops::Range;
use std::sync::Arc;

use super::actions_expr;

/// Substitutions nested deeper are not read.
const DEEPEST: usize = 40;

/// Runs of text are joined up to this length, in bytes: joining copies.
const LONGEST_JOIN: usize = 512;

/// The longest index of an array element that is looked through, in bytes.
const LONGEST_INDEX: usize = 200;

/// A script as the commands it may run, those of substitutions before the command they stand in.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Script {
    pub commands: Vec<Command>,
    /// Whether the whole script was understood; otherwise `commands` ends where it was not.
    pub readable: bool,
}

/// A simple command: `A=1 program word … >file`. Ranges are bytes of the script.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Command {
    pub range: Range<usize>,
    pub assignments: Vec<Assignment>,
    /// The program and its arguments; empty for assignments alone.
    pub words: Vec<Word>,
    pub redirects: Vec<Redirect>,
    pub joined: Joined,
    /// It stands in an `if`, loop, `case` or function, or behind `&&` or `||`: it may not run.
    pub conditional: bool,
    /// Its body of a function definition, run only when called.
    pub in_function: bool,
    pub background: bool,
}

/// How a command follows the one before it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Joined {
    #[default]
    Next,
    And,
    Or,
    Pipe,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Assignment {
    pub range: Range<usize>,
    pub name: Arc<str>,
    /// `+=`
    pub append: bool,
    /// `None`: set to something that cannot be read here (a loop variable, an array).
    pub value: Option<Word>,
    /// The words a loop variable goes through.
    pub one_of: Vec<Word>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Redirect {
    /// `>`, `>>`, `<`, `<<<`, `&>` …; `<<` for heredocs, whose body is the target.
    pub operator: Arc<str>,
    pub target: Word,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Word {
    pub range: Range<usize>,
    pub parts: Vec<WordPart>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum WordPart {
    /// Known text after quoting; `range` is its source, of the same length where nothing was escaped.
    Text { text: Arc<str>, range: Range<usize> },
    /// `$NAME` or `${NAME}`, `${NAME:-default}`.
    Variable { name: Arc<str>, default: Option<Arc<str>>, quoted: bool, range: Range<usize> },
    /// `$(…)`, backquotes or `<(…)`: indices of its commands in [`Script::commands`].
    Substitution { commands: Range<usize>, range: Range<usize> },
    /// A `${{ … }}` that GitHub fills in before the shell sees the script.
    Expression { range: Range<usize> },
    /// An expansion that is not followed: arithmetic, `${NAME%pattern}`, `$1`.
    Opaque { range: Range<usize> },
}

impl WordPart {
    /// Its source.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        match self {
            Self::Text { range, .. }
            | Self::Variable { range, .. }
            | Self::Substitution { range, .. }
            | Self::Expression { range }
            | Self::Opaque { range } => range.clone(),
        }
    }
}

impl Word {
    /// The text when nothing in the word is expanded.
    #[must_use]
    pub fn literal(&self) -> Option<String> {
        let mut whole = String::new();
        for part in &self.parts {
            match part {
                WordPart::Text { text, .. } => whole.push_str(text),
                _ => return None,
            }
        }
        Some(whole)
    }

    fn push_text(&mut self, text: &str, range: Range<usize>) {
        if let Some(WordPart::Text { text: before, range: place }) = self.parts.last_mut()
            && place.end == range.start
            && place.len() == before.len()
            && range.len() == text.len()
            && before.len() < LONGEST_JOIN
        {
            *before = format!("{before}{text}").into();
            place.end = range.end;
            return;
        }
        self.parts.push(WordPart::Text { text: text.into(), range });
    }
}

/// Reads a script. Never fails: see [`Script::readable`].
#[must_use]
pub fn parse(text: &str) -> Script {
    let mut reader =
        Reader { text, at: 0, end: text.len(), depth: 0, commands: Vec::new(), heredocs: Vec::new() };
    let readable = reader.list(None).is_ok();
    Script { commands: reader.commands, readable }
}

/// The text is no script that is understood.
struct Stop;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    /// Before `then`: the condition itself always runs.
    IfHead,
    If,
    LoopHead,
    Loop,
    Case,
    Brace,
    Subshell,
    /// Beneath the block that is its body.
    Function,
    /// Beneath a block behind `&&` or `||`.
    Dependent,
}

/// A heredoc whose body starts at the next line.
struct Heredoc {
    command: usize,
    redirect: usize,
    delimiter: String,
    quoted: bool,
    strip_tabs: bool,
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    end: usize,
    depth: usize,
    commands: Vec<Command>,
    heredocs: Vec<Heredoc>,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..self.end).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn starts(&self, with: &str) -> bool {
        self.rest().starts_with(with)
    }

    fn eat(&mut self, wanted: &str) -> bool {
        let found = self.starts(wanted);
        if found {
            self.at += wanted.len();
        }
        found
    }

    /// Blanks, continued lines and comments.
    fn space(&mut self) {
        loop {
            match self.peek() {
                Some(' ' | '\t' | '\r') => self.at += 1,
                Some('\\') if self.starts("\\\n") => self.at += 2,
                Some('\\') if self.starts("\\\r\n") => self.at += 3,
                Some('#') => {
                    let line = self.rest().find('\n').unwrap_or(self.rest().len());
                    self.at += line;
                }
                _ => return,
            }
        }
    }

    /// Commands up to the end of the text or the closing `)` of a substitution, which is consumed.
    fn list(&mut self, closing: Option<char>) -> Result<(), Stop> {
        let mut blocks: Vec<Block> = Vec::new();
        let mut joined = Joined::Next;
        // The right side of `&&` and `||` runs depending on the left.
        let mut depends = false;
        loop {
            self.space();
            let Some(sign) = self.peek() else {
                let whole = blocks.is_empty() && closing.is_none() && self.heredocs.is_empty();
                return if whole { Ok(()) } else { Err(Stop) };
            };
            match sign {
                '\n' => {
                    self.at += 1;
                    self.heredoc_bodies()?;
                    if joined == Joined::Next {
                        depends = false;
                    }
                    continue;
                }
                ';' => {
                    if self.starts(";;") || self.starts(";&") {
                        if blocks.last() != Some(&Block::Case) {
                            return Err(Stop);
                        }
                        while matches!(self.peek(), Some(';' | '&')) {
                            self.at += 1;
                        }
                        self.case_pattern(&mut blocks)?;
                    } else {
                        self.at += 1;
                    }
                    (joined, depends) = (Joined::Next, false);
                    continue;
                }
                '&' if self.eat("&&") => {
                    (joined, depends) = (Joined::And, true);
                    continue;
                }
                '|' if self.eat("||") => {
                    (joined, depends) = (Joined::Or, true);
                    continue;
                }
                '|' => {
                    self.at += 1;
                    self.eat("&");
                    joined = Joined::Pipe;
                    continue;
                }
                '&' if !self.starts("&>") => {
                    self.at += 1;
                    if let Some(last) = self.commands.last_mut() {
                        last.background = true;
                    }
                    (joined, depends) = (Joined::Next, false);
                    continue;
                }
                ')' if closing == Some(')') && !blocks.contains(&Block::Subshell) => {
                    self.at += 1;
                    return if blocks.is_empty() { Ok(()) } else { Err(Stop) };
                }
                ')' => {
                    self.at += 1;
                    close(&mut blocks, Block::Subshell)?;
                    self.after_compound()?;
                    continue;
                }
                '(' if self.starts("((") => {
                    self.arithmetic()?;
                    continue;
                }
                '(' => {
                    self.at += 1;
                    if depends {
                        blocks.push(Block::Dependent);
                    }
                    blocks.push(Block::Subshell);
                    continue;
                }
                _ => {}
            }
            let outside = blocks.len();
            if outside > DEEPEST {
                return Err(Stop);
            }
            if self.keyword(&mut blocks)? {
                if depends && blocks.len() > outside {
                    blocks.insert(outside, Block::Dependent);
                }
                if !matches!(joined, Joined::Pipe) {
                    joined = Joined::Next;
                }
                continue;
            }
            let conditional = depends
                || !blocks.iter().all(|block| {
                    matches!(block, Block::IfHead | Block::LoopHead | Block::Brace | Block::Subshell)
                });
            let in_function = blocks.contains(&Block::Function);
            self.command(joined, conditional, in_function, &mut blocks)?;
            joined = Joined::Next;
        }
    }

    /// A reserved word at the place of a command; true when one was read.
    fn keyword(&mut self, blocks: &mut Vec<Block>) -> Result<bool, Stop> {
        let length = self
            .rest()
            .find(|sign: char| !(sign.is_ascii_alphabetic() || matches!(sign, '{' | '}' | '!')))
            .unwrap_or(self.rest().len());
        let word = self.rest().get(..length).unwrap_or_default();
        let behind = self.rest().get(length..).and_then(|rest| rest.chars().next());
        if !matches!(behind, None | Some(' ' | '\t' | '\n' | '\r' | ';' | '(' | ')' | '&' | '|' | '<' | '>'))
        {
            return Ok(false);
        }
        match word {
            "if" => blocks.push(Block::IfHead),
            "while" | "until" => blocks.push(Block::LoopHead),
            "elif" | "else" if blocks.last() == Some(&Block::If) => {}
            "then" if matches!(blocks.last(), Some(Block::IfHead | Block::If)) => enter(blocks, Block::If),
            "do" if blocks.last() == Some(&Block::LoopHead) => enter(blocks, Block::Loop),
            "!" | "time" => {}
            "{" => blocks.push(Block::Brace),
            "fi" | "done" | "esac" | "}" => {
                self.at += length;
                match word {
                    "fi" => close(blocks, Block::If)?,
                    "done" => close(blocks, Block::Loop)?,
                    "esac" => close(blocks, Block::Case)?,
                    _ => close(blocks, Block::Brace)?,
                }
                self.after_compound()?;
                return Ok(true);
            }
            "for" | "select" => {
                self.at += length;
                self.space();
                if self.starts("((") {
                    self.arithmetic()?;
                } else {
                    self.for_header()?;
                }
                blocks.push(Block::LoopHead);
                return Ok(true);
            }
            "case" => {
                self.at += length;
                self.space();
                let mut subject = Command::default();
                self.word(&mut subject)?;
                self.lines()?;
                if !self.eat("in") {
                    return Err(Stop);
                }
                blocks.push(Block::Case);
                self.case_pattern(blocks)?;
                return Ok(true);
            }
            "function" => {
                self.at += length;
                self.space();
                let end = self.rest().find(|sign: char| sign.is_whitespace() || matches!(sign, '(' | '{'));
                self.at += end.unwrap_or(self.rest().len());
                self.space();
                if self.eat("(") {
                    self.space();
                    if !self.eat(")") {
                        return Err(Stop);
                    }
                }
                self.function_body(blocks)?;
                return Ok(true);
            }
            _ => return Ok(false),
        }
        self.at += length;
        Ok(true)
    }

    /// Blanks and line breaks.
    fn lines(&mut self) -> Result<(), Stop> {
        loop {
            self.space();
            if !self.eat("\n") {
                return Ok(());
            }
            self.heredoc_bodies()?;
        }
    }

    fn function_body(&mut self, blocks: &mut Vec<Block>) -> Result<(), Stop> {
        self.lines()?;
        blocks.push(Block::Function);
        if self.eat("{") {
            blocks.push(Block::Brace);
            return Ok(());
        }
        if self.eat("(") {
            blocks.push(Block::Subshell);
            return Ok(());
        }
        Err(Stop)
    }

    /// `NAME in word …` up to the separator before `do`.
    fn for_header(&mut self) -> Result<(), Stop> {
        let start = self.at;
        let name = self.name();
        if name.is_empty() {
            return Err(Stop);
        }
        let variable = Assignment {
            range: start..self.at,
            name: name.into(),
            append: false,
            value: None,
            one_of: Vec::new(),
        };
        let mut header = Command { range: start..self.at, assignments: vec![variable], ..Command::default() };
        self.lines()?;
        if self.eat("in") {
            loop {
                self.space();
                match self.peek() {
                    None | Some('\n' | ';') => break,
                    Some(_) => {
                        let before = self.at;
                        self.word(&mut header)?;
                        if self.at == before {
                            return Err(Stop);
                        }
                    }
                }
            }
        }
        let words = std::mem::take(&mut header.words);
        if let Some(variable) = header.assignments.last_mut() {
            variable.one_of = words;
        }
        header.range.end = self.at;
        self.push(header);
        Ok(())
    }

    /// `pattern | pattern)` of a case; nothing before `esac`.
    fn case_pattern(&mut self, blocks: &mut [Block]) -> Result<(), Stop> {
        self.lines()?;
        let ends = self.rest().strip_prefix("esac").is_some_and(|rest| {
            !rest.starts_with(|sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '_' | '-'))
        });
        if ends || blocks.is_empty() {
            return Ok(());
        }
        self.eat("(");
        let mut pattern = Command::default();
        loop {
            self.space();
            match self.peek() {
                Some(')') => {
                    self.at += 1;
                    return Ok(());
                }
                Some('|') => self.at += 1,
                None | Some('\n' | ';' | '&' | '(' | '<' | '>') => return Err(Stop),
                Some(_) => self.word(&mut pattern)?,
            }
        }
    }

    /// Redirections behind `done`, `fi`, `}` and `)`; they belong to no simple command.
    fn after_compound(&mut self) -> Result<(), Stop> {
        let mut holder = Command { range: self.at..self.at, ..Command::default() };
        loop {
            self.space();
            if !self.redirect(&mut holder)? {
                break;
            }
        }
        if !holder.redirects.is_empty() {
            holder.range.end = self.at;
            self.push(holder);
        }
        Ok(())
    }

    /// `(( … ))`
    fn arithmetic(&mut self) -> Result<(), Stop> {
        let mut open = 0_usize;
        while let Some(sign) = self.peek() {
            self.at += sign.len_utf8();
            match sign {
                '(' => open += 1,
                ')' => {
                    open = open.checked_sub(1).ok_or(Stop)?;
                    if open == 0 {
                        return Ok(());
                    }
                }
                _ => {}
            }
        }
        Err(Stop)
    }

    fn name(&mut self) -> &'a str {
        let rest = self.rest();
        let starts = rest.starts_with(|sign: char| sign.is_ascii_alphabetic() || sign == '_');
        let end =
            rest.find(|sign: char| !(sign.is_ascii_alphanumeric() || sign == '_')).unwrap_or(rest.len());
        let name = rest.get(..if starts { end } else { 0 }).unwrap_or_default();
        self.at += name.len();
        name
    }

    /// A simple command, or the head of a function definition.
    fn command(
        &mut self,
        joined: Joined,
        conditional: bool,
        in_function: bool,
        blocks: &mut Vec<Block>,
    ) -> Result<(), Stop> {
        let start = self.at;
        let mut command =
            Command { range: start..start, joined, conditional, in_function, ..Command::default() };
        let mut test = false;
        let mut last = start;
        loop {
            self.space();
            if self.redirect(&mut command)? {
                last = self.at;
                continue;
            }
            match self.peek() {
                None | Some('\n' | ';') => break,
                // Inside `[[ … ]]` these are operators of the test.
                Some(sign @ ('&' | '|' | '(' | ')' | '<' | '>')) if test => {
                    let range = self.at..self.at + 1;
                    let part = WordPart::Text { text: sign.to_string().into(), range: range.clone() };
                    command.words.push(Word { range, parts: vec![part] });
                    self.at += 1;
                    continue;
                }
                Some('&' | '|' | ')') => break,
                // `local items=(…)`
                Some('(') if self.text.get(..self.at).is_some_and(|before| before.ends_with('=')) => {
                    let from = self.at;
                    self.array()?;
                    if let Some(word) = command.words.last_mut() {
                        word.parts.push(WordPart::Opaque { range: from..self.at });
                        word.range.end = self.at;
                    }
                    last = self.at;
                    continue;
                }
                Some('(') => {
                    let only = command.words.len() == 1 && command.assignments.is_empty();
                    self.at += 1;
                    self.space();
                    if only && self.eat(")") {
                        return self.function_body(blocks);
                    }
                    return Err(Stop);
                }
                Some(_) => {}
            }
            if command.words.is_empty() && self.assignment(&mut command)? {
                last = self.at;
                continue;
            }
            let before = self.at;
            self.word(&mut command)?;
            if self.at == before {
                return Err(Stop);
            }
            last = self.at;
            let written = self.text.get(before..self.at).unwrap_or_default();
            test |= command.words.len() == 1 && written == "[[";
            test &= written != "]]";
        }
        command.range.end = last;
        self.push(command);
        Ok(())
    }

    /// Adds a command; heredocs that were just read belong to it.
    fn push(&mut self, command: Command) {
        let index = self.commands.len();
        for heredoc in self.heredocs.iter_mut().filter(|heredoc| heredoc.command == usize::MAX) {
            heredoc.command = index;
        }
        self.commands.push(command);
    }

    /// `NAME=value`, `NAME+=value`, `NAME=(…)`, `NAME[i]=value` before the program.
    fn assignment(&mut self, command: &mut Command) -> Result<bool, Stop> {
        let start = self.at;
        let name = self.name();
        let element = !name.is_empty() && self.starts("[");
        if element {
            let window: String = self.rest().chars().take(LONGEST_INDEX).collect();
            let line = window.split('\n').next().unwrap_or_default();
            match line.find("]=").or_else(|| line.find("]+=")) {
                Some(end) => self.at += end + 1,
                None => {
                    self.at = start;
                    return Ok(false);
                }
            }
        }
        let append = self.starts("+=");
        if name.is_empty() || !(self.eat("+=") || self.eat("=")) {
            self.at = start;
            return Ok(false);
        }
        let value = if self.starts("(") {
            self.array()?;
            None
        } else if matches!(
            self.peek(),
            None | Some(' ' | '\t' | '\r' | '\n' | ';' | '&' | '|' | ')' | '<' | '>')
        ) {
            Some(Word { range: self.at..self.at, parts: Vec::new() })
        } else {
            let mut holder = Command::default();
            self.word(&mut holder)?;
            holder.words.pop().filter(|_| !element)
        };
        command.assignments.push(Assignment {
            range: start..self.at,
            name: name.into(),
            append,
            value,
            one_of: Vec::new(),
        });
        Ok(true)
    }

    /// `( item … )` behind `NAME=`.
    fn array(&mut self) -> Result<(), Stop> {
        self.at += 1;
        let mut items = Command::default();
        loop {
            self.lines()?;
            match self.peek() {
                Some(')') => break,
                None | Some('(' | '<' | '>' | '&' | '|' | ';') => return Err(Stop),
                Some(_) => self.word(&mut items)?,
            }
        }
        self.at += 1;
        Ok(())
    }

    /// A redirection with its target, when one stands here.
    fn redirect(&mut self, command: &mut Command) -> Result<bool, Stop> {
        let digits = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        let behind = self.rest().get(digits..).unwrap_or_default();
        let operator = ["&>>", "&>", "<<<", "<<-", "<<", "<>", "<&", ">>", ">|", ">&", "<", ">"]
            .into_iter()
            .find(|operator| behind.starts_with(operator));
        let Some(operator) = operator else { return Ok(false) };
        if behind.starts_with("<(") || behind.starts_with(">(") || (operator.starts_with('&') && digits > 0) {
            return Ok(false);
        }
        self.at += digits + operator.len();
        self.space();
        let before = self.at;
        let mut holder = Command::default();
        self.word(&mut holder)?;
        let target = holder.words.pop().filter(|_| self.at > before).ok_or(Stop)?;
        if operator.starts_with("<<") && operator != "<<<" {
            let written = self.text.get(before..self.at).unwrap_or_default();
            self.heredocs.push(Heredoc {
                command: usize::MAX,
                redirect: command.redirects.len(),
                delimiter: target.literal().ok_or(Stop)?,
                quoted: written.contains(['\'', '"', '\\']),
                strip_tabs: operator == "<<-",
            });
            command.redirects.push(Redirect { operator: "<<".into(), target: Word::default() });
        } else {
            command.redirects.push(Redirect { operator: operator.into(), target });
        }
        Ok(true)
    }

    /// The bodies of the heredocs of the line that just ended.
    fn heredoc_bodies(&mut self) -> Result<(), Stop> {
        for heredoc in std::mem::take(&mut self.heredocs) {
            let start = self.at;
            let mut body_end = None;
            while self.at < self.end {
                let line_start = self.at;
                let line = self.rest().split_inclusive('\n').next().unwrap_or_default();
                self.at += line.len();
                let bare = line.trim_end_matches(['\n', '\r']);
                let bare = if heredoc.strip_tabs { bare.trim_start_matches('\t') } else { bare };
                if bare == heredoc.delimiter {
                    body_end = Some(line_start);
                    break;
                }
            }
            let end = body_end.ok_or(Stop)?;
            let mut word = Word { range: start..end, parts: Vec::new() };
            if heredoc.quoted {
                self.expressions_only(&mut word, start, end);
            } else {
                let resume = self.at;
                let outer = std::mem::replace(&mut self.end, end);
                self.at = start;
                while self.at < self.end {
                    self.in_double_quotes(&mut word, None)?;
                }
                self.at = resume;
                self.end = outer;
            }
            // Substitutions of the body come later than the command here: indices stay valid.
            let place = self
                .commands
                .get_mut(heredoc.command)
                .and_then(|command| command.redirects.get_mut(heredoc.redirect));
            if let Some(redirect) = place {
                redirect.target = word;
            }
        }
        Ok(())
    }

    /// Text that the shell takes as it is, but GitHub fills in before.
    fn expressions_only(&self, word: &mut Word, start: usize, end: usize) {
        let text = self.text.get(start..end).unwrap_or_default();
        let mut from = 0;
        for embedded in actions_expr::find(text) {
            let before = text.get(from..embedded.range.start).unwrap_or_default();
            if !before.is_empty() {
                word.push_text(before, start + from..start + embedded.range.start);
            }
            let range = start + embedded.range.start..start + embedded.range.end;
            word.parts.push(WordPart::Expression { range });
            from = embedded.range.end;
        }
        let tail = text.get(from..).unwrap_or_default();
        if !tail.is_empty() {
            word.push_text(tail, start + from..end);
        }
    }

    /// Reads one word into `command.words`.
    fn word(&mut self, command: &mut Command) -> Result<(), Stop> {
        let start = self.at;
        let mut word = Word { range: start..start, parts: Vec::new() };
        while let Some(sign) = self.peek() {
            match sign {
                ' ' | '\t' | '\r' | '\n' | ';' | '&' | '|' | '(' | ')' => break,
                '<' | '>' if self.starts("<(") || self.starts(">(") => {
                    let from = self.at;
                    self.at += 2;
                    self.substitution(&mut word, from)?;
                }
                '<' | '>' => break,
                '\'' => {
                    let from = self.at + 1;
                    let length =
                        self.text.get(from..self.end).and_then(|rest| rest.find('\'')).ok_or(Stop)?;
                    self.expressions_only(&mut word, from, from + length);
                    if length == 0 {
                        word.push_text("", from..from);
                    }
                    self.at = from + length + 1;
                }
                '"' => {
                    self.at += 1;
                    if self.starts("\"") {
                        word.push_text("", self.at..self.at);
                    }
                    loop {
                        if self.eat("\"") {
                            break;
                        }
                        if self.at >= self.end {
                            return Err(Stop);
                        }
                        self.in_double_quotes(&mut word, Some('"'))?;
                    }
                }
                '\\' => {
                    self.at += 1;
                    match self.peek() {
                        Some('\n') => self.at += 1,
                        Some('\r') if self.starts("\r\n") => self.at += 2,
                        Some(escaped) => {
                            let range = self.at - 1..self.at + escaped.len_utf8();
                            self.at = range.end;
                            word.parts.push(WordPart::Text { text: escaped.to_string().into(), range });
                        }
                        None => return Err(Stop),
                    }
                }
                '$' if self.starts("$'") => {
                    let from = self.at;
                    self.at += 2;
                    loop {
                        match self.peek().ok_or(Stop)? {
                            '\'' => break,
                            '\\' => {
                                self.at += 1;
                                self.at += self.peek().ok_or(Stop)?.len_utf8();
                            }
                            other => self.at += other.len_utf8(),
                        }
                    }
                    self.at += 1;
                    word.parts.push(WordPart::Opaque { range: from..self.at });
                }
                '$' | '`' => self.expansion(&mut word, false)?,
                _ => {
                    let run = self
                        .rest()
                        .find(|sign: char| {
                            matches!(
                                sign,
                                ' ' | '\t'
                                    | '\r'
                                    | '\n'
                                    | ';'
                                    | '&'
                                    | '|'
                                    | '('
                                    | ')'
                                    | '<'
                                    | '>'
                                    | '\''
                                    | '"'
                                    | '\\'
                                    | '$'
                                    | '`'
                            )
                        })
                        .unwrap_or(self.rest().len());
                    let text = self.rest().get(..run).unwrap_or_default();
                    word.push_text(text, self.at..self.at + run);
                    self.at += run;
                }
            }
        }
        word.range.end = self.at;
        if self.at > start
            && !(word.parts.is_empty() && self.text.get(start..self.at).is_some_and(is_continuation))
        {
            command.words.push(word);
        }
        Ok(())
    }

    /// One run of text or one expansion inside double quotes or a heredoc.
    fn in_double_quotes(&mut self, word: &mut Word, closing: Option<char>) -> Result<(), Stop> {
        match self.peek() {
            Some('\\') => {
                let from = self.at;
                self.at += 1;
                match self.peek() {
                    Some('\n') => self.at += 1,
                    Some(sign @ ('$' | '`' | '"' | '\\')) => {
                        self.at += 1;
                        word.parts
                            .push(WordPart::Text { text: sign.to_string().into(), range: from..self.at });
                    }
                    _ => word.push_text("\\", from..from + 1),
                }
                Ok(())
            }
            Some('$' | '`') => self.expansion(word, true),
            _ => {
                let stops = |sign: char| matches!(sign, '\\' | '$' | '`') || Some(sign) == closing;
                let run = self.rest().find(stops).unwrap_or(self.rest().len());
                let text = self.rest().get(..run).unwrap_or_default();
                word.push_text(text, self.at..self.at + run);
                self.at += run;
                Ok(())
            }
        }
    }

    /// What starts with `$` or a backquote.
    fn expansion(&mut self, word: &mut Word, quoted: bool) -> Result<(), Stop> {
        let from = self.at;
        if self.starts("${{") {
            let window = self.text.get(..self.end).unwrap_or_default();
            self.at = actions_expr::end_of(window, from).ok_or(Stop)?;
            word.parts.push(WordPart::Expression { range: from..self.at });
            return Ok(());
        }
        if self.eat("`") {
            let length = self.rest().find('`').ok_or(Stop)?;
            let inner = self.rest().get(..length).unwrap_or_default();
            if inner.contains('\\') {
                self.at += length + 1;
                word.parts.push(WordPart::Opaque { range: from..self.at });
                return Ok(());
            }
            let close = self.at + length;
            let outer = std::mem::replace(&mut self.end, close);
            let first = self.commands.len();
            let waiting = std::mem::take(&mut self.heredocs);
            self.deeper(|reader| reader.list(None))?;
            self.heredocs = waiting;
            self.end = outer;
            self.at = close + 1;
            word.parts
                .push(WordPart::Substitution { commands: first..self.commands.len(), range: from..self.at });
            return Ok(());
        }
        if self.starts("$((") {
            self.at += 1;
            self.arithmetic()?;
            word.parts.push(WordPart::Opaque { range: from..self.at });
            return Ok(());
        }
        if self.eat("$(") {
            return self.substitution(word, from);
        }
        if self.eat("${") {
            return self.parameter(word, from, quoted);
        }
        self.at += 1;
        let name = self.name();
        if !name.is_empty() {
            word.parts.push(WordPart::Variable {
                name: name.into(),
                default: None,
                quoted,
                range: from..self.at,
            });
            return Ok(());
        }
        match self.peek() {
            Some('@' | '*' | '#' | '?' | '-' | '$' | '!' | '0'..='9') => {
                self.at += 1;
                word.parts.push(WordPart::Opaque { range: from..self.at });
            }
            _ => word.push_text("$", from..self.at),
        }
        Ok(())
    }

    fn substitution(&mut self, word: &mut Word, from: usize) -> Result<(), Stop> {
        let first = self.commands.len();
        let waiting = std::mem::take(&mut self.heredocs);
        self.deeper(|reader| reader.list(Some(')')))?;
        self.heredocs = waiting;
        word.parts
            .push(WordPart::Substitution { commands: first..self.commands.len(), range: from..self.at });
        Ok(())
    }

    fn deeper(&mut self, read: impl FnOnce(&mut Self) -> Result<(), Stop>) -> Result<(), Stop> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Stop);
        }
        read(self)?;
        self.depth -= 1;
        Ok(())
    }

    /// `${NAME}`, `${NAME:-default}` and the forms that are not followed.
    fn parameter(&mut self, word: &mut Word, from: usize, quoted: bool) -> Result<(), Stop> {
        let name: Arc<str> = self.name().into();
        if !name.is_empty() && self.eat("}") {
            word.parts.push(WordPart::Variable { name, default: None, quoted, range: from..self.at });
            return Ok(());
        }
        let has_default = self.starts(":-") || self.starts("-") || self.starts(":=") || self.starts("=");
        let operator = if self.starts(":") { 2 } else { 1 };
        let text_start = self.at + operator;
        let mut open = 1_usize;
        let mut plain = true;
        while let Some(sign) = self.peek() {
            self.at += sign.len_utf8();
            match sign {
                '{' => open += 1,
                '}' => open -= 1,
                '\\' => {
                    self.at += self.peek().map_or(0, char::len_utf8);
                    plain = false;
                }
                '$' | '`' | '\'' | '"' => plain = false,
                _ => {}
            }
            if open == 0 {
                let range = from..self.at;
                let default = self.text.get(text_start..self.at - 1).filter(|_| plain && has_default);
                word.parts.push(match default {
                    Some(default) if !name.is_empty() => {
                        WordPart::Variable { name, default: Some(default.into()), quoted, range }
                    }
                    _ => WordPart::Opaque { range },
                });
                return Ok(());
            }
        }
        Err(Stop)
    }
}

fn is_continuation(written: &str) -> bool {
    written.chars().all(|sign| matches!(sign, '\\' | '\n' | '\r'))
}

/// From the head of a block into its body.
fn enter(blocks: &mut [Block], body: Block) {
    if let Some(block) = blocks.last_mut() {
        *block = body;
    }
}

/// Closes the innermost block, which must be of this kind, and what stands beneath it.
fn close(blocks: &mut Vec<Block>, kind: Block) -> Result<(), Stop> {
    if blocks.pop() != Some(kind) {
        return Err(Stop);
    }
    if matches!(blocks.last(), Some(Block::Function | Block::Dependent)) {
        blocks.pop();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::string_slice
    )]
    use proptest::prelude::*;

    use super::*;

    /// Each command on a line: its words with expansions as `$NAME`, `$(..)`, `{{..}}` or `?`.
    fn shown(text: &str) -> Vec<String> {
        let script = parse(text);
        assert!(script.readable, "{text}\n{:?}", script.commands);
        script.commands.iter().map(|command| show(command, text)).collect()
    }

    fn show(command: &Command, text: &str) -> String {
        let mut words: Vec<String> = command
            .assignments
            .iter()
            .map(|one| {
                format!(
                    "{}={}",
                    one.name,
                    one.value.as_ref().map_or("?".to_owned(), |word| show_word(word, text))
                )
            })
            .collect();
        words.extend(command.words.iter().map(|word| show_word(word, text)));
        words.extend(
            command.redirects.iter().map(|one| format!("{}{}", one.operator, show_word(&one.target, text))),
        );
        words.join(" ")
    }

    fn show_word(word: &Word, text: &str) -> String {
        word.parts
            .iter()
            .map(|part| match part {
                WordPart::Text { text, .. } => text.to_string(),
                WordPart::Variable { name, .. } => format!("${name}"),
                WordPart::Substitution { .. } => "$(..)".to_owned(),
                WordPart::Expression { range } => text[range.clone()].replace(' ', ""),
                WordPart::Opaque { .. } => "?".to_owned(),
            })
            .collect()
    }

    #[test]
    fn words_are_joined_over_lines_and_quotes() {
        let text =
            "aws ecs update-service \\\n  --cluster \"$CLUSTER\"-x \\\n  --service 'my svc' a\\ b # why\n";
        assert_eq!(shown(text), ["aws ecs update-service --cluster $CLUSTER-x --service my svc a b"]);
        let script = parse(text);
        assert_eq!(&text[script.commands[0].words[5 + 1].range.clone()], "'my svc'");
        assert_eq!(script.commands[0].words.len(), 8);
        assert!(script.commands[0].range.end < text.find('#').unwrap());
    }

    #[test]
    fn lists_pipes_and_blocks_are_taken_apart() {
        let text = "set -e\nif ! a; then b | c; else d && e; fi\nfor x in 1 2; do f $x; done > log\nwhile read l; do g; done <<< \"$y\"\ncase $z in a|b) h;; *) i ;; esac\nj || { k; l; } &\n(cd x && m)\nn() { o; }\nfunction p { q; }\n[[ $a =~ (x|y) && -n $b ]] && r\n((i++)); s 2>&1 &>/dev/null";
        let commands = parse(text).commands;
        let flags: Vec<String> = commands
            .iter()
            .filter(|command| !command.words.is_empty())
            .map(|command| {
                let program = command.words[0].literal().unwrap();
                format!(
                    "{program}{}{}{}",
                    if command.conditional { "?" } else { "" },
                    if command.in_function { "f" } else { "" },
                    match command.joined {
                        Joined::Pipe => "|",
                        Joined::And => "&",
                        Joined::Or => "o",
                        Joined::Next => "",
                    }
                )
            })
            .collect();
        assert!(parse(text).readable);
        assert_eq!(flags.join(" "), "set a b? c?| d? e?& f? read g? h? i? j k? l? cd m?& o?f q?f [[ r?& s");
    }

    #[test]
    fn substitutions_stand_before_their_command() {
        let text = "X=$(aws ecs describe-task-definition --task-definition \"$(cat f)\" | jq '.a')\nY=`date +%s`\ndiff <(a) <(b)";
        assert_eq!(
            shown(text),
            [
                "cat f",
                "aws ecs describe-task-definition --task-definition $(..)",
                "jq .a",
                "X=$(..)",
                "date +%s",
                "Y=$(..)",
                "a",
                "b",
                "diff $(..) $(..)"
            ]
        );
        let script = parse(text);
        let Some(Word { parts, .. }) = &script.commands[3].assignments[0].value else { panic!() };
        assert!(matches!(&parts[0], WordPart::Substitution { commands, .. } if *commands == (0..3)));
    }

    #[test]
    fn variables_and_expressions_are_kept() {
        let text = "A=1 B+=x C= D=(1 2) echo ${A} \"${E:-dev}\" ${F%x} $1 $((1+2)) ${{ env.G }} '${{ secrets.H }}' $'a\\'b'";
        assert_eq!(shown(text), ["A=1 B=x C= D=? echo $A $E ? ? ? ${{env.G}} ${{secrets.H}} ?"]);
        let script = parse(text);
        assert!(script.commands[0].assignments[1].append);
        let WordPart::Variable { default, quoted, .. } = &script.commands[0].words[2].parts[0] else {
            panic!()
        };
        assert_eq!((default.as_deref(), *quoted), (Some("dev"), true));
        assert_eq!(shown("local a=(x y) b"), ["local a=? b"]);
    }

    #[test]
    fn heredocs_are_kept_whole() {
        let text = "cat > t.json <<EOF && next\n{\"image\": \"$IMAGE\"}\nEOF\ncat <<-'X'\n\tno $expansion\n\tX\nlast";
        assert_eq!(
            shown(text),
            ["cat >t.json <<{\"image\": \"$IMAGE\"}\n", "next", "cat <<\tno $expansion\n", "last"]
        );
        assert_eq!(shown("x=$(cat <<E\nin\nE\n)"), ["cat <<in\n", "x=$(..)"]);
        assert_eq!(shown("while read l; do a; done <<E\nbody\nE\n"), ["read l", "a", "<<body\n"]);
        assert!(!parse("cat <<E\nnever ends").readable);
    }

    #[test]
    fn what_is_not_understood_is_not_readable() {
        for text in
            ["echo 'open", "echo \"open", "a $(b", "fi", "if a; then b", "a ) b", "a (b c)", "${{ open"]
        {
            assert!(!parse(text).readable, "{text}");
        }
        let script = parse("good one\nbad 'open");
        assert_eq!(script.commands.len(), 1);
        assert!(parse("").readable && parse("# only a comment").readable);
    }

    #[test]
    fn hostile_scripts_take_bounded_time() {
        for piece in [
            "(",
            "((",
            "$(",
            "`",
            "\"$(",
            "if a; then ",
            "case a in a) ",
            "cat <<A\n",
            "{ ",
            "${a:-",
            "a() {",
            "<(",
            "$((",
            "for a in ",
        ] {
            let _ = parse(&piece.repeat(50_000));
        }
    }

    proptest! {
        #[test]
        fn any_text_gives_commands_with_ranges_in_bounds(
            text in r"(if |then |fi|for |in |do |done|case |esac|;;|<<E\n|\nE\n|\$\(|\$\{|\$\{\{|\}\}|a=|[a-z \n;&|(){}<>'\x22`\\$#=\[\]!]|\PC){0,50}"
        ) {
            let script = parse(&text);
            for command in &script.commands {
                prop_assert!(text.get(command.range.clone()).is_some());
                for word in &command.words {
                    prop_assert!(text.get(word.range.clone()).is_some());
                }
            }
        }
    }
}
