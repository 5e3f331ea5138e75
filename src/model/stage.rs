//! Production or not: one definition for all rules (DESIGN, "Stage").

use std::sync::Arc;

/// The stage a node belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Stage {
    Production,
    NonProduction,
    #[default]
    Unknown,
}

const PRODUCTION: [&str; 4] = ["prod", "prd", "production", "live"];

const NON_PRODUCTION: [&str; 14] = [
    "dev",
    "develop",
    "development",
    "test",
    "testing",
    "qa",
    "uat",
    "stage",
    "stg",
    "staging",
    "preview",
    "sandbox",
    "nonprod",
    "non-production",
];

/// A stage and the hint that decided it.
#[derive(Debug, Clone, Default)]
pub struct StageOf {
    pub stage: Stage,
    /// `folder env/prod`, `tag Environment = prod`, `--stage` …; empty where nothing hints.
    pub hint: Option<Arc<str>>,
}

impl Stage {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::NonProduction => "non-production",
            Self::Unknown => "unknown",
        }
    }

    /// Reads one name token (`prod`, `staging`): what it hints at.
    #[must_use]
    pub fn from_token(token: &str) -> Stage {
        let is_one_of = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(token));
        if is_one_of(&PRODUCTION) {
            Self::Production
        } else if is_one_of(&NON_PRODUCTION) {
            Self::NonProduction
        } else {
            Self::Unknown
        }
    }

    /// Reads a name (`api-prod`, `env/staging.tfvars`): the stage its tokens agree on.
    #[must_use]
    pub fn from_name(name: &str) -> Stage {
        let mut found = Self::Unknown;
        for token in name.split(|c: char| !c.is_ascii_alphanumeric()) {
            match (found, Self::from_token(token)) {
                (_, Self::Unknown) => {}
                (Self::Unknown, stage) => found = stage,
                (before, stage) if before == stage => {}
                _ => return Self::Unknown,
            }
        }
        found
    }

    /// All hints must agree; those that say nothing do not count.
    #[must_use]
    pub fn agreed(hints: impl IntoIterator<Item = (Stage, Arc<str>)>) -> StageOf {
        let mut result = StageOf::default();
        for (stage, hint) in hints {
            if stage == Self::Unknown {
                continue;
            }
            if result.stage == Self::Unknown {
                result = StageOf { stage, hint: Some(hint) };
            } else if result.stage != stage {
                let before = result.hint.unwrap_or_default();
                return StageOf {
                    stage: Self::Unknown,
                    hint: Some(format!("{before} against {hint}").into()),
                };
            }
        }
        result
    }
}
