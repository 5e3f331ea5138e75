//! Functions of files and paths. Only [`Files`] touches the disk: what lies outside the boundary is unknown.

use std::path::{Component, Path, PathBuf};

use ::sha1::Sha1;
use ::sha2::{Sha256, Sha512};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use globset::GlobBuilder;
use md5::Md5;

use super::Failure;
use super::arguments::{Call, Outcome, normalized};
use super::hash::{base64_digest, hex_digest};
use crate::source::{Files, LARGEST_FILE, LoadError, Span};
use crate::value::{Built, Cause, Causes, Kind, Origin, Part, Step, Text, Type, Value};

/// Directories deeper than this below the first are not looked through.
const DEEPEST: usize = 32;

/// Why a path gives no file.
enum Miss {
    /// Terraform says so too.
    Certain(String),
    /// Not to be seen from here.
    Unseen(Cause),
}

/// The path from the directory of the root module; `None` for a home directory.
fn absolute(call: &Call<'_>, path: &str) -> Option<PathBuf> {
    if path.starts_with('~') {
        return None;
    }
    let path = Path::new(path);
    let joined = if path.is_absolute() { path.to_path_buf() } else { call.context.base_dir.join(path) };
    Some(Files::normalize(&joined))
}

fn unseen(path: &str) -> Miss {
    Miss::Unseen(Cause::MissingFile { path: path.into() })
}

fn miss(error: &LoadError, path: &str) -> Miss {
    match error {
        LoadError::NotAFile => Miss::Certain(format!("\"{path}\" is not a regular file")),
        LoadError::TooLarge { .. } => {
            Miss::Unseen(Cause::Limit { what: format!("size of the file {path}").into() })
        }
        // A file that is not in the repository may be written before Terraform runs.
        LoadError::NotFound | LoadError::Outside | LoadError::Decode(_) | LoadError::Io(_) => unseen(path),
    }
}

fn failed(call: &Call<'_>, miss: Miss) -> Outcome {
    match miss {
        Miss::Certain(message) => Err(Failure::argument(0, message)),
        Miss::Unseen(cause) => {
            let mut unknown = call.unknown_parts();
            unknown.causes = Causes::one(cause);
            Ok(Value::from_unknown(unknown, call.origin()))
        }
    }
}

fn bytes(call: &Call<'_>) -> Result<Vec<u8>, Miss> {
    let path = call.str(0);
    let absolute = absolute(call, path).ok_or_else(|| unseen(path))?;
    call.context.files.read_bytes(&absolute, LARGEST_FILE).map_err(|error| miss(&error, path))
}

pub(super) fn file(call: &Call<'_>) -> Outcome {
    let path = call.str(0);
    let Some(absolute) = absolute(call, path) else { return failed(call, unseen(path)) };
    let raw = match call.context.files.read_bytes(&absolute, LARGEST_FILE) {
        Ok(raw) => raw,
        Err(error) => return failed(call, miss(&error, path)),
    };
    let Ok(raw) = String::from_utf8(raw) else {
        return Err(Failure::new(format!("contents of \"{path}\" are not valid UTF-8")));
    };
    if raw.len() > call.context.limits.string {
        return Ok(call.limit("length of a string"));
    }
    let text = normalized(raw);
    // The same text with places, so that a leaf of JSON inside is found where it is written.
    let loaded = call.context.files.load(&absolute).ok().filter(|loaded| *loaded.text == *text);
    let Some(loaded) = loaded else { return Ok(call.string(text)) };
    let span = Span::new(loaded.id, 0..loaded.text.len());
    let origin = Origin::at(span).via(Step::Function("file".into()), call.context.span);
    let literal = Part::Literal { text: loaded.text.clone(), span };
    let text = Text::built(loaded.text, Built::Template(vec![literal]));
    Ok(Value::new(Kind::String(text), origin))
}

fn digest(call: &Call<'_>, digest: fn(&[u8]) -> String) -> Outcome {
    match bytes(call) {
        Ok(bytes) => Ok(call.string(digest(&bytes))),
        Err(miss) => failed(call, miss),
    }
}

pub(super) fn filebase64(call: &Call<'_>) -> Outcome {
    digest(call, |bytes| STANDARD.encode(bytes))
}

pub(super) fn filemd5(call: &Call<'_>) -> Outcome {
    digest(call, hex_digest::<Md5>)
}

pub(super) fn filesha1(call: &Call<'_>) -> Outcome {
    digest(call, hex_digest::<Sha1>)
}

pub(super) fn filesha256(call: &Call<'_>) -> Outcome {
    digest(call, hex_digest::<Sha256>)
}

pub(super) fn filesha512(call: &Call<'_>) -> Outcome {
    digest(call, hex_digest::<Sha512>)
}

pub(super) fn filebase64sha256(call: &Call<'_>) -> Outcome {
    digest(call, base64_digest::<Sha256>)
}

pub(super) fn filebase64sha512(call: &Call<'_>) -> Outcome {
    digest(call, base64_digest::<Sha512>)
}

pub(super) fn fileexists(call: &Call<'_>) -> Outcome {
    let path = call.str(0);
    let Some(absolute) = absolute(call, path) else { return failed(call, unseen(path)) };
    match call.context.files.resolve(&absolute) {
        Ok(real) if call.context.files.is_file(&real) => Ok(call.bool(true)),
        Ok(_) => Err(Failure::argument(0, format!("\"{path}\" is not a regular file"))),
        Err(LoadError::NotFound) => {
            let mut above = absolute.ancestors().skip(1);
            if above.any(|dir| {
                call.context.files.resolve(dir).is_ok_and(|real| call.context.files.is_file(&real))
            }) {
                return Err(Failure::argument(0, format!("failed to stat \"{path}\"")));
            }
            Ok(call.bool(false))
        }
        Err(error) => failed(call, miss(&error, path)),
    }
}

pub(super) fn fileset(call: &Call<'_>) -> Outcome {
    let (path, pattern) = (call.str(0), call.str(1));
    let Some(base) = absolute(call, path) else { return failed(call, unseen(path)) };
    match call.context.files.resolve(&base) {
        Ok(_) => {}
        Err(LoadError::NotFound) => return Ok(string_set(call, Vec::new())),
        Err(error) => return failed(call, miss(&error, path)),
    }
    let whole = Files::normalize(&base.join(pattern));
    if !whole.starts_with(&base) {
        return Ok(call.unsupported("fileset() with a pattern that leaves its directory"));
    }
    let Ok(relative) = whole.strip_prefix(&base) else { return Ok(call.unknown()) };
    let text = relative.to_string_lossy();
    let glob = GlobBuilder::new(&text).literal_separator(true).backslash_escape(true).build();
    let Ok(glob) = glob else {
        return Err(Failure::argument(1, "failed to glob pattern: syntax error in pattern"));
    };
    let matcher = glob.compile_matcher();
    let mut found = Vec::new();
    let depth = if text.contains("**") { DEEPEST } else { relative.components().count().min(DEEPEST) };
    let complete = search(call, &base, Path::new(""), depth, &mut |name| {
        if matcher.is_match(name) {
            found.push(name.to_string_lossy().replace('\\', "/"));
        }
    });
    if complete { Ok(string_set(call, found)) } else { Ok(call.limit("number of files")) }
}

fn string_set(call: &Call<'_>, mut names: Vec<String>) -> Value {
    names.sort();
    names.dedup();
    let origin = call.origin();
    let items = names.into_iter().map(|name| Value::string(normalized(name), origin.clone())).collect();
    crate::terraform::convert::set_of(items, Type::String, None, origin)
}

/// Shows every regular file below `base` to `look`, by its path from there; false where there are too many.
fn search(call: &Call<'_>, base: &Path, below: &Path, depth: usize, look: &mut dyn FnMut(&Path)) -> bool {
    const MOST_FILES: usize = 50_000;
    let mut seen = 0_usize;
    let mut waiting = vec![(below.to_path_buf(), depth)];
    while let Some((dir, depth)) = waiting.pop() {
        let Some(depth) = depth.checked_sub(1) else { continue };
        let full = base.join(&dir);
        for name in call.context.files.file_names(&full) {
            // A link may lead out of the boundary: it is not looked at.
            if call.context.files.resolve(&full.join(&name)).is_ok() {
                look(&dir.join(name));
            }
            seen += 1;
        }
        if depth > 0 {
            for name in call.context.files.directory_names(&full) {
                waiting.push((dir.join(name), depth));
                seen += 1;
            }
        }
        if seen > MOST_FILES {
            return false;
        }
    }
    true
}

/// As Terraform gives it when it runs in the directory of the root module.
pub(super) fn abspath(call: &Call<'_>) -> Outcome {
    let base = Files::normalize(&call.context.files.root().join(call.context.base_dir));
    let path = Files::normalize(&base.join(call.str(0)));
    Ok(call.string(path.to_string_lossy()))
}

pub(super) fn pathexpand(call: &Call<'_>) -> Outcome {
    let path = call.str(0);
    if path.starts_with('~') {
        if path.len() > 1 && !path.starts_with("~/") {
            return Err(Failure::new("cannot expand user-specific home dir"));
        }
        return Ok(call.unsupported("pathexpand() of a home directory"));
    }
    Ok(call.same_text(0))
}

/// The last element of a path (Go's `filepath.Base`).
pub(super) fn basename(call: &Call<'_>) -> Outcome {
    let path = call.str(0);
    if path.is_empty() {
        return Ok(call.string("."));
    }
    let trimmed = path.trim_end_matches('/');
    if trimmed.is_empty() {
        return Ok(call.string("/"));
    }
    Ok(call.string(trimmed.rsplit('/').next().unwrap_or(trimmed)))
}

/// All but the last element of a path, cleaned (Go's `filepath.Dir`).
pub(super) fn dirname(call: &Call<'_>) -> Outcome {
    let path = call.str(0);
    let dir = path.rsplit_once('/').map_or("", |(dir, _)| dir);
    if dir.is_empty() {
        return Ok(call.string(if path.starts_with('/') { "/" } else { "." }));
    }
    Ok(call.string(clean(dir)))
}

/// Go's `filepath.Clean`.
fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<String> = Vec::new();
    for component in Path::new(path).components() {
        match component {
            Component::Normal(name) => parts.push(name.to_string_lossy().into_owned()),
            Component::ParentDir => match parts.last() {
                Some(last) if last != ".." => {
                    parts.pop();
                }
                _ if rooted => {}
                _ => parts.push("..".to_owned()),
            },
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
        }
    }
    let joined = parts.join("/");
    match (rooted, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}
