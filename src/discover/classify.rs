//! What a file is: by its name, then by its content.

use std::path::Path;

use crate::source::{FileId, decode_text};
use crate::syntax::json;
use crate::syntax::tree::{Node, NodeKind};

/// The kinds of files that Plimsoll reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileKind {
    /// `*.tf`, `*.tf.json`
    Terraform,
    /// `*.tfvars`, `*.tfvars.json`
    TerraformVariables,
    /// `.github/workflows/*.yml`
    Workflow,
    /// `action.yml`
    Action,
    TaskDefinition,
    /// Output of `terraform show -json` for a plan.
    Plan,
    /// `plimsoll.yaml`
    Configuration,
    /// A named file of no known kind.
    Other,
}

impl FileKind {
    /// The largest file of this kind that is read, in bytes.
    #[must_use]
    pub fn size_limit(self) -> u64 {
        const MIB: u64 = 1024 * 1024;
        match self {
            Self::Terraform | Self::TerraformVariables => 10 * MIB,
            // A workflow may have 500 KB at GitHub, a task definition 64 KB at ECS.
            Self::Workflow | Self::Action | Self::Configuration | Self::TaskDefinition | Self::Other => MIB,
            Self::Plan => 256 * MIB,
        }
    }
}

/// How a task definition is wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskDefinitionForm {
    /// Input of `register-task-definition`.
    Input,
    /// Output of `describe-task-definition`: the definition under `taskDefinition`, with read-only fields.
    Described,
    /// A bare list of container definitions.
    Containers,
}

/// The kind a name alone decides; `path` is relative to the boundary.
#[must_use]
pub fn kind_by_name(path: &Path) -> Option<FileKind> {
    let name = path.file_name()?.to_str()?;
    if name.ends_with(".tf") || name.ends_with(".tf.json") {
        return Some(FileKind::Terraform);
    }
    if name.ends_with(".tfvars") || name.ends_with(".tfvars.json") {
        return Some(FileKind::TerraformVariables);
    }
    let stem = name.strip_suffix(".yml").or_else(|| name.strip_suffix(".yaml"))?;
    match stem {
        "plimsoll" => return Some(FileKind::Configuration),
        "action" => return Some(FileKind::Action),
        _ => {}
    }
    let mut parents = path.ancestors().skip(1).filter_map(|parent| parent.file_name());
    let in_workflows = parents.next().is_some_and(|name| name == "workflows");
    (in_workflows && parents.next().is_some_and(|name| name == ".github")).then_some(FileKind::Workflow)
}

/// Whether a file found by walking may be a task definition or a plan. Named files may have any name.
pub(super) fn may_hold_json(path: &Path) -> bool {
    match path.extension().and_then(|extension| extension.to_str()) {
        None => !path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')),
        Some(extension) => {
            ["json", "jsonc", "taskdef"].iter().any(|known| extension.eq_ignore_ascii_case(known))
        }
    }
}

/// Whether the name says that the file becomes JSON only when rendered.
pub(super) fn is_template(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    ["tpl", "tftpl", "tmpl", "template", "j2", "jinja", "erb", "mustache", "hbs"].contains(&extension)
}

/// Bytes of the start of a JSON file that tell whether the rest is worth reading.
pub(super) const HEAD: usize = 64 * 1024;

/// Cheap look at the start of a file: is it JSON that may be one of ours? `whole` says that `head` is all of it.
pub(super) fn promises(head: &[u8], whole: bool) -> Option<FileKind> {
    let first =
        head.iter().find(|byte| !byte.is_ascii_whitespace() && !matches!(byte, 0xEF | 0xBB | 0xBF))?;
    // UTF-16 has zero bytes between the letters; it is looked at after decoding.
    let wide = matches!(head, [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..]);
    let has = |word: &str| contains(head, word.as_bytes());
    match first {
        _ if wide && whole => Some(FileKind::TaskDefinition),
        b'{' | b'/' if has("\"format_version\"") && has("\"terraform_version\"") => Some(FileKind::Plan),
        b'{' | b'/' if has("\"containerDefinitions\"") => Some(FileKind::TaskDefinition),
        b'[' if has("\"image\"") && has("\"name\"") => Some(FileKind::TaskDefinition),
        _ => None,
    }
}

fn contains(text: &[u8], word: &[u8]) -> bool {
    let Some((first, rest)) = word.split_first() else { return true };
    let mut from = text;
    while let Some(at) = from.iter().position(|byte| byte == first) {
        let Some(behind) = from.get(at + 1..) else { return false };
        if behind.starts_with(rest) {
            return true;
        }
        from = behind;
    }
    false
}

/// The kind of a whole file that looked promising. A broken one keeps the kind it promises, so that its error is
/// reported; one that is sound JSON of another shape has none.
#[must_use]
pub fn kind_of_content(bytes: &[u8], file: FileId) -> Option<FileKind> {
    let promised = promises(bytes, true)?;
    if promised == FileKind::Plan {
        return Some(promised);
    }
    let wide = matches!(bytes, [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..]);
    let Ok(text) = decode_text(bytes) else { return (!wide).then_some(promised) };
    let parsed = json::parse(&text, file, true);
    let Some(root) = parsed.root() else {
        // A list of named images alone is too little to call a broken file a task definition.
        let behind = text.split_once("\"containerDefinitions\"").map(|(_, rest)| rest.trim_start());
        let list = behind.and_then(|rest| rest.strip_prefix(':')).map(str::trim_start);
        let sure = list.is_some_and(|rest| rest.is_empty() || rest.starts_with('['));
        return sure.then_some(promised);
    };
    task_definition_form(root).map(|_| promised)
}

/// How the document is a task definition, if it is one.
#[must_use]
pub fn task_definition_form(root: &Node) -> Option<TaskDefinitionForm> {
    if root.get("containerDefinitions").is_some() {
        return Some(TaskDefinitionForm::Input);
    }
    if root.get("taskDefinition").is_some_and(|inner| inner.get("containerDefinitions").is_some()) {
        return Some(TaskDefinitionForm::Described);
    }
    let is_container = |node: &Node| {
        let text = |key| node.get(key).is_some_and(|value| matches!(value.kind, NodeKind::String(_)));
        text("name") && text("image") && node.members().iter().any(|member| is_container_field(&member.key))
    };
    let items = root.items();
    (!items.is_empty() && items.iter().all(is_container)).then_some(TaskDefinitionForm::Containers)
}

/// Fields that tell a container definition from other lists of named images.
fn is_container_field(key: &str) -> bool {
    matches!(
        key,
        "cpu"
            | "memory"
            | "memoryReservation"
            | "essential"
            | "portMappings"
            | "environment"
            | "logConfiguration"
            | "mountPoints"
            | "secrets"
            | "healthCheck"
            | "dependsOn"
            | "entryPoint"
            | "volumesFrom"
    )
}
