//! What an attack may cost.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;
use thiserror::Error;

use crate::units::ByteSize;

/// The most that an attack may cost. What is not given is not limited, but for hosts: without `hosts` there are as many as
/// in the scenario.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Budget {
    /// Identities of all attackers: of each host as many as its conduct has, at least one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identities: Option<u64>,
    /// Hosts of all attackers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hosts: Option<u64>,
    /// Stake of all attackers, in ETH.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stake: Option<f64>,
    /// Bytes that all attackers put on the wire in a run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
}

/// Why a text is no budget.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum BudgetError {
    /// A part has no `=`.
    #[error("`{0}` is not KEY=VALUE; {ALLOWED}")]
    NoPair(String),
    /// There is no such key.
    #[error("unknown key `{0}`; {ALLOWED}")]
    Unknown(String),
    /// A key is there twice.
    #[error("`{0}` is given twice")]
    Twice(String),
    /// A value is none of the key's.
    #[error("{key}={value}: {allowed} is needed")]
    Value {
        /// Of which key.
        key: String,
        /// What was given.
        value: String,
        /// What is allowed.
        allowed: &'static str,
    },
    /// It allows nothing.
    #[error("{0}=0 allows no attack: 1 or more is needed")]
    Nothing(&'static str),
}

const ALLOWED: &str = "allowed are identities=N, hosts=N, stake=ETH and bytes=SIZE, joined by commas";

impl FromStr for Budget {
    type Err = BudgetError;

    fn from_str(text: &str) -> Result<Budget, BudgetError> {
        let mut budget = Budget::default();
        let mut seen: Vec<&str> = Vec::new();
        for part in text.split(',').map(str::trim) {
            let (key, value) = part.split_once('=').ok_or_else(|| BudgetError::NoPair(part.to_owned()))?;
            let (key, value) = (key.trim(), value.trim());
            if seen.contains(&key) {
                return Err(BudgetError::Twice(key.to_owned()));
            }
            seen.push(key);
            budget.set(key, value)?;
        }
        Ok(budget)
    }
}

impl Budget {
    fn set(&mut self, key: &str, value: &str) -> Result<(), BudgetError> {
        let bad = |allowed| BudgetError::Value { key: key.to_owned(), value: value.to_owned(), allowed };
        let whole = || value.parse::<u64>().map_err(|_| bad("a whole number"));
        let some = |number: u64, name| if number == 0 { Err(BudgetError::Nothing(name)) } else { Ok(number) };
        match key {
            "identities" => self.identities = Some(some(whole()?, "identities")?),
            "hosts" => self.hosts = Some(some(whole()?, "hosts")?),
            "stake" => {
                let stake = value.parse::<f64>().ok().filter(|stake| stake.is_finite() && *stake >= 0.0);
                self.stake = Some(stake.ok_or_else(|| bad("a number of ETH, 0 or more,"))?);
            }
            "bytes" => {
                let size = value.parse::<ByteSize>().map_err(|_| bad("a size such as 1GB or 64 MiB"))?;
                self.bytes = Some(some(size.as_bytes(), "bytes")?);
            }
            _ => return Err(BudgetError::Unknown(key.to_owned())),
        }
        Ok(())
    }
}

impl fmt::Display for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = |name, number: Option<u64>| number.map(|number| format!("{name}={number}"));
        let parts = [
            whole("identities", self.identities),
            whole("hosts", self.hosts),
            self.stake.map(|stake| format!("stake={stake}")),
            self.bytes.map(|bytes| format!("bytes={}", ByteSize::from_bytes(bytes)).replace(' ', "")),
        ];
        f.write_str(&parts.into_iter().flatten().collect::<Vec<_>>().join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_read_as_it_is_written_and_what_it_cannot_be_is_told() {
        let budget: Budget = "identities=100, stake=1000,bytes=1GB".parse().expect("a budget");
        assert_eq!((budget.identities, budget.hosts, budget.stake), (Some(100), None, Some(1000.0)));
        assert_eq!(budget.bytes, Some(1_000_000_000));
        assert_eq!(budget.to_string().parse(), Ok(budget));
        let said = |text: &str| text.parse::<Budget>().expect_err(text).to_string();
        assert!(said("money=3").contains("unknown key `money`; allowed are identities=N, hosts=N"));
        assert!(said("identities").contains("is not KEY=VALUE"));
        assert!(said("identities=0").contains("allows no attack"));
        assert!(said("bytes=1").contains("a size such as 1GB"));
        assert!(said("hosts=1,hosts=2").contains("twice"));
        assert!(said("hosts=-1").contains("a whole number"));
        assert!(said("stake=nan").contains("number of ETH"));
    }
}
