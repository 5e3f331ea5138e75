//! Writes a fixed file: a temporary file beside it takes its place, so that it is whole at any time.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use super::FixedFile;

/// Writes the new content, with the permissions the file has.
///
/// # Errors
/// When the file has changed since it was read, is no regular file any more, or its directory cannot be written.
pub fn write(file: &FixedFile) -> io::Result<()> {
    let metadata = fs::symlink_metadata(&file.path)?;
    if !metadata.is_file() || fs::read(&file.path)? != *file.old {
        return Err(io::Error::other("it has changed since it was read"));
    }
    let beside = temporary(&file.path)?;
    let written =
        put(&beside, &file.new, metadata.permissions()).and_then(|()| fs::rename(&beside, &file.path));
    written.inspect_err(|_| {
        // The first error counts.
        let _ = fs::remove_file(&beside);
    })
}

fn put(path: &Path, content: &[u8], permissions: fs::Permissions) -> io::Result<()> {
    // Never through a link that someone put there.
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(content)?;
    file.set_permissions(permissions)?;
    file.sync_all()
}

fn temporary(path: &Path) -> io::Result<std::path::PathBuf> {
    let name = path.file_name().ok_or_else(|| io::Error::other("it has no name"))?;
    let mut beside = std::ffi::OsString::from(".");
    beside.push(name);
    beside.push(format!(".{}.plimsoll", std::process::id()));
    Ok(path.with_file_name(beside))
}
