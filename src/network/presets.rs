//! Published fits of sessions and absences, by network and year.

use super::{Extent, Lengths};
use crate::units::Duration;

/// Sessions, and mostly absences, as they were measured in a network, fitted by Weibull distributions.
#[derive(Clone, Copy, Debug)]
pub struct Preset {
    /// The network and the year.
    pub name: &'static str,
    /// What was measured, and where the figures are from.
    pub about: &'static str,
    sessions: Fit,
    /// `None`: they were not measured.
    absences: Option<Fit>,
}

#[derive(Clone, Copy, Debug)]
struct Fit {
    shape: f64,
    /// In seconds.
    scale: f64,
}

/// All of them.
pub const PRESETS: [Preset; 8] = [
    Preset {
        name: "kad-2006",
        about: "peers of zone 0x5b of the KAD file-sharing network that were met after the first crawl, July 2006; online 21 % of \
                the time. Steiner et al., RR-07-205, as in PeerfactSim's KadChurnModel",
        sessions: minutes(0.615_11, 169.538_5),
        absences: Some(minutes(0.476_48, 413.676_5)),
    },
    Preset {
        name: "kad-2006-first",
        about: "peers of the KAD network that were there at the first crawl, July 2006, sessions only. Steiner et al., RR-07-205, \
                as in PeerfactSim's KadChurnModel",
        sessions: minutes(0.545_12, 357.715_2),
        absences: None,
    },
    Preset {
        name: "overnet-2003",
        about: "peers of the Overnet file-sharing network, 2003; online 22 % of the time. Fits of the Failure Trace Archive, as in \
                OpenDC's Overnet03",
        sessions: hours(0.85, 2.04),
        absences: Some(hours(0.44, 2.98)),
    },
    Preset {
        name: "skype-2006",
        about: "superpeers of Skype, 2006; online 53 % of the time. Fits of the Failure Trace Archive, as in OpenDC's Skype06",
        sessions: hours(0.64, 10.86),
        absences: Some(hours(0.63, 9.48)),
    },
    Preset {
        name: "planetlab-2005",
        about: "servers of the PlanetLab testbed, 2005; online 83 % of the time. Fits of the Failure Trace Archive, as in OpenDC's \
                Pl05",
        sessions: hours(0.33, 19.35),
        absences: Some(hours(0.36, 5.59)),
    },
    Preset {
        name: "microsoft-1999",
        about: "desktop computers of a company, 1999; online 81 % of the time. Fits of the Failure Trace Archive, as in OpenDC's \
                Microsoft99",
        sessions: hours(0.55, 35.30),
        absences: Some(hours(0.60, 9.34)),
    },
    Preset {
        name: "ipfs-2021",
        about: "servers of the IPFS DHT, 2021, sessions only: the Weibull distribution by which 87.6 % are below 8 h and 97.5 % below \
                24 h. Trautwein et al., SIGCOMM 2022",
        sessions: hours(0.518, 1.934),
        absences: None,
    },
    Preset {
        name: "ipfs-2022",
        about: "servers of the IPFS DHT, April 2022, sessions only: the Weibull distribution by which half are below 2 h and 80 % \
                below 8 h. ProbeLab, RFM 2",
        sessions: hours(0.608, 3.656),
        absences: None,
    },
];

impl Preset {
    /// How long sessions last.
    pub fn sessions(&self) -> Lengths {
        self.sessions.lengths()
    }

    /// How long absences last, if that was measured.
    pub fn absences(&self) -> Option<Lengths> {
        self.absences.map(Fit::lengths)
    }
}

impl Fit {
    fn lengths(self) -> Lengths {
        let extent = Extent::Scale(Duration::from_seconds(self.scale));
        Lengths::Weibull { extent, shape: self.shape }
    }
}

const fn minutes(shape: f64, scale: f64) -> Fit {
    Fit { shape, scale: scale * 60.0 }
}

const fn hours(shape: f64, scale: f64) -> Fit {
    Fit { shape, scale: scale * 3600.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{Absences, Churn, Presence, Start};

    fn preset(name: &str) -> &'static Preset {
        PRESETS.iter().find(|preset| preset.name == name).expect("a preset")
    }

    #[test]
    fn availabilities_are_those_of_the_publications() {
        for (name, share) in [
            ("kad-2006", 0.214),
            ("overnet-2003", 0.222),
            ("skype-2006", 0.529),
            ("planetlab-2005", 0.825),
            ("microsoft-1999", 0.810),
        ] {
            let preset = preset(name);
            let absences = Absences::Last(preset.absences().expect("they were measured"));
            let churn = Churn { sessions: preset.sessions(), absences, start: Start::Stationary };
            let online = Presence::Churn(churn).share_online();
            assert!((online - share).abs() < 0.0006, "{name}: {online}");
            assert!(preset.about.contains(&format!("online {:.0} %", online * 100.0)), "{name}");
        }
    }

    #[test]
    fn quantiles_of_sessions_are_those_that_were_measured() {
        let below = |name: &str, hours: f64| {
            let Fit { shape, scale } = preset(name).sessions;
            -libm::expm1(-libm::pow(hours * 3600.0 / scale, shape))
        };
        for (name, hours, share) in [
            ("ipfs-2021", 8.0, 0.876),
            ("ipfs-2021", 24.0, 0.975),
            ("ipfs-2022", 2.0, 0.5),
            ("ipfs-2022", 8.0, 0.8),
        ] {
            assert!((below(name, hours) - share).abs() < 0.001, "{name} {hours} h: {}", below(name, hours));
        }
    }
}
