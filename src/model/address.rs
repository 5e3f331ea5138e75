//! Terraform addresses taken apart: `module.api["web"].data.aws_vpc.main[0]`.

/// The parts of an address that linking needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Address<'a> {
    /// `aws_vpc`; empty where the text is no resource address.
    pub(crate) ty: &'a str,
    pub(crate) data: bool,
    /// The address without the key of its last step: `module.api["web"].data.aws_vpc.main`.
    pub(crate) base: &'a str,
}

impl<'a> Address<'a> {
    pub(crate) fn parse(text: &'a str) -> Self {
        let mut rest = text;
        while let Some(call) = rest.strip_prefix("module.") {
            rest = after_step(call);
        }
        let (data, rest) = match rest.strip_prefix("data.") {
            Some(after) => (true, after),
            None => (false, rest),
        };
        let (ty, name) = rest.split_once('.').unwrap_or((rest, ""));
        let key = name.find('[').map_or(0, |at| name.len() - at);
        let base = text.get(..text.len() - key).unwrap_or(text);
        Self { ty, data, base }
    }
}

/// The module calls of an address: `module.api["web"]`; empty in a root module.
pub(crate) fn module_of(text: &str) -> &str {
    let mut rest = text;
    while let Some(call) = rest.strip_prefix("module.") {
        rest = after_step(call);
    }
    let length = text.len() - rest.len();
    text.get(..length).map_or("", |module| module.strip_suffix('.').unwrap_or(module))
}

/// What follows the step's name, its key (which may hold dots and brackets in quotes) and the dot.
fn after_step(step: &str) -> &str {
    let mut quoted = false;
    let mut escaped = false;
    for (at, byte) in step.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'.' if !quoted => return step.get(at + 1..).unwrap_or_default(),
            _ => {}
        }
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_apart() {
        let address = Address::parse(r#"module.a["x.y"].module.b[0].aws_ecs_service.web["k.v"]"#);
        assert_eq!(address.ty, "aws_ecs_service");
        assert!(!address.data);
        assert_eq!(address.base, r#"module.a["x.y"].module.b[0].aws_ecs_service.web"#);
        let data = Address::parse("data.aws_vpc.main");
        assert_eq!((data.ty, data.data, data.base), ("aws_vpc", true, "data.aws_vpc.main"));
        assert_eq!(Address::parse("module.broken[\"").ty, "");
        assert_eq!(module_of(r#"module.a["x.y"].module.b[0].aws_lb.web"#), r#"module.a["x.y"].module.b[0]"#);
        assert_eq!(module_of("aws_lb.web"), "");
    }
}
