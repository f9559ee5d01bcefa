//! Regions: their names, and where the 33 cloud regions are.

use super::{Latency, Place, Region};

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

/// Degrees to the east of the cities or districts that the provider names for its regions, in the same order.
const LONGITUDES: [f64; 33] = [
    18.4,   // Cape Town
    114.2,  // Hong Kong
    121.6,  // Taipei
    139.7,  // Tokyo
    127.0,  // Seoul
    135.5,  // Osaka
    72.9,   // Mumbai
    78.5,   // Hyderabad
    103.8,  // Singapore
    151.2,  // Sydney
    106.8,  // Jakarta
    145.0,  // Melbourne
    101.7,  // Kuala Lumpur
    100.5,  // Bangkok
    -73.6,  // Montreal
    -114.1, // Calgary
    8.7,    // Frankfurt
    8.5,    // Zurich
    18.1,   // Stockholm
    9.2,    // Milan
    -0.9,   // Zaragoza
    -6.3,   // Dublin
    -0.1,   // London
    2.4,    // Paris
    34.8,   // Tel Aviv
    55.3,   // Dubai
    50.6,   // Manama
    -100.4, // Querétaro
    -46.6,  // São Paulo
    -77.5,  // Ashburn
    -83.0,  // Columbus
    -121.9, // San José
    -119.7, // Boardman
];

/// Degrees to the east of a place, if places are cloud regions.
pub(super) fn longitude(place: Place) -> f64 {
    LONGITUDES.get(usize::from(place.0)).copied().unwrap_or(0.0)
}

impl Region {
    /// The cloud region of this name, if there is one.
    pub fn from_name(name: &str) -> Option<Region> {
        let place = REGION_NAMES.iter().position(|known| *known == name)?;
        u8::try_from(place).ok().map(Region)
    }
}

impl Latency {
    /// The names of its regions; none where places have no names.
    pub fn regions(&self) -> Vec<&str> {
        match self {
            Latency::Fixed(_) | Latency::Uniform { .. } | Latency::World => Vec::new(),
            Latency::Regions => REGION_NAMES.to_vec(),
            Latency::Matrix(matrix) => matrix.names().iter().map(String::as_str).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_is_found_again_by_its_name() {
        for (place, name) in (0u8..).zip(REGION_NAMES) {
            assert_eq!(Region::from_name(name), Some(Region(place)));
            assert_eq!(Latency::Regions.regions()[usize::from(place)], name);
        }
        assert_eq!(Region::from_name("atlantis-1"), None);
    }

    /// Names say roughly where regions are.
    #[test]
    fn regions_lie_where_their_names_say() {
        for (place, name) in (0u8..).zip(REGION_NAMES) {
            let (west, east) = match name.split('-').next() {
                Some("af") => (10.0, 50.0),
                Some("ap") => (65.0, 155.0),
                Some("eu") => (-10.0, 30.0),
                Some("il" | "me") => (30.0, 60.0),
                _ => (-125.0, -40.0),
            };
            let longitude = longitude(Place(place));
            assert!((west..east).contains(&longitude), "{name}: {longitude}");
        }
        let of = |name| longitude(Place(Region::from_name(name).expect("a region").0));
        assert!(of("us-west-2") < of("us-east-2") && of("ap-south-1") < of("ap-northeast-1"));
    }
}
