//! A whole run, from paths to judgement and estimate. The only place that knows the complete flow; it
//! prints nothing and never exits.

pub mod accepted;
mod documents;
pub mod environments;
pub mod examples;
mod git;
mod lowered;
mod money;
pub mod own_rules;
pub mod plans;
mod problems;
mod revision;
pub mod secret_places;
mod since;
mod usage;
mod written;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use accepted::{Accept, Compared};
use rayon::prelude::*;
pub use revision::{OfRevision, analyse_revision, find_revision};

use lowered::Lowered;
pub use usage::read_usage;

use crate::change::Move;
use crate::config::{self, Config, ConfigError};
use crate::cost::estimate::Estimate;
use crate::cost::{self, CostOptions, Usage};
use crate::date::Date;
use crate::discover::{self, DiscoverError, Discovered, FileKind, NoteKind, Selection};
use crate::fix;
use crate::lint::policy::Policy;
use crate::lint::sink::{InputProblem, InputReport, Judgement};
use crate::lint::suppress::{Ignores, Surroundings};
use crate::lint::{Catalogue, Profile, judge};
use crate::lower;
use crate::mask::Masks;
use crate::model::{Deployment, Input, Stage};
use crate::source::{FileId, Files, Overlay, SourceMap};
use crate::terraform::{self, Evaluation};

/// What to analyse, and how.
#[derive(Debug, Clone)]
pub struct Request {
    pub paths: Vec<PathBuf>,
    /// Boundary; the git top level of the first path where not given.
    pub root: Option<PathBuf>,
    /// Names shown are relative to it.
    pub working_directory: PathBuf,
    /// Directory of the configuration that the plans among `paths` were made from.
    pub source: Option<PathBuf>,
    /// Configuration file; the nearest one where not given.
    pub config: Option<PathBuf>,
    pub terraform: terraform::Options,
    /// One of the configuration's environments.
    pub environment: Option<String>,
    pub region: Option<String>,
    pub price_region: Option<String>,
    /// Hours that things run which can be stopped; those of the configuration where not given.
    pub hours: Option<cost::hours::Hours>,
    /// Whether what AWS gives every account each month is taken off.
    pub free_tier: bool,
    /// A file with quantities that win over the configuration's.
    pub usage: Option<PathBuf>,
    /// Numbers for quantities that nobody says.
    pub usage_profile: Option<cost::usage::Profile>,
    pub stage: Option<Stage>,
    pub profile: Option<Profile>,
    pub no_ignores: bool,
    /// Accepted findings that are not reported.
    pub baseline: Accept,
    /// Report only what changed since this commit.
    pub since: Option<String>,
    /// The rules to run; where not given the built-in ones and the user's.
    pub rules: Option<Catalogue>,
    pub as_of: Date,
    /// Another state of the files, which lies over the one on disk.
    pub overlay: Arc<Overlay>,
    /// Whether an estimate is wanted.
    pub price: bool,
    /// Whether what passed is wanted as well.
    pub keep_passed: bool,
}

impl Request {
    /// Everything below the working directory, as it is: no flags, no estimate.
    #[must_use]
    pub fn new(working_directory: PathBuf, terraform: terraform::Options, as_of: Date) -> Self {
        Self {
            paths: vec![working_directory.clone()],
            root: None,
            working_directory,
            source: None,
            config: None,
            terraform,
            environment: None,
            region: None,
            price_region: None,
            hours: None,
            free_tier: false,
            usage: None,
            usage_profile: None,
            stage: None,
            profile: None,
            no_ignores: false,
            baseline: Accept::Nothing,
            since: None,
            rules: None,
            as_of,
            overlay: Arc::default(),
            price: false,
            keep_passed: false,
        }
    }
}

/// What a run found.
#[derive(Debug)]
pub struct Analysis {
    pub sources: SourceMap,
    pub masks: Masks,
    pub config: Config,
    /// The rules of the run: built-in ones and the user's.
    pub catalogue: Catalogue,
    pub deployment: Deployment,
    pub judgement: Judgement,
    pub estimate: Option<Estimate>,
    /// What the estimate was made with; `None` where none was wanted.
    pub cost_options: Option<CostOptions>,
    /// Files that were judged.
    pub files: usize,
    pub notes: Vec<String>,
    /// Names of the `TF_VAR_…` variables that were used, sorted.
    pub environment: Vec<String>,
    /// The environment of the configuration that was evaluated.
    pub environment_name: Option<String>,
    /// What gives a variable without value one, by its name: `--environment prod`, `--var-file env/prod.tfvars`.
    pub decide_with: BTreeMap<String, String>,
    /// The baseline that findings were compared with.
    pub baseline: Option<Compared>,
    /// The boundary, resolved.
    pub root: PathBuf,
    /// Directory of the configuration file.
    pub config_directory: Option<PathBuf>,
    pub policy: Policy,
    /// What was called otherwise before.
    pub moves: Vec<Move>,
    selection: Selection,
}

/// Why a run could not start.
#[derive(Debug)]
pub enum Failure {
    /// A path does not exist, cannot be read or lies outside the boundary.
    Path(String),
    /// The configuration is wrong.
    Config { errors: Vec<ConfigError>, sources: SourceMap },
    /// An argument is wrong.
    Argument(String),
}

impl From<DiscoverError> for Failure {
    fn from(error: DiscoverError) -> Self {
        Self::Path(error.to_string())
    }
}

/// Runs an analysis.
///
/// # Errors
/// See [`Failure`]. Broken input files are findings, not errors.
pub fn analyse(request: &Request) -> Result<Analysis, Failure> {
    let analysis = accepted::apply(request, state(request)?)?;
    match &request.since {
        None => Ok(analysis),
        Some(revision) => since::apply(request, revision, analysis),
    }
}

/// Judges one state of the files: that on the disk, or the one that lies over it.
fn state(request: &Request) -> Result<Analysis, Failure> {
    let discovered = discover::discover_at(&request.paths, request.root.as_deref(), Some(&request.overlay))?;
    let files = Files::new(&discovered.root, &request.working_directory)
        .map_err(|error| Failure::Path(format!("{}: {error}", discovered.root.display())))?
        .with_overlay(request.overlay.clone());
    let (config, usage, directory) = match configuration(request, &discovered, &files)? {
        Ok(read) => read,
        Err(errors) => return Err(Failure::Config { errors, sources: files.into_sources() }),
    };
    let mut notes = note_lines(&discovered, &files);
    let usage = match usage::read(request, &discovered, &files, usage, &mut notes)? {
        Ok(usage) => usage,
        Err(errors) => return Err(Failure::Config { errors, sources: files.into_sources() }),
    };
    let own_rules = match &request.rules {
        Some(catalogue) => Ok((catalogue.clone(), HashSet::new())),
        None => own_rules::read(&files, &config, directory.as_deref(), request.config.is_some(), &mut notes),
    };
    let (catalogue, rule_files) = match own_rules {
        Ok(read) => read,
        Err(errors) => return Err(Failure::Config { errors, sources: files.into_sources() }),
    };
    let decided =
        config.severities(&catalogue).and_then(|severities| Ok((severities, config.overrides(&catalogue)?)));
    let (severities, overrides) = match decided {
        Ok(decided) => decided,
        Err(errors) => return Err(Failure::Config { errors, sources: files.into_sources() }),
    };
    let chosen = request
        .environment
        .as_ref()
        .map(|name| environments::choose(&config, directory.as_deref(), name, &files))
        .transpose();
    let chosen = match chosen {
        Ok(chosen) => chosen,
        Err(refused) => return Err(refused.into_failure(files)),
    };

    let mut problems = Vec::new();
    let mut read = documents::read(&discovered, &files, &mut problems);
    let mut of_terraform = request.terraform.clone();
    if let Some(chosen) = &chosen {
        of_terraform = chosen.options(of_terraform);
        notes.push(chosen.note());
    }
    if let Some(most) = config.most_instances {
        of_terraform.limits.instances = most;
    }
    let options = lower::Options {
        stage: request.stage.or(chosen.and_then(|chosen| chosen.environment.stage)).or(config.stage),
        stage_by: match (request.stage, chosen) {
            (None, Some(chosen)) if chosen.environment.stage.is_some() => {
                Some(format!("environment {} in the configuration", chosen.environment.name))
            }
            _ => None,
        },
        environment: chosen.map(|chosen| chosen.environment.name.clone()),
        region: request.region.clone().or_else(|| config.region.as_ref().map(|(region, _)| region.clone())),
        // As written: folders above the configuration are no hints.
        var_files: chosen
            .iter()
            .flat_map(|chosen| chosen.environment.var_files.iter().map(|file| file.path.clone()))
            .chain(request.terraform.inputs.iter().filter_map(|input| match input {
                terraform::Input::VarFile(path) => Some(path.to_string_lossy().into_owned()),
                terraform::Input::Var { .. } | terraform::Input::Value { .. } => None,
            }))
            .collect(),
        workspace: of_terraform.workspace.clone(),
        raw_types: catalogue.resource_types(),
        root: discovered.root.clone(),
    };
    let lowered = |at, evaluation| Lowered::of(evaluation, at, Input::Terraform, &options);
    let roots =
        Roots { options: &of_terraform, discovered: &discovered, files: &files, chosen: chosen.as_ref() };
    // What plans are compared with has to be whole.
    let has_plans = discovered.files.iter().any(|found| found.kind == FileKind::Plan && found.selected);
    let (mut whole, mut modules, mut credentials) = if has_plans {
        let (whole, credentials) = roots.evaluate(&mut notes, |_, evaluation| evaluation);
        (whole, Vec::new(), credentials)
    } else {
        let (modules, credentials) = roots.evaluate(&mut notes, lowered);
        (Vec::new(), modules, credentials)
    };
    let terraform_of_plans = plans::Taken { options: &of_terraform, environment: chosen.as_ref() };
    let mut plans =
        plans::read(request, terraform_of_plans, &discovered, &files, &mut whole, &mut problems, &mut notes)?;
    modules.par_extend(whole.into_par_iter().enumerate().map(|(at, evaluation)| lowered(at, evaluation)));
    let first = modules.len();
    let judged = std::mem::take(&mut plans.judged).into_par_iter().enumerate();
    let of_plans: Vec<Lowered> =
        judged.map(|(at, plan)| Lowered::of(plan, first + at, Input::Plan, &options)).collect();
    let read_beside: Vec<_> = plans.read.par_iter().map(secret_places::sighted).collect();
    drop(std::mem::take(&mut plans.read));

    let (mut parts, mut defects, mut sighted, mut evaluations) = (vec![], vec![], vec![], vec![]);
    for module in modules.into_iter().chain(of_plans) {
        parts.push(module.part);
        defects.extend(module.defects);
        sighted.push(module.sighted);
        evaluations.push(module.evaluation);
    }
    sighted.extend(read_beside);
    for evaluation in &evaluations {
        problems.extend(problems::of_evaluation(evaluation, &files));
    }
    let moved = evaluations.iter_mut().flat_map(|evaluation| std::mem::take(&mut evaluation.moved));
    let moves = moved.map(|(from, to)| Move { from, to }).collect();
    let of_plans = evaluations.split_off(first);
    let modules = evaluations.iter().flat_map(|evaluation| &evaluation.files).collect::<HashSet<_>>().len();
    // Plans that are completed take the same flags.
    let completed = of_plans.iter().filter(|_| request.source.is_some());
    problems.extend(problems::undeclared_variables(completed.chain(&evaluations)));

    defects.extend(read.task_definitions.iter().flat_map(lower::defects::of_document));
    defects.extend(read.workflows.iter().flat_map(lower::defects::of_workflow));
    let workflows = std::mem::take(&mut read.workflows);
    let deployment = lower::together(parts, &read.task_definitions, workflows, &options);
    let mut met = InputReport { problems, open: Vec::new() };
    credentials.append(&mut read.credentials);
    credentials.extend(written::of_var_files(&discovered, &files));
    credentials.extend(written::of_templates(&files, &read.known));
    credentials.extend(written::of_env_files(&deployment, &files));
    let (of_credentials, mut hidden) = written::problems(credentials, &deployment);
    met.problems.extend(of_credentials);
    hidden.extend(&plans.hidden);
    defects.into_iter().for_each(|defect| problems::add_defect(defect, &mut met));

    let file_count = read.files + modules + plans.files;
    if file_count == 0 {
        notes.push("no Terraform, plan, task definition or workflow was found here".to_owned());
    }
    let environment = request.terraform.environment.iter().map(|(name, _)| name.clone()).collect();
    if request.price {
        notes.extend(usage.unmatched(&deployment).into_iter().map(|problem| {
            let help = problem.help.map_or_else(String::new, |help| format!("; {help}"));
            format!("usage: {}{help}", problem.message)
        }));
    }
    let of_environment = chosen.and_then(|chosen| chosen.environment.hours.clone());
    let hours = request.hours.clone().or(of_environment).or_else(|| config.hours.clone()).unwrap_or_default();
    let cost_options = request.price.then(|| CostOptions {
        region: options.region.clone(),
        price_region: request.price_region.clone(),
        hours: hours.a_month,
        windows: hours.windows,
        free_tier: request.free_tier,
        usage,
        as_of: request.as_of,
    });
    let mut estimate = cost_options.as_ref().map(|options| cost::estimate(&deployment, options));

    let search = environments::Search {
        files: &files,
        config: &config,
        directory: directory.as_deref(),
        chosen,
        given: &request.terraform.inputs,
    };
    let mut advice = search.advice(&evaluations);
    let environment_name = chosen.map(|chosen| chosen.environment.name.clone());

    let sources = files.into_sources();
    let policy = Policy {
        profile: request.profile.or(config.profile),
        severities,
        overrides: overrides.into_iter().filter(|of| of.is_for(environment_name.as_deref())).collect(),
        selected: selected(&discovered, &sources, &plans.places),
        no_ignores: request.no_ignores,
        root: discovered.root.clone(),
        // A trusted configuration may lie elsewhere; its paths are those of the repository.
        base: directory
            .clone()
            .filter(|of| of.starts_with(&discovered.root))
            .unwrap_or_else(|| discovered.root.clone()),
        keep_passed: request.keep_passed,
    };
    let (mut judgement, mut masks) = rayon::join(
        || {
            let around = Surroundings {
                as_of: request.as_of,
                rule_files: &rule_files,
                foreign: config.ignore_foreign.unwrap_or(true),
                base: &policy.base,
                workspace: of_terraform.workspace.as_deref().unwrap_or("default"),
            };
            let ignores = Ignores::read(&sources, &catalogue, &config.ignores, around);
            judge(&deployment, &catalogue, met, &policy, &ignores, &sources)
        },
        || secret_places::masks(&deployment, &sighted, &hidden, &sources),
    );
    let of_plans = discovered.files.iter().filter(|found| found.kind == FileKind::Plan);
    let editable = fix::Editable {
        root: &discovered.root,
        selection: &discovered.selection,
        plans: of_plans.map(|found| found.path.as_path()).collect(),
    };
    fix::resolve(&mut judgement, &deployment, &sources, &editable);
    secret_places::redact(&mut judgement, &policy, &mut masks, &sources);
    if let Some(estimate) = &estimate {
        money::tell(&mut judgement.findings, estimate);
    }
    if let Some(estimate) = &mut estimate {
        secret_places::redact_estimate(estimate, &masks, &sources);
    }
    notes.extend(advice.notes(&judgement));
    notes.iter_mut().chain(advice.decide_with.values_mut()).for_each(|note| {
        secret_places::clean(&masks, &sources, note);
    });
    Ok(Analysis {
        sources,
        masks,
        config,
        catalogue,
        deployment,
        judgement,
        estimate,
        cost_options,
        files: file_count,
        notes,
        environment,
        environment_name,
        decide_with: advice.decide_with,
        baseline: None,
        root: discovered.root,
        config_directory: directory,
        policy,
        moves,
        selection: discovered.selection,
    })
}

type Configured = (Config, Usage, Option<PathBuf>);

/// The configuration file, if there is one, with its `usage` and the directory it lies in.
fn configuration(
    request: &Request,
    discovered: &Discovered,
    files: &Files,
) -> Result<Result<Configured, Vec<ConfigError>>, Failure> {
    let path = match &request.config {
        Some(path) => Some(path.clone()),
        None => {
            let start = scan_start(request, discovered);
            config::find(&start, &discovered.root)
        }
    };
    let Some(path) = path else { return Ok(Ok((Config::default(), Usage::default(), None))) };
    let (config, directory) = match read_configuration(&path, files)? {
        Ok(read) => read,
        Err(errors) => return Ok(Err(errors)),
    };
    let (usage, mistakes) = config.usage.as_ref().map(Usage::from_node).unwrap_or_default();
    if mistakes.is_empty() {
        return Ok(Ok((config, usage, Some(directory))));
    }
    Ok(Err(mistakes.into_iter().map(usage::mistake).collect()))
}

/// Reads a configuration file; the directory it lies in comes with it. One named on the command line is trusted: it may
/// lie outside the boundary.
///
/// # Errors
/// When the file cannot be read. Mistakes in it are the inner error.
pub fn read_configuration(
    path: &Path,
    files: &Files,
) -> Result<Result<(Config, PathBuf), Vec<ConfigError>>, Failure> {
    let unreadable = |reason: String| Failure::Path(format!("{}: {reason}", files.display_name(path)));
    let loaded = files.load_trusted(path).map_err(|error| unreadable(error.to_string()))?;
    let real = path.canonicalize().map_err(|error| unreadable(error.to_string()))?;
    let directory = real.parent().map(Path::to_path_buf).unwrap_or_default();
    Ok(config::load(&loaded.text, loaded.id).map(|config| (config, directory)))
}

/// The directory of the first path: where the configuration is looked for, and below which folder names hint at the stage.
fn scan_start(request: &Request, discovered: &Discovered) -> PathBuf {
    let first = request.paths.first().and_then(|path| path.canonicalize().ok());
    let start = first.unwrap_or_else(|| discovered.root.clone());
    if start.is_dir() { start } else { start.parent().unwrap_or(&discovered.root).to_path_buf() }
}

/// The root modules that the selection needs and that belong to the environment.
struct Roots<'a> {
    options: &'a terraform::Options,
    discovered: &'a Discovered,
    files: &'a Files,
    chosen: Option<&'a environments::Chosen<'a>>,
}

impl Roots<'_> {
    /// Evaluates them and goes on with each, at its place, while others are still being evaluated. Credentials written
    /// in their modules come with it.
    fn evaluate<T: Send>(
        &self,
        notes: &mut Vec<String>,
        go_on: impl Fn(usize, Evaluation) -> T + Sync,
    ) -> (Vec<T>, Vec<written::Written>) {
        let Self { options, discovered, files, chosen } = *self;
        let of_terraform = |found: &&discover::Found| {
            matches!(found.kind, FileKind::Terraform | FileKind::TerraformVariables)
        };
        let directories: BTreeSet<PathBuf> = discovered
            .files
            .iter()
            .filter(of_terraform)
            .filter_map(|found| found.path.parent().map(Path::to_path_buf))
            .collect();
        let configs = terraform::Configs::new(files);
        let mut roots = terraform::find_roots(&configs, &directories);
        if let Some(chosen) = chosen {
            let (of_it, others): (Vec<_>, Vec<_>) =
                roots.into_iter().partition(|root| chosen.has_root(&root.dir));
            roots = of_it;
            let name = &chosen.environment.name;
            let others: Vec<String> = others
                .iter()
                .filter(|root| !configs.module(&root.dir).files.is_empty())
                .map(|root| files.display_name(&root.dir))
                .collect();
            if !others.is_empty() {
                notes.push(format!("not part of environment {name}, and left out: {}", others.join(", ")));
            }
        }
        let evaluated = roots
            .par_iter()
            .enumerate()
            .with_max_len(1)
            .map(|(at, root)| go_on(at, terraform::evaluate_in(&configs, &root.dir, options)))
            .collect();
        let modules = configs.into_modules();
        let credentials = written::of_modules(&modules, files);
        rayon::spawn(move || drop(modules));
        (evaluated, credentials)
    }
}

/// Files whose findings are reported, `further` ones among them; `None` when everything inside the boundary is.
fn selected(discovered: &Discovered, sources: &SourceMap, further: &[PathBuf]) -> Option<HashSet<FileId>> {
    let further: HashSet<&Path> = further.iter().map(PathBuf::as_path).collect();
    if discovered.selection.covers(&discovered.root) {
        return None;
    }
    let covers = |path: &Path| {
        discovered.selection.covers(path)
            || further.contains(path)
            || path.canonicalize().is_ok_and(|real| discovered.selection.covers(&real))
    };
    Some(
        sources
            .iter()
            .filter(|(_, file)| file.path.as_deref().is_none_or(covers))
            .map(|(id, _)| id)
            .collect(),
    )
}

/// Remarks on what could not be read.
fn note_lines(discovered: &Discovered, files: &Files) -> Vec<String> {
    discovered
        .notes
        .iter()
        .filter(|note| note.selected)
        .filter_map(|note| match &note.kind {
            NoteKind::Unreadable { reason } => {
                Some(format!("{} cannot be read: {reason}", files.display_name(&note.path)))
            }
            NoteKind::TooLarge { .. } => None,
        })
        .collect()
}

/// Problems as the sink takes them.
pub(crate) type Problems = Vec<InputProblem>;
