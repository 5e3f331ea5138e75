//! EC2 instance types that tasks are packed onto, and how many tasks with an address of their own each takes.
//! Source of interfaces: EC2 User Guide, "Maximum IP addresses per network interface"; one is the instance's own.

use super::super::catalogue::Arch;

/// A candidate.
#[derive(Debug, Clone, Copy)]
pub(super) struct InstanceType {
    pub(super) name: &'static str,
    pub(super) arch: Arch,
    /// Network interfaces, the instance's own included.
    pub(super) interfaces: u64,
}

const fn x86(name: &'static str, interfaces: u64) -> InstanceType {
    InstanceType { name, arch: Arch::X86_64, interfaces }
}

const fn arm(name: &'static str, interfaces: u64) -> InstanceType {
    InstanceType { name, arch: Arch::Arm64, interfaces }
}

/// Common types of the last generations, small to large.
pub(super) const CANDIDATES: [InstanceType; 24] = [
    x86("t3.small", 3),
    x86("t3.medium", 3),
    x86("t3.large", 3),
    x86("t3.xlarge", 4),
    x86("t3.2xlarge", 4),
    x86("c6i.large", 3),
    x86("c6i.xlarge", 4),
    x86("c6i.2xlarge", 4),
    x86("c6i.4xlarge", 8),
    x86("m6i.large", 3),
    x86("m6i.xlarge", 4),
    x86("m6i.2xlarge", 4),
    x86("m6i.4xlarge", 8),
    x86("r6i.large", 3),
    x86("r6i.xlarge", 4),
    arm("t4g.small", 3),
    arm("t4g.medium", 3),
    arm("t4g.large", 3),
    arm("m7g.large", 3),
    arm("m7g.xlarge", 4),
    arm("m7g.2xlarge", 4),
    arm("m7g.4xlarge", 8),
    arm("c7g.xlarge", 4),
    arm("r7g.large", 3),
];
