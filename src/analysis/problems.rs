//! Problems met while reading, as the findings of family `input`.

use std::path::Path;
use std::sync::Arc;

use super::Problems;
use crate::lint::sink::{InputOpen, InputProblem, InputReport};
use crate::lint::{Applicability, Change, Proposal, Related, Term};
use crate::lower::defects::{Defect, DefectKind};
use crate::lower::shape::{JsonKind, MODEL, ProblemKind, ShapeProblem};
use crate::lower::workflow::Circle;
use crate::source::{Files, LoadError, Loaded, Span};
use crate::syntax::{Duplicate, ErrorClass, SyntaxError};
use crate::terraform::{Class, Diagnostic, Evaluation};

/// The findings of an evaluation's diagnostics.
pub(super) fn of_evaluation(evaluation: &Evaluation, files: &Files) -> Problems {
    let of_root = |diagnostic: &Diagnostic| InputProblem {
        resource: in_other_directory(diagnostic.span, evaluation, files),
        ..of_diagnostic(diagnostic)
    };
    evaluation.diagnostics.iter().map(of_root).collect()
}

fn of_diagnostic(diagnostic: &Diagnostic) -> InputProblem {
    let rule = match diagnostic.class {
        Class::Syntax => "syntax-error",
        Class::Evaluation => "evaluation-error",
        Class::Cycle => "reference-cycle",
        Class::DuplicateKey => "duplicate-key",
        Class::Limit => "limit-reached",
        Class::FailedCheck => "failed-check",
    };
    let mut problem = InputProblem::new(rule, diagnostic.span, diagnostic.message.clone());
    problem.related = diagnostic
        .related
        .iter()
        .map(|(span, message)| Related { span: *span, message: message.clone() })
        .collect();
    problem
}

/// `--var` of names that no root module declares; told once, for the first root.
pub(super) fn undeclared_variables<'e>(
    evaluations: impl Iterator<Item = &'e Evaluation> + Clone,
) -> Problems {
    // A folder that holds only var files declares nothing.
    let mut others = evaluations.filter(|evaluation| !evaluation.files.is_empty());
    let Some(first) = others.next() else { return Vec::new() };
    first
        .undeclared
        .iter()
        .filter(|one| {
            others.clone().all(|other| other.undeclared.iter().any(|undeclared| undeclared.name == one.name))
        })
        .map(|undeclared| {
            let mut problem = of_diagnostic(&undeclared.diagnostic);
            let name = &undeclared.name;
            problem.help = Some(format!("declare it with `variable \"{name}\"`, or leave the option out"));
            problem
        })
        .collect()
}

/// The root module that met a problem, when it met it in a module of another directory: only some of the root modules
/// that share a module may meet it.
fn in_other_directory(span: Span, evaluation: &Evaluation, files: &Files) -> Option<Arc<str>> {
    let is_own = files.with_sources(|sources| {
        let directory = sources.get(span.file)?.path.as_deref()?.parent();
        Some(directory == Some(evaluation.dir.as_path()))
    });
    (is_own == Some(false)).then(|| Arc::from(format!("root module {}", files.display_name(&evaluation.dir))))
}

/// What a defect of a task definition adds to the report.
pub(super) fn add_defect(defect: Defect, report: &mut InputReport) {
    let mut problem = match defect.kind {
        DefectKind::Open { shape, span } => {
            for (rule, causes) in [("unknown-field", shape.fields), ("wrong-type", shape.types)] {
                if !causes.is_empty() {
                    report.open.push(InputOpen { rule, causes, span, resource: defect.resource.clone() });
                }
            }
            return;
        }
        DefectKind::Syntax(error) => of_syntax("JSON", &error),
        DefectKind::Shape(problem) => of_shape(problem),
        DefectKind::Duplicate(duplicate) => duplicate_key(&duplicate),
    };
    problem.resource = Some(defect.resource);
    report.problems.push(problem);
}

/// The finding of an error in a JSON or YAML text.
pub(super) fn of_syntax(language: &str, error: &SyntaxError) -> InputProblem {
    let (rule, message) = match error.class {
        ErrorClass::Grammar => ("syntax-error", format!("not valid {language}: {}", error.message)),
        ErrorClass::Limit => ("limit-reached", format!("not read: {}", error.message)),
        ErrorClass::Cycle => ("reference-cycle", error.message.clone()),
    };
    InputProblem::new(rule, error.span, message)
}

fn of_shape(problem: ShapeProblem) -> InputProblem {
    let element = problem.container.as_ref().map(|name| format!("container {name}"));
    let proposal = problem.in_place.then(|| of_shape_fix(&problem)).flatten();
    let (rule, message, help) = match problem.kind {
        ProblemKind::UnknownField { name, suggestion, at } => {
            let place = if at.is_empty() { "the task definition".to_owned() } else { format!("`{at}`") };
            let meant = suggestion.map_or_else(String::new, |known| format!("; did you mean `{known}`?"));
            let message = format!("{place} has no field `{name}`{meant}");
            let help = format!(
                "judged by the ECS API model {MODEL}: a field that is newer than the model is possible; ignore it then"
            );
            ("unknown-field", message, Some(help))
        }
        ProblemKind::WrongType { field, expected, found, instead } => {
            let meant = instead.map_or_else(String::new, |value| format!("; write {value}"));
            let message = format!("`{field}` must be {expected}, and this is {found}{meant}");
            ("wrong-type", message, Some("ECS refuses to register the definition as it is".to_owned()))
        }
        ProblemKind::BadEnum { field, value, suggestion, allowed } => {
            let help = match suggestion {
                Some(known) => format!("did you mean `{known}`?"),
                None => format!("one of {}", allowed.join(", ")),
            };
            ("wrong-type", format!("`{field}` cannot be `{value}`"), Some(help))
        }
    };
    InputProblem { element, help, proposal, ..InputProblem::new(rule, problem.span, message) }
}

/// What would mend a shape: the notation is certain, a name that was meant is a guess.
fn of_shape_fix(problem: &ShapeProblem) -> Option<Proposal> {
    let literal = problem.span;
    match &problem.kind {
        ProblemKind::UnknownField { suggestion, .. } => {
            let change = Change::Rename { key: problem.span, name: suggestion.as_deref()?.into() };
            Some(Proposal::new(Applicability::Unsafe, change))
        }
        ProblemKind::WrongType { expected: JsonKind::String, found, .. } => match found {
            JsonKind::Integer | JsonKind::Number | JsonKind::Boolean => {
                Some(Proposal::new(Applicability::Safe, Change::Quote { literal }))
            }
            _ => None,
        },
        ProblemKind::WrongType { instead, found: JsonKind::String, .. } => {
            instead.as_ref().map(|_| Proposal::new(Applicability::Safe, Change::Unquote { literal }))
        }
        ProblemKind::BadEnum { suggestion, .. } => {
            let value = Term::from(suggestion.as_deref()?);
            Some(Proposal::new(Applicability::Unsafe, Change::Replace { literal, value }))
        }
        ProblemKind::WrongType { .. } => None,
    }
}

/// Workflows that call each other in a circle.
pub(super) fn of_circle(circle: &Circle) -> Option<InputProblem> {
    let (first, blamed) = circle.steps.first()?;
    let mut names: Vec<&str> = circle.steps.iter().map(|(name, _)| &**name).collect();
    names.push(first);
    let message = format!("reusable workflows call each other in a circle: {}", names.join(" → "));
    let mut problem = InputProblem::new("reference-cycle", *blamed, message);
    let others = circle.steps.iter().skip(1);
    problem.related = others
        .map(|(name, span)| Related { span: *span, message: format!("{name} goes on from here") })
        .collect();
    Some(problem)
}

/// A key written twice in one JSON object or YAML mapping.
pub(super) fn duplicate_key(duplicate: &Duplicate) -> InputProblem {
    let message = format!("`{}` is written twice: the last one counts, silently", duplicate.key);
    let mut problem = InputProblem::new("duplicate-key", duplicate.second, message);
    problem.related.push(Related { span: duplicate.first, message: "first written here".to_owned() });
    problem.help = Some("keep one of them".to_owned());
    problem
}

/// What was loaded; a file that cannot be read becomes a finding.
pub(super) fn loaded(
    result: Result<Loaded, LoadError>,
    path: &Path,
    files: &Files,
    problems: &mut Problems,
) -> Option<Loaded> {
    let error = match result {
        Ok(loaded) => return Some(loaded),
        Err(error) => error,
    };
    let span = Span::new(files.mention(path), 0..0);
    let rule = match error {
        LoadError::TooLarge { .. } => "limit-reached",
        _ => "syntax-error",
    };
    problems.push(InputProblem::new(rule, span, format!("the file cannot be read: {error}")));
    None
}
