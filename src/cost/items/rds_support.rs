//! Extended support: what RDS and Aurora charge for a major version past its standard support, per vCPU and hour, every
//! standby included, and from which day. Sources: RDS and Aurora User Guides, "Amazon RDS Extended Support charges";
//! release calendars of RDS for MySQL, RDS for PostgreSQL, Aurora MySQL and Aurora PostgreSQL.

use rust_decimal::Decimal;

use super::super::catalogue::{Deployment as Zones, Price};
use super::super::quantity::{Choices, Missing, Quantity};
use super::super::sheet::{Sheet, money};
use crate::date::Date;
use crate::model::{Field, State};

/// A major version and the days on which its price changes.
struct Version {
    engine: &'static str,
    major: &'static str,
    /// First day that is charged.
    from: &'static str,
    /// First day of the third year's price; Aurora MySQL has none.
    third: Option<&'static str>,
    /// The price per vCPU in the tables is that of an instance. The rows of later versions are labelled for any engine
    /// and carry the figures that AWS publishes per ACU of Aurora Serverless v2 (0.085 against 0.10 in us-east-1), so
    /// they are not taken for it; of Aurora there is none.
    priced: bool,
}

const fn version(
    engine: &'static str,
    major: &'static str,
    from: &'static str,
    third: Option<&'static str>,
    priced: bool,
) -> Version {
    Version { engine, major, from, third, priced }
}

const VERSIONS: &[Version] = &[
    version("mysql", "5.7", "2024-03-01", Some("2026-03-01"), true),
    version("mysql", "8.0", "2026-08-01", Some("2028-08-01"), false),
    version("postgres", "11", "2024-04-01", Some("2026-04-01"), true),
    version("postgres", "12", "2025-03-01", Some("2027-03-01"), true),
    version("postgres", "13", "2026-03-01", Some("2028-03-01"), false),
    version("postgres", "14", "2027-03-01", Some("2029-03-01"), false),
    version("postgres", "15", "2028-03-01", Some("2030-03-01"), false),
    version("aurora-mysql", "5.7", "2024-12-01", None, false),
    version("aurora-mysql", "8.0", "2028-05-01", None, false),
    version("aurora-postgresql", "11", "2024-04-01", Some("2026-04-01"), false),
    version("aurora-postgresql", "12", "2025-03-01", Some("2027-03-01"), false),
    version("aurora-postgresql", "13", "2026-03-01", Some("2028-03-01"), false),
    version("aurora-postgresql", "14", "2027-03-01", Some("2029-03-01"), false),
    version("aurora-postgresql", "15", "2028-03-01", Some("2030-03-01"), false),
];

/// A change of price is told when it comes within so many years.
const TOLD_AHEAD: u16 = 2;

/// What the price depends on.
pub(super) struct Supported<'a> {
    /// `engine_lifecycle_support`.
    pub(super) support: &'a Field<String>,
    pub(super) version: &'a Field<String>,
    pub(super) engine: &'a Choices<String>,
    pub(super) class: &'a Choices<String>,
    pub(super) zones: &'a Choices<Zones>,
}

impl Version {
    fn is_charged(&self, today: Date) -> bool {
        self.from.parse().is_ok_and(|from: Date| today >= from)
    }

    fn is_third_year(&self, today: Date) -> bool {
        self.third.and_then(|third| third.parse().ok()).is_some_and(|third: Date| today >= third)
    }
}

fn entry(engine: &str, text: &str) -> Option<&'static Version> {
    VERSIONS.iter().find(|version| {
        let is_major =
            text.strip_prefix(version.major).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        version.engine == engine && is_major
    })
}

pub(super) fn charge(sheet: &mut Sheet<'_>, of: &Supported<'_>) {
    if !of.engine.values.iter().any(|engine| VERSIONS.iter().any(|version| version.engine == engine)) {
        return;
    }
    if of.support.holds(false, |support| support.ends_with("-disabled")).is_yes() {
        return;
    }
    let versions = match &of.version.state {
        // Without a version RDS takes its default, which is supported.
        State::Absent => return,
        State::Unknown(unknown) if unknown.alternatives.is_empty() => {
            let causes = unknown.causes.clone();
            let missing = Missing { causes, ..Missing::because("whether the version needs it is unknown") };
            return sheet.leave_out("Extended support", missing, None);
        }
        State::Known(_) | State::Unknown(_) => match sheet.choices(of.version, "engine_version", None) {
            Ok(versions) => versions,
            Err(missing) => return sheet.leave_out("Extended support", missing, None),
        },
    };
    let today = sheet.context.options.as_of;
    announce(sheet, of, &versions, today);
    let named = versions.values.clone();
    let choices = versions.with(of.engine).with(of.class).with(of.zones);
    let charged = |engine: &str, text: &str| entry(engine, text).filter(|version| version.is_charged(today));
    if choices.all(|(((text, engine), _), _)| charged(engine, text).is_none()) {
        return;
    }
    let (catalogue, region) = (sheet.context.catalogue, sheet.region());
    let what = format!("extended support of {} {}", of.engine.values.join(" or "), named.join(" or "));
    if let ([(((text, engine), class), zones)], missing) = (choices.values.as_slice(), sheet.no_price(&what))
        && let Some(version) = charged(engine, text).filter(|version| !version.priced)
    {
        let like = match monthly(sheet, ("postgres", "12"), version.is_third_year(today), class, *zones) {
            Some(amount) => format!("; {amount} a month at the price of PostgreSQL 12"),
            None => String::new(),
        };
        let reason = format!("{}, charged since {}{like}", missing.reason, version.from);
        return sheet.leave_out("Extended support", Missing { reason, ..missing }, None);
    }
    // Per instance and hour, so that classes of different sizes compare.
    let rate = sheet.rate_of(choices, &what, |(((text, engine), class), zones)| {
        let any = catalogue.rds_extended_support(&region, "postgres", "12", false)?;
        let instance_hour = |amount| Price { amount, unit: "instance-hour", ..any };
        let Some(version) = charged(engine, text) else { return Some(instance_hour(Decimal::ZERO)) };
        if !version.priced {
            return None;
        }
        let price = catalogue.rds_extended_support(
            &region,
            version.engine,
            version.major,
            version.is_third_year(today),
        )?;
        let vcpus = billed_vcpus(sheet, class, *zones)?;
        Some(Price { amount: price.amount.checked_mul(vcpus)?, unit: "instance-hour", ..price })
    });
    let hours = Quantity::exactly(sheet.hours());
    sheet.charge("Extended support of the engine version", "instance-hours", Ok(hours), rate);
}

/// vCPUs of a database, those of its standbys included.
fn billed_vcpus(sheet: &Sheet<'_>, class: &str, zones: Zones) -> Option<Decimal> {
    let copies = match zones {
        Zones::SingleAz => 1,
        Zones::MultiAz => 2,
        Zones::MultiAzCluster => 3,
    };
    Some(sheet.context.catalogue.rds_spec(class)?.vcpu * Decimal::from(copies))
}

/// What the price of a version comes to in a month of 730 hours.
fn monthly(
    sheet: &Sheet<'_>,
    (engine, major): (&str, &str),
    third_year: bool,
    class: &str,
    zones: Zones,
) -> Option<String> {
    let price = sheet.context.catalogue.rds_extended_support(&sheet.region(), engine, major, third_year)?;
    let hourly = price.amount.checked_mul(billed_vcpus(sheet, class, zones)?)?;
    Some(money(hourly.checked_mul(super::super::HOURS_PER_MONTH)?))
}

/// The next change of price, with its day and the jump, as an assumption: it is in no month yet.
fn announce(sheet: &mut Sheet<'_>, of: &Supported<'_>, versions: &Choices<String>, today: Date) {
    let ([text], [engine], [class], [zones]) = (
        versions.values.as_slice(),
        of.engine.values.as_slice(),
        of.class.values.as_slice(),
        of.zones.values.as_slice(),
    ) else {
        return;
    };
    let Some(version) = entry(engine, text) else { return };
    let next = if version.is_charged(today) { version.third } else { Some(version.from) };
    let Some((day, date)) = next.and_then(|day| Some((day, day.parse::<Date>().ok()?))) else { return };
    if date <= today || date.year() > today.year().saturating_add(TOLD_AHEAD) {
        return;
    }
    // AWS publishes one price per vCPU and region for the versions whose rows can be trusted.
    let known = if version.priced { (version.engine, version.major) } else { ("postgres", "12") };
    let third = version.is_charged(today);
    let said = match (monthly(sheet, known, third, class, *zones), version.priced) {
        (Some(jump), true) => format!("{jump} a month"),
        (Some(jump), false) => {
            format!("{jump} a month at the price of PostgreSQL 12, its own is in no table")
        }
        (None, _) => "at a price that is in no table".to_owned(),
    };
    let step = if third { "dearer, the third year" } else { "charged" };
    let name = format!("extended support of {}", sheet.meta.address);
    sheet.assume(name, format!("{engine} {} is {step} from {day}: {said}", version.major), "engine_version");
}
