//! Every argument of every command.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use rust_decimal::Decimal;

use crate::change::budget::{Limit, On};
use crate::config::FailOn;
use crate::cost::breakdown::By;
use crate::cost::hours::Hours;
use crate::cost::usage::Profile;
use crate::date::Date;

/// Says before anything ships what will break, what is unsafe and what it will cost: judges Terraform,
/// ECS task definitions and deploy workflows together.
#[derive(Debug, Parser)]
#[command(
    name = "plimsoll",
    version,
    args_conflicts_with_subcommands = true,
    args_override_self = true,
    max_term_width = 100
)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub overview: OverviewArgs,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Report findings
    Check(CheckArgs),
    /// Estimate the monthly cost
    Cost(CostArgs),
    /// Report what a change adds and removes: money and findings
    Diff(DiffArgs),
    /// Compare what it costs with other ways to buy and build it, and with the scenarios of plimsoll.yaml
    Compare(CompareArgs),
    /// Explain a rule, a resource, or a value: why it hurts, how it was judged, where it comes from
    Explain(ExplainArgs),
    /// Accept today's findings, so that only new ones are reported
    Baseline(BaselineArgs),
    /// List the rules
    Rules(RulesArgs),
    /// Evaluate a Terraform expression in a configuration
    Eval(EvalArgs),
    /// Show what evaluating a Terraform configuration found
    Show(ShowArgs),
    /// Write plimsoll.yaml and snippets for pre-commit and CI that fit the repository
    Init(InitArgs),
    /// Write a file for what code cannot say: how much is used a month
    Usage(UsageArgs),
    /// Show the price tables: how old they are, what they cover, where a price is from
    Pricing(PricingArgs),
    /// Print a JSON Schema, for editors and other programs
    Schema(SchemaArgs),
    /// Print the completion script of a shell
    Completions(CompletionsArgs),
    /// Print a manual page
    Man(ManArgs),
}

#[derive(Debug, Args)]
pub struct InitArgs {
    /// Directory of the repository, or of the part that plimsoll.yaml is for
    #[arg(value_name = "DIR", default_value = ".")]
    pub directory: PathBuf,
    /// Print what would be written, and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Replace a plimsoll.yaml that is there
    #[arg(long)]
    pub force: bool,
}

#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct ManArgs {
    /// A command (default: the program)
    pub command: Option<String>,
    /// Write the pages of the program and all its commands into this directory
    #[arg(long, value_name = "DIR", conflicts_with = "command")]
    pub directory: Option<PathBuf>,
}

/// `plimsoll [PATH…]`: findings, then the estimate, then one summary line.
#[derive(Debug, Args)]
pub struct OverviewArgs {
    #[command(flatten)]
    pub common: CommonArgs,
    #[command(flatten)]
    pub gate: GateArgs,
    #[command(flatten)]
    pub price: PriceArgs,
    /// Output format (default: human); several in one run, each with an --output behind it
    #[arg(long, value_enum)]
    pub format: Vec<CheckFormat>,
}

#[derive(Debug, Args)]
pub struct CheckArgs {
    #[command(flatten)]
    pub common: CommonArgs,
    #[command(flatten)]
    pub gate: GateArgs,
    #[command(flatten)]
    pub fixing: FixArgs,
    /// Output format (default: human); several in one run, each with an --output behind it
    #[arg(long, value_enum)]
    pub format: Vec<CheckFormat>,
    /// Write what each rule cost to standard error, the slowest first
    #[arg(long)]
    pub timings: bool,
}

#[derive(Debug, Args)]
pub struct CostArgs {
    #[command(flatten)]
    pub common: CommonArgs,
    #[command(flatten)]
    pub price: PriceArgs,
    #[command(flatten)]
    pub budget: BudgetArgs,
    /// What --max-increase compares with: a revision, a directory, a plan or a saved report
    #[arg(long, value_name = "BASE")]
    pub base: Option<String>,
    #[command(flatten)]
    pub view: CostViewArgs,
    /// Output format (default: human); several in one run, each with an --output behind it
    #[arg(long, value_enum)]
    pub format: Vec<CostFormat>,
}

/// `plimsoll diff BASE [HEAD]`. A side is a git revision, a directory, a plan, another file that can be judged, or a
/// report that was saved with `--format json`.
#[derive(Debug, Args)]
pub struct DiffArgs {
    /// What to compare with: a git revision (`main...` is where the branch left main), a directory, a plan, or a
    /// report saved with --format json
    #[arg(value_name = "BASE")]
    pub base: String,
    /// What to compare (default: the working tree)
    #[arg(value_name = "HEAD")]
    pub head: Option<String>,
    #[command(flatten)]
    pub common: CommonArgs,
    #[command(flatten)]
    pub price: PriceArgs,
    #[command(flatten)]
    pub budget: BudgetArgs,
    /// Exit with 1 when the change adds a finding from this severity on: error, warning, info, never (default: never)
    #[arg(long, value_name = "SEVERITY", value_parser = fail_on)]
    pub fail_on: Option<FailOn>,
    /// Judge both sides without the author's own ignore comments and entries
    #[arg(long)]
    pub no_ignores: bool,
    /// Output format (default: human); several in one run, each with an --output behind it
    #[arg(long, value_enum)]
    pub format: Vec<DiffFormat>,
}

/// What a month may cost. An `aws_budgets_budget` of the same code is checked as well.
#[derive(Debug, Clone, Default, Args)]
pub struct BudgetArgs {
    /// Exit with 1 when a month costs more than this, in USD (default: `budgets` of plimsoll.yaml)
    #[arg(long, value_name = "AMOUNT", value_parser = Limit::amount)]
    pub max_monthly: Option<Decimal>,
    /// Exit with 1 when a month costs more than this more than before: USD, or percent of what it cost
    #[arg(long, value_name = "AMOUNT|PERCENT%", value_parser = Limit::increase)]
    pub max_increase: Option<Limit>,
    /// The figure that is held against budgets: expected or high (default: expected)
    #[arg(long, value_name = "FIGURE", value_parser = budget_on)]
    pub budget_on: Option<On>,
}

fn budget_on(text: &str) -> Result<On, String> {
    On::from_name(text).ok_or_else(|| "one of expected, high".to_owned())
}

#[derive(Debug, Args)]
pub struct CompareArgs {
    #[command(flatten)]
    pub common: CommonArgs,
    #[command(flatten)]
    pub price: PriceArgs,
    /// Only this option (arm, spot, savings-plan, reserved-1yr-no-upfront …); may be given several times
    #[arg(long = "option", value_name = "NAME")]
    pub options: Vec<String>,
    /// Compare with the prices of this region
    #[arg(long, value_name = "REGION")]
    pub to_region: Option<String>,
    /// Compare CloudWatch with a monitoring vendor that takes so many USD a month for each host
    #[arg(long, value_name = "USD")]
    pub vendor_per_host: Option<rust_decimal::Decimal>,
    /// Output format (default: human); several in one run, each with an --output behind it
    #[arg(long, value_enum)]
    pub format: Vec<CompareFormat>,
}

#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// Id of a rule, or of the same check in another tool (CKV_AWS_51); or the address of a resource, a module, or a
    /// value (aws_ecs_service.api.desired_count)
    #[arg(value_name = "RULE|ADDRESS")]
    pub topic: String,
    #[command(flatten)]
    pub common: CommonArgs,
    #[command(flatten)]
    pub price: PriceArgs,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct RulesArgs {
    #[command(subcommand)]
    pub command: Option<RulesCommand>,
    /// Configuration file instead of the nearest plimsoll.yaml: your own rules beside it are listed too
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Output format
    #[arg(long, value_enum, default_value_t = RulesFormat::Human)]
    pub format: RulesFormat,
    /// Write to this file instead of standard output; for markdown, a page for each rule into this directory
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum RulesCommand {
    /// Run the examples of rule files, and fail where one does not come out as written
    Test(RulesTestArgs),
}

#[derive(Debug, Args)]
pub struct RulesTestArgs {
    /// Rule files, or directories with them (default: .plimsoll/rules of the repository)
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Date of the runs (YYYY-MM-DD) instead of today
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<Date>,
    /// When to use colour
    #[arg(long, value_enum, default_value_t = Color::Auto)]
    pub color: Color,
}

#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// What the schema describes
    #[arg(value_enum)]
    pub of: SchemaOf,
    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SchemaOf {
    /// plimsoll.yaml
    Config,
    /// A rule file below .plimsoll/rules
    Rule,
    /// `usage:` in plimsoll.yaml, and files for --usage
    Usage,
    /// Output of `check --format json`
    Findings,
    /// Output of `cost --format json`
    Estimate,
    /// Output of `diff --format json`
    Diff,
    /// Output of `compare --format json`
    Compare,
    /// Output of `show --format json`
    Show,
    /// Output of `explain ADDRESS --format json`
    Explain,
}

#[derive(Debug, Args)]
pub struct EvalArgs {
    /// Configuration file instead of the nearest plimsoll.yaml
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Root module in whose scope expressions stand
    #[arg(long = "in", value_name = "DIR", default_value = ".")]
    pub dir: PathBuf,
    /// The expression; `-` reads one a line from standard input and writes one JSON object a line
    #[arg(allow_hyphen_values = true)]
    pub expression: String,
    #[command(flatten)]
    pub terraform: TerraformArgs,
    /// Output format (default: human; json with `-`)
    #[arg(long, value_enum)]
    pub format: Option<Format>,
    /// When to use colour
    #[arg(long, value_enum, default_value_t = Color::Auto)]
    pub color: Color,
    /// Boundary: nothing outside it is read
    #[arg(long, value_name = "DIR")]
    pub root: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct ShowArgs {
    /// Configuration file instead of the nearest plimsoll.yaml
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Directory of a root module (default: `.`) or a plan's JSON, and addresses to show or how they start
    #[arg(value_name = "PATH|ADDRESS")]
    pub targets: Vec<String>,
    /// Root module
    #[arg(long = "in", value_name = "DIR")]
    pub dir: Option<PathBuf>,
    /// Where a value comes from, or why it is not known: an address such as aws_ecs_service.api.desired_count
    #[arg(long, value_name = "ADDRESS")]
    pub why: Option<String>,
    /// Configuration that the plan was made from: fills what the plan does not know
    #[arg(long, value_name = "DIR")]
    pub source: Option<PathBuf>,
    #[command(flatten)]
    pub terraform: TerraformArgs,
    /// When to use colour
    #[arg(long, value_enum, default_value_t = Color::Auto)]
    pub color: Color,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Boundary: nothing outside it is read
    #[arg(long, value_name = "DIR")]
    pub root: Option<PathBuf>,
}

/// What to read, and where results go.
#[derive(Debug, Args)]
pub struct CommonArgs {
    /// Files or directories; what is needed to judge them is read as well
    #[arg(value_name = "PATH", default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// Configuration file instead of the nearest plimsoll.yaml
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Boundary: nothing outside it is read (default: the git top level of the first PATH)
    #[arg(long, value_name = "DIR")]
    pub root: Option<PathBuf>,
    /// Configuration that the plan was made from: fills what the plan does not know, and findings point into it
    #[arg(long, value_name = "DIR")]
    pub source: Option<PathBuf>,
    #[command(flatten)]
    pub terraform: TerraformArgs,
    /// Region used where the files name none
    #[arg(long)]
    pub region: Option<String>,
    /// Stage of everything: production or non-production
    #[arg(long, value_enum)]
    pub stage: Option<StageArg>,
    /// Which rules run
    #[arg(long, value_enum)]
    pub profile: Option<ProfileArg>,
    /// Write the --format before it to this file instead of standard output (`-`)
    #[arg(long, value_name = "FILE")]
    pub output: Vec<PathBuf>,
    /// When to use colour
    #[arg(long, value_enum, default_value_t = Color::Auto)]
    pub color: Color,
    /// Only what is wrong: no notes, no summary
    #[arg(long, short)]
    pub quiet: bool,
    /// Date of the run (YYYY-MM-DD) instead of today: decides what has expired
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<Date>,
    /// Threads (default: one per processor)
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,
}

/// What Terraform takes on its command line.
#[derive(Debug, Clone, Args)]
pub struct TerraformArgs {
    /// Environment of plimsoll.yaml: its var files, workspace and stage; flags win
    #[arg(long, value_name = "NAME")]
    pub environment: Option<String>,
    /// Value of a Terraform variable
    #[arg(long = "var", value_name = "NAME=VALUE")]
    pub var: Vec<String>,
    /// Terraform variable file
    #[arg(long, value_name = "FILE")]
    pub var_file: Vec<PathBuf>,
    /// Terraform workspace
    #[arg(long, value_name = "NAME")]
    pub workspace: Option<String>,
}

/// What makes a run fail.
#[derive(Debug, Args)]
pub struct GateArgs {
    /// Exit with 1 from this severity on: error, warning, info, never (default: warning)
    #[arg(long, value_name = "SEVERITY", value_parser = fail_on)]
    pub fail_on: Option<FailOn>,
    /// Exit with 1 when a check could not be decided
    #[arg(long)]
    pub fail_on_undecided: bool,
    /// Judge without the author's own ignore comments, entries and configured baseline
    #[arg(long)]
    pub no_ignores: bool,
    /// Accepted findings, which are not reported (default: `baseline` of plimsoll.yaml)
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Only findings on lines changed since this commit, or caused by the change; `main...` is where the branch left main
    #[arg(long, value_name = "REV")]
    pub since: Option<String>,
}

#[derive(Debug, Args)]
pub struct BaselineArgs {
    #[command(subcommand)]
    pub command: BaselineCommand,
}

#[derive(Debug, Subcommand)]
pub enum BaselineCommand {
    /// Accept what is found now
    Create(BaselineCreateArgs),
    /// List what is accepted, and what of it is not found any more
    Show(BaselineShowArgs),
    /// Report what is not accepted, and what was fixed since
    Check(BaselineCheckArgs),
}

#[derive(Debug, Args)]
pub struct BaselineCreateArgs {
    #[command(flatten)]
    pub common: CommonArgs,
    /// The baseline (default: `baseline` of plimsoll.yaml, else plimsoll-baseline.json)
    #[arg(long, value_name = "FILE", conflicts_with = "output")]
    pub baseline: Option<PathBuf>,
    /// Replace a baseline that is there: everything found now is accepted
    #[arg(long, conflicts_with = "update")]
    pub force: bool,
    /// Only take out of the baseline what is not found any more; accept nothing new
    #[arg(long)]
    pub update: bool,
}

#[derive(Debug, Args)]
pub struct BaselineShowArgs {
    #[command(flatten)]
    pub common: CommonArgs,
    /// The baseline (default: `baseline` of plimsoll.yaml, else plimsoll-baseline.json)
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
}

#[derive(Debug, Args)]
pub struct BaselineCheckArgs {
    #[command(flatten)]
    pub check: CheckArgs,
    /// Exit with 1 also when the baseline holds what is not found any more
    #[arg(long)]
    pub fail_on_fixed: bool,
}

/// What is done with the fixes that findings offer.
#[derive(Debug, Args)]
pub struct FixArgs {
    /// Apply the fixes that keep what the files mean, and report what is left
    #[arg(long, group = "fixing")]
    pub fix: bool,
    /// With --fix or --diff: also the fixes that may change behaviour
    #[arg(long, requires = "fixing")]
    pub unsafe_fixes: bool,
    /// Print what --fix would change, as a unified diff, and write no file
    #[arg(long, group = "fixing", conflicts_with = "format")]
    pub diff: bool,
}

#[derive(Debug, Args)]
pub struct PriceArgs {
    /// Use the prices of this region whatever the files say
    #[arg(long, value_name = "REGION")]
    pub price_region: Option<String>,
    /// When things run that can be stopped (tasks, EC2 and database instances): hours a month, or windows of a week such
    /// as "weekdays 8-20, sat 9-13"
    #[arg(long, value_name = "HOURS", value_parser = Hours::parse)]
    pub hours: Option<Hours>,
    /// Take off what AWS gives every account each month for nothing: 5 GB of logs, 100 GB to the internet, 10 alarms …
    #[arg(long)]
    pub free_tier: bool,
    /// How much is used a month, by resource address: wins over `usage:` in plimsoll.yaml; an infracost-usage.yml
    /// works too
    #[arg(long, value_name = "FILE")]
    pub usage: Option<PathBuf>,
    /// Invented numbers for what nobody has said, for a first look
    #[arg(long, value_enum, value_name = "PROFILE")]
    pub usage_profile: Option<UsageProfileArg>,
}

/// What `cost` shows instead of the whole estimate.
#[derive(Debug, Args)]
pub struct CostViewArgs {
    /// The arithmetic of a resource, or of a module: every number with its place, price and assumption
    #[arg(long, value_name = "ADDRESS", group = "view")]
    pub why: Option<String>,
    /// Cut the total by service, container, tag:NAME, environment, kind or module
    #[arg(long, value_name = "WHAT", group = "view", value_parser = By::parse)]
    pub by: Option<By>,
    /// Which inputs move the total most, the largest first
    #[arg(long, group = "view")]
    pub sensitivity: bool,
}

#[derive(Debug, Args)]
pub struct PricingArgs {
    #[command(subcommand)]
    pub command: PricingCommand,
}

#[derive(Debug, Subcommand)]
pub enum PricingCommand {
    /// What the price tables cover and how old they are
    Status(PricingStatusArgs),
    /// The prices of a table, with source and capture date
    Show(PricingShowArgs),
}

#[derive(Debug, Args)]
pub struct PricingStatusArgs {
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Date to count the age from (YYYY-MM-DD) instead of today
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<Date>,
}

#[derive(Debug, Args)]
pub struct PricingShowArgs {
    /// A table, as `pricing status` lists it
    pub table: String,
    /// Words that the item holds: linux arm64, db.t4g.micro
    #[arg(value_name = "WORD")]
    pub words: Vec<String>,
    /// Only this region
    #[arg(long, value_name = "REGION")]
    pub region: Option<String>,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Date to count the age from (YYYY-MM-DD) instead of today
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<Date>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum UsageProfileArg {
    /// Nobody comes
    Idle,
    /// 1 request a second for each service
    Small,
    /// 20 requests a second for each service
    Medium,
    /// 200 requests a second for each service
    Large,
}

impl UsageProfileArg {
    #[must_use]
    pub fn profile(self) -> Profile {
        match self {
            Self::Idle => Profile::Idle,
            Self::Small => Profile::Small,
            Self::Medium => Profile::Medium,
            Self::Large => Profile::Large,
        }
    }
}

#[derive(Debug, Args)]
pub struct UsageArgs {
    #[command(subcommand)]
    pub command: UsageCommand,
}

#[derive(Debug, Subcommand)]
pub enum UsageCommand {
    /// Write a file with every quantity that the estimate of a deployment depends on
    Init(UsageInitArgs),
}

#[derive(Debug, Args)]
pub struct UsageInitArgs {
    #[command(flatten)]
    pub common: CommonArgs,
    #[command(flatten)]
    pub price: PriceArgs,
    /// Write the file anew; numbers in it are kept
    #[arg(long)]
    pub force: bool,
}

fn fail_on(text: &str) -> Result<FailOn, String> {
    FailOn::from_name(text).ok_or_else(|| "one of error, warning, info, never".to_owned())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Human,
    Json,
}

/// Formats of the list of rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RulesFormat {
    Human,
    Json,
    /// The rule book
    Markdown,
}

/// Formats of findings. Only `human`, `json`, `ndjson` and `markdown` have a place for an estimate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CheckFormat {
    /// For people at a terminal
    Human,
    /// One JSON object: plimsoll/findings/1
    Json,
    /// One JSON object a line
    Ndjson,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// GitHub Actions annotations
    Github,
    /// GitLab Code Quality
    Gitlab,
    /// JUnit XML
    Junit,
    /// Checkstyle XML
    Checkstyle,
    /// For a comment on a pull request or a step summary; at most 60,000 bytes
    Markdown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CostFormat {
    /// For people at a terminal
    Human,
    /// One JSON object: plimsoll/estimate/1
    Json,
    /// For a comment on a pull request or a step summary; at most 60,000 bytes
    Markdown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DiffFormat {
    /// For people at a terminal
    Human,
    /// One JSON object: plimsoll/diff/1
    Json,
    /// For a comment on a pull request or a step summary; at most 60,000 bytes
    Markdown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CompareFormat {
    /// For people at a terminal
    Human,
    /// One JSON object: plimsoll/compare/1
    Json,
    /// For a comment on a pull request or a step summary
    Markdown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StageArg {
    Production,
    NonProduction,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ProfileArg {
    Default,
    Strict,
}
