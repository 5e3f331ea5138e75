//! Terraform addresses as usage files have them: of an instance, of a resource with all its instances, by type.

/// The type of task definitions that are files of their own.
const RAW_DEFINITION: &str = "task-definition";

/// What usage files call a task definition that is a file of its own: `task-definition.migrate`.
#[must_use]
pub(in crate::cost) fn of_raw_definition(family: &str) -> String {
    format!("{RAW_DEFINITION}.{family}")
}

/// The segments of an address, split at the dots outside of `[…]`.
pub(super) fn segments(address: &str) -> Vec<&str> {
    let (mut depth, mut quoted, mut escaped) = (0_u32, false, false);
    address
        .split(|c: char| {
            if escaped {
                escaped = false;
                return false;
            }
            match c {
                '\\' if quoted => escaped = true,
                '"' if depth > 0 => quoted = !quoted,
                '[' if !quoted => depth = depth.saturating_add(1),
                ']' if !quoted => depth = depth.saturating_sub(1),
                '.' => return depth == 0,
                _ => {}
            }
            false
        })
        .collect()
}

/// The type in `module.a["k"].aws_lb.main[0]`.
pub(super) fn resource_type(address: &str) -> Option<&str> {
    let segments = segments(address);
    let ty = segments.len().checked_sub(2).and_then(|at| segments.get(at))?;
    if ty == &RAW_DEFINITION {
        return Some(ty);
    }
    let plausible = ty.contains('_') && ty.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    plausible.then_some(ty)
}

/// The address without the key of the resource itself.
pub(super) fn without_last_key(address: &str) -> &str {
    let Some(last) = segments(address).last().copied() else { return address };
    let key = last.split_once('[').map_or(0, |(_, key)| key.len() + 1);
    address.len().checked_sub(key).and_then(|end| address.get(..end)).unwrap_or(address)
}

/// The address without any key.
pub(super) fn without_keys(address: &str) -> String {
    let plain = |segment: &str| segment.split_once('[').map_or(segment, |(name, _)| name).to_owned();
    segments(address).into_iter().map(plain).collect::<Vec<_>>().join(".")
}
