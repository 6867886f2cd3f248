//! How much memory there is.

/// Assumed where the system does not say, in bytes.
const ASSUMED: u64 = 4 << 30;

/// Bytes of memory that can be had without swapping: `MemAvailable` of Linux, else 4 GiB.
pub(crate) fn available() -> u64 {
    std::fs::read_to_string("/proc/meminfo").ok().and_then(|text| parse(&text)).unwrap_or(ASSUMED)
}

fn parse(text: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_is_asked() {
        assert_eq!(parse("MemTotal: 24 kB\nMemAvailable:      12 kB\n"), Some(12 << 10));
        assert_eq!(parse("MemTotal: 24 kB\n"), None);
        assert!(available() > 1 << 20);
    }
}
