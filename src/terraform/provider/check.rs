//! The facts at work in the evaluator: arguments made to fit, names that a type does not have.

use std::path::Path;
use std::sync::Arc;

use super::{Fact, Known, Set, TypeFacts, Written, facts};
use crate::source::{Files, Span};
use crate::syntax::hcl::{Attribute, Step, StepKind};
use crate::terraform::eval::{Context, Evaluator, Failure};
use crate::terraform::instance::is_local;
use crate::terraform::{Class, Diagnostic};
use crate::value::Value;

/// Modules that are looked at for the version of the provider.
const MOST_MODULES: usize = 1_000;

/// Facts of a block that is being read, and what to call it.
#[derive(Debug, Clone)]
pub(crate) struct Described {
    pub(crate) facts: TypeFacts,
    /// `` `aws_ecs_service` `` or ``a `load_balancer` block``.
    pub(crate) what: Arc<str>,
}

impl Evaluator<'_> {
    /// The value of an argument, converted to its type. What does not fit and what does not exist is reported.
    pub(crate) fn argument(
        &self,
        described: Option<&Described>,
        attribute: &Attribute,
        value: Value,
    ) -> Value {
        let Some(described) = described else { return value };
        let fact = described.facts.get(&attribute.name);
        if fact.is_none() {
            self.unsupported(described, &attribute.name, attribute.name_span, Written::Argument);
        }
        let set = Set::argument(fact.as_ref(), value);
        if let Some(error) = set.error
            && self.is_described()
        {
            let message = format!("`{}` of {}: {error}", attribute.name, described.what);
            self.report_failure(&Failure::new(set.value.span(), message));
        }
        set.value
    }

    /// The facts of a nested block, which also stands for an attribute that holds objects.
    pub(crate) fn block_facts(
        &self,
        described: Option<&Described>,
        name: &Arc<str>,
        span: Span,
    ) -> Option<Described> {
        let outer = described?;
        let facts = match outer.facts.get(name) {
            Some(Fact::Block(block)) => Some(block.content),
            Some(Fact::Attribute(attribute)) => attribute.content(),
            Some(Fact::Removed) => None,
            None => {
                self.unsupported(outer, name, span, Written::Block);
                None
            }
        };
        facts.map(|facts| Described { facts, what: format!("a `{name}` block").into() })
    }

    fn unsupported(&self, described: &Described, name: &str, span: Span, written: Written) {
        let Some(meant) = described.facts.meant(name, written).filter(|_| self.provider_known().names) else {
            return;
        };
        let kind = if written == Written::Block { "block" } else { "argument" };
        self.report(Diagnostic {
            class: Class::Evaluation,
            message: format!("{} has no {kind} `{name}`: did you mean `{meant}`?", described.what),
            span,
            related: Vec::new(),
        });
    }

    /// Finds a reference to an attribute that the type of the resource does not have, which Terraform does before
    /// it evaluates: `try` does not catch it.
    pub(crate) fn check_reference(
        &self,
        cx: Context<'_>,
        key: &str,
        steps: &[Step],
    ) -> Result<(), Box<Failure>> {
        let Some(config) = cx.module.config.resources.get(key) else { return Ok(()) };
        let step = match steps {
            [Step { kind: StepKind::Index(_) | StepKind::LegacyIndex(_), .. }, step, ..] | [step, ..] => step,
            [] => return Ok(()),
        };
        let StepKind::Attribute(name) = &step.kind else { return Ok(()) };
        let Some(facts) = facts(config.mode, &config.ty) else { return Ok(()) };
        match facts.misspelt(name).filter(|_| self.provider_known().names) {
            Some(meant) => {
                let message = format!("`{}` has no attribute `{name}`: did you mean `{meant}`?", config.ty);
                Err(Failure::fixed(step.span, message))
            }
            None => Ok(()),
        }
    }

    /// Whether the configuration takes the major version of the provider that the facts are of.
    pub(crate) fn is_described(&self) -> bool {
        self.provider_known().types
    }

    /// What the facts tell of the provider that the configuration takes. The lock file says which, else the constraints of
    /// all modules in the repository.
    fn provider_known(&self) -> Known {
        *self.described.get_or_init(|| {
            let locked = self.files.load(&self.root_dir.join(".terraform.lock.hcl")).ok();
            match locked.as_ref().and_then(|lock| locked_version(&lock.text)) {
                Some(version) => Known::of(version),
                None => self.known_of_modules(),
            }
        })
    }

    fn known_of_modules(&self) -> Known {
        let mut seen = vec![self.root_dir.clone()];
        let mut known = Known::ALL;
        let mut at = 0;
        while let Some(dir) = seen.get(at).cloned() {
            at += 1;
            let module = self.configs.module(&dir);
            known = module.aws_versions.iter().map(|version| Known::of(version)).fold(known, Known::and);
            let sources = module.calls.values().filter_map(|call| call.source.as_deref());
            for source in sources.filter(|source| is_local(source)) {
                let called = Files::normalize(&dir.join(Path::new(source)));
                if !seen.contains(&called) && seen.len() < MOST_MODULES {
                    seen.push(called);
                }
            }
        }
        known
    }
}

/// The version of the AWS provider in a dependency lock file.
fn locked_version(lock: &str) -> Option<&str> {
    let (_, block) = lock.split_once("/hashicorp/aws\"")?;
    let line = block.lines().take_while(|line| *line != "}").find_map(|line| {
        let (name, value) = line.split_once('=')?;
        (name.trim() == "version").then_some(value)
    })?;
    Some(line.trim().trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_file_tells_the_version() {
        let lock = "provider \"registry.terraform.io/hashicorp/random\" {\n  version = \"3.1.0\"\n}\n\
                    provider \"registry.terraform.io/hashicorp/aws\" {\n  version     = \"5.31.0\"\n}\n";
        assert_eq!(locked_version(lock), Some("5.31.0"));
        assert_eq!(locked_version("provider \"registry.terraform.io/hashicorp/aws\" {\n}\n"), None);
    }
}
