//! Where reports go: which `--output` belongs to which `--format`, and files that appear complete or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::ArgMatches;
use clap::ValueEnum;

use super::Stop;
use super::args::Color;
use crate::report::Style;

/// Columns of reports for people in files.
const FILE_WIDTH: usize = 100;

/// Names that are tried for a temporary file.
const ATTEMPTS: u32 = 16;

/// A report to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target<F> {
    pub(super) format: F,
    /// `None` is standard output.
    file: Option<PathBuf>,
}

/// Pairs `--format` and `--output` as they were written: an output belongs to the format before it; one output
/// before the only format belongs to that. `-` is standard output, which takes one report.
///
/// # Errors
/// When the pairs are not clear, two reports would have one place, or a directory does not exist.
pub(super) fn targets<F: ValueEnum + Copy>(
    formats: &[F],
    outputs: &[PathBuf],
    matches: &ArgMatches,
    default: F,
) -> Result<Vec<Target<F>>, Stop> {
    let places = |id: &str| matches.indices_of(id).map(Iterator::collect::<Vec<_>>).unwrap_or_default();
    let formats: Vec<(usize, F)> = places("format").into_iter().zip(formats.iter().copied()).collect();
    let outputs: Vec<(usize, &Path)> =
        places("output").into_iter().zip(outputs.iter().map(PathBuf::as_path)).collect();
    let targets = pair(&formats, &outputs, default).map_err(Stop::usage)?;
    for target in &targets {
        target.file.as_deref().map_or(Ok(()), has_directory)?;
    }
    Ok(targets)
}

fn name<F: ValueEnum>(format: F) -> String {
    format.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
}

fn pair<F: ValueEnum + Copy>(
    formats: &[(usize, F)],
    outputs: &[(usize, &Path)],
    default: F,
) -> Result<Vec<Target<F>>, String> {
    let mut formats: Vec<(usize, F, Option<&Path>)> =
        formats.iter().map(|(at, format)| (*at, *format, None)).collect();
    match formats.as_mut_slice() {
        [] => formats.push((0, default, None)),
        // With one format there is nothing to mistake.
        [(at, _, _)] => *at = 0,
        _ => {}
    }
    for (at, output) in outputs {
        let before = formats.iter_mut().rev().find(|(format_at, _, _)| format_at <= at);
        match before {
            None => {
                return Err(format!(
                    "`--output {}` stands before every --format; write it behind the --format it belongs to",
                    output.display()
                ));
            }
            Some((_, format, Some(first))) => {
                return Err(format!(
                    "`--format {}` has two outputs, `{}` and `{}`; write a --format before each --output",
                    name(*format),
                    first.display(),
                    output.display()
                ));
            }
            Some((_, _, slot)) => *slot = Some(output),
        }
    }
    let targets: Vec<Target<F>> = formats
        .into_iter()
        .map(|(_, format, output)| {
            let file = output.filter(|path| *path != Path::new("-")).map(Path::to_path_buf);
            Target { format, file }
        })
        .collect();
    // `a` and `./a` are one place.
    let place = |target: &Target<F>| {
        let file = target.file.as_ref();
        file.map(|file| std::path::absolute(file).unwrap_or_else(|_| file.clone()))
    };
    for (index, target) in targets.iter().enumerate() {
        let mut rest = targets.iter().skip(index + 1);
        let Some(other) = rest.find(|other| place(other) == place(target)) else { continue };
        let (one, two) = (name(target.format), name(other.format));
        return Err(match &target.file {
            None => format!(
                "`--format {one}` and `--format {two}` both go to standard output; write --output FILE behind one of them"
            ),
            Some(file) => {
                format!("`--format {one}` and `--format {two}` have the same output `{}`", file.display())
            }
        });
    }
    Ok(targets)
}

/// Writes every report: files first, so that a reader of standard output who goes away costs none of them.
pub(super) fn deliver_all<F: Copy>(
    targets: &[Target<F>],
    color: Color,
    quiet: bool,
    mut write: impl FnMut(F, &Style, &mut dyn Write) -> io::Result<()>,
) -> Result<(), Stop> {
    let (files, streams): (Vec<_>, Vec<_>) = targets.iter().partition(|target| target.file.is_some());
    for target in files.into_iter().chain(streams) {
        deliver(target.file.as_deref(), color, quiet, |style, out| write(target.format, style, out))?;
    }
    Ok(())
}

/// Writes a report to standard output, or to a file that appears complete or not at all. A reader of standard
/// output who went away (`| head`) is no failure: the exit status is still that of the findings.
pub(super) fn deliver(
    output: Option<&Path>,
    color: Color,
    quiet: bool,
    write: impl FnOnce(&Style, &mut dyn Write) -> io::Result<()>,
) -> Result<(), Stop> {
    match output.filter(|path| *path != Path::new("-")) {
        None => {
            let stdout = io::stdout();
            let choice = match color {
                Color::Auto => anstream::ColorChoice::Auto,
                Color::Always => anstream::ColorChoice::Always,
                Color::Never => anstream::ColorChoice::Never,
            };
            let style = Style { quiet, ..Style::detect(&stdout, choice) };
            let mut out = io::BufWriter::new(stdout.lock());
            let written = write(&style, &mut out).and_then(|()| out.flush());
            match written {
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                    // What is left in the buffer has no reader.
                    let _ = out.into_parts();
                    Ok(())
                }
                written => Ok(written?),
            }
        }
        Some(path) => {
            has_directory(path)?;
            let mut text = Vec::new();
            write(&Style { quiet, ..Style::plain(FILE_WIDTH) }, &mut text)?;
            replace(path, &text)
        }
    }
}

/// Writes a file that appears complete or not at all.
pub(super) fn replace(path: &Path, content: &[u8]) -> Result<(), Stop> {
    write_file(path, content).map_err(|error| failed(path, &error.to_string()))
}

fn failed(path: &Path, why: &str) -> Stop {
    Stop::path(format!("cannot write `{}`: {why}", path.display()))
}

/// Says early that a file cannot be written: before the work, not after it.
fn has_directory(path: &Path) -> Result<(), Stop> {
    if path.is_dir() {
        return Err(failed(path, "it is a directory"));
    }
    match path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        Some(parent) if !parent.is_dir() => {
            Err(failed(path, &format!("the directory `{}` does not exist", parent.display())))
        }
        _ => Ok(()),
    }
}

/// Replaces a file in one step. Where the path is a link, the file it leads to is replaced; devices and pipes
/// (`/dev/stderr`) are written to as they are.
fn write_file(path: &Path, text: &[u8]) -> io::Result<()> {
    let existing = fs::metadata(path).ok();
    if existing.as_ref().is_some_and(|known| !known.is_file()) {
        return OpenOptions::new().write(true).open(path)?.write_all(text);
    }
    let path = if existing.is_some() { path.canonicalize()? } else { path.to_path_buf() };
    let (beside, mut file) = beside(&path)?;
    let written = file.write_all(text).and_then(|()| {
        if let Some(known) = &existing {
            file.set_permissions(known.permissions())?;
        }
        fs::rename(&beside, &path)
    });
    if written.is_err() {
        // The first error is the one to tell of.
        let _ = fs::remove_file(&beside);
    }
    written
}

/// A new temporary file in the directory of `path`. One that exists already is never followed or overwritten.
fn beside(path: &Path) -> io::Result<(PathBuf, File)> {
    let mut last = io::Error::from(io::ErrorKind::AlreadyExists);
    for attempt in 0..ATTEMPTS {
        let mut name = std::ffi::OsString::from(".");
        name.push(path.file_name().unwrap_or_default());
        name.push(format!(".{}-{attempt}.tmp", std::process::id()));
        let beside = path.with_file_name(name);
        match OpenOptions::new().write(true).create_new(true).open(&beside) {
            Ok(file) => return Ok((beside, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => last = error,
            Err(error) => return Err(error),
        }
    }
    Err(last)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

    use super::*;
    use crate::cli::args::CheckFormat::{self, Human, Json, Sarif};

    /// The pairs of a command line: `f` is a format, `o` an output, in the order written.
    fn paired(words: &[&str]) -> Result<Vec<(CheckFormat, Option<String>)>, String> {
        let mut formats = Vec::new();
        let mut outputs = Vec::new();
        for (at, word) in words.iter().enumerate() {
            match CheckFormat::from_str(word, false) {
                Ok(format) => formats.push((at + 1, format)),
                Err(_) => outputs.push((at + 1, Path::new(*word))),
            }
        }
        let targets = pair(&formats, &outputs, Human)?;
        let shown = |target: Target<CheckFormat>| {
            (target.format, target.file.map(|file| file.to_str().unwrap().to_owned()))
        };
        Ok(targets.into_iter().map(shown).collect())
    }

    #[test]
    fn an_output_belongs_to_the_format_before_it() {
        let file = |name: &str| Some(name.to_owned());
        assert_eq!(paired(&[]), Ok(vec![(Human, None)]));
        assert_eq!(paired(&["a"]), Ok(vec![(Human, file("a"))]));
        assert_eq!(paired(&["json"]), Ok(vec![(Json, None)]));
        assert_eq!(paired(&["json", "a"]), Ok(vec![(Json, file("a"))]));
        assert_eq!(paired(&["a", "json"]), Ok(vec![(Json, file("a"))]), "one of each is clear");
        assert_eq!(paired(&["sarif", "a", "human"]), Ok(vec![(Sarif, file("a")), (Human, None)]));
        assert_eq!(paired(&["human", "sarif", "a"]), Ok(vec![(Human, None), (Sarif, file("a"))]));
        assert_eq!(
            paired(&["sarif", "a", "json", "b", "human", "-"]),
            Ok(vec![(Sarif, file("a")), (Json, file("b")), (Human, None)])
        );
        assert_eq!(paired(&["json", "a", "json", "b"]), Ok(vec![(Json, file("a")), (Json, file("b"))]));
    }

    #[test]
    fn what_is_not_clear_is_refused() {
        for (words, part) in [
            (vec!["sarif", "human"], "both go to standard output"),
            (vec!["sarif", "-", "human"], "both go to standard output"),
            (vec!["a", "sarif", "human"], "before every --format"),
            (vec!["sarif", "a", "b"], "has two outputs"),
            (vec!["a", "b"], "has two outputs"),
            (vec!["sarif", "a", "json", "a"], "the same output `a`"),
            (vec!["sarif", "a", "json", "./a"], "the same output `a`"),
        ] {
            let error = paired(&words).unwrap_err();
            assert!(error.contains(part), "{words:?}: {error}");
        }
    }

    #[test]
    fn files_are_replaced_whole_and_nothing_else_is_left() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("a.json");
        write_file(&file, b"one").unwrap();
        write_file(&file, b"two").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"two");
        // A name that somebody else took is left alone.
        let (taken, _) = beside(&file).unwrap();
        fs::write(&taken, "theirs").unwrap();
        write_file(&file, b"three").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"three");
        assert_eq!(fs::read(&taken).unwrap(), b"theirs");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2);
    }

    #[cfg(unix)]
    #[test]
    fn links_stay_links_and_modes_stay() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let (file, link) = (dir.path().join("a.json"), dir.path().join("link.json"));
        write_file(&file, b"one").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        write_file(&link, b"two").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"two");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        write_file(Path::new("/dev/null"), b"gone").unwrap();
        assert!(!Path::new("/dev/null").is_file());
    }
}
