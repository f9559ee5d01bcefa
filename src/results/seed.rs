//! How a seed is written in a manifest: TOML's integers have a sign, so that half of all seeds are strings there.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Integer(i64),
    Digits(String),
}

pub(super) fn serialize<S: Serializer>(seed: &u64, serializer: S) -> Result<S::Ok, S::Error> {
    let integer = i64::try_from(*seed).map(Written::Integer);
    integer.unwrap_or_else(|_| Written::Digits(seed.to_string())).serialize(serializer)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let seed = match Written::deserialize(deserializer)? {
        Written::Integer(number) => u64::try_from(number).ok(),
        Written::Digits(digits) => digits.parse().ok(),
    };
    seed.ok_or_else(|| {
        serde::de::Error::custom("`seed` is not a whole number from 0 to 18446744073709551615")
    })
}
