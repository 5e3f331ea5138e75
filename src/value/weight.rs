//! How large a value is when everything it shares is counted each time it appears.

use super::{Built, Kind, Part, Value};

/// Bytes of text that count as one part.
const BYTES_PER_PART: usize = 128;

impl Value {
    /// Parts of the value at any depth, members and the pieces of built strings included. Shared parts count
    /// once for each appearance, because whoever walks the value meets them as often. Counting ends as
    /// soon as the number is above `most`.
    #[must_use]
    pub fn weight(&self, most: usize) -> usize {
        let mut weight = 0;
        add(self, most, &mut weight);
        weight
    }
}

fn add(value: &Value, most: usize, weight: &mut usize) {
    *weight += 1;
    if *weight > most {
        return;
    }
    match &value.kind {
        Kind::Null(_) | Kind::Bool(_) | Kind::Number(_) => {}
        Kind::String(text) => {
            *weight += text.as_str().len() / BYTES_PER_PART;
            if let Some(built) = &text.built {
                add_built(built, most, weight);
            }
        }
        Kind::Sequence(sequence) => {
            add_all(&sequence.items, most, weight);
            if let Some(template) = sequence.rest.as_ref().and_then(|rest| rest.template.as_ref()) {
                add(template, most, weight);
            }
        }
        Kind::Mapping(mapping) => {
            add_all(mapping.entries.values().map(|entry| &entry.value), most, weight);
            if let Some(template) = mapping.rest.as_ref().and_then(|rest| rest.template.as_ref()) {
                add(template, most, weight);
            }
        }
        Kind::Unknown(unknown) => {
            add_all(&unknown.alternatives, most, weight);
            if let Some(built) = &unknown.built {
                add_built(built, most, weight);
            }
        }
    }
}

fn add_all<'v>(values: impl IntoIterator<Item = &'v Value>, most: usize, weight: &mut usize) {
    for value in values {
        if *weight > most {
            return;
        }
        add(value, most, weight);
    }
}

fn add_built(built: &Built, most: usize, weight: &mut usize) {
    match built {
        Built::Json(value) => add(value, most, weight),
        Built::Template(parts) => {
            for part in parts {
                if *weight > most {
                    return;
                }
                match part {
                    Part::Literal { .. } => *weight += 1,
                    Part::Hole(value) => add(value, most, weight),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::source::{SourceMap, Span};
    use crate::value::{Origin, Value};

    #[test]
    fn shared_parts_count_each_time_and_counting_ends() {
        let span = Span::new(SourceMap::default().add_pseudo("a", ""), 0..0);
        let at = || Origin::at(span);
        let mut value = Value::tuple(vec![Value::bool(true, at())], at());
        assert_eq!(value.weight(100), 2);
        value = Value::tuple(vec![value.clone(), value], at());
        assert_eq!(value.weight(100), 5);
        for _ in 0..100 {
            value = Value::tuple(vec![value.clone(), value], at());
        }
        let weight = value.weight(1_000);
        assert!(weight > 1_000 && weight < 1_200, "{weight}");
    }
}
