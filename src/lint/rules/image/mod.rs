//! Container images.

mod image_tag_latest;

use crate::lint::rule::Check;

pub(in crate::lint) const CHECKS: &[(&str, Check)] =
    &[("image-tag-latest", Check::Several(image_tag_latest::CHECKS))];
