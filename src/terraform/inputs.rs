//! Values of root variables: environment, var files, flags, in Terraform's order.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use super::config::{Module, Variable, diagnostic};
use super::eval::{Evaluator, Failure, Outcome};
use super::{Class, Diagnostic, Input, Undeclared, convert};
use crate::source::{Loaded, Span};
use crate::syntax::hcl;
use crate::value::{Origin, Type, Value};

/// What was given for a variable.
#[derive(Debug, Clone)]
pub(crate) enum InputValue {
    /// Text of a flag or of the environment: how it is read depends on the variable's type.
    Text(Loaded),
    /// A value from a file.
    Value(Value),
}

impl Evaluator<'_> {
    /// Collects the values for the variables of the root module; later ones win.
    pub(crate) fn inputs(&self, root: &Module) -> HashMap<Arc<str>, InputValue> {
        let mut inputs = HashMap::new();
        for (name, value) in &self.options.environment {
            if root.variables.contains_key(name.as_str()) {
                let loaded = self.files.add_pseudo(format!("TF_VAR_{name}"), value.as_str());
                inputs.insert(name.as_str().into(), InputValue::Text(loaded));
            }
        }
        let names = self.files.file_names(&self.root_dir);
        for fixed in ["terraform.tfvars", "terraform.tfvars.json"] {
            if names.iter().any(|name| name == fixed) {
                self.var_file(&self.root_dir.join(fixed), &mut inputs);
            }
        }
        for name in &names {
            if name.ends_with(".auto.tfvars") || name.ends_with(".auto.tfvars.json") {
                self.var_file(&self.root_dir.join(name), &mut inputs);
            }
        }
        for input in &self.options.inputs {
            match input {
                Input::VarFile(path) => self.var_file(path, &mut inputs),
                Input::Value { name, value } => {
                    inputs.insert(name.as_str().into(), InputValue::Value(value.clone()));
                }
                Input::Var { name, value } => {
                    if !root.variables.contains_key(name.as_str()) {
                        self.undeclared.borrow_mut().push(self.undeclared(root, name));
                        continue;
                    }
                    let loaded = self.files.add_pseudo(format!("--var {name}"), value.as_str());
                    inputs.insert(name.as_str().into(), InputValue::Text(loaded));
                }
            }
        }
        inputs
    }

    /// Blamed on the first file of the module.
    fn undeclared(&self, root: &Module, name: &str) -> Undeclared {
        let file = root.files.iter().min().map_or(self.root_dir.as_path(), std::path::PathBuf::as_path);
        let id = self.files.load(file).map_or_else(|_| self.files.mention(file), |loaded| loaded.id);
        let diagnostic = Diagnostic {
            class: Class::Evaluation,
            message: format!("`--var {name}=…` is given, but there is no variable `{name}`"),
            span: Span::new(id, 0..0),
            related: Vec::new(),
        };
        Undeclared { name: name.into(), diagnostic }
    }

    fn problem(&self, span: Span, message: String) {
        self.report(Diagnostic { class: Class::Evaluation, message, span, related: Vec::new() });
    }

    fn var_file(&self, path: &Path, into: &mut HashMap<Arc<str>, InputValue>) {
        let loaded = match self.files.load(path) {
            Ok(loaded) => loaded,
            Err(error) => {
                let name = self.files.display_name(path);
                let pseudo = self.files.add_pseudo(name.as_str(), "");
                return self.problem(
                    Span::new(pseudo.id, 0..0),
                    format!("the var file {name} cannot be read: {error}"),
                );
            }
        };
        self.used_files.borrow_mut().insert(path.to_path_buf());
        if path.extension().is_some_and(|extension| extension == "json") {
            let (values, problems) = super::json::values(&loaded.text, loaded.id);
            problems.iter().for_each(|problem| self.report(diagnostic(problem)));
            for (name, value) in values {
                into.insert(name, InputValue::Value(value));
            }
            return;
        }
        let parsed = hcl::parse_body(&loaded.text, loaded.id);
        parsed.problems.iter().for_each(|problem| self.report(diagnostic(problem)));
        for block in &parsed.body.blocks {
            self.problem(
                block.header,
                format!("a var file holds `name = value` lines, not blocks (`{}`)", block.kind),
            );
        }
        for attribute in &parsed.body.attributes {
            let value = self.settle(self.eval_isolated(&attribute.expr, "a var file"), attribute.expr.span);
            into.insert(attribute.name.clone(), InputValue::Value(value));
        }
    }

    /// An input as value of its variable. Text is a literal for variables without a type and of a
    /// primitive type, else an expression.
    pub(crate) fn input_value(&self, input: &InputValue, variable: &Variable) -> Outcome {
        let loaded = match input {
            InputValue::Value(value) => return Ok(value.clone()),
            InputValue::Text(loaded) => loaded,
        };
        let span = Span::new(loaded.id, 0..loaded.text.len());
        let literal = !variable.typed || matches!(variable.ty, Type::Bool | Type::Number | Type::String);
        if literal {
            let value = Value::string(loaded.text.clone(), Origin::at(span));
            return convert::convert(&value, &variable.ty)
                .map_err(|error| Failure::fixed(span, error.message));
        }
        let expr = hcl::parse_expression(&loaded.text, loaded.id)
            .map_err(|problem| Failure::fixed(problem.span, problem.message))?;
        self.eval_isolated(&expr, "the value of a variable")
    }
}
