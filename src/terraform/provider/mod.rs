//! What the published schema of the AWS provider says of its resource and data source types: arguments, blocks, types,
//! what is computed. The table is `aws.txt`, packed at build time; how values are made to fit it is in
//! [`fit`]. What an argument means is for `lower`.

mod blob;
mod check;
mod fit;
mod format;
mod lookup;
mod present;

use self::fit::Set;
use self::format::{flag, header, nesting};
use super::Mode;
use crate::text;
use crate::value::{ObjectAttribute, Type};

pub(crate) use check::Described;
pub(crate) use fit::{complete, unset};
pub(crate) use lookup::is_computed;
pub(crate) use present::never_null;

/// What is known of a resource or data source type, of a nested block, or of the objects in an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TypeFacts {
    shape: u16,
}

/// What a type says of one name.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fact {
    Attribute(AttributeFacts),
    Block(BlockFacts),
    /// Gone; configurations for older versions of the provider still have it.
    Removed,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct AttributeFacts {
    ty: u16,
    /// Decided by the provider where it is not set.
    pub(crate) computed: bool,
    /// Whether a configuration may set it.
    pub(crate) settable: bool,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct BlockFacts {
    pub(crate) content: TypeFacts,
    pub(crate) nesting: Nesting,
}

/// How a block stands in the value of the resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nesting {
    List,
    Set,
    /// The block itself, or null.
    Single,
}

/// The facts of a type; `None` for types that the table does not have.
#[must_use]
pub(crate) fn facts(mode: Mode, ty: &str) -> Option<TypeFacts> {
    let (table, count) = match mode {
        Mode::Managed => (header::RESOURCES, header::RESOURCE_COUNT),
        Mode::Data => (header::DATA, header::DATA_COUNT),
    };
    ty.starts_with("aws_").then(|| blob::top(table, count, ty)).flatten().map(|shape| TypeFacts { shape })
}

/// The facts of the resource with this address.
#[must_use]
pub(crate) fn facts_at(address: &str) -> Option<TypeFacts> {
    let mut rest = address;
    while let Some(call) = rest.strip_prefix("module.") {
        let name = call.find(['.', '['])?;
        let after = call.get(name..)?;
        rest = match after.strip_prefix('[') {
            Some(key) => after_key(key)?.strip_prefix('.')?,
            None => after.strip_prefix('.')?,
        };
    }
    match rest.strip_prefix("data.") {
        Some(rest) => facts(Mode::Data, rest.split('.').next()?),
        None => facts(Mode::Managed, rest.split('.').next()?),
    }
}

/// What follows the `]` of an instance key, in which text is quoted and may hold anything.
fn after_key(key: &str) -> Option<&str> {
    let Some(quoted) = key.strip_prefix('"') else { return key.split_once(']').map(|(_, rest)| rest) };
    let mut escaped = false;
    let end = quoted.find(|letter| {
        let ends = letter == '"' && !escaped;
        escaped = letter == '\\' && !escaped;
        ends
    })?;
    quoted.get(end..)?.strip_prefix("\"]")
}

impl TypeFacts {
    #[must_use]
    pub(crate) fn get(self, name: &str) -> Option<Fact> {
        blob::field(self.shape, name).map(fact)
    }

    /// Whether the blocks of this name are a set, in which equal ones are one.
    #[must_use]
    pub(crate) fn is_set(self, name: &str) -> bool {
        match self.get(name) {
            Some(Fact::Block(block)) => block.nesting == Nesting::Set,
            Some(Fact::Attribute(attribute)) => matches!(attribute.ty(), Type::Set(_)),
            Some(Fact::Removed) | None => false,
        }
    }

    fn fields(self) -> impl Iterator<Item = (&'static str, Fact)> {
        blob::fields(self.shape).filter_map(|field| Some((blob::name(field.name)?, fact(field))))
    }

    /// What an attribute that is referred to was probably meant to be, when the type does not have it.
    #[must_use]
    pub(crate) fn misspelt(self, name: &str) -> Option<&'static str> {
        if self.get(name).is_some() { None } else { self.meant(name, Written::Reference) }
    }

    /// What `name`, which the type does not have, was probably meant to be. A name that differs only by a digit is
    /// another thing, and one that is far from all others may be of a newer provider than the table.
    #[must_use]
    pub(crate) fn meant(self, name: &str, written: Written) -> Option<&'static str> {
        let fits = |fact: &Fact| match (written, fact) {
            (_, Fact::Removed) => false,
            (Written::Reference, _) => true,
            (Written::Argument, Fact::Attribute(attribute)) => attribute.settable,
            (Written::Block, Fact::Attribute(attribute)) => attribute.content().is_some(),
            (Written::Argument, Fact::Block(_)) => false,
            (Written::Block, Fact::Block(_)) => true,
        };
        let names = self.fields().filter(|(_, fact)| fits(fact)).map(|(name, _)| name);
        let meant = text::closest_within(name, names, (name.chars().count() / 3).min(2))?;
        (letters(meant) != letters(name)).then_some(meant)
    }

    /// The type of a block of this shape as an expression sees it.
    fn object_type(self, depth: usize) -> Type {
        if depth == 0 {
            return Type::Dynamic;
        }
        let attributes = self.fields().filter_map(|(name, fact)| {
            let ty = match fact {
                Fact::Attribute(attribute) => attribute.ty(),
                Fact::Block(block) => block.ty(depth - 1),
                Fact::Removed => return None,
            };
            Some((name.into(), ObjectAttribute { ty, optional: false }))
        });
        Type::Object(attributes.collect())
    }
}

/// How a name stands in the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Written {
    Argument,
    Block,
    Reference,
}

/// The name without digits.
fn letters(name: &str) -> String {
    name.chars().filter(|letter| !letter.is_ascii_digit()).collect()
}

fn fact(field: blob::Field) -> Fact {
    if field.flags & flag::REMOVED != 0 {
        return Fact::Removed;
    }
    if field.flags & flag::BLOCK != 0 {
        let nesting = match field.detail {
            nesting::SET | nesting::ONE_SET => Nesting::Set,
            nesting::SINGLE => Nesting::Single,
            _ => Nesting::List,
        };
        return Fact::Block(BlockFacts { content: TypeFacts { shape: field.payload }, nesting });
    }
    Fact::Attribute(AttributeFacts {
        ty: field.payload,
        computed: field.flags & flag::COMPUTED != 0,
        settable: field.flags & (flag::OPTIONAL | flag::REQUIRED) != 0,
    })
}

impl AttributeFacts {
    #[must_use]
    pub(crate) fn ty(self) -> Type {
        blob::value_type(self.ty)
    }

    /// What the objects in the attribute hold. Such an attribute may be written as a block too.
    #[must_use]
    pub(crate) fn content(self) -> Option<TypeFacts> {
        blob::object_in(self.ty).map(|shape| TypeFacts { shape })
    }

    /// Whether a configuration may write it as nested blocks, dynamic ones among them: Terraform's "attributes as
    /// blocks", such as `ingress` of a security group.
    #[must_use]
    pub(crate) fn may_be_blocks(self) -> bool {
        self.settable && self.content().is_some()
    }
}

impl BlockFacts {
    fn ty(self, depth: usize) -> Type {
        let content = Box::new(self.content.object_type(depth));
        match self.nesting {
            Nesting::List => Type::List(content),
            Nesting::Set => Type::Set(content),
            Nesting::Single => *content,
        }
    }
}

/// The oldest major version of which every name that is gone by now is remembered.
const OLDEST_NAMES: u64 = 4;

/// What the facts tell about the provider of a configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Known {
    /// Types and nesting: the configuration takes the major version that is described.
    pub(crate) types: bool,
    /// A name that is not in the table exists in no version that the configuration takes: the table has those of the
    /// described version, and remembers those of older major versions that are gone.
    pub(crate) names: bool,
}

impl Known {
    /// Without constraint the newest version is taken, and that is close to the described one.
    pub(crate) const ALL: Self = Self { types: true, names: true };

    /// What is known where `constraint` holds. Of one that is in doubt nothing is.
    #[must_use]
    pub(crate) fn of(constraint: &str) -> Self {
        constraint.split(',').map(|term| Self::of_term(term.trim())).fold(Self::ALL, Self::and)
    }

    #[must_use]
    pub(crate) fn and(self, other: Self) -> Self {
        Self { types: self.types && other.types, names: self.names && other.names }
    }

    fn of_term(term: &str) -> Self {
        let digits = term.trim_start_matches(['=', '~', '>', '<', '!', ' ', 'v']);
        let operator = term.strip_suffix(digits).unwrap_or_default().trim_end_matches(['v', ' ']);
        let Some(version) = parts(digits) else { return Self { types: false, names: false } };
        let described = parts(blob::version()).unwrap_or_default();
        let [major, ..] = version;
        let [newest, ..] = described;
        let (lowest, is_old) = (version <= described, major < OLDEST_NAMES);
        match operator {
            "" | "=" | "~>" => Self { types: major == newest, names: lowest && !is_old },
            "<" => Self { types: version > [newest, 0, 0], names: version > [OLDEST_NAMES, 0, 0] },
            "<=" => Self { types: major >= newest, names: !is_old },
            ">" | ">=" => Self { types: major <= newest, names: lowest },
            "!=" => Self::ALL,
            _ => Self { types: false, names: false },
        }
    }
}

/// The numbers of a version; those that are not written are zero.
fn parts(version: &str) -> Option<[u64; 3]> {
    let mut numbers = version.split(['.', '-', '+']);
    let major = numbers.next()?.parse().ok()?;
    let mut next = || numbers.next().map_or(Some(0), |number| number.parse().ok());
    Some([major, next()?, next()?])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
    use super::*;

    fn service() -> TypeFacts {
        facts(Mode::Managed, "aws_ecs_service").unwrap()
    }

    fn attribute(facts: TypeFacts, name: &str) -> AttributeFacts {
        match facts.get(name) {
            Some(Fact::Attribute(attribute)) => attribute,
            other => panic!("{name}: {other:?}"),
        }
    }

    fn block(facts: TypeFacts, name: &str) -> BlockFacts {
        match facts.get(name) {
            Some(Fact::Block(block)) => block,
            other => panic!("{name}: {other:?}"),
        }
    }

    #[test]
    fn attributes_have_their_types_and_say_whether_they_are_computed() {
        assert_eq!(attribute(service(), "desired_count").ty(), Type::Number);
        assert!(!attribute(service(), "desired_count").computed);
        assert!(attribute(service(), "launch_type").computed && attribute(service(), "launch_type").settable);
        let id = attribute(facts(Mode::Managed, "aws_vpc").unwrap(), "arn");
        assert!(id.computed && !id.settable);
        let definition = facts(Mode::Managed, "aws_ecs_task_definition").unwrap();
        assert_eq!(attribute(definition, "cpu").ty(), Type::String);
        assert_eq!(attribute(definition, "requires_compatibilities").ty(), Type::Set(Box::new(Type::String)));
    }

    #[test]
    fn blocks_nest_as_lists_sets_or_alone() {
        assert_eq!(block(service(), "network_configuration").nesting, Nesting::List);
        assert_eq!(block(service(), "load_balancer").nesting, Nesting::Set);
        assert_eq!(block(service(), "timeouts").nesting, Nesting::Single);
        let network = block(service(), "network_configuration").content;
        assert_eq!(attribute(network, "subnets").ty(), Type::Set(Box::new(Type::String)));
        let group = facts(Mode::Managed, "aws_security_group").unwrap();
        assert_eq!(attribute(attribute(group, "ingress").content().unwrap(), "from_port").ty(), Type::Number);
    }

    #[test]
    fn arguments_of_older_providers_are_remembered() {
        let removed = |ty, name| matches!(facts(Mode::Managed, ty).unwrap().get(name), Some(Fact::Removed));
        assert!(removed("aws_eip", "vpc"));
        assert!(removed("aws_db_instance", "name"));
        assert!(removed("aws_ecs_cluster", "capacity_providers"));
        assert!(removed("aws_elasticache_replication_group", "number_cache_clusters"));
    }

    #[test]
    fn types_that_are_not_there_have_no_facts() {
        for ty in ["aws_nothing", "", "azurerm_subnet", "desired_count"] {
            assert!(facts(Mode::Managed, ty).is_none(), "{ty}");
        }
        assert!(facts(Mode::Data, "aws_ecs_service").is_some());
        assert!(facts(Mode::Data, "aws_iam_role_policy").is_none());
    }

    #[test]
    fn an_address_leads_to_the_facts() {
        assert_eq!(facts_at("aws_ecs_service.web"), Some(service()));
        assert_eq!(
            facts_at("module.api[\"a.b]\\\"\"].module.x[0].aws_ecs_service.web[\"k\"]"),
            Some(service())
        );
        assert_eq!(facts_at("module.x.data.aws_ecs_service.web"), facts(Mode::Data, "aws_ecs_service"));
        assert_eq!(facts_at("module.x[\""), None);
        assert_eq!(facts_at("random_id.x"), None);
    }

    #[test]
    fn what_was_meant_is_near() {
        let meant = |name| service().meant(name, Written::Argument);
        assert_eq!(meant("desired_counts"), Some("desired_count"));
        assert_eq!(meant("luanch_type"), Some("launch_type"));
        assert_eq!(meant("something_of_a_newer_version"), None);
        assert_eq!(service().meant("load_balancers", Written::Block), Some("load_balancer"));
        let subnet = facts(Mode::Managed, "aws_subnet").unwrap();
        assert_eq!(subnet.meant("ipv4_cidr_block", Written::Argument), None);
    }

    #[test]
    fn constraints_tell_what_is_known_of_the_provider() {
        let newer =
            parts(blob::version()).map(|[major, minor, _]| format!(">= {major}.{}", minor + 1)).unwrap();
        for (constraint, types, names) in [
            ("~> 5.0", false, true),
            ("5.31.0", false, true),
            ("= 4.0", false, true),
            ("< 6.0.0", false, true),
            (">= 3.0, < 6", false, true),
            ("<= 5.9", false, true),
            ("~> 3.0", false, false),
            ("< 4.0", false, false),
            (">= 7", false, false),
            ("nonsense", false, false),
            (">= 4.0", true, true),
            ("~> 6.0", true, true),
            ("6.1.0", true, true),
            ("< 7", true, true),
            (">= 5.0, != 5.1.0", true, true),
            ("<= 6.0", true, true),
            ("~> v6.2", true, true),
            // What is newer than the table may have further arguments.
            (&newer, true, false),
        ] {
            assert_eq!(Known::of(constraint), Known { types, names }, "{constraint}");
        }
    }

    /// Every argument and block of every type is recognised with a letter too many, at every depth.
    #[test]
    fn misspelt_arguments_and_blocks_of_every_type_are_recognised() {
        fn visit(facts: TypeFacts, what: &str, depth: usize, counts: &mut [usize; 2]) {
            for (name, fact) in facts.fields() {
                let (written, inside) = match fact {
                    Fact::Attribute(attribute) if attribute.settable => {
                        (Written::Argument, attribute.content())
                    }
                    Fact::Block(block) => (Written::Block, Some(block.content)),
                    Fact::Attribute(_) | Fact::Removed => continue,
                };
                let wrong = format!("{name}z");
                assert!(facts.get(&wrong).is_none(), "{what}.{wrong}");
                match facts.meant(&wrong, written) {
                    Some(meant) => {
                        // Another name may be as near.
                        assert!(
                            facts.get(meant).is_some() && meant.len().abs_diff(wrong.len()) <= 2,
                            "{what}.{wrong}: {meant}"
                        );
                        counts[0] += 1;
                    }
                    None => {
                        // Two letters are too few to tell what was meant.
                        assert!(name.len() <= 2, "{what}.{wrong}");
                        counts[1] += 1;
                    }
                }
                if let Some(inside) = inside.filter(|_| depth < 4) {
                    visit(inside, &format!("{what}.{name}"), depth + 1, counts);
                }
            }
        }
        let (mut counts, mut types) = ([0, 0], 0);
        for (mode, table, length) in [
            (Mode::Managed, header::RESOURCES, header::RESOURCE_COUNT),
            (Mode::Data, header::DATA, header::DATA_COUNT),
        ] {
            for ty in blob::types(table, length) {
                visit(facts(mode, ty).unwrap(), ty, 0, &mut counts);
                types += 1;
            }
        }
        assert_eq!(types, 2_211);
        let [recognised, too_short] = counts;
        assert!(recognised > 20_000 && too_short * 100 < recognised, "{recognised} {too_short}");
    }

    /// Lowering asks for arguments and blocks by name: each is one that some type has or had.
    #[test]
    fn names_that_lowering_reads_are_names_of_the_provider() {
        let names: std::collections::HashSet<&str> =
            [(header::RESOURCES, header::RESOURCE_COUNT), (header::DATA, header::DATA_COUNT)]
                .into_iter()
                .flat_map(|(table, length)| blob::types(table, length).map(move |ty| (table, ty)))
                .filter_map(|(table, ty)| {
                    facts(if table == header::RESOURCES { Mode::Managed } else { Mode::Data }, ty)
                })
                .flat_map(|facts| {
                    let mut found = Vec::new();
                    let mut open = vec![(facts, 0)];
                    while let Some((facts, depth)) = open.pop() {
                        for (name, fact) in facts.fields() {
                            found.push(name);
                            match fact {
                                Fact::Block(block) if depth < 3 => open.push((block.content, depth + 1)),
                                Fact::Attribute(attribute) => {
                                    open.extend(attribute.content().map(|inside| (inside, 9)))
                                }
                                Fact::Block(_) | Fact::Removed => {}
                            }
                        }
                    }
                    found
                })
                .collect();
        // Of the provider's own configuration, and of other providers.
        let of_provider = ["default_tags", "override_special", "special"];
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lower/terraform");
        let (mut asked, mut wrong) = (0, Vec::new());
        for file in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            let text: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
            for reading in [
                "string",
                "integer",
                "boolean",
                "decimal",
                "reference",
                "references",
                "strings",
                "blocks",
                "block",
                "within",
                "present",
                "items",
                "convert",
                "text_map",
                "inline",
                "network",
                "strategy",
            ] {
                for start in
                    [format!(".{reading}(\""), format!("{reading}(&reader,\""), format!("={reading}(\"")]
                {
                    for (_, name) in text.match_indices(&start).map(|(at, _)| text.split_at(at + start.len()))
                    {
                        let name = name.split('"').next().unwrap();
                        asked += 1;
                        if !names.contains(name) && !of_provider.contains(&name) {
                            wrong.push(name.to_owned());
                        }
                    }
                }
            }
        }
        assert!(asked > 150, "{asked}");
        assert!(wrong.is_empty(), "{wrong:?}");
    }

    /// What is gone is neither a mistake nor what was meant.
    #[test]
    fn removed_names_are_never_suggested() {
        let eip = facts(Mode::Managed, "aws_eip").unwrap();
        assert_eq!(eip.meant("vpcs", Written::Argument), None);
        assert!(matches!(eip.get("vpc"), Some(Fact::Removed)));
    }

    #[test]
    fn every_shape_and_type_can_be_read() {
        let mut count = 0;
        for (mode, table, length) in [
            (Mode::Managed, header::RESOURCES, header::RESOURCE_COUNT),
            (Mode::Data, header::DATA, header::DATA_COUNT),
        ] {
            for ty in blob::types(table, length) {
                let facts = facts(mode, ty).unwrap_or_else(|| panic!("{ty}"));
                for (name, _) in facts.fields() {
                    assert!(facts.get(name).is_some(), "{ty}.{name}");
                    count += 1;
                }
            }
        }
        assert!(count > 20_000, "{count}");
    }
}
