//! EC2 instances of their own: container instances, bastions, and whatever else stands beside the tasks.

use super::super::Ledger;
use super::super::quantity::{Known, Missing, Quantity};
use super::super::sheet::Sheet;
use super::ec2::{self, Kind, Public, View};
use crate::model::compute::{Instance, LaunchTemplate};
use crate::model::graph::LaunchTemplateId;
use crate::model::{Link, Meta, Reference, Tri};

pub(in crate::cost) fn price(ledger: &mut Ledger<'_>) {
    for instance in &ledger.deployment().instances {
        ledger.price(&instance.meta, "instance", |sheet| charge(sheet, instance));
    }
}

/// The launch template behind a link; `None` where there is no link.
pub(super) fn linked<'a>(
    sheet: &Sheet<'a>,
    link: &Link<LaunchTemplateId>,
) -> Known<Option<&'a LaunchTemplate>> {
    match link {
        Link::To(id) => Ok(sheet.context.deployment.launch_template(*id)),
        Link::Absent => Ok(None),
        Link::NotFound(name) => {
            Err(Missing::because(format!("their launch template `{name}` is in no file")))
        }
        Link::Unknown(causes) => Err(Missing {
            causes: causes.clone(),
            ..Missing::because("which launch template they have is unknown")
        }),
    }
}

fn charge<'a>(sheet: &mut Sheet<'a>, instance: &'a Instance) {
    let template = match linked(sheet, &instance.template_link) {
        Ok(template) => template.map(|template| &template.machine),
        Err(missing) => return sheet.leave_out("Instance", missing, None),
    };
    let view = View { own: Some(&instance.machine), template };
    let Some(types) = view.field(|machine| &machine.instance_type) else { return };
    let kinds = match sheet.choices(types, "instance_type", None) {
        Ok(kinds) => kinds.map(|name| Kind { name, weight: rust_decimal::Decimal::ONE }),
        Err(missing) => return sheet.leave_out("Instance", missing, None),
    };
    let hours = sheet.hours();
    match ec2::unpriced_platform(sheet, view) {
        Some(missing) => sheet.leave_out(&format!("Instance ({})", ec2::names(&kinds)), missing, None),
        None => {
            match view.field(|machine| &machine.spot).map_or(Tri::No, |spot| spot.holds(false, |spot| *spot))
            {
                Tri::Yes => ec2::spot(sheet, &kinds, None),
                Tri::No => ec2::on_demand(sheet, &kinds, Ok(Quantity::exactly(hours))),
                Tri::Maybe(causes) => {
                    let missing = Missing {
                        causes,
                        ..Missing::because("whether it is bought on the Spot market is unknown")
                    };
                    ec2::on_demand(sheet, &kinds, Err(missing));
                }
            }
        }
    }
    let is_public = if has_elastic_ip(sheet, &instance.meta) {
        Public::No
    } else {
        let written =
            instance.subnet.is_written().then(|| (&instance.subnet_link, is_default(&instance.subnet)));
        ec2::public(sheet, view, written.as_slice())
    };
    ec2::attachments(sheet, view, Some(&kinds), &Quantity::exactly(1), (hours, true), is_public);
}

/// Whether a reference is to a subnet of the default VPC.
pub(super) fn is_default(subnet: &crate::model::Field<Reference>) -> bool {
    let named = subnet.known().and_then(|reference| reference.target.as_ref()).map(|(address, _)| address);
    let address = named.or_else(|| subnet.origin.attribute().map(|(address, _)| address));
    address.is_some_and(|address| address.contains("aws_default_subnet."))
}

/// An Elastic IP takes the place of the address that the subnet gives, and is billed itself.
fn has_elastic_ip(sheet: &Sheet<'_>, meta: &Meta) -> bool {
    let deployment = sheet.context.deployment;
    let is_it = |reference: &Reference| reference.is_to(&meta.address);
    let named = deployment
        .elastic_ips
        .iter()
        .any(|address| address.meta.unit == meta.unit && address.instance.known().is_some_and(is_it));
    named || deployment.others_of_kind("aws_eip_association").any(|other| other.mentions("instance_id", meta))
}
