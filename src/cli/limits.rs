//! How much memory this process may still take: what the machine has, and what it is allowed. Linux tells, in `/proc` and
//! `/sys`.

use std::fs;
use std::path::Path;

/// Memory that is left, and who says so.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Left {
    pub bytes: u64,
    /// After `… GiB`.
    pub says: &'static str,
}

const OF_MACHINE: &str = "are available";
const OF_GROUP: &str = "are left in its control group (memory.max)";
const OF_SPACE: &str = "are left of its address space (ulimit -v)";
const OF_DATA: &str = "are left of its data segment (ulimit -d)";

/// The least of all that limits this process; `None` where the system does not tell.
pub(super) fn left() -> Option<Left> {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let (limits, status) = (read("/proc/self/limits"), read("/proc/self/status"));
    let known = [
        (of_machine(&read("/proc/meminfo")), OF_MACHINE),
        (of_groups(&read("/proc/self/cgroup"), Path::new("/sys/fs/cgroup")), OF_GROUP),
        (of_process(&limits, "Max address space", &status, "VmSize:"), OF_SPACE),
        (of_process(&limits, "Max data size", &status, "VmData:"), OF_DATA),
    ];
    let known = known.into_iter().filter_map(|(bytes, says)| Some(Left { bytes: bytes?, says }));
    known.min_by_key(|left| left.bytes)
}

/// Memory that this process takes.
pub(super) fn taken() -> Option<u64> {
    kibibytes(&fs::read_to_string("/proc/self/status").ok()?, "VmRSS:")
}

/// Memory that is free or can be made free, from `/proc/meminfo`.
fn of_machine(meminfo: &str) -> Option<u64> {
    kibibytes(meminfo, "MemAvailable:")
}

/// A line such as `VmSize:     1234 kB`, in bytes.
fn kibibytes(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kibibytes| kibibytes.saturating_mul(1024))
}

/// A soft limit in `/proc/self/limits`, less what is taken of it, from `/proc/self/status`; `None` when unlimited.
fn of_process(limits: &str, name: &str, status: &str, taken: &str) -> Option<u64> {
    let line = limits.lines().find_map(|line| line.strip_prefix(name))?;
    let limit: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(limit.saturating_sub(kibibytes(status, taken).unwrap_or_default()))
}

/// What is left in the control groups of a process, by its `/proc/self/cgroup`: of version 2 (`0::/path`), and of the
/// memory controller of version 1 (`7:memory:/path`). A group is limited by those around it.
fn of_groups(cgroup: &str, root: &Path) -> Option<u64> {
    let left = cgroup.lines().filter_map(|line| {
        let mut parts = line.splitn(3, ':');
        let (_, controllers, path) = (parts.next()?, parts.next()?, parts.next()?);
        match controllers {
            "" => of_path(root, path, &V2),
            controllers if controllers.split(',').any(|one| one == "memory") => {
                of_path(&root.join("memory"), path, &V1)
            }
            _ => None,
        }
    });
    left.min()
}

/// The files of a control group.
struct Version {
    limit: &'static str,
    usage: &'static str,
    /// The line of `memory.stat` about files in memory, which can be dropped.
    cache: &'static str,
}

const V2: Version = Version { limit: "memory.max", usage: "memory.current", cache: "file " };
const V1: Version =
    Version { limit: "memory.limit_in_bytes", usage: "memory.usage_in_bytes", cache: "total_cache " };

/// Seen from inside of a container, its own group is the root.
fn of_path(root: &Path, path: &str, version: &Version) -> Option<u64> {
    let group = root.join(path.trim_start_matches('/'));
    let around = group.ancestors().take_while(|folder| folder.starts_with(root));
    around.filter_map(|folder| of_group(folder, version)).min()
}

fn of_group(folder: &Path, version: &Version) -> Option<u64> {
    let read = |name: &str| fs::read_to_string(folder.join(name)).ok();
    let number = |name: &str| read(name)?.trim().parse::<u64>().ok();
    let limit = number(version.limit)?;
    let stat = read("memory.stat").unwrap_or_default();
    let cache = stat.lines().find_map(|line| line.strip_prefix(version.cache)?.trim().parse().ok());
    let taken = number(version.usage).unwrap_or_default().saturating_sub(cache.unwrap_or_default());
    Some(limit.saturating_sub(taken))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_memory_that_is_available_is_read_from_what_linux_says() {
        let meminfo = "MemTotal:       24737404 kB\nMemFree: 1 kB\nMemAvailable:   23553232 kB\n";
        assert_eq!(of_machine(meminfo), Some(23_553_232 * 1024));
        assert_eq!(of_machine("MemTotal: 5 kB\n"), None);
    }

    #[test]
    fn a_limit_of_the_process_counts_less_what_is_taken() {
        let limits = "Limit                     Soft Limit           Hard Limit           Units     \n\
                      Max data size             unlimited            unlimited            bytes     \n\
                      Max address space         2147483648           unlimited            bytes     \n";
        let status = "VmPeak:\t 9 kB\nVmSize:\t   1048576 kB\nVmData:\t 7 kB\n";
        assert_eq!(of_process(limits, "Max address space", status, "VmSize:"), Some(1 << 30));
        assert_eq!(of_process(limits, "Max data size", status, "VmData:"), None);
        assert_eq!(of_process("", "Max data size", status, "VmData:"), None);
    }

    fn put(folder: &Path, files: &[(&str, &str)]) {
        fs::create_dir_all(folder).expect("a folder");
        files.iter().for_each(|(name, text)| fs::write(folder.join(name), text).expect("a file"));
    }

    #[test]
    fn the_narrowest_of_the_control_groups_around_a_process_counts() {
        let home = tempfile::tempdir().expect("a folder");
        let root = home.path();
        put(&root.join("a/b"), &[("memory.max", "max\n"), ("memory.current", "5\n")]);
        let stat = "anon 1\nfile 300\nfile_mapped 7\n";
        put(&root.join("a"), &[("memory.max", "1000\n"), ("memory.current", "400\n"), ("memory.stat", stat)]);
        assert_eq!(of_groups("0::/a/b\n", root), Some(900));
        assert_eq!(of_groups("0::/\n", root), None);
        let files = [("memory.limit_in_bytes", "700\n"), ("memory.usage_in_bytes", "100\n")];
        put(&root.join("memory/c"), &files);
        assert_eq!(of_groups("3:cpu,memory:/c\n0::/a\n", root), Some(600));
        assert_eq!(of_groups("3:cpu:/c\nnonsense\n", root), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn linux_tells() {
        assert!(left().is_some_and(|left| left.bytes > 0));
    }
}
