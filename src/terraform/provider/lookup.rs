//! What rules may ask: whether a resource type has an attribute, and who decides it where it is not written.

use std::sync::Arc;

use super::format::header;
use super::{Fact, Written, blob, facts};
use crate::terraform::Mode;
use crate::text;

/// Whether the provider decides an attribute that is not written. A type or attribute that the table does not have
/// may be of a newer provider, so only what was probably misspelt is refused.
///
/// # Errors
/// Says what was probably meant.
pub(crate) fn is_computed(ty: &str, names: &[Arc<str>]) -> Result<bool, String> {
    let Some(mut inside) = facts(Mode::Managed, ty) else {
        let is_of_aws = ty.starts_with("aws_");
        let known = blob::types(header::RESOURCES, header::RESOURCE_COUNT).filter(|_| is_of_aws);
        return match text::closest_within(ty, known, 2) {
            Some(meant) => Err(format!("there is no resource type `{ty}`; did you mean `{meant}`?")),
            None => Ok(false),
        };
    };
    let mut computed = false;
    for name in names {
        computed = false;
        match inside.get(name) {
            Some(Fact::Attribute(attribute)) => {
                computed = attribute.computed;
                match attribute.content() {
                    Some(content) => inside = content,
                    None => return Ok(computed && names.last() == Some(name)),
                }
            }
            Some(Fact::Block(block)) => inside = block.content,
            Some(Fact::Removed) => return Ok(false),
            None => {
                return match inside.meant(name, Written::Reference) {
                    Some(meant) => Err(format!("`{ty}` has no `{name}`; did you mean `{meant}`?")),
                    None => Ok(false),
                };
            }
        }
    }
    Ok(computed)
}
