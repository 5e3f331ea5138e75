//! What the model says of the input itself: references that lead nowhere.

use crate::lint::rule::Check;

pub(in crate::lint) const CHECKS: &[(&str, Check)] = &[];
