//! An opened root module: evaluated as a whole, or asked for single expressions.

use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use super::config::{Configs, Module, ModuleCall};
use super::eval::{Evaluator, Failure};
use super::instance::{CallState, Instance, Slot, context, needs_argument};
use super::references;
use super::{Class, Diagnostic, Evaluation, Multiplicity, Options};
use crate::source::Span;
use crate::syntax::hcl;
use crate::value::Value;

/// A root module that was opened; see [`super::with_session`].
pub struct Session<'a> {
    evaluator: Evaluator<'a>,
    root: Rc<Instance>,
}

impl Drop for Session<'_> {
    /// A call holds the instances that it made, and each of those the module that it was called in: without this no
    /// value of the root module would ever be freed.
    fn drop(&mut self) {
        for instance in self.evaluator.instances.take() {
            instance.forget_calls();
        }
    }
}

impl<'a> Session<'a> {
    pub(super) fn open(configs: &'a Configs<'a>, dir: &Path, options: &'a Options) -> Self {
        let evaluator = Evaluator::new(configs, dir, options);
        let config = configs.module(dir);
        let inputs = evaluator.inputs(&config);
        let root = Rc::new(Instance::new(
            config,
            "".into(),
            String::new(),
            Vec::new(),
            None,
            Multiplicity::One,
            inputs,
        ));
        evaluator.take_in(&root.config);
        evaluator.instances.borrow_mut().push(root.clone());
        Self { evaluator, root }
    }

    /// Evaluates one expression as if it stood in the root module.
    ///
    /// # Errors
    /// Where Terraform would refuse it.
    pub fn eval_expression(&self, text: &str) -> Result<Value, Box<Diagnostic>> {
        let pseudo = self.evaluator.files.add_pseudo("expression", text);
        let expr = hcl::parse_expression(&pseudo.text, pseudo.id)
            .map_err(|problem| Box::new(super::config::diagnostic(&problem)))?;
        self.evaluator.eval(context(&self.root), &expr).map_err(|failure| {
            let Failure { span, message, class, related, .. } = *failure;
            Box::new(Diagnostic { class, message, span, related })
        })
    }

    /// Evaluates everything in the module and those it calls.
    #[must_use]
    pub fn evaluation(&self) -> Evaluation {
        let mut resources = Vec::new();
        // Evaluating an instance may open further ones, which are appended.
        let mut at = 0;
        loop {
            let instance = self.evaluator.instances.borrow().get(at).cloned();
            let Some(instance) = instance else { break };
            at += 1;
            self.evaluator.within(instance.is_uncertain(), || self.force(&instance));
            for key in instance.config.resources.keys() {
                resources.extend(self.evaluator.resources_of(&instance, key));
            }
        }
        resources.sort_by(|a, b| a.address.cmp(&b.address).then(a.header.cmp(&b.header)));
        let values = |names: Vec<Arc<str>>, get: &dyn Fn(&Arc<str>) -> Option<Value>| {
            names.into_iter().filter_map(|name| get(&name).map(|value| (name, value))).collect()
        };
        let config = &self.root.config;
        let outputs = values(config.outputs.keys().cloned().collect(), &|name| {
            let header = config.outputs.get(name)?.header;
            self.evaluator.output(&self.root, name, header).ok()
        });
        let variables = values(config.variables.keys().cloned().collect(), &|name| {
            let header = config.variables.get(name)?.header;
            self.evaluator.variable(&self.root, name, header).ok()
        });
        // Last, because the arguments of such a call may refer to the call itself.
        let mut unresolved_modules = Vec::new();
        for (instance, name, mut module) in self.evaluator.unresolved.take() {
            if let Some(call) = instance.config.calls.get(&name) {
                module.arguments = self
                    .evaluator
                    .within(instance.is_uncertain(), || self.evaluator.call_arguments(&instance, call));
            }
            unresolved_modules.push(module);
        }
        unresolved_modules.sort_by(|a, b| a.address.cmp(&b.address));
        let mut files: Vec<_> = self.evaluator.used_files.borrow().iter().cloned().collect();
        let mut moved = Vec::new();
        for instance in self.evaluator.instances.borrow().iter() {
            files.extend(instance.config.files.iter().cloned());
            let full = |address: &str| match &*instance.address {
                "" => address.to_owned(),
                module => format!("{module}.{address}"),
            };
            moved.extend(instance.config.moved.iter().map(|(from, to)| (full(from), full(to))));
        }
        files.sort();
        files.dedup();
        let mut diagnostics = self.evaluator.diagnostics.borrow().clone();
        diagnostics.sort_by(|a, b| (a.span, &a.message).cmp(&(b.span, &b.message)));
        Evaluation {
            dir: self.evaluator.root_dir.clone(),
            resources,
            outputs,
            variables,
            named: self.named(),
            files,
            unresolved_modules,
            undeclared: self.evaluator.undeclared.borrow().clone(),
            diagnostics,
            moved,
        }
    }

    /// Variables and locals of every module instance; all are evaluated before.
    fn named(&self) -> Vec<(Arc<str>, Value)> {
        let mut named = Vec::new();
        for instance in self.evaluator.instances.borrow().iter() {
            for memo in [&instance.variables, &instance.locals] {
                let mut values: Vec<(Arc<str>, Value)> = memo
                    .borrow()
                    .iter()
                    .filter_map(|(name, slot)| match slot {
                        Slot::Done(value) => Some((name.clone(), value.clone())),
                        Slot::Busy => None,
                    })
                    .collect();
                values.sort_by(|(a, _), (b, _)| a.cmp(b));
                named.append(&mut values);
            }
        }
        named
    }

    /// Evaluates what nothing may refer to, because Terraform does so too.
    fn force(&self, instance: &Rc<Instance>) {
        let evaluator = &self.evaluator;
        let settle = |outcome: Result<Value, Box<Failure>>| {
            if let Err(failure) = outcome {
                evaluator.report_failure(&failure);
            }
        };
        let config = &instance.config;
        config.problems.iter().for_each(|problem| evaluator.report(problem.clone()));
        if evaluator.first_of(&config.dir) {
            references::undeclared(config).into_iter().for_each(|diagnostic| evaluator.report(diagnostic));
        }
        let cx = context(instance);
        for (name, variable) in &config.variables {
            let value = evaluator.variable(instance, name, variable.header);
            let written = value.as_ref().ok().map(Value::span).filter(|span| !span.is_empty());
            settle(value);
            for (condition, message) in &variable.validations {
                let what = format!("the variable `{name}`");
                evaluator.check_of(cx, condition, message.as_ref(), &what, written);
            }
        }
        for (name, local) in &config.locals {
            settle(evaluator.local(instance, name, local.name_span));
        }
        for name in config.calls.keys() {
            self.force_call(instance, name);
        }
        for (name, output) in &config.outputs {
            settle(evaluator.output(instance, name, output.header));
            for (condition, message) in &output.preconditions {
                evaluator.check(cx, condition, message.as_ref(), &format!("the output `{name}`"));
            }
        }
        for check in config.checks.values() {
            let what = format!("`{}`", instance.full_address(&format!("check.{}", check.name)));
            for (condition, message) in &check.asserts {
                evaluator.check_assertion(cx, condition, message.as_ref(), &what);
            }
        }
        for key in config.providers.keys().filter(|_| config.is_applied()) {
            evaluator.provider(instance, key);
        }
    }

    /// A module that is called and has no instance: Terraform reads it all the same.
    fn judge_unused(&self, call: &ModuleCall, caller: &Path, call_path: &str, depth: usize) {
        let evaluator = &self.evaluator;
        let Some(dir) = evaluator.module_dir(caller, call.source.as_deref().unwrap_or_default(), call_path)
        else {
            return;
        };
        let config = evaluator.configs.module(&dir);
        self.judge_arguments(call, &config);
        for (name, variable) in &config.variables {
            if variable.default.is_none() && call.body.attribute(name).is_none() && !config.is_incomplete() {
                evaluator.report_failure(&needs_argument(name, variable, call.header));
            }
        }
        if depth >= evaluator.options.limits.depth || !evaluator.first_of(&config.dir) {
            return;
        }
        evaluator.take_in(&config);
        config.problems.iter().for_each(|problem| evaluator.report(problem.clone()));
        references::undeclared(&config).into_iter().for_each(|diagnostic| evaluator.report(diagnostic));
        for (name, inner) in &config.calls {
            self.judge_unused(inner, &config.dir, &format!("{call_path}.{name}"), depth + 1);
        }
    }

    fn force_call(&self, instance: &Rc<Instance>, name: &Arc<str>) {
        let Some(call) = instance.config.calls.get(name) else { return };
        let state = match self.evaluator.call_state(instance, name, call.header) {
            Ok(state) => state,
            Err(failure) => return self.evaluator.report_failure(&failure),
        };
        let CallState::Resolved(expanded) = &*state else { return };
        match expanded.all().next() {
            Some(child) => self.judge_arguments(call, &child.config),
            None => {
                let path = if instance.call_path.is_empty() {
                    name.to_string()
                } else {
                    format!("{}.{name}", instance.call_path)
                };
                self.judge_unused(call, &instance.config.dir, &path, instance.calls.len());
            }
        }
    }

    /// Arguments that the module does not take.
    fn judge_arguments(&self, call: &ModuleCall, config: &Module) {
        const META: [&str; 6] = ["source", "version", "providers", "count", "for_each", "depends_on"];
        for attribute in &call.body.attributes {
            let known = META.contains(&&*attribute.name)
                || config.is_incomplete()
                || config.variables.contains_key(&attribute.name);
            if !known {
                self.report(
                    attribute.name_span,
                    format!("the module has no variable `{}`: this argument is not expected", attribute.name),
                );
            }
        }
    }

    fn report(&self, span: Span, message: String) {
        self.evaluator.report(Diagnostic { class: Class::Evaluation, message, span, related: Vec::new() });
    }
}
