//! What git knows of the files: a commit, what changed since, and contents of then. Asks the real `git`, which
//! runs no program of the repository, fetches nothing and writes nothing.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Files of then that are larger are taken as they are now, in bytes.
const LARGEST: u64 = 64 * 1024 * 1024;

/// A repository, asked from its top level.
#[derive(Debug)]
pub(super) struct Git {
    top: PathBuf,
}

/// A commit as people name it and as it is.
#[derive(Debug)]
pub(super) struct Commit {
    pub(super) id: String,
}

/// A file that is not as it was.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Changed {
    /// Its path then, and the id of what it held, unless it was not there.
    pub(super) before: Option<(PathBuf, String)>,
    /// Its path now, unless it is not there.
    pub(super) now: Option<PathBuf>,
}

/// Lines of today's files that were changed or added, 0-based; a whole file has the range up to the largest number.
#[derive(Debug, Default)]
pub(super) struct ChangedLines {
    lines: HashMap<PathBuf, Vec<Range<usize>>>,
}

impl ChangedLines {
    pub(super) fn add_file(&mut self, path: PathBuf) {
        self.lines.entry(path).or_default().push(0..usize::MAX);
    }

    /// Whether a line was changed.
    pub(super) fn touch(&self, path: &Path, line: usize) -> bool {
        self.lines.get(path).into_iter().flatten().any(|changed| changed.contains(&line))
    }
}

impl Git {
    /// The repository around a directory.
    ///
    /// # Errors
    /// In words, when there is none or `git` is not there.
    pub(super) fn around(directory: &Path) -> Result<Self, String> {
        let output = run(directory, &["rev-parse", "--show-toplevel"], None)?;
        let top = output.ok().and_then(|text| PathBuf::from(first_line(&text)).canonicalize().ok());
        match top {
            Some(top) if directory.starts_with(&top) => Ok(Self { top }),
            _ => Err(format!("`{}` is in no git repository with a working tree", directory.display())),
        }
    }

    fn ask(&self, arguments: &[&str]) -> Result<Vec<u8>, String> {
        run(&self.top, arguments, None)?
            .map_err(|error| format!("git {}: {error}", arguments.first().unwrap_or(&"")))
    }

    /// The commit that a revision names; `main...` is where this branch left `main`.
    ///
    /// # Errors
    /// In words, when there is none.
    pub(super) fn commit(&self, revision: &str) -> Result<Commit, String> {
        if let Some((of, tip)) = revision.split_once("...") {
            let of = self.resolve(of)?;
            let tip = self.resolve(if tip.is_empty() { "HEAD" } else { tip })?;
            let base = run(&self.top, &["merge-base", &of, &tip], None)?;
            return match base {
                Ok(text) => Ok(Commit { id: first_line(&text) }),
                Err(_) => Err(format!("`{revision}`: the two have no common commit{}", self.depth_hint())),
            };
        }
        Ok(Commit { id: self.resolve(revision)? })
    }

    fn resolve(&self, revision: &str) -> Result<String, String> {
        let of_commit = format!("{revision}^{{commit}}");
        let arguments = ["rev-parse", "--verify", "--quiet", "--end-of-options", &of_commit];
        match run(&self.top, &arguments, None)? {
            Ok(text) if !revision.is_empty() => Ok(first_line(&text)),
            _ => Err(format!("`{revision}` names no commit of this repository{}", self.depth_hint())),
        }
    }

    /// What to do about a commit that is missing because not all of them were fetched.
    fn depth_hint(&self) -> &'static str {
        let shallow = run(&self.top, &["rev-parse", "--is-shallow-repository"], None);
        if matches!(shallow, Ok(Ok(text)) if first_line(&text) == "true") {
            "; this clone is shallow: fetch the commit first (`git fetch --depth=1 origin REV`, or `fetch-depth: 0` of actions/checkout)"
        } else {
            ""
        }
    }

    /// Files that are not as they were, with those that git does not know yet.
    ///
    /// # Errors
    /// In words, when git fails.
    pub(super) fn changes(&self, commit: &Commit) -> Result<Vec<Changed>, String> {
        let raw = self.ask(&diff(&["--raw", "-z", "--no-abbrev", &commit.id]))?;
        let mut changes = read_raw(&raw, &self.top);
        let untracked = self.ask(&["ls-files", "-z", "--others", "--exclude-standard"])?;
        for path in
            untracked.split(|byte| *byte == 0).filter(|path| !path.is_empty() && !path.ends_with(b"/"))
        {
            changes.push(Changed { before: None, now: self.path(path) });
        }
        Ok(changes)
    }

    /// The changed lines of files that were there before.
    ///
    /// # Errors
    /// In words, when git fails.
    pub(super) fn changed_lines(&self, commit: &Commit) -> Result<ChangedLines, String> {
        let patch = self.ask(&diff(&[
            "--unified=0",
            "--inter-hunk-context=0",
            "--text",
            "--src-prefix=a/",
            "--dst-prefix=b/",
            "--diff-filter=MRT",
            &commit.id,
        ]))?;
        Ok(ChangedLines { lines: read_patch(&patch, &self.top) })
    }

    /// What these objects hold, in their order; `None` for one that is missing or too large.
    ///
    /// # Errors
    /// In words, when git fails.
    pub(super) fn contents(&self, ids: &[&str]) -> Result<Vec<Option<Vec<u8>>>, String> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let asked = ids.join("\n") + "\n";
        let sizes = run(&self.top, &["cat-file", "--batch-check=%(objectsize)"], Some(&asked))??;
        let sizes = String::from_utf8_lossy(&sizes).into_owned();
        let fits: Vec<bool> =
            sizes.lines().map(|line| line.parse::<u64>().is_ok_and(|size| size <= LARGEST)).collect();
        let wanted: Vec<&str> = ids.iter().zip(&fits).filter(|(_, fits)| **fits).map(|(id, _)| *id).collect();
        if wanted.is_empty() {
            return Ok(vec![None; ids.len()]);
        }
        let output = run(&self.top, &["cat-file", "--batch"], Some(&(wanted.join("\n") + "\n")))??;
        let mut rest = output.as_slice();
        let mut contents = Vec::new();
        for fits in fits {
            contents.push(if fits { next_object(&mut rest) } else { None });
        }
        contents.resize(ids.len(), None);
        Ok(contents)
    }

    fn path(&self, bytes: &[u8]) -> Option<PathBuf> {
        std::str::from_utf8(bytes).ok().map(|path| self.top.join(path))
    }
}

/// Arguments of `git diff` against the working tree that give the same whatever the user configured.
fn diff<'a>(further: &[&'a str]) -> Vec<&'a str> {
    let mut arguments = vec![
        "diff",
        "--no-ext-diff",
        "--no-textconv",
        "--no-color",
        "--no-relative",
        "--find-renames",
        "--ignore-submodules=all",
        "--diff-algorithm=default",
    ];
    arguments.extend(further);
    arguments.push("--");
    arguments
}

/// Runs git; the inner error is what git said.
fn run(directory: &Path, arguments: &[&str], input: Option<&str>) -> Result<Result<Vec<u8>, String>, String> {
    let mut command = Command::new("git");
    command
        .arg("-C")
        .arg(directory)
        .args(["-c", "core.fsmonitor=false", "-c", "core.quotePath=false"])
        .args(arguments)
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("LC_ALL", "C")
        .stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() })
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    // Hooks run with these; they are about the commit that is being made, in another directory.
    for name in
        ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_EXTERNAL_DIFF", "GIT_DIFF_OPTS"]
    {
        command.env_remove(name);
    }
    let mut child = command.spawn().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => "`git` is not on the PATH".to_owned(),
        _ => format!("`git` cannot be run: {error}"),
    })?;
    let failed = |error: std::io::Error| format!("`git` cannot be run: {error}");
    // Writing beside reading: git answers while it is still being asked.
    let writer = child.stdin.take().zip(input.map(str::to_owned)).map(|(mut stdin, input)| {
        std::thread::spawn(move || {
            // A git that ends early says why on standard error.
            let _ = stdin.write_all(input.as_bytes());
        })
    });
    let errors = child.stderr.take().map(|mut stderr| {
        std::thread::spawn(move || {
            let mut text = Vec::new();
            let _ = stderr.read_to_end(&mut text);
            text
        })
    });
    let mut output = Vec::new();
    if let Some(mut stdout) = child.stdout.take() {
        stdout.read_to_end(&mut output).map_err(failed)?;
    }
    let status = child.wait().map_err(failed)?;
    if let Some(writer) = writer {
        let _ = writer.join();
    }
    let errors = errors.and_then(|errors| errors.join().ok()).unwrap_or_default();
    Ok(if status.success() { Ok(output) } else { Err(first_line(&errors)) })
}

fn first_line(text: &[u8]) -> String {
    String::from_utf8_lossy(text).lines().next().unwrap_or_default().trim().to_owned()
}

/// `:100644 100644 ID ID R100`, then one path, or two for a rename; all ended by NUL.
fn read_raw(raw: &[u8], top: &Path) -> Vec<Changed> {
    let mut fields = raw.split(|byte| *byte == 0);
    let mut changes = Vec::new();
    while let Some(head) = fields.next() {
        let head = String::from_utf8_lossy(head).into_owned();
        let mut words = head.trim_start_matches(':').split(' ');
        let (Some(old_mode), Some(new_mode), Some(id), Some(_), Some(status)) =
            (words.next(), words.next(), words.next(), words.next(), words.next())
        else {
            continue;
        };
        let mut path =
            || fields.next().and_then(|path| std::str::from_utf8(path).ok()).map(|path| top.join(path));
        let first = path();
        let second = if status.starts_with(['R', 'C']) { path() } else { first.clone() };
        // Regular files only: links and submodules are taken as they are now.
        let was_file = old_mode.starts_with("100") && !status.starts_with('C');
        let is_file = new_mode.starts_with("100");
        let changed = Changed {
            before: first.filter(|_| was_file).map(|path| (path, id.to_owned())),
            now: second.filter(|_| is_file),
        };
        if changed != Changed::default() {
            changes.push(changed);
        }
    }
    changes
}

/// The new side of every hunk.
fn read_patch(patch: &[u8], top: &Path) -> HashMap<PathBuf, Vec<Range<usize>>> {
    let mut lines: HashMap<PathBuf, Vec<Range<usize>>> = HashMap::new();
    let mut file = None;
    // Lines of the hunk that are still to come: they may look like headers.
    let mut inside = 0;
    for line in patch.split(|byte| *byte == b'\n') {
        if inside > 0 && matches!(line.first(), Some(b'+' | b'-')) {
            inside -= 1;
        } else if let Some(name) = line.strip_prefix(b"+++ ") {
            file = name_in_patch(name).map(|name| top.join(name));
        } else if line.starts_with(b"@@ ")
            && let Some((removed, added)) = hunk(&String::from_utf8_lossy(line))
        {
            inside = removed.len() + added.len();
            if let Some(file) = &file {
                lines.entry(file.clone()).or_default().push(added);
            }
        }
    }
    lines
}

/// `@@ -3,2 +3,4 @@`: lines removed and lines added, 0-based.
fn hunk(line: &str) -> Option<(Range<usize>, Range<usize>)> {
    let mut words = line.split(' ').skip(1);
    let mut side = |sign: char| {
        let text = words.next()?.strip_prefix(sign)?;
        let (start, count) = text.split_once(',').unwrap_or((text, "1"));
        let start = start.parse::<usize>().ok()?.saturating_sub(1);
        let count = count.parse::<usize>().ok()?;
        Some(start..start.saturating_add(count))
    };
    Some((side('-')?, side('+')?))
}

/// `b/infra/main.tf`, with a tab behind it where it holds a blank, or quoted as in C.
fn name_in_patch(name: &[u8]) -> Option<String> {
    let name = name.strip_suffix(b"\t").unwrap_or(name);
    let Some(quoted) = name.strip_prefix(b"\"").and_then(|name| name.strip_suffix(b"\"")) else {
        return String::from_utf8(name.strip_prefix(b"b/")?.to_vec()).ok();
    };
    let mut plain = Vec::new();
    let mut bytes = quoted.iter().copied();
    while let Some(byte) = bytes.next() {
        if byte != b'\\' {
            plain.push(byte);
            continue;
        }
        let escaped = bytes.next()?;
        plain.push(match escaped {
            b'n' => b'\n',
            b't' => b'\t',
            b'r' => b'\r',
            b'a' => 7,
            b'b' => 8,
            b'v' => 11,
            b'f' => 12,
            b'0'..=b'3' => {
                let digit = |byte: u8| (b'0'..=b'7').contains(&byte).then(|| byte - b'0');
                let (second, third) = (digit(bytes.next()?)?, digit(bytes.next()?)?);
                (escaped - b'0') * 64 + second * 8 + third
            }
            other => other,
        });
    }
    String::from_utf8(plain.strip_prefix(b"b/")?.to_vec()).ok()
}

/// `ID blob SIZE`, the content, a line end; takes it off the output.
fn next_object(rest: &mut &[u8]) -> Option<Vec<u8>> {
    let end = rest.iter().position(|byte| *byte == b'\n')?;
    let head = String::from_utf8_lossy(rest.get(..end)?).into_owned();
    let size: usize = head.rsplit(' ').next()?.parse().ok()?;
    let start = end + 1;
    let content = rest.get(start..start.checked_add(size)?)?.to_vec();
    *rest = rest.get(start + size + 1..).unwrap_or_default();
    Some(content)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn patches_give_lines_of_today() {
        let patch = b"diff --git a/a b.tf b/a b.tf\n--- a/a b.tf\t\n+++ b/a b.tf\t\n@@ -1 +1,2 @@\n-x\n+++ b/no.tf\n+@@ -1 +1 @@\n\
            @@ -9,2 +10,0 @@\n-a\n-b\n\\ No newline at end of file\n--- \"a/\\303\\244\\t.tf\"\n+++ \"b/\\303\\244\\t.tf\"\n@@ -0,0 +5 @@\n+q\n";
        let lines = ChangedLines { lines: read_patch(patch, Path::new("/r")) };
        let touched = |path: &str, line: usize| lines.touch(Path::new(path), line);
        assert_eq!([0, 1, 2, 9].map(|line| touched("/r/a b.tf", line)), [true, true, false, false]);
        assert_eq!([3, 4, 5].map(|line| touched("/r/ä\t.tf", line)), [false, true, false]);
        assert!(!touched("/r/no.tf", 0));
    }

    #[test]
    fn raw_lists_give_paths_of_then_and_now() {
        let raw = b":100644 100644 aa 00 M\0m\0:100644 000000 bb 00 D\0d\0:000000 100644 00 00 A\0a\0\
            :100644 100755 cc 00 R090\0old\0new\0:160000 160000 dd 00 M\0sub\0:120000 100644 ee 00 T\0t\0";
        let changes = read_raw(raw, Path::new("/r"));
        let path = |name: &str| Some(PathBuf::from("/r").join(name));
        let was = |name: &str, id: &str| Some((PathBuf::from("/r").join(name), id.to_owned()));
        let expected = [
            (was("m", "aa"), path("m")),
            (was("d", "bb"), None),
            (None, path("a")),
            (was("old", "cc"), path("new")),
            (None, path("t")),
        ];
        assert_eq!(changes, expected.map(|(before, now)| Changed { before, now }));
    }
}
