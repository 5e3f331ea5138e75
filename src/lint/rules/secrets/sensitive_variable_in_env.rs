//! Values that Terraform keeps secret, passed as plain environment of a container.

use crate::lint::secrets::{classify, is_secret_name};
use crate::lint::{Probe, Problem};
use crate::model::Tri;
use crate::model::task::{Container, EnvironmentVariable, TaskDefinition};
use crate::source::Span;
use crate::value::{Cause, Causes, Origin, Step};

/// Attributes of resources and data sources that hold a credential, by type; an empty attribute means all of them.
/// Source: the providers' pages of these types, where they are marked sensitive.
const SECRET_ATTRIBUTES: &[(&str, &str)] = &[
    ("random_password", "result"),
    ("aws_secretsmanager_random_password", "random_password"),
    ("aws_secretsmanager_secret_version", "secret_string"),
    ("aws_secretsmanager_secret_version", "secret_binary"),
    ("aws_secretsmanager_secret_versions", ""),
    ("aws_iam_access_key", "secret"),
    ("aws_iam_access_key", "ses_smtp_password_v4"),
    ("aws_kms_secrets", "plaintext"),
    ("aws_kms_secret", ""),
    ("aws_db_instance", "password"),
    ("aws_rds_cluster", "master_password"),
    ("aws_elasticache_replication_group", "auth_token"),
    ("tls_private_key", "private_key_pem"),
    ("tls_private_key", "private_key_openssh"),
    ("tls_private_key", "private_key_pem_pkcs8"),
    ("vault_generic_secret", ""),
    ("vault_kv_secret_v2", ""),
];

/// Parameters hold settings as well as credentials: the name of the variable decides.
const PARAMETERS: [&str; 2] = ["aws_ssm_parameter", "aws_ssm_parameters_by_path"];

fn shown(name: &str, what: &str) -> Problem {
    Problem::new(format!(
        "`{name}` passes {what} as plain environment, readable by whoever may describe the task definition"
    ))
    .help("keep it in Secrets Manager or an SSM SecureString parameter, and pass its ARN under `secrets`")
}

pub(super) fn check(probe: &mut Probe<'_>, _task: &TaskDefinition, container: &Container) {
    let mut said = container.environment.absent;
    for variable in container.environment.with_template() {
        said |= judge(probe, variable);
    }
    if let Some(open) = &container.environment.open
        && open.template.is_none()
    {
        said = true;
        probe.undecided(&container.environment.origin, &open.causes);
    }
    if !said {
        probe.pass();
    }
}

/// Reports one variable, unless there is nothing to say of it; whether there was.
fn judge(probe: &mut Probe<'_>, variable: &EnvironmentVariable) -> bool {
    let name = variable.name.known().map_or("", String::as_str);
    let value = &variable.value;
    if value.is_absent() {
        return false;
    }
    // plaintext-secret-env reports a literal that is a credential: once is enough by default.
    let is_told = value.holds(false, |text| classify(name, text).is_some()).is_yes();
    let at = reference(variable);
    let name_shown = if name.is_empty() { "an environment variable" } else { name };
    let what = match secret_source(name, &value.origin, &value.causes()) {
        Tri::Yes => source_words(&value.origin, &value.causes()),
        Tri::Maybe(causes) => {
            probe.undecided(&at, &causes);
            return true;
        }
        Tri::No if value.sensitive => match innermost_variable(&value.origin) {
            Some(variable) => format!("the sensitive variable `var.{variable}`"),
            None => "a sensitive value".to_owned(),
        },
        Tri::No => return false,
    };
    let problem = shown(name_shown, &what);
    probe.fail(&at, if is_told { problem.strict() } else { problem });
    true
}

/// Whether the value was read from something that holds a credential.
fn secret_source(name: &str, origin: &Origin, causes: &Causes) -> Tri {
    let read = origin.attribute().map(|(address, attribute)| (&**address, &**attribute));
    if read.is_some_and(|(address, attribute)| is_credential(name, address, attribute)) {
        return Tri::Yes;
    }
    let mut open = Causes::none();
    for cause in causes.iter() {
        match cause {
            Cause::Computed { address, attribute } | Cause::Data { address, attribute }
                if is_credential(name, address, attribute) =>
            {
                return Tri::Yes;
            }
            Cause::Computed { .. } | Cause::Data { .. } | Cause::MissingVariable { .. } => {}
            // Whether the output is sensitive stands in a module that is not here.
            _ if is_secret_name(name) => open.add(cause.clone()),
            _ => {}
        }
    }
    if open.is_empty() { Tri::No } else { Tri::Maybe(open) }
}

fn is_credential(name: &str, address: &str, attribute: &str) -> bool {
    let ty = type_of(address);
    let attribute = attribute.split(['.', '[']).next().unwrap_or_default();
    SECRET_ATTRIBUTES.iter().any(|(of, secret)| *of == ty && (secret.is_empty() || *secret == attribute))
        || (PARAMETERS.contains(&ty) && matches!(attribute, "value" | "values") && is_secret_name(name))
}

/// `module.a.data.aws_x.y[0]`: `aws_x`.
fn type_of(address: &str) -> &str {
    let bare = address.split('[').next().unwrap_or_default();
    let mut parts =
        if address.contains("].") { address.rsplit("].").next().unwrap_or(address) } else { bare }
            .split('.')
            .peekable();
    while let Some(part) = parts.next() {
        match part {
            "module" => {
                parts.next();
            }
            "data" | "ephemeral" => {}
            ty => return ty,
        }
    }
    ""
}

fn source_words(origin: &Origin, causes: &Causes) -> String {
    let computed = causes.iter().find_map(|cause| match cause {
        Cause::Computed { address, .. } | Cause::Data { address, .. } => Some(address),
        _ => None,
    });
    match origin.attribute().map(|(address, _)| address).or(computed) {
        Some(address) => format!("the credential of `{address}`"),
        None => "a credential".to_owned(),
    }
}

fn innermost_variable(origin: &Origin) -> Option<String> {
    let variables = origin.steps().filter_map(|via| match &via.step {
        Step::Variable(name) => Some(name.to_string()),
        _ => None,
    });
    variables.last()
}

/// Where the value is referred to: in the entry itself, else where it was put into the map or list that the
/// entry was made from.
fn reference(variable: &EnvironmentVariable) -> Origin {
    let origin = &variable.value.origin;
    let entry = variable.origin.span;
    let in_entry = |span: Span| span.file == entry.file && entry.start <= span.start && span.end <= entry.end;
    let is_reference =
        |step: &Step| matches!(step, Step::Variable(_) | Step::Attribute { .. } | Step::Output(_));
    let mut references = origin.steps().filter(|via| is_reference(&via.step)).map(|via| via.span);
    match references.next() {
        Some(outermost) if in_entry(outermost) => Origin::at(outermost),
        Some(outermost) => Origin::at(references.last().unwrap_or(outermost)),
        None => Origin::at(origin.span),
    }
}
