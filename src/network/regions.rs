//! The names of the 33 cloud regions.

use super::Region;

/// Names of the 33 cloud regions, in the order of the latency table (AWS region codes).
pub const REGION_NAMES: [&str; 33] = [
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];

impl Region {
    /// The region of this name, if there is one.
    pub fn from_name(name: &str) -> Option<Region> {
        let place = REGION_NAMES.iter().position(|known| *known == name)?;
        u8::try_from(place).ok().map(Region)
    }

    /// Its name; `"unknown"` for a number that no table has.
    pub fn name(self) -> &'static str {
        REGION_NAMES.get(usize::from(self.0)).copied().unwrap_or("unknown")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_is_found_again_by_its_name() {
        for (place, name) in (0u8..).zip(REGION_NAMES) {
            assert_eq!(Region::from_name(name), Some(Region(place)));
            assert_eq!(Region(place).name(), name);
        }
        assert_eq!(Region::from_name("atlantis-1"), None);
    }
}
