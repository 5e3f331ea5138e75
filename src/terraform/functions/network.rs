//! Functions of IP address ranges.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use dashu_int::IBig;

use super::Failure;
use super::arguments::{Call, Outcome, WHOLE_NUMBER};

/// An address range as a number: the first address, the length of the prefix, the bits of an address.
#[derive(Debug, Clone, Copy)]
struct Range {
    first: u128,
    prefix: u32,
    bits: u32,
}

impl Range {
    /// Reads CIDR notation; octets of IPv4 may have leading zeros, as Terraform allows.
    fn parse(text: &str) -> Result<Self, Failure> {
        let wrong = || Failure::argument(0, "invalid CIDR expression: invalid CIDR address");
        let (address, length) = text.split_once('/').ok_or_else(wrong)?;
        let (address, bits) = match parse_v4(address) {
            Some(address) => (u128::from(address), 32),
            None => (u128::from(address.parse::<Ipv6Addr>().map_err(|_| wrong())?), 128),
        };
        let digits = !length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit());
        let prefix =
            length.parse::<u32>().ok().filter(|prefix| digits && *prefix <= bits).ok_or_else(wrong)?;
        let range = Self { first: address, prefix, bits };
        Ok(Self { first: address & !range.host_mask(), ..range })
    }

    /// Ones where the host part is.
    fn host_mask(self) -> u128 {
        match self.bits - self.prefix {
            128 => u128::MAX,
            host => (1_u128 << host) - 1,
        }
    }

    fn last(self) -> u128 {
        self.first | self.host_mask()
    }

    /// IPv4 written as IPv6: Go mixes both forms in its results.
    fn is_mapped(self) -> bool {
        self.bits == 128 && self.first >> 32 == 0xffff
    }

    fn text(self) -> String {
        format!("{}/{}", address_text(self.first, self.bits), self.prefix)
    }
}

fn parse_v4(text: &str) -> Option<u32> {
    let mut octets = text.split('.');
    let mut value = 0_u32;
    for _ in 0..4 {
        let octet = octets.next()?;
        if octet.is_empty() || octet.len() > 16 || !octet.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        value = value << 8 | u32::from(octet.parse::<u8>().ok()?);
    }
    octets.next().is_none().then_some(value)
}

fn address_text(address: u128, bits: u32) -> String {
    let ip = match u32::try_from(address) {
        Ok(small) if bits == 32 => IpAddr::V4(Ipv4Addr::from(small)),
        _ => IpAddr::V6(Ipv6Addr::from(address)),
    };
    match ip {
        IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or_else(|| v6.to_string(), |v4| v4.to_string()),
        IpAddr::V4(v4) => v4.to_string(),
    }
}

/// A number argument as a whole number of any size.
fn whole(call: &Call<'_>, at: usize) -> Result<IBig, Failure> {
    call.number(at).to_integer().ok_or_else(|| Failure::argument(at, WHOLE_NUMBER))
}

pub(super) fn cidrhost(call: &Call<'_>) -> Outcome {
    let number = whole(call, 1)?;
    let range = Range::parse(call.str(0))?;
    if range.is_mapped() {
        return Ok(call.unsupported("an IPv4 range written as IPv6"));
    }
    let most = IBig::from(range.host_mask());
    let host = if number < IBig::ZERO { &most + IBig::ONE + &number } else { number.clone() };
    let host = match u128::try_from(&host) {
        Ok(value) if host <= most => value,
        _ => {
            return Err(Failure::new(format!(
                "prefix of {} does not accommodate a host numbered {number}",
                range.prefix
            )));
        }
    };
    Ok(call.string(address_text(range.first | host, range.bits)))
}

pub(super) fn cidrnetmask(call: &Call<'_>) -> Outcome {
    let range = Range::parse(call.str(0))?;
    if range.bits != 32 {
        return Err(Failure::new("IPv6 addresses cannot have a netmask"));
    }
    let mask = u128::from(u32::MAX) & !range.host_mask();
    Ok(call.string(address_text(mask, 32)))
}

pub(super) fn cidrsubnet(call: &Call<'_>) -> Outcome {
    let new_bits = call.int(1)?;
    let number = whole(call, 2)?;
    let range = Range::parse(call.str(0))?;
    if range.is_mapped() {
        return Ok(call.unsupported("an IPv4 range written as IPv6"));
    }
    let prefix = i64::from(range.prefix).saturating_add(new_bits);
    let prefix = match u32::try_from(prefix) {
        Ok(prefix) if prefix <= range.bits => prefix,
        _ => {
            return Err(Failure::new(format!(
                "insufficient address space to extend prefix of {} by {new_bits}",
                range.prefix
            )));
        }
    };
    let shift = range.bits - prefix;
    // What Terraform makes of negative numbers has no meaning, but it is what it plans: the size of the number
    // counts, and the address is the amount of its two's complement.
    let most = if (0..128).contains(&new_bits) { (1_u128 << new_bits) - 1 } else { u128::MAX };
    let negative = number < IBig::ZERO;
    let size = if negative { -number.clone() } else { number.clone() };
    let number = match u128::try_from(&size) {
        Ok(value) if value <= most => value,
        _ => {
            return Err(Failure::new(format!(
                "prefix extension of {new_bits} does not accommodate a subnet numbered {number}"
            )));
        }
    };
    let shifted = number.checked_shl(shift).unwrap_or(0);
    let first = if negative {
        (shifted.wrapping_sub(1) & !range.first).wrapping_add(1)
    } else {
        range.first | shifted
    };
    Ok(call.string(Range { first, prefix, bits: range.bits }.text()))
}

pub(super) fn cidrsubnets(call: &Call<'_>) -> Outcome {
    let range = Range::parse(call.str(0))?;
    let mut next_free = Some(range.first);
    let mut result = Vec::new();
    for at in 1..call.args.len() {
        let bits = call.int(at)?;
        if bits < 1 {
            return Err(Failure::argument(at, "must extend prefix by at least one bit"));
        }
        if bits > 32 {
            return Err(Failure::argument(at, "may not extend prefix by more than 32 bits"));
        }
        let prefix = range.prefix.saturating_add(u32::try_from(bits).unwrap_or(u32::MAX));
        if prefix > range.bits {
            let protocol = if range.bits == 32 { "IPv4" } else { "IPv6" };
            return Err(Failure::argument(
                at,
                format!("would extend prefix to {prefix} bits, which is too long for an {protocol} address"),
            ));
        }
        let size = 1_u128.checked_shl(range.bits - prefix).unwrap_or(0);
        let start = next_free.and_then(|free| {
            let mask = size.wrapping_sub(1);
            free.checked_add(mask).map(|free| free & !mask)
        });
        let last = start.and_then(|start| start.checked_add(size.wrapping_sub(1)));
        // Terraform takes the all-zero address for an overflow.
        let start = start.filter(|start| *start != 0);
        let (Some(start), Some(last)) = (start, last.filter(|last| *last <= range.last())) else {
            return Err(Failure::argument(
                at,
                format!("not enough remaining address space for a subnet with a prefix of {prefix} bits"),
            ));
        };
        result.push(Range { first: start, prefix, bits: range.bits }.text());
        next_free = last.checked_add(1);
    }
    Ok(call.strings(result))
}
