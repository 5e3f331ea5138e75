//! The sizes Fargate sells. Source: ECS developer guide, "Task CPU and memory" (fargate-tasks-services),
//! with the 32 vCPU sizes of September 2026.

/// A valid task size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size {
    /// CPU units, 1024 to the vCPU.
    pub(crate) cpu: i64,
    /// MiB.
    pub(crate) memory: i64,
}

/// Memory values of one cpu value: from `low` to `high` in steps of `step` MiB, or a list.
#[derive(Debug, Clone, Copy)]
enum Memory {
    Range { low: i64, high: i64, step: i64 },
    List(&'static [i64]),
}

struct Row {
    cpu: i64,
    memory: Memory,
    windows: bool,
}

const ROWS: [Row; 8] = [
    Row { cpu: 256, memory: Memory::List(&[512, 1024, 2048]), windows: false },
    Row { cpu: 512, memory: Memory::Range { low: 1024, high: 4096, step: 1024 }, windows: false },
    Row { cpu: 1024, memory: Memory::Range { low: 2048, high: 8192, step: 1024 }, windows: true },
    Row { cpu: 2048, memory: Memory::Range { low: 4096, high: 16384, step: 1024 }, windows: true },
    Row { cpu: 4096, memory: Memory::Range { low: 8192, high: 30720, step: 1024 }, windows: true },
    Row { cpu: 8192, memory: Memory::Range { low: 16384, high: 61440, step: 4096 }, windows: false },
    Row { cpu: 16384, memory: Memory::Range { low: 32768, high: 122_880, step: 8192 }, windows: false },
    Row { cpu: 32768, memory: Memory::List(&[61440, 122_880, 249_856]), windows: false },
];

/// Sizes from here on need platform version 1.4.0 or later.
pub(crate) const LARGE_CPU: i64 = 8192;

/// What one unit of cpu costs, in prices of one MiB: on Fargate a vCPU-hour costs about 9.1 times a GB-hour in
/// every region, so the order of sizes by price is the same everywhere.
const CPU_PER_MEMORY: (i64, i64) = (91, 10);

fn rows(windows: bool) -> impl Iterator<Item = &'static Row> {
    ROWS.iter().filter(move |row| row.windows || !windows)
}

/// Memory values in MiB that go with `cpu`, ascending; empty when `cpu` is no Fargate size.
pub(crate) fn memories(cpu: i64, windows: bool) -> Vec<i64> {
    let row = rows(windows).find(|row| row.cpu == cpu);
    row.map_or_else(Vec::new, |row| match row.memory {
        Memory::List(list) => list.to_vec(),
        Memory::Range { low, high, step } => {
            let mut all = Vec::new();
            let mut next = low;
            while next <= high {
                all.push(next);
                next += step;
            }
            all
        }
    })
}

/// All cpu values in units, ascending.
pub(crate) fn cpus(windows: bool) -> Vec<i64> {
    rows(windows).map(|row| row.cpu).collect()
}

pub(crate) fn is_cpu(cpu: i64, windows: bool) -> bool {
    rows(windows).any(|row| row.cpu == cpu)
}

pub(crate) fn is_valid(size: Size, windows: bool) -> bool {
    memories(size.cpu, windows).contains(&size.memory)
}

fn all(windows: bool) -> impl Iterator<Item = Size> {
    rows(windows).flat_map(move |row| {
        memories(row.cpu, windows).into_iter().map(|memory| Size { cpu: row.cpu, memory })
    })
}

/// The valid size nearest to `wanted`, never with less than `floor` MiB: of the nearest cpu the nearest memory.
pub(crate) fn nearest(wanted: Size, floor: i64, windows: bool) -> Option<Size> {
    let distance = |a: i64, b: i64| (a.abs_diff(b), std::cmp::Reverse(a));
    all(windows)
        .filter(|size| size.memory >= floor)
        .min_by_key(|size| (distance(size.cpu, wanted.cpu), distance(size.memory, wanted.memory)))
}

/// The cheapest valid size with at least the cpu and memory of `wanted`.
pub(crate) fn cheapest_holding(wanted: Size, windows: bool) -> Option<Size> {
    let (cpu, memory) = CPU_PER_MEMORY;
    all(windows)
        .filter(|size| size.cpu >= wanted.cpu && size.memory >= wanted.memory)
        .min_by_key(|size| size.cpu * cpu + size.memory * memory)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_of_the_table_are_valid() {
        let valid = [
            (256, 512),
            (256, 2048),
            (512, 4096),
            (4096, 30720),
            (8192, 20480),
            (16384, 122_880),
            (32768, 249_856),
        ];
        assert!(valid.iter().all(|(cpu, memory)| is_valid(Size { cpu: *cpu, memory: *memory }, false)));
        let wrong = [
            (256, 4096),
            (512, 512),
            (4096, 8704),
            (8192, 18432),
            (16384, 36864),
            (32768, 65536),
            (300, 512),
        ];
        assert!(wrong.iter().all(|(cpu, memory)| !is_valid(Size { cpu: *cpu, memory: *memory }, false)));
        assert_eq!(cpus(true), [1024, 2048, 4096]);
    }

    #[test]
    fn suggestions_keep_what_is_needed() {
        let size = |cpu, memory| Size { cpu, memory };
        assert_eq!(nearest(size(256, 4096), 0, false), Some(size(256, 2048)));
        assert_eq!(nearest(size(256, 4096), 3000, false), Some(size(512, 4096)));
        assert_eq!(nearest(size(300, 700), 0, false), Some(size(256, 512)));
        assert_eq!(cheapest_holding(size(256, 4096), false), Some(size(512, 4096)));
        assert_eq!(cheapest_holding(size(512, 1024), true), Some(size(1024, 2048)));
        assert_eq!(cheapest_holding(size(65536, 1), false), None);
    }
}
