//! Master passwords of databases that stand in the code.

use crate::lint::{Applicability, Change, Probe, Problem, Term};
use crate::model::database::{Database, DatabaseCluster};
use crate::model::{Field, Reference, State, Tri};
use crate::source::Span;
use crate::value::{Cause, Causes};

fn in_the_code(argument: &'static str, block: Span, is_here: bool) -> Problem {
    let by = ("manage_master_user_password", Term::Bool(true));
    // Who reads the password elsewhere must read it from the secret then.
    let change = Change::Swap { place: block, argument, by };
    let problem = Problem::new(format!("`{argument}` is a literal: the database password stands in the code and in the state"))
        .help("set `manage_master_user_password = true`, or pass `password_wo` from an ephemeral value; then change the password");
    // A password in a variable would stay in the code.
    if is_here { problem.fix(Applicability::Unsafe, change) } else { problem }
}

pub(super) fn instance(probe: &mut Probe<'_>, database: &Database) {
    judge(probe, "password", &database.password, &database.snapshot);
}

pub(super) fn cluster(probe: &mut Probe<'_>, cluster: &DatabaseCluster) {
    judge(probe, "master_password", &cluster.password, &cluster.snapshot);
}

fn judge(
    probe: &mut Probe<'_>,
    argument: &'static str,
    password: &Field<String>,
    snapshot: &Field<Reference>,
) {
    let at = &password.origin;
    let literal = match &password.state {
        State::Absent => return,
        State::Known(value) => Tri::from(!value.is_empty()),
        State::Unknown(unknown) if !unknown.alternatives.is_empty() => {
            unknown.holds(|value| !value.is_empty())
        }
        State::Unknown(unknown) => {
            let mut open = Causes::none();
            for cause in unknown.causes.iter() {
                // Generated or read from outside: no literal of this code.
                if !matches!(cause, Cause::Computed { .. } | Cause::Data { .. }) {
                    open.add(cause.clone());
                }
            }
            if open.is_empty() { Tri::No } else { Tri::Maybe(open) }
        }
    };
    // A restored database keeps the password of the snapshot.
    let bad = literal.and(snapshot.is_set().negate());
    let block = probe.meta().block;
    probe.decide(bad, at, || in_the_code(argument, block, at.via.is_none()));
}
