//! Whether what counts begins before a run is steady.

use super::facts::{number, percent};
use super::rule::{Note, Weight};
use crate::charts::{Late, Values};
use crate::cli::format;
use crate::world::{Arrivals, WorldConfig};

/// The note on the series that become steady after the warm-up, the latest of them; none where the load itself changes.
pub(in crate::cli) fn of(world: &WorldConfig, late: &[Late]) -> Option<Note> {
    if world.workloads.iter().any(|workload| matches!(workload.arrivals, Arrivals::Ramp { .. })) {
        return None;
    }
    let last = late.iter().max_by(|a, b| a.found_s.total_cmp(&b.found_s))?;
    let Late { name, declared_s, found_s, counted, steady, .. } = last;
    let declared = if *declared_s > 0.0 {
        format!("the warm-up ends at {}", format::time(*declared_s))
    } else {
        "there is no warm-up".to_owned()
    };
    let value = |value: f64| match last.values {
        Values::Share => percent(value),
        Values::Rate => format!("{} /s", number(value)),
        Values::Time => format::time(value),
    };
    let more = match late.len() - 1 {
        0 => String::new(),
        others => format!(" ({others} more of what is looked at later than that warm-up, too)"),
    };
    let text = format!(
        "{declared}, but {name} is steady only from {} on (MSER-5){more}: {} over all that counts, {} from there on; \
         a longer `warmup` leaves the difference out",
        format::time(*found_s),
        value(*counted),
        value(*steady)
    );
    Some(Note { rule: "warmup", weight: Weight::Skewed, text })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario;

    fn world(arrivals: &str) -> WorldConfig {
        let text = format!(
            "name = 's'\nduration = '1 h'\ngroups.all.count = 2\nnetwork.latency = {{ fixed = '40 ms' }}\n\
             [workloads.probe]\nkind = 'traffic'\nfrom = 'all'\nto = 'all'\nsize = '100 B'\narrivals = {arrivals}"
        );
        scenario::parse("s.toml", &text, &[]).unwrap_or_else(|report| panic!("{report}")).world
    }

    #[test]
    fn the_latest_series_is_told_with_what_it_changes() {
        let late = |name, found_s| Late {
            name,
            values: Values::Share,
            declared_s: 600.0,
            found_s,
            counted: 0.954,
            steady: 0.97,
        };
        let all = [late("share of queries answered", 900.0), late("overall limiter", 700.0)];
        let steady = world("{ every = '1 s' }");
        let said = of(&steady, &all).expect("a note").text;
        assert!(said.starts_with("the warm-up ends at 10"), "{said}");
        assert!(said.contains("share of queries answered is steady only from 15"), "{said}");
        assert!(said.contains("95 % over all that counts, 97 % from there on"), "{said}");
        assert_eq!(of(&steady, &[]), None);
        let ramp =
            "{ ramp = { from = '1 /s', to = '2 /s', rise = '1 min', hold = '1 min', fall = '1 min' } }";
        assert_eq!(of(&world(ramp), &all), None);
    }
}
