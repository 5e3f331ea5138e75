//! Function calls: arguments, the functions that look at expressions instead of values, template files.

use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use super::alternatives::{combine, unknown_like};
use super::{Context, Evaluator, Failure, Isolated, Outcome, Repetition};
use crate::source::{FileId, Files, Span};
use crate::syntax::hcl::{self, Call, Expr, ExprKind};
use crate::terraform::instance::Instance;
use crate::terraform::{convert, functions};
use crate::value::{Built, Cause, Kind, Origin, Part, Step, Type, Value};

impl Evaluator<'_> {
    pub(super) fn call(&self, context: Context<'_>, call: &Call, span: Span) -> Outcome {
        let name = call.name.strip_prefix("core::").unwrap_or(&call.name);
        match name {
            "try" if !call.expand_last => return self.call_try(context, &call.arguments, span),
            "can" if !call.expand_last => return self.call_can(context, call, span),
            _ => {}
        }
        let arguments = match self.arguments(context, call, span)? {
            Ok(arguments) => arguments,
            Err(unknown) => return Ok(unknown),
        };
        if !arguments.iter().all(Value::is_wholly_known) {
            self.note_may_fail();
        }
        match (name, arguments.as_slice()) {
            ("sensitive", [value]) => {
                let mut value = value.clone();
                value.sensitive = true;
                Ok(value)
            }
            ("nonsensitive", [value]) => Ok(unmarked(value)),
            ("issensitive", [value]) => Ok(Value::bool(value.sensitive, Origin::at(span))),
            ("ephemeralasnull", [value]) => Ok(value.clone()),
            ("templatefile", [path, variables]) => self.template_file(path, variables, span),
            ("templatestring", [..])
                if !matches!(
                    call.arguments.first().map(|first| &first.kind),
                    Some(ExprKind::Traverse { .. } | ExprKind::Name(_))
                ) =>
            {
                Err(Failure::new(
                    span,
                    "`templatestring` renders a template that is referred to, not one written here",
                ))
            }
            ("templatestring", [template, variables]) => self.template_string(template, variables, span),
            ("try" | "can", _) => {
                Err(Failure::new(span, format!("`{name}` does not take expanded arguments")))
            }
            (
                "sensitive" | "nonsensitive" | "issensitive" | "ephemeralasnull" | "templatefile"
                | "templatestring",
                _,
            ) => Err(Failure::new(span, format!("wrong number of arguments for `{name}`"))),
            _ => self.call_function(call, arguments, span),
        }
    }

    /// The arguments, or an unknown result where even their number is not known.
    fn arguments(
        &self,
        context: Context<'_>,
        call: &Call,
        span: Span,
    ) -> Result<Result<Vec<Value>, Value>, Box<Failure>> {
        let mut arguments = call
            .arguments
            .iter()
            .map(|argument| self.eval(context, argument))
            .collect::<Result<Vec<_>, _>>()?;
        if !call.expand_last {
            return Ok(Ok(arguments));
        }
        let Some(last) = arguments.pop() else { return Ok(Ok(arguments)) };
        match &last.kind {
            Kind::Sequence(sequence) if sequence.rest.is_none() => {
                arguments.extend(sequence.items.iter().map(|item| last.child(item)));
                Ok(Ok(arguments))
            }
            Kind::Sequence(_) | Kind::Unknown(_) => {
                self.note_may_fail();
                arguments.push(last);
                Ok(Err(unknown_like(&arguments, Type::Dynamic, Origin::at(span))))
            }
            _ => Err(Failure::new(span, "only a list can be expanded into arguments")),
        }
    }

    fn call_function(&self, call: &Call, arguments: Vec<Value>, span: Span) -> Outcome {
        let surroundings = functions::Context {
            files: self.files,
            base_dir: &self.root_dir,
            span,
            limits: &self.options.limits,
        };
        let limited = |value: &Value| match value.as_unknown().and_then(|unknown| unknown.causes.first()) {
            Some(Cause::Limit { what }) => Some(what.clone()),
            _ => None,
        };
        // An argument that met a limit has been reported where that was.
        let met_before = arguments.iter().any(|argument| limited(argument).is_some());
        let outcome = functions::call(&call.name, arguments, &surroundings);
        if outcome.as_ref().is_ok_and(reads_missing_file) {
            self.note_may_fail();
        }
        if let Ok(value) = &outcome
            && let Some(what) = limited(value)
            && !met_before
        {
            self.limit(&what, span);
        }
        outcome.map_err(|failure| match failure {
            functions::Failure::UnknownFunction => {
                Failure::new(call.name_span, format!("there is no function named `{}`", call.name))
            }
            functions::Failure::Error { argument, message } => {
                let place =
                    argument.and_then(|at| call.arguments.get(at)).map_or(span, |argument| argument.span);
                Failure::new(place, format!("`{}`: {message}", call.name))
            }
        })
    }

    /// The first argument that Terraform can evaluate.
    fn call_try(&self, context: Context<'_>, arguments: &[Expr], span: Span) -> Outcome {
        let outer = self.may_fail.get();
        let mut choices: Vec<Value> = Vec::new();
        let mut last = None;
        for argument in arguments {
            self.may_fail.set(false);
            let outcome = self.eval(context, argument);
            let may_fail = self.may_fail.replace(outer);
            match outcome {
                Ok(value) if !may_fail && choices.is_empty() => return Ok(value),
                Ok(value) if !may_fail => {
                    choices.push(value);
                    return Ok(one_of_tries(choices, span));
                }
                Ok(value) => choices.push(value),
                Err(failure) if !failure.catchable => return Err(failure),
                Err(failure) => last = Some(failure),
            }
        }
        if choices.is_empty() {
            let detail = last.map(|failure| failure.message).unwrap_or_default();
            return Err(Failure::new(span, format!("no argument of `try` can be evaluated: {detail}")));
        }
        self.note_may_fail();
        Ok(one_of_tries(choices, span))
    }

    fn call_can(&self, context: Context<'_>, call: &Call, span: Span) -> Outcome {
        let [argument] = call.arguments.as_slice() else {
            return Err(Failure::new(span, "`can` takes one argument"));
        };
        let outer = self.may_fail.replace(false);
        let outcome = self.eval(context, argument);
        let may_fail = self.may_fail.replace(outer);
        match outcome {
            Ok(value) if may_fail => Ok(unknown_like([&value], Type::Bool, Origin::at(span))),
            Ok(_) => Ok(Value::bool(true, Origin::at(span))),
            Err(failure) if failure.catchable => Ok(Value::bool(false, Origin::at(span))),
            Err(failure) => Err(failure),
        }
    }

    /// A path as Terraform resolves it: relative to the root module.
    pub(crate) fn path_of(&self, path: &str) -> PathBuf {
        Files::normalize(&self.root_dir.join(path))
    }

    fn template_file(&self, path: &Value, variables: &Value, span: Span) -> Outcome {
        let path_text =
            convert::convert(path, &Type::String).map_err(|error| Failure::new(span, error.message))?;
        let Some(text) = path_text.as_str() else {
            if path_text.is_null() {
                return Err(Failure::new(span, "the path of the template is null"));
            }
            return Ok(unknown_like([path, variables], Type::Dynamic, Origin::at(span)));
        };
        let file = self.path_of(text);
        let template = match self.parsed_template(&file, span) {
            Ok(template) => template,
            Err(error) => match error {
                TemplateError::Missing => {
                    self.note_may_fail();
                    let cause = Cause::MissingFile { path: text.into() };
                    return Ok(Value::unknown(cause, Origin::at(span)));
                }
                TemplateError::Broken(failure) => return Err(failure),
            },
        };
        let value = self.render(&template, variables, span)?;
        Ok(value.via(Step::Template(self.files.display_name(&file).into()), span))
    }

    /// The text of a file that a data source reads.
    pub(crate) fn file_text(&self, name: &Value) -> Option<Value> {
        let path = self.path_of(name.as_str()?);
        let loaded = self.files.load(&path).ok()?;
        self.used_files.borrow_mut().insert(path);
        Some(Value::string(loaded.text.clone(), Origin::at(Span::new(loaded.id, 0..loaded.text.len()))))
    }

    /// A template file, parsed once.
    fn parsed_template(&self, path: &Path, span: Span) -> Result<Arc<Expr>, TemplateError> {
        if let Some(Some(known)) = self.templates.borrow().get(path) {
            return Ok(known.clone());
        }
        let loaded = self.files.load(path).map_err(|_| TemplateError::Missing)?;
        let parsed = hcl::parse_template(&loaded.text, loaded.id).map_err(|problem| {
            let mut failure = Failure::new(problem.span, problem.message);
            failure.related.push((span, "rendered here".to_owned()));
            TemplateError::Broken(failure)
        })?;
        let parsed = Arc::new(parsed);
        self.templates.borrow_mut().insert(path.to_path_buf(), Some(parsed.clone()));
        self.used_files.borrow_mut().insert(path.to_path_buf());
        Ok(parsed)
    }

    pub(crate) fn template_string(&self, template: &Value, variables: &Value, span: Span) -> Outcome {
        let text =
            convert::convert(template, &Type::String).map_err(|error| Failure::new(span, error.message))?;
        let Some(text) = text.as_str() else {
            return Ok(unknown_like([template, variables], Type::Dynamic, Origin::at(span)));
        };
        let parsed = match whole_file(template) {
            // Text that was read with `file`: places inside it are places of that file.
            Some((text, file)) => hcl::parse_template(text, file),
            None => {
                let pseudo = self.files.add_pseudo("template string", text);
                hcl::parse_template(&pseudo.text, pseudo.id)
            }
        };
        let parsed = parsed.map_err(|problem| {
            Failure::new(span, format!("the template cannot be read: {}", problem.message))
        })?;
        self.render(&parsed, variables, span)
    }

    fn render(&self, template: &Expr, variables: &Value, span: Span) -> Outcome {
        let iteration = match &variables.kind {
            Kind::Mapping(_) => self.iterate(variables, span)?,
            Kind::Unknown(_) => return Ok(unknown_like([variables], Type::Dynamic, Origin::at(span))),
            _ => return Err(Failure::new(span, "the variables of a template must be a map")),
        };
        if let Some(rest) = iteration.rest {
            let mut value = unknown_like([variables], Type::Dynamic, Origin::at(span));
            if let Kind::Unknown(unknown) = &mut value.kind {
                Arc::make_mut(unknown).causes.add_all(&rest.causes);
            }
            return Ok(value);
        }
        let names: Vec<(Arc<str>, Value)> = iteration
            .items
            .into_iter()
            .filter_map(|(key, value)| Some((Arc::from(key.as_str()?), value)))
            .collect();
        self.with_names(&names, "a template", template)
    }

    fn with_names(&self, names: &[(Arc<str>, Value)], what: &str, expr: &Expr) -> Outcome {
        let nowhere = Rc::new(Instance::nowhere());
        let isolated = Isolated { names, what };
        let none = Repetition::default();
        self.eval(
            Context { module: &nowhere, repetition: &none, scope: None, isolated: Some(&isolated) },
            expr,
        )
    }

    /// Evaluates an expression that may refer to nothing.
    pub(crate) fn eval_isolated(&self, expr: &Expr, what: &str) -> Outcome {
        self.with_names(&[], what, expr)
    }
}

enum TemplateError {
    Missing,
    Broken(Box<Failure>),
}

/// Terraform stops where the file is still missing when it runs.
fn reads_missing_file(value: &Value) -> bool {
    value
        .as_unknown()
        .is_some_and(|unknown| unknown.causes.iter().any(|cause| matches!(cause, Cause::MissingFile { .. })))
}

fn one_of_tries(choices: Vec<Value>, span: Span) -> Value {
    let mut causes = crate::value::Causes::none();
    choices.iter().for_each(|choice| causes.add_all(&choice.causes()));
    let wholly_unknown =
        |value: &Value| value.as_unknown().is_some_and(|unknown| unknown.alternatives.is_empty());
    if choices.iter().any(|choice| wholly_unknown(choice) && choice.origin.attribute().is_none()) {
        return unknown_like(&choices, Type::Dynamic, Origin::at(span));
    }
    combine(choices, causes, Origin::at(span))
}

/// The value without its own mark; marks inside are taken away too.
fn unmarked(value: &Value) -> Value {
    use crate::value::{Mapping, Sequence};
    let mut value = value.clone();
    value.sensitive = false;
    match &value.kind {
        Kind::Sequence(sequence) => {
            let items = sequence.items.iter().map(unmarked).collect();
            value.kind = Kind::Sequence(Arc::new(Sequence { items, ..Sequence::clone(sequence) }));
        }
        Kind::Mapping(mapping) => {
            let mut entries = mapping.entries.clone();
            entries.values_mut().for_each(|entry| entry.value = unmarked(&entry.value));
            value.kind = Kind::Mapping(Arc::new(Mapping { entries, ..Mapping::clone(mapping) }));
        }
        _ => {}
    }
    value
}

/// The text of a value that is a whole file as it stands on disk, and the file.
fn whole_file(value: &Value) -> Option<(&str, FileId)> {
    let Kind::String(text) = &value.kind else { return None };
    let Some(Built::Template(parts)) = text.built.as_deref() else { return None };
    let [Part::Literal { text: literal, span }] = parts.as_slice() else { return None };
    let is_whole = span.start == 0 && span.range().len() == literal.len() && **literal == *text.as_str();
    is_whole.then_some((text.as_str(), span.file))
}
